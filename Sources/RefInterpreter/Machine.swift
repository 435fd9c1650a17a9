import Bytecode

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
  /// Builtins that wait for a callback, outermost first.
  var walks: [Walk] = []
  /// Handlers of all frames, outermost first.
  var handlers: [Handler] = []
  /// Parameters and locals of all frames, outermost first.
  var locals: [Value] = []
  /// Operands of all frames, outermost first.
  var operands: [Value] = []
  var bindings: [Value]
  var heap: Heap
  /// Outlives the run.
  var shapes: Shapes
  /// Fuel units consumed: the program's clock.
  var clock: UInt64 = 0
  var events: [Event] = []
  /// Bytes of text in the events.
  var recordedBytes: UInt64 = 0
  var identities = Identities()
  var checkpoints: CheckpointQueue
  var foreign: ForeignState

  /// Instructions started, those that trapped included.
  var instructionCount: UInt64 = 0
  /// Calls that entered a bytecode function.
  var callCount: UInt64 = 0
  /// Counts calls and loops, if the request asks for it.
  var control: ControlCounter?
  /// How often each instruction was started; saturates, since it tells what was reached.
  private(set) var executionCounts: [UInt32]

  /// Makes a machine whose entry has yet to be entered.
  ///
  /// - Parameters:
  ///   - shapes: those of earlier runs.
  ///   - executionCounts: those of earlier runs, one for each instruction.
  init(
    code: Code, request: RunRequest, shapes: consuming Shapes,
    executionCounts: consuming [UInt32]
  ) {
    self.code = code
    self.shapes = shapes
    self.executionCounts = executionCounts
    limits = request.limits
    recordsEvents = request.recordsEvents
    output = request.output
    checkpoints = CheckpointQueue(request.checkpoints)
    foreign = ForeignState(request, code.declaredSchemas)
    heap = Heap(strings: code.strings)
    bindings = code.initialBindings
    for binding in code.cellBindings { bindings[binding] = heap.make(cell: bindings[binding]) }
    frame = Frame(
      callee: Callee(function: request.entry, closure: -1),
      instructionPointer: code.layouts[request.entry.position].entryPoint, firstLocal: 0,
      firstOperand: 0, firstHandler: 0, origin: .entry, activation: 0)
    if request.countsControl { control = ControlCounter(code) }
  }

  /// Makes the locals of the entry; the first instruction is about to run.
  ///
  /// - Throws: TypeError, with nothing charged, for an argument its parameter does not take.
  /// - Precondition: there is one argument for each parameter of the entry.
  mutating func begin(with arguments: [Value]) throws(Stop) {
    let layout = code.layouts[frame.function.position]
    precondition(arguments.count == layout.parameterCount, "one argument for each parameter")
    operands = arguments
    guard areAdmitted(argumentsFrom: 0, by: layout) else { throw .trapped(.typeError) }
    control?.noteCall(of: frame.function)
    operands = []
    locals = arguments
    makeLocals(of: layout)
  }

  /// Bytecode frames; the entry alone is 1.
  var depth: Int { callers.count + 1 }

  var site: Site {
    let entryPoint = code.layouts[frame.function.position].entryPoint
    return Site(frame.function, offset: frame.instructionPointer - entryPoint)
  }

  var raise: Raise { Raise(site: site, depth: depth, handlerDepth: handlers.count) }

  /// Runs one instruction.
  ///
  /// One that throws leaves the state as it was, but for the counts of instructions.
  mutating func step() throws(Stop) {
    let instruction = code.instructions[frame.instructionPointer]
    control?.noteStep(at: frame.instructionPointer, of: frame.activation, level: callers.count)
    instructionCount += 1
    if executionCounts[frame.instructionPointer] < .max {
      executionCounts[frame.instructionPointer] += 1
    }
    switch instruction.opcode {
    case .jump, .break, .continue:
      try jump(isTaken: true, popping: 0)
      return
    case .jumpIfFalse:
      try jump(isTaken: !heap.isTruthy(operands[operands.count - 1]), popping: 1)
      return
    case .jumpIfTrue:
      try jump(isTaken: heap.isTruthy(operands[operands.count - 1]), popping: 1)
      return
    case .jumpIfFalseTrusted:
      guard case .bool(let condition) = operands[operands.count - 1] else { throw .disproved }
      try jump(isTaken: !condition, popping: 1)
      return
    case .call:
      try call(instruction.function)
      return
    case .callValue:
      try callValue(argumentCount: instruction.count)
      return
    case .callMethod:
      let (method, count) = instruction.method
      try callMethod(method, argumentCount: count)
      return
    case .builtinCall:
      let (builtin, count) = instruction.builtin
      try callBuiltin(builtin, argumentCount: count)
      return
    case .callForeign:
      try callForeign(instruction.foreign)
      return
    case .throw:
      throw .thrown(operands[operands.count - 1])
    case .tryUnwrap:
      try tryUnwrap()
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
    case .loadModuleBinding: load(instruction.binding)
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
    case .add: try add()
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
    case .eq: replaceOperands(2, by: .bool(heap.areEqual(operand(2), operand(1))))
    case .neq: replaceOperands(2, by: .bool(!heap.areEqual(operand(2), operand(1))))
    case .gtIntTrusted: try compareTrustedInts(.greater)
    case .ltIntTrusted: try compareTrustedInts(.less)
    case .gteIntTrusted: try compareTrustedInts(.greaterOrEqual)
    case .lteIntTrusted: try compareTrustedInts(.lessOrEqual)
    case .gtNumberTrusted: try compareTrustedNumbers(.greater)
    case .ltNumberTrusted: try compareTrustedNumbers(.less)
    case .gteNumberTrusted: try compareTrustedNumbers(.greaterOrEqual)
    case .lteNumberTrusted: try compareTrustedNumbers(.lessOrEqual)
    case .and:
      replaceOperands(2, by: .bool(heap.isTruthy(operand(2)) && heap.isTruthy(operand(1))))
    case .or:
      replaceOperands(2, by: .bool(heap.isTruthy(operand(2)) || heap.isTruthy(operand(1))))
    case .not: replaceOperands(1, by: .bool(!heap.isTruthy(operand(1))))
    case .nullCoalesce: try binary(Compare.coalesce)

    case .boxLocal: operands.append(locals[frame.firstLocal + instruction.local.position])
    case .boxModuleBinding: operands.append(bindings[instruction.binding.position])
    case .makeClosure: try makeClosure(of: instruction.function)
    case .loadClosure: loadCapture(instruction.capture)
    case .storeClosure: try storeCapture(instruction.capture)
    case .makeRef: makeReference(to: instruction.local)
    case .derefLoad: operands.append(target(of: instruction.local))
    case .derefStore: try storeTarget(of: instruction.local)
    case .setIndexRef: try storeElement(of: target(of: instruction.local))

    case .newArray: try newArray(of: instruction.count)
    case .newTypedArray: try newTypedArray(of: instruction.count)
    case .length: try replaceOperands(1, by: .int(Int64(length(of: operand(1)))))
    case .arrayPush: try arrayPush()
    case .arrayPushLocal: try arrayPush(toLocal: instruction.local)
    case .arrayPop: try replaceOperands(1, by: popElement(of: operand(1)))
    case .setLocalIndex:
      try storeElement(
        of: heap.content(of: locals[frame.firstLocal + instruction.local.position]))
    case .setModuleBindingIndex:
      try storeElement(of: heap.content(of: bindings[instruction.binding.position]))
    case .sliceAccess:
      try replaceOperands(3, by: slice(operand(3), from: operand(2), to: operand(1)))
    case .makeRange: try makeRange()
    case .iterNext: try replaceOperands(2, by: element(of: operand(2), atTurn: operand(1)))
    case .iterDone: try replaceOperands(2, by: isDone(operand(2), atTurn: operand(1)))

    case .newObject: try newObject(of: instruction.count)
    case .newTypedObject: try newRecord(of: instruction.schema)
    case .mergeObject: try mergeObjects()
    case .typedMergeObject: try mergeRecords(of: instruction.schema)
    case .getProp: try getProperty(instruction.property)
    case .setProp: try setProperty(instruction.property)
    case .getFieldTyped: try getField(instruction.field.schema, instruction.field.position)
    case .setFieldTyped: try setField(instruction.field.schema, instruction.field.position)

    case .setupTry: setUpHandler()
    case .popHandler: handlers.removeLast()
    case .isOk, .isErr, .unwrapOk, .unwrapErr, .unwrapOption: try unwrap(instruction.opcode)
    }
    frame.instructionPointer += 1
  }
}
