import Bytecode

/// Holds the deoptimization points of a version to what the verifier proved of the program.
///
/// Always on: a point that does not fit is a fault of the compiler, and nothing of it may run.
public enum DeoptimizationVerifier {
  /// Checks points in the order of their identifiers.
  ///
  /// - Parameter bufferWords: the words of the buffer that sources may name.
  /// - Throws: `.broken`, with the first rule that does not hold and the point.
  /// - Complexity: O(slots of all points + instructions of their blocks).
  public static func verify(
    _ points: [DeoptimizationPoint], in program: VerifiedProgram, bufferWords: Int
  ) throws(EngineFailure) {
    for (index, point) in points.enumerated() {
      var check = DeoptimizationCheck(point: point, program: program, bufferWords: bufferWords)
      do throws(DeoptimizationFault) {
        guard point.identifier == index else {
          throw DeoptimizationFault("is number \(index) of its version")
        }
        try check.run()
      } catch {
        throw .broken("deoptimization \(point): \(error.reason)")
      }
    }
  }
}

/// The rule a point breaks.
private struct DeoptimizationFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// The check of one point.
private struct DeoptimizationCheck {
  typealias Source = DeoptimizationPoint.Source
  typealias Frame = DeoptimizationPoint.Frame

  let point: DeoptimizationPoint
  let program: VerifiedProgram
  let bufferWords: Int
  private var isUsed: [Bool] = []

  init(point: DeoptimizationPoint, program: VerifiedProgram, bufferWords: Int) {
    self.point = point
    self.program = program
    self.bufferWords = bufferWords
  }

  mutating func run() throws(DeoptimizationFault) {
    isUsed = Array(repeating: false, count: bufferWords)
    guard !point.frames.isEmpty else { throw DeoptimizationFault("it has no frame") }
    for (index, frame) in point.frames.enumerated() {
      do throws(DeoptimizationFault) {
        try checkPlace(frame)
        let isInnermost = index == point.frames.count - 1
        try checkPosition(frame, callee: isInnermost ? nil : point.frames[index + 1])
        try checkHandlers(frame)
        try checkSlots(frame)
      } catch { throw DeoptimizationFault("frame \(index): \(error.reason)") }
    }
    for (index, object) in point.virtualObjects.enumerated() {
      do throws(DeoptimizationFault) { try checkObject(object) } catch {
        throw DeoptimizationFault("virtual object \(index): \(error.reason)")
      }
    }
  }
}

// MARK: - Positions

extension DeoptimizationCheck {
  private func checkPlace(_ frame: Frame) throws(DeoptimizationFault) {
    guard frame.function.position < program.functions.count else {
      throw DeoptimizationFault("there is no such function")
    }
    let offset = frame.position.offset
    guard (0..<program.program[frame.function].bodyLength).contains(offset) else {
      throw DeoptimizationFault("the offset is outside the function")
    }
    guard program[frame.function].isReachable(offset) else {
      throw DeoptimizationFault("the instruction is unreachable")
    }
  }

  private func instructionPointer(_ frame: Frame) -> Int {
    program.program[frame.function].entryPoint + frame.position.offset
  }

  private func checkPosition(
    _ frame: Frame, callee: Frame?
  ) throws(DeoptimizationFault) {
    switch (frame.position, callee) {
    case (.before, nil): break
    case (.afterCall, let callee?): try checkCall(frame, callee)
    case (.afterCall, nil): throw DeoptimizationFault("the innermost frame waits for a call")
    case (.before, _?): throw DeoptimizationFault("a caller does not wait for its call")
    }
  }

  /// The call a caller waits for must be able to enter the next frame.
  private func checkCall(_ frame: Frame, _ callee: Frame) throws(DeoptimizationFault) {
    guard callee.function.position < program.functions.count else {
      throw DeoptimizationFault("it calls no function")
    }
    let parameterCount = program.program[callee.function].parameters.count
    let instruction = program.program.instructions[instructionPointer(frame)]
    let fits: Bool
    if instruction.opcode == .call {
      fits = instruction.operand == .function(callee.function)
    } else if instruction.opcode == .callValue, case .count(let count) = instruction.operand {
      fits = count == parameterCount
    } else if instruction.opcode == .callMethod,
      case .method(_, let count) = instruction.operand
    {
      // A record is the first argument itself, the object of a function is not.
      fits = count == parameterCount || count + 1 == parameterCount
    } else {
      throw DeoptimizationFault("a caller waits at an instruction that is no call")
    }
    guard fits else { throw DeoptimizationFault("its call does not enter the next frame") }
  }

  private func checkHandlers(_ frame: Frame) throws(DeoptimizationFault) {
    let facts = program[frame.function]
    let depth = Int(facts.handlerDepths[frame.position.offset])
    guard frame.handlers.count == depth else {
      throw DeoptimizationFault("\(frame.handlers.count) handlers where \(depth) are in force")
    }
    let entry = program.program[frame.function].entryPoint
    for (index, setup) in frame.handlers.enumerated() {
      guard facts.handlerDepths.indices.contains(setup), facts.isReachable(setup),
        program.program.instructions[entry + setup].opcode == .setupTry,
        Int(facts.handlerDepths[setup]) == index
      else { throw DeoptimizationFault("handler \(index) is not made at \(setup)") }
    }
  }
}

// MARK: - Slots

extension DeoptimizationCheck {
  private mutating func checkSlots(_ frame: Frame) throws(DeoptimizationFault) {
    let function = program.program[frame.function]
    let facts = program[frame.function]
    guard function.captures.isEmpty == (frame.closure == nil) else {
      throw DeoptimizationFault("the closure does not fit the function's captures")
    }
    if let closure = frame.closure { try checkValue(closure, "the closure") }
    guard frame.locals.count == function.slotCount else {
      throw DeoptimizationFault("\(frame.locals.count) locals for \(function.slotCount) slots")
    }
    let offset = frame.position.offset
    let (live, depth) = try expected(frame)
    guard frame.operands.count == depth else {
      throw DeoptimizationFault("\(frame.operands.count) operands where there are \(depth)")
    }
    for (index, source) in frame.locals.enumerated() {
      let local = LocalIndex(index)
      try take(source)
      // A cell is the same one from the frame's start to its end, assigned or not.
      if source == .dead, live.contains(local) || facts.cellLocals[index] {
        throw DeoptimizationFault("local \(index) is dead but needed at \(offset)")
      }
      guard admits(source, local, of: frame.function) else {
        throw DeoptimizationFault("local \(index) takes no \(source)")
      }
    }
    for (index, source) in frame.operands.enumerated() {
      try checkValue(source, "operand \(index)")
    }
  }

  /// The locals a frame needs and the operands it has.
  private func expected(
    _ frame: Frame
  ) throws(DeoptimizationFault) -> (live: LocalSet, depth: Int) {
    let offset = frame.position.offset
    let depth = Int(program[frame.function].stackDepths[offset])
    switch frame.position {
    case .before: return (program.liveLocals(of: frame.function, at: offset), depth)
    case .afterCall:
      let instruction = program.program.instructions[instructionPointer(frame)]
      guard let inputs = program.program.popCount(of: instruction) else {
        throw DeoptimizationFault("the call's operand is out of range")
      }
      return (program.liveLocalsAwaiting(callAt: offset, of: frame.function), depth - inputs)
    }
  }

  /// Whether a local may hold what a source makes, as far as that is known.
  private func admits(
    _ source: Source, _ local: LocalIndex, of function: FunctionIndex
  ) -> Bool {
    if program[function].cellLocals[local.position] {
      switch source {
      case .word: return true
      case .virtual(let index): return point.virtualObjects[index].kind == .cell
      case .integer, .number, .bool, .constant, .dead: return false
      }
    }
    let parameters = program.program[function].parameters
    if local.position < parameters.count, parameters[local.position].isReference,
      case .virtual(let index) = source
    {
      return point.virtualObjects[index].kind == .cell
    }
    return admits(source, program.program[function].kind(of: local))
  }

  /// Whether what declares a kind, or none, may hold what a source makes.
  private func admits(_ source: Source, _ kind: SlotKind?) -> Bool {
    guard let kind else { return true }
    switch source {
    case .integer: return kind.kinds.contains(.int)
    case .number: return kind.kinds.contains(.number)
    case .bool: return kind.kinds.contains(.bool)
    case .virtual(let index): return kind.kinds.contains(KindSet(point.virtualObjects[index].kind))
    case .constant(let bits): return Word(bits: bits).isAdmitted(by: KindMask(kind))
    case .word, .dead: return true
    }
  }

  private mutating func checkValue(
    _ source: Source, _ role: String
  ) throws(DeoptimizationFault) {
    try take(source)
    if source == .dead { throw DeoptimizationFault("\(role) is dead") }
  }

  /// Checks what a source names, and that no other names the same word.
  private mutating func take(_ source: Source) throws(DeoptimizationFault) {
    switch source {
    case .word(let index), .integer(let index), .number(let index), .bool(let index):
      guard isUsed.indices.contains(index) else {
        throw DeoptimizationFault("\(source) is outside the buffer")
      }
      guard !isUsed[index] else { throw DeoptimizationFault("\(source) is there twice") }
      isUsed[index] = true
    case .virtual(let index):
      guard point.virtualObjects.indices.contains(index) else {
        throw DeoptimizationFault("\(source) does not exist")
      }
    case .constant(let bits):
      guard Word(bits: bits).isValue else { throw DeoptimizationFault("\(source) is no value") }
    case .dead: break
    }
  }

  private mutating func checkObject(
    _ object: DeoptimizationPoint.VirtualObject
  ) throws(DeoptimizationFault) {
    guard let count = fieldCount(of: object) else {
      throw DeoptimizationFault("it is no \(object.kind.name)")
    }
    guard object.fields.count == count else {
      throw DeoptimizationFault("\(object.fields.count) fields where there are \(count)")
    }
    for (index, source) in object.fields.enumerated() {
      try checkValue(source, "field \(index)")
      guard admits(source, fieldKind(index, of: object)) else {
        throw DeoptimizationFault("field \(index) takes no \(source)")
      }
    }
  }

  /// The kind that a field of an object declares.
  private func fieldKind(
    _ index: Int, of object: DeoptimizationPoint.VirtualObject
  ) -> SlotKind? {
    guard object.kind == .record, let schema = object.schema else { return nil }
    return program.program.schemas[schema.position].fields[index].kind
  }

  /// How many fields an object has; nil if it is not described as its kind demands.
  private func fieldCount(of object: DeoptimizationPoint.VirtualObject) -> Int? {
    switch object.kind {
    case .object:
      guard let keys = object.keys, keys.count <= ShapeGraph.greatestKeyCount else { return nil }
      return keys.count
    case .record:
      guard let schema = object.schema, schema.position < program.program.schemas.count else {
        return nil
      }
      return program.program.schemas[schema.position].fields.count
    case .closure:
      guard let function = object.function, function.position < program.functions.count else {
        return nil
      }
      return program.program[function].captures.count
    case .some, .ok, .err, .cell: return 1
    case .null, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray, .boolArray,
      .map, .range, .function, .reference:
      return nil
    }
  }
}
