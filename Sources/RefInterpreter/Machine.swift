import Bytecode

/// A frame of a bytecode function.
struct Frame: BitwiseCopyable {
  let function: FunctionIndex
  /// The instruction about to run or, in a caller, the call that waits.
  var instructionPointer: Int
  /// The place of the frame's first parameter in the machine's `locals`.
  let firstLocal: Int
  /// The place of the frame's first operand in the machine's `operands`.
  let firstOperand: Int
}

/// Why an instruction did not go on to a next one.
enum Stop: Error {
  /// The program ended.
  case finished(Value)
  case trapped(TrapKind)
  case exited(ExitKind)
  /// A trusted instruction met a kind that the verifier had ruled out.
  case disproved
}

/// The state of one run, and the step that moves it from one instruction to the next.
///
/// Nothing but this state decides what a step does: it can be looked at between any two steps.
struct Machine {
  let code: Code
  let limits: RunLimits
  let recordsEvents: Bool
  let output: (@Sendable ([UInt8]) -> Void)?

  /// The running frame; its callers wait below it.
  var frame: Frame
  /// The frames that wait for a call, outermost first.
  var callers: [Frame] = []
  /// Parameters and locals of all frames, outermost first.
  var locals: [Value] = []
  /// Operands of all frames, outermost first.
  var operands: [Value] = []
  var bindings: [Value]
  /// Fuel units consumed: the program's clock.
  var clock: UInt64 = 0
  var events: [Event] = []

  /// Instructions started, those that trapped included.
  var instructionCount: UInt64 = 0
  /// Calls that entered a bytecode function.
  var callCount: UInt64 = 0
  /// How often each instruction was started; saturates, since it tells what was reached.
  private(set) var executionCounts: [UInt32]

  /// Makes a machine about to run the first instruction of the entry.
  ///
  /// - Parameter executionCounts: those of earlier runs, one for each instruction.
  /// - Precondition: there is one argument for each parameter of the entry.
  init(
    code: Code, request: RunRequest, arguments: [Value], executionCounts: consuming [UInt32]
  ) {
    self.code = code
    self.executionCounts = executionCounts
    limits = request.limits
    recordsEvents = request.recordsEvents
    output = request.output
    bindings = code.initialBindings
    let layout = code.layouts[request.entry.position]
    precondition(arguments.count == layout.parameterCount, "one argument for each parameter")
    frame = Frame(
      function: request.entry, instructionPointer: layout.entryPoint, firstLocal: 0,
      firstOperand: 0)
    locals = arguments
    locals += repeatElement(.null, count: layout.slotCount - layout.parameterCount)
  }

  /// Bytecode frames; the entry alone is 1.
  var depth: Int { callers.count + 1 }

  var site: Site {
    let entryPoint = code.layouts[frame.function.position].entryPoint
    return Site(frame.function, offset: frame.instructionPointer - entryPoint)
  }

  var raise: Raise { Raise(site: site, depth: depth) }

  /// Runs one instruction.
  ///
  /// One that throws leaves the state as it was, but for the counts of instructions.
  mutating func step() throws(Stop) {
    let instruction = code.instructions[frame.instructionPointer]
    instructionCount += 1
    if executionCounts[frame.instructionPointer] < .max {
      executionCounts[frame.instructionPointer] += 1
    }
    switch instruction.opcode {
    case .jump, .break, .continue:
      try jump(isTaken: true, popping: 0)
      return
    case .jumpIfFalse:
      try jump(isTaken: !operands[operands.count - 1].isTruthy, popping: 1)
      return
    case .jumpIfTrue:
      try jump(isTaken: operands[operands.count - 1].isTruthy, popping: 1)
      return
    case .jumpIfFalseTrusted:
      guard case .bool(let condition) = operands[operands.count - 1] else { throw .disproved }
      try jump(isTaken: !condition, popping: 1)
      return
    case .call:
      try call(instruction.function)
      return
    case .return:
      try leave(with: .unit)
      return
    case .returnValue:
      try leave(with: operands[operands.count - 1])
      return
    case .halt:
      throw .finished(operands.count > frame.firstOperand ? operands[operands.count - 1] : .unit)
    case .loopStart, .loopEnd, .nop, .debug:
      break

    case .pushConst: operands.append(code.constants[instruction.constant.position])
    case .pushNull: operands.append(.null)
    case .pop: operands.removeLast()
    case .dup: operands.append(operands[operands.count - 1])
    case .swap: operands.swapAt(operands.count - 2, operands.count - 1)
    case .loadLocal, .loadLocalTrusted: load(instruction.local)
    case .storeLocal: try store(operands[operands.count - 1], in: instruction.local)
    case .storeLocalTyped:
      let (local, width) = instruction.localAndWidth
      try store(cast(operands[operands.count - 1], to: width), in: local)
    case .loadModuleBinding: operands.append(bindings[instruction.binding.position])
    case .storeModuleBinding: try store(in: instruction.binding)

    case .addInt: try binary(Arithmetic.addInt)
    case .subInt: try binary(Arithmetic.subInt)
    case .mulInt: try binary(Arithmetic.mulInt)
    case .divInt: try binary(Arithmetic.divInt)
    case .modInt: try binary(Arithmetic.modInt)
    case .powInt: try binary(Arithmetic.powInt)
    case .addNumber: try binary(Arithmetic.addNumber)
    case .subNumber: try binary(Arithmetic.subNumber)
    case .mulNumber: try binary(Arithmetic.mulNumber)
    case .divNumber: try binary(Arithmetic.divNumber)
    case .modNumber: try binary(Arithmetic.modNumber)
    case .powNumber: try binary(Arithmetic.powNumber)
    case .add: try generic(int: Arithmetic.addInt, number: Arithmetic.addNumber)
    case .sub: try generic(int: Arithmetic.subInt, number: Arithmetic.subNumber)
    case .mul: try generic(int: Arithmetic.mulInt, number: Arithmetic.mulNumber)
    case .div: try generic(int: Arithmetic.divInt, number: Arithmetic.divNumber)
    case .mod: try generic(int: Arithmetic.modInt, number: Arithmetic.modNumber)
    case .pow: try generic(int: Arithmetic.powInt, number: Arithmetic.powNumber)
    case .neg: try unary(Arithmetic.negate)
    case .bitAnd: try binary(Bits.and)
    case .bitOr: try binary(Bits.or)
    case .bitXor: try binary(Bits.xor)
    case .bitNot: try unary(Bits.not)
    case .bitShl: try binary(Bits.shiftLeft)
    case .bitShr: try binary(Bits.shiftRight)
    case .addTyped: try typed(.add, instruction.width)
    case .subTyped: try typed(.sub, instruction.width)
    case .mulTyped: try typed(.mul, instruction.width)
    case .divTyped: try typed(.div, instruction.width)
    case .modTyped: try typed(.mod, instruction.width)
    case .cmpTyped:
      let width = instruction.width
      try binary { (a, b) throws(TrapKind) in try TypedArithmetic.compare(width, a, b) }
    case .castWidth:
      let width = instruction.width
      try unary { (a) throws(TrapKind) in try TypedArithmetic.cast(a, to: width) }
    case .intToNumber: try unary(Arithmetic.intToNumber)
    case .numberToInt: try unary(Arithmetic.numberToInt)
    case .addIntTrusted: try trusted(.int, Arithmetic.addInt)
    case .subIntTrusted: try trusted(.int, Arithmetic.subInt)
    case .mulIntTrusted: try trusted(.int, Arithmetic.mulInt)
    case .divIntTrusted: try trusted(.int, Arithmetic.divInt)
    case .addNumberTrusted: try trusted(.number, Arithmetic.addNumber)
    case .subNumberTrusted: try trusted(.number, Arithmetic.subNumber)
    case .mulNumberTrusted: try trusted(.number, Arithmetic.mulNumber)
    case .divNumberTrusted: try trusted(.number, Arithmetic.divNumber)

    case .gtInt: try compareInts(.greater)
    case .ltInt: try compareInts(.less)
    case .gteInt: try compareInts(.greaterOrEqual)
    case .lteInt: try compareInts(.lessOrEqual)
    case .eqInt: try compareInts(.equal)
    case .neqInt: try compareInts(.notEqual)
    case .gtNumber: try compareNumbers(.greater)
    case .ltNumber: try compareNumbers(.less)
    case .gteNumber: try compareNumbers(.greaterOrEqual)
    case .lteNumber: try compareNumbers(.lessOrEqual)
    case .eqNumber: try compareNumbers(.equal)
    case .neqNumber: try compareNumbers(.notEqual)
    case .gt: try compareOrdered(.greater)
    case .lt: try compareOrdered(.less)
    case .gte: try compareOrdered(.greaterOrEqual)
    case .lte: try compareOrdered(.lessOrEqual)
    case .eq: try binary { (a, b) in .bool(Compare.areEqual(a, b)) }
    case .neq: try binary { (a, b) in .bool(!Compare.areEqual(a, b)) }
    case .gtIntTrusted: try compareTrustedInts(.greater)
    case .ltIntTrusted: try compareTrustedInts(.less)
    case .gteIntTrusted: try compareTrustedInts(.greaterOrEqual)
    case .lteIntTrusted: try compareTrustedInts(.lessOrEqual)
    case .gtNumberTrusted: try compareTrustedNumbers(.greater)
    case .ltNumberTrusted: try compareTrustedNumbers(.less)
    case .gteNumberTrusted: try compareTrustedNumbers(.greaterOrEqual)
    case .lteNumberTrusted: try compareTrustedNumbers(.lessOrEqual)
    case .and: try binary(Compare.and)
    case .or: try binary(Compare.or)
    case .not: try unary { (a) in .bool(!a.isTruthy) }
    case .nullCoalesce: try binary(Compare.coalesce)

    case .builtinCall:
      let (builtin, count) = instruction.builtin
      try callBuiltin(builtin, argumentCount: count)

    case .boxLocal, .boxModuleBinding, .makeClosure, .loadClosure, .storeClosure, .makeRef,
      .derefLoad, .derefStore, .setIndexRef, .callForeign, .callValue, .callMethod, .newArray,
      .newTypedArray, .newObject, .newTypedObject, .mergeObject, .typedMergeObject, .getProp,
      .setProp, .getFieldTyped, .setFieldTyped, .length, .arrayPush, .arrayPushLocal, .arrayPop,
      .setLocalIndex, .setModuleBindingIndex, .sliceAccess, .makeRange, .iterNext, .iterDone,
      .setupTry, .popHandler, .throw, .isOk, .isErr, .unwrapOk, .unwrapErr, .unwrapOption,
      .tryUnwrap:
      preconditionFailure("\(instruction.opcode) lies outside the numeric core")
    }
    frame.instructionPointer += 1
  }
}
