import Bytecode
import CRuntime

/// The dispatch loop of tier 0.
enum TierZeroLoop {
  /// Runs until the outermost frame of an activation returns.
  ///
  /// Nothing here counts references, checks exclusivity or allocates: machine registers are locals,
  /// everything else is behind a pointer or in a path out of line. What the loop always records
  /// (kinds seen, branch counts, entries) costs one test or one increment each.
  ///
  /// - Parameter start: where; the record of the outermost call is that of `leave`.
  /// - Parameter activation: as it was before the first frame was made.
  /// - Parameter compiled: public entries by function, null where the call stays in the loop.
  /// - Returns: the result, or the sentinel with the context's status set.
  @inline(never)
  static func run(
    _ start: TierZeroRegisters, _ activation: TierZeroActivation,
    _ compiled: UnsafeMutablePointer<UnsafeRawPointer?>, _ state: RunState
  ) -> Word {
    var r = start
    let context = state.context
    let functions = state.functions
    let bindingMasks = state.program.bindingMasks
    let walkStart = state.program.walkStart
    while true {
      execution: while true {
        switch r.position.pointee.opcode {
        case .move: r.finish(r.left)
        case .loadConstant: r.finish(Word(bits: r.position.pointee.immediate))
        case .storeChecked:
          let mask = KindMask(bits: r.position.pointee.immediate)
          guard r.left.isAdmitted(by: mask) else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          r.finish(r.left)
        case .swap: r.swap()
        case .loadBinding:
          r.finish(Word(bits: context.pointee.bindings[Int(r.position.pointee.immediate)]))
        case .storeBinding:
          guard r.left.isAdmitted(by: bindingMasks[Int(r.position.pointee.immediate)]) else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          if context.pointee.binding_watches[Int(r.position.pointee.immediate)] != 0 {
            state.noteStore(BindingIndex(Int(r.position.pointee.immediate)), r.left)
          }
          context.pointee.bindings[Int(r.position.pointee.immediate)] = r.left.bits
          if context.pointee.records_events != 0 {
            state.recordStore(BindingIndex(Int(r.position.pointee.immediate)), r.left)
          }
          r.position += 1
        case .makeCell:
          TierZeroSlowPaths.makeCell(r.position, r.base, state)
          r.position += 1
        case .loadCell: r.finish(r.left.content)
        case .storeCell:
          guard r.left.isAdmitted(by: KindMask(bits: r.position.pointee.immediate)) else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          r.base[Int(r.position.pointee.c)].content = r.left
          r.position += 1
        case .loadBindingCell:
          let cell = Word(bits: context.pointee.bindings[Int(r.position.pointee.immediate)])
          r.finish(cell.content)
        case .storeBindingCell:
          let binding = Int(r.position.pointee.immediate)
          guard r.left.isAdmitted(by: bindingMasks[binding]) else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          Word(bits: context.pointee.bindings[binding]).content = r.left
          if context.pointee.records_events != 0 {
            state.recordStore(BindingIndex(binding), r.left)
          }
          r.position += 1
        case .loadCapture: r.finish(r.closure.fields[Int(r.position.pointee.b)])
        case .loadCaptureCell: r.finish(r.closure.fields[Int(r.position.pointee.b)].content)
        case .storeCapture:
          guard r.left.isAdmitted(by: KindMask(bits: r.position.pointee.immediate)) else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          r.closure.fields[Int(r.position.pointee.b)].content = r.left
          r.position += 1
        case .getKeyed:
          if !r.getElement() {
            let result = TierZeroSlowPaths.getKeyed(r.position, r.left, r.right, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
          }
        case .setKeyed:
          if !r.setElement() {
            guard TierZeroSlowPaths.setKeyed(r.position, r.base, state) else { break execution }
            r.position += 1
          }
        case .setKeyedConstant:
          if !r.setElementConstant() {
            guard TierZeroSlowPaths.setKeyedConstant(r.position, r.base, state) else {
              break execution
            }
            r.position += 1
          }
        case .getNamed:
          if !r.getNamed() {
            let result = TierZeroSlowPaths.getNamed(r.position, r.left, r.base, state)
            if result == .sentinel { break execution }
            r.finishNamed(result)
          }
        case .setNamed:
          if !r.setNamed() {
            guard TierZeroSlowPaths.setNamed(r.position, r.left, r.right, r.base, state) else {
              break execution
            }
            r.position += 2
          }
        case .getField:
          if !r.getField() {
            let result = TierZeroSlowPaths.getField(r.position, r.left, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
          }
        case .setField:
          guard TierZeroSlowPaths.setField(r.position, r.left, r.right, r.base, state) else {
            break execution
          }
          r.position += 1
        case .length:
          if !r.length() {
            let result = TierZeroSlowPaths.length(r.position, r.left, state)
            if result == .sentinel { break execution }
            r.finish(result)
          }
        case .push:
          if !r.push(context) {
            guard TierZeroSlowPaths.push(r.position, r.left, r.right, r.base, state) else {
              break execution
            }
            r.position += 1
          }
        case .makeObject:
          let result = TierZeroSlowPaths.makeObject(r.position, r.base, state)
          if result == .sentinel { break execution }
          r.finishNamed(result)
        case .runtime:
          let result = TierZeroSlowPaths.runtime(r.position, r.base, state)
          if result == .sentinel { break execution }
          r.finish(result)
        case .addInt:
          if !r.ints(r.left, r.right, { $0.addingReportingOverflow($1) }), !r.binary(state) {
            break execution
          }
        case .addIntConstant:
          if !r.intsConstant({ $0.addingReportingOverflow($1) }), !r.binaryConstant(state) {
            break execution
          }
        case .add:
          if !r.ints(r.left, r.right, { $0.addingReportingOverflow($1) }),
            !r.numeric(r.left, r.right, { $0 + $1 }), !r.concatenate(context, state),
            !r.binary(state)
          {
            break execution
          }
        case .addConstant:
          if !r.intsConstant({ $0.addingReportingOverflow($1) }),
            !r.numberConstant({ $0 + $1 }), !r.binaryConstant(state)
          {
            break execution
          }
        case .subtractInt:
          if !r.ints(r.left, r.right, { $0.subtractingReportingOverflow($1) }), !r.binary(state) {
            break execution
          }
        case .subtractIntConstant:
          if !r.intsConstant({ $0.subtractingReportingOverflow($1) }), !r.binaryConstant(state) {
            break execution
          }
        case .subtract:
          if !r.ints(r.left, r.right, { $0.subtractingReportingOverflow($1) }),
            !r.numeric(r.left, r.right, { $0 - $1 }), !r.binary(state)
          {
            break execution
          }
        case .subtractConstant:
          if !r.intsConstant({ $0.subtractingReportingOverflow($1) }),
            !r.numberConstant({ $0 - $1 }), !r.binaryConstant(state)
          {
            break execution
          }
        case .multiplyInt:
          if !r.ints(r.left, r.right, { $0.multipliedReportingOverflow(by: $1 &>> 16) }),
            !r.binary(state)
          {
            break execution
          }
        case .multiplyIntConstant:
          if !r.intsConstant({ $0.multipliedReportingOverflow(by: $1 &>> 16) }),
            !r.binaryConstant(state)
          {
            break execution
          }
        case .multiply:
          if !r.ints(r.left, r.right, { $0.multipliedReportingOverflow(by: $1 &>> 16) }),
            !r.numeric(r.left, r.right, { $0 * $1 }), !r.binary(state)
          {
            break execution
          }
        case .multiplyConstant:
          if !r.intsConstant({ $0.multipliedReportingOverflow(by: $1 &>> 16) }),
            !r.numberConstant({ $0 * $1 }), !r.binaryConstant(state)
          {
            break execution
          }
        case .divideInt:
          if !r.division(r.left, r.right, { $0 / $1 }), !r.binary(state) { break execution }
        case .divideIntConstant:
          if !r.division(r.left, r.constant, { $0 / $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .dividePowerOfTwo:
          if !r.dividePowerOfTwo(), !r.binaryConstant(state) { break execution }
        case .remainderInt:
          if !r.division(r.left, r.right, { $0 % $1 }), !r.binary(state) { break execution }
        case .remainderIntConstant:
          if !r.division(r.left, r.constant, { $0 % $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .remainderPowerOfTwo:
          if !r.remainderPowerOfTwo(), !r.binaryConstant(state) { break execution }
        case .bitAnd:
          if !r.bits(r.left, r.right, { $0 & $1 }), !r.binary(state) { break execution }
        case .bitAndConstant:
          if !r.bits(r.left, r.constant, { $0 & $1 }), !r.binaryConstant(state) { break execution }
        case .bitOr:
          if !r.bits(r.left, r.right, { $0 | $1 }), !r.binary(state) { break execution }
        case .bitOrConstant:
          if !r.bits(r.left, r.constant, { $0 | $1 }), !r.binaryConstant(state) { break execution }
        case .bitXor:
          if !r.bits(r.left, r.right, { $0 ^ $1 }), !r.binary(state) { break execution }
        case .bitXorConstant:
          if !r.bits(r.left, r.constant, { $0 ^ $1 }), !r.binaryConstant(state) { break execution }
        case .shiftRight:
          if !r.bits(r.left, r.right, { $0 &>> ($1 & 63) }), !r.binary(state) { break execution }
        case .shiftRightConstant:
          if !r.bits(r.left, r.constant, { $0 &>> ($1 & 63) }), !r.binaryConstant(state) {
            break execution
          }
        case .shiftLeft:
          if !r.shiftLeft(r.left, r.right), !r.binary(state) { break execution }
        case .shiftLeftConstant:
          if !r.shiftLeft(r.left, r.constant), !r.binaryConstant(state) { break execution }
        case .addNumber:
          if !r.numbers({ $0 + $1 }), !r.binary(state) { break execution }
        case .subtractNumber:
          if !r.numbers({ $0 - $1 }), !r.binary(state) { break execution }
        case .multiplyNumber:
          if !r.numbers({ $0 * $1 }), !r.binary(state) { break execution }
        case .divideNumber:
          if !r.divideNumbers(), !r.binary(state) { break execution }
        case .binary:
          if !r.binary(state) { break execution }
        case .intToNumber:
          if !r.intToNumber(), !r.unary(state) { break execution }
        case .negate:
          if !r.negate(), !r.unary(state) { break execution }
        case .not: r.finish(Word(bool: !r.left.isTrueOrTruthy))
        case .unary:
          if !r.unary(state) { break execution }
        case .greaterInt:
          if !r.compareInts(r.left, r.right, { $0 > $1 }), !r.binary(state) { break execution }
        case .greaterIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 > $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .lessInt:
          if !r.compareInts(r.left, r.right, { $0 < $1 }), !r.binary(state) { break execution }
        case .lessIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 < $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .greaterOrEqualInt:
          if !r.compareInts(r.left, r.right, { $0 >= $1 }), !r.binary(state) { break execution }
        case .greaterOrEqualIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 >= $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .lessOrEqualInt:
          if !r.compareInts(r.left, r.right, { $0 <= $1 }), !r.binary(state) { break execution }
        case .lessOrEqualIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 <= $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .equalInt:
          if !r.compareInts(r.left, r.right, { $0 == $1 }), !r.binary(state) { break execution }
        case .equalIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 == $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .notEqualInt:
          if !r.compareInts(r.left, r.right, { $0 != $1 }), !r.binary(state) { break execution }
        case .notEqualIntConstant:
          if !r.compareInts(r.left, r.constant, { $0 != $1 }), !r.binaryConstant(state) {
            break execution
          }
        case .greaterNumber:
          if !r.compareNumbers({ $0 > $1 }), !r.binary(state) { break execution }
        case .lessNumber:
          if !r.compareNumbers({ $0 < $1 }), !r.binary(state) { break execution }
        case .greaterOrEqualNumber:
          if !r.compareNumbers({ $0 >= $1 }), !r.binary(state) { break execution }
        case .lessOrEqualNumber:
          if !r.compareNumbers({ $0 <= $1 }), !r.binary(state) { break execution }
        case .equalNumber:
          if !r.compareNumbers({ $0 == $1 }), !r.binary(state) { break execution }
        case .notEqualNumber:
          if !r.compareNumbers({ $0 != $1 }), !r.binary(state) { break execution }
        case .jumpIfGreaterInt:
          if !r.jumpInts(context, { $0 > $1 }), !r.compare(state) { break execution }
        case .jumpIfGreaterIntConstant:
          if !r.jumpIntsConstant(context, { $0 > $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfLessInt:
          if !r.jumpInts(context, { $0 < $1 }), !r.compare(state) { break execution }
        case .jumpIfLessIntConstant:
          if !r.jumpIntsConstant(context, { $0 < $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfGreaterOrEqualInt:
          if !r.jumpInts(context, { $0 >= $1 }), !r.compare(state) { break execution }
        case .jumpIfGreaterOrEqualIntConstant:
          if !r.jumpIntsConstant(context, { $0 >= $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfLessOrEqualInt:
          if !r.jumpInts(context, { $0 <= $1 }), !r.compare(state) { break execution }
        case .jumpIfLessOrEqualIntConstant:
          if !r.jumpIntsConstant(context, { $0 <= $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfEqualInt:
          if !r.jumpInts(context, { $0 == $1 }), !r.compare(state) { break execution }
        case .jumpIfEqualIntConstant:
          if !r.jumpIntsConstant(context, { $0 == $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfNotEqualInt:
          if !r.jumpInts(context, { $0 != $1 }), !r.compare(state) { break execution }
        case .jumpIfNotEqualIntConstant:
          if !r.jumpIntsConstant(context, { $0 != $1 }), !r.compareConstant(state) {
            break execution
          }
        case .jumpIfGreaterNumber:
          if !r.jumpNumbers(context, { $0 > $1 }), !r.compare(state) { break execution }
        case .jumpUnlessGreaterNumber:
          if !r.jumpNumbers(context, { !($0 > $1) }), !r.compare(state) { break execution }
        case .jumpIfLessNumber:
          if !r.jumpNumbers(context, { $0 < $1 }), !r.compare(state) { break execution }
        case .jumpUnlessLessNumber:
          if !r.jumpNumbers(context, { !($0 < $1) }), !r.compare(state) { break execution }
        case .jumpIfGreaterOrEqualNumber:
          if !r.jumpNumbers(context, { $0 >= $1 }), !r.compare(state) { break execution }
        case .jumpUnlessGreaterOrEqualNumber:
          if !r.jumpNumbers(context, { !($0 >= $1) }), !r.compare(state) { break execution }
        case .jumpIfLessOrEqualNumber:
          if !r.jumpNumbers(context, { $0 <= $1 }), !r.compare(state) { break execution }
        case .jumpUnlessLessOrEqualNumber:
          if !r.jumpNumbers(context, { !($0 <= $1) }), !r.compare(state) { break execution }
        case .jumpIfEqualNumber:
          if !r.jumpNumbers(context, { $0 == $1 }), !r.compare(state) { break execution }
        case .jumpUnlessEqualNumber:
          if !r.jumpNumbers(context, { !($0 == $1) }), !r.compare(state) { break execution }
        case .jumpIfNotEqualNumber:
          if !r.jumpNumbers(context, { $0 != $1 }), !r.compare(state) { break execution }
        case .jumpUnlessNotEqualNumber:
          if !r.jumpNumbers(context, { !($0 != $1) }), !r.compare(state) { break execution }
        case .jump: r.position += r.position.pointee.distance
        case .jumpBack:
          if context.pointee.heap_charged > context.pointee.heap_limit,
            !TierZeroSlowPaths.testHeapLimit(r.position, r.base, state)
          {
            break execution
          }
          guard context.pointee.fuel != 0 else {
            TierZeroSlowPaths.outOfFuel(r.position, state)
            break execution
          }
          context.pointee.fuel &-= 1
          r.jumpBack()
        case .jumpIfTrue:
          if !r.branchOnTruth(ifTrue: true, context, state) { break execution }
        case .jumpIfFalse:
          if !r.branchOnTruth(ifTrue: false, context, state) { break execution }
        case .call:
          if r.position.pointee.seen.isEmpty { TierZeroSlowPaths.recordCall(r.position, state) }
          let number = Int(r.position.pointee.immediate)
          let callee = functions + number
          let arguments = r.base + Int(r.position.pointee.a)
          guard r.admitCall(callee, arguments, context, state) else { break execution }
          if let entry = compiled[number] {
            let result = TierZeroSlowPaths.callCompiled(
              entry, number, r.position, arguments, r.calls, state)
            if result == .sentinel { break execution }
            arguments.pointee = result
            r.position += 1
          } else {
            r.enter(callee, arguments)
          }
        case .callValue:
          let arguments = r.base + Int(r.position.pointee.a)
          let value = (arguments - 1).pointee
          let number = r.callee(value)
          if number < 0 || number &+ 1 != Int(truncatingIfNeeded: r.position.pointee.immediate) {
            TierZeroSlowPaths.recordCallee(value, number, r.position, state)
          }
          guard number >= 0 else {
            TierZeroSlowPaths.trap(.typeError, r.position, state)
            break execution
          }
          let callee = functions + number
          guard callee.pointee.parameterCount == Int(r.position.pointee.b) else {
            TierZeroSlowPaths.trap(.arityMismatch, r.position, state)
            break execution
          }
          guard r.admitCall(callee, arguments, context, state) else { break execution }
          if let entry = compiled[number] {
            let result = TierZeroSlowPaths.callCompiled(
              entry, number, r.position, arguments, r.calls, state)
            if result == .sentinel { break execution }
            arguments.pointee = result
            r.position += 1
          } else {
            r.enter(callee, arguments)
          }
        case .callMethod:
          switch TierZeroSlowPaths.method(r.position, r.base, state) {
          case .enter(let number):
            let arguments = r.base + Int(r.position.pointee.a)
            guard r.admitCall(functions + number, arguments, context, state) else {
              break execution
            }
            if let entry = compiled[number] {
              let result = TierZeroSlowPaths.callCompiled(
                entry, number, r.position, arguments, r.calls, state)
              if result == .sentinel { break execution }
              arguments.pointee = result
              r.position += 1
            } else {
              r.enter(functions + number, arguments)
            }
          case .finish(let result):
            r.base[Int(r.position.pointee.a)] = result
            r.position += 1
          case .walk: r.enterWalk(walkStart)
          case .raised: break execution
          }
        case .callBuiltin:
          let result = TierZeroSlowPaths.builtin(r.position, r.base, state)
          if result == .sentinel { break execution }
          r.finish(result)
        case .callForeign:
          let result = TierZeroSlowPaths.foreign(r.position, r.base, r.calls, state)
          if result == .sentinel { break execution }
          r.finish(result)
        case .callWalk: r.enterWalk(walkStart)
        case .walkStart, .walkNext:
          switch TierZeroWalk.step(r.position, r.base, r.calls, state) {
          case .enter(let number):
            r.position = walkStart + 1
            let arguments = r.base + WalkFrame.size
            if let entry = compiled[number] {
              let result = TierZeroSlowPaths.callCompiled(
                entry, number, r.position, arguments, r.calls, state)
              if result == .sentinel { break execution }
              arguments.pointee = result
              r.position += 1
            } else {
              r.enter(functions + number, arguments)
            }
          case .finish(let result): r.leave(result)
          case .walk: preconditionFailure("a walk is under way")
          case .raised: break execution
          }
        case .setupTry:
          TierZeroSlowPaths.pushHandler(r.position, r.base, r.calls, state)
          r.position += 1
        case .popHandlers:
          state.handlers.drop(Int(r.position.pointee.immediate))
          r.position += 1
        case .throwValue:
          TierZeroSlowPaths.throwValue(r.left, r.position, state)
          break execution
        case .tryUnwrap:
          if let content = r.left.unwrapped {
            r.position.branchCounters.pointee.notTaken &+= 1
            r.base[Int(r.position.pointee.c)] = content
            r.position += 2
          } else {
            r.position.branchCounters.pointee.taken &+= 1
            state.handlers.drop(Int(r.position.pointee.b))
            r.leave(r.left)
            context.pointee.frames_left &+= 1
          }
        case .returnRegister:
          r.leave(r.left)
          context.pointee.frames_left &+= 1
        case .returnConstant:
          r.leave(Word(bits: r.position.pointee.immediate))
          context.pointee.frames_left &+= 1
        case .addIntConstantJumpIfLessInt:
          guard r.addIntConstant() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.jumpInts(context, { $0 < $1 }), !r.compare(state) { break execution }
        case .addIntConstantJumpIfLessOrEqualInt:
          guard r.addIntConstant() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.jumpInts(context, { $0 <= $1 }), !r.compare(state) { break execution }
        case .addIntConstantJumpIfLessIntConstant:
          guard r.addIntConstant() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.jumpIntsConstant(context, { $0 < $1 }), !r.compareConstant(state) {
            break execution
          }
        case .multiplyNumberAddNumber:
          guard r.numbers({ $0 * $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.numbers({ $0 + $1 }), !r.binary(state) { break execution }
        case .multiplyNumberSubtractNumber:
          guard r.numbers({ $0 * $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.numbers({ $0 - $1 }), !r.binary(state) { break execution }
        case .multiplyNumberMultiplyNumber:
          guard r.numbers({ $0 * $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.numbers({ $0 * $1 }), !r.binary(state) { break execution }
        case .getNamedAddNumber:
          guard r.getNamed() else {
            let result = TierZeroSlowPaths.getNamed(r.position, r.left, r.base, state)
            if result == .sentinel { break execution }
            r.finishNamed(result)
            continue execution
          }
          if !r.numbers({ $0 + $1 }), !r.binary(state) { break execution }
        case .getKeyedGetKeyed:
          guard r.getElement() else {
            let result = TierZeroSlowPaths.getKeyed(r.position, r.left, r.right, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
            continue execution
          }
          if !r.getElement() {
            let result = TierZeroSlowPaths.getKeyed(r.position, r.left, r.right, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
          }
        case .getFieldMultiplyNumber:
          guard r.getField() else {
            let result = TierZeroSlowPaths.getField(r.position, r.left, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
            continue execution
          }
          if !r.numbers({ $0 * $1 }), !r.binary(state) { break execution }
        case .moveMove:
          r.finish(r.left)
          r.finish(r.left)
        case .moveAddIntConstant:
          r.finish(r.left)
          if !r.addIntConstant(), !r.binaryConstant(state) { break execution }
        case .remainderPowerOfTwoBranch:
          guard r.remainderPowerOfTwo() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.branchOnTruth(context, state) { break execution }
        case .remainderIntBranch:
          guard r.remainderInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.branchOnTruth(context, state) { break execution }
        case .dividePowerOfTwoJump:
          guard r.dividePowerOfTwo() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          r.position += r.position.pointee.distance
        case .multiplyIntAddInt:
          guard r.multiplyInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.addInt(), !r.binary(state) { break execution }
        case .multiplyIntAddIntConstant:
          guard r.multiplyInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.addIntConstant(), !r.binaryConstant(state) { break execution }
        case .multiplyIntJumpIfLessInt:
          guard r.multiplyInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.jumpInts(context, { $0 < $1 }), !r.compare(state) { break execution }
        case .multiplyIntJumpIfLessOrEqualInt:
          guard r.multiplyInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.jumpInts(context, { $0 <= $1 }), !r.compare(state) { break execution }
        case .addIntJumpIfLessInt:
          guard r.addInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.jumpInts(context, { $0 < $1 }), !r.compare(state) { break execution }
        case .addIntGetKeyed:
          guard r.addInt() else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.getElement() {
            let result = TierZeroSlowPaths.getKeyed(r.position, r.left, r.right, r.base, state)
            if result == .sentinel { break execution }
            r.finish(result)
          }
        case .addIntConstantJumpIfNotEqualIntConstant:
          guard r.addIntConstant() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.jumpIntsConstant(context, { $0 != $1 }), !r.compareConstant(state) {
            break execution
          }
        case .addIntConstantMultiplyInt:
          guard r.addIntConstant() else {
            if !r.binaryConstant(state) { break execution }
            continue execution
          }
          if !r.multiplyInt(), !r.binary(state) { break execution }
        case .setKeyedConstantAddInt:
          guard r.setElementConstant() else {
            guard TierZeroSlowPaths.setKeyedConstant(r.position, r.base, state) else {
              break execution
            }
            r.position += 1
            continue execution
          }
          if !r.addInt(), !r.binary(state) { break execution }
        case .subtractNumberAddNumber:
          guard r.numbers({ $0 - $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.numbers({ $0 + $1 }), !r.binary(state) { break execution }
        case .addNumberMove:
          guard r.numbers({ $0 + $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          r.finish(r.left)
        case .addNumberJumpIfGreaterNumber:
          guard r.numbers({ $0 + $1 }) else {
            if !r.binary(state) { break execution }
            continue execution
          }
          if !r.jumpNumbers(context, { $0 > $1 }), !r.compare(state) { break execution }
        case .loopHeader:
          switch TierZeroSlowPaths.arrive(r.position, r.base, r.calls, activation, state) {
          case .goOn: r.position += 2
          case .finish(let result):
            r.leave(result)
            context.pointee.frames_left &+= 1
          case .resume(let registers): r = registers
          case .raised: break execution
          }
        case .leave:
          // The frame of the outermost call is its caller's to give back.
          context.pointee.frames_left &-= 1
          return r.base.pointee
        case .walkCall, .data: preconditionFailure("control never reaches it")
        }
      }
      // Something was raised, here or in code called from here.
      guard let resumption = TierZeroSlowPaths.deliver(r.base, r.calls, activation, state) else {
        return .sentinel
      }
      r = resumption
    }
  }
}
