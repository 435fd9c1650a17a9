import Bytecode

/// Whether guards hold, by what the judge shows of the moment before their instructions.
extension Guard {
  /// Whether the predicate holds; nil where it stands before another instruction than its own, or
  /// before one that does not come to it.
  ///
  /// - Parameter checkpoint: the judge's.
  /// - Complexity: O(heap values of the checkpoint).
  func holds(at checkpoint: Checkpoint, in program: Program) -> Bool? {
    if let isLocalTrue = holds(onLocalsAt: checkpoint) { return isLocalTrue }
    guard let frame = checkpoint.frames.last, frame.site == site,
      let instruction = program.instruction(at: site),
      let count = program.popCount(of: instruction), frame.operands.count >= count
    else { return nil }
    let popped = frame.operands.suffix(count).map(\.shownValue)
    let operands = GuardOperands(
      values: instruction.receivers(in: frame, checkpoint.cells) + popped,
      cells: checkpoint.cells)
    return holds(on: operands, of: instruction.opcode)
  }

  /// Whether a predicate on locals holds where the frame goes on, which need not be at the guard's
  /// site; nil for other predicates.
  private func holds(onLocalsAt checkpoint: Checkpoint) -> Bool? {
    guard let frame = checkpoint.frames.last, frame.site.function == site.function else {
      return nil
    }
    func value(of local: LocalIndex) -> ObservedValue? {
      frame.locals.indices.contains(local.position)
        ? frame.locals[local.position].shownValue : nil
    }
    func int(in local: LocalIndex) -> Int64? {
      if case .int(let value)? = value(of: local) { value } else { nil }
    }
    switch predicate {
    case .isNotNegative(let local): return int(in: local).map { $0 >= 0 } ?? false
    case .isAtMost(let local, let bound): return int(in: local).map { $0 <= bound } ?? false
    case .spans(let array, let kind, let extent):
      let operands = GuardOperands(values: [], cells: checkpoint.cells)
      guard let array = value(of: array), array.kind == kind,
        let length = operands.length(of: array)
      else { return false }
      return switch extent {
      case .constant(let count): count <= length
      case .local(let local): int(in: local).map { $0 <= length } ?? false
      case .including(let local): int(in: local).map { $0 < length } ?? false
      }
    case .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: return nil
    }
  }

  private func holds(on operands: GuardOperands, of opcode: Opcode) -> Bool? {
    if predicate == .fitsInt { return operands.resultFitsInt(of: opcode) }
    guard operands.values.indices.contains(operand), let value = operands.values[operand] else {
      return nil
    }
    switch predicate {
    case .kinds(let kinds): return kinds.contains(KindSet(value.kind))
    case .fitsInt: preconditionFailure("it is about both operands")
    case .shape(let keys):
      guard case .object(_, keys: let actual, _) = operands.content(of: value) else {
        return false
      }
      return actual == keys
    case .schema(let schema):
      guard case .record(let actual, _) = operands.content(of: value) else { return false }
      return actual == schema
    case .array(let kind): return value.kind == kind
    case .inBounds:
      guard let array = operands.values[0] else { return nil }
      guard case .int(let index) = value, let length = operands.length(of: array) else {
        return false
      }
      return -length <= index && index < length
    case .callee(let function):
      if case .function(let actual) = value { return actual == function }
      guard case .closure(let actual, _) = operands.content(of: value) else { return false }
      return actual == function
    case .truth(let truth): return operands.isTruthy(value) == truth
    case .isNotNegative, .isAtMost, .spans: return nil
    }
  }
}

extension ObservedSlot {
  fileprivate var shownValue: ObservedValue? {
    if case .value(let value) = self { value } else { nil }
  }
}

extension Instruction {
  /// What an instruction stores into that names it instead of popping it: its operand 0. A
  /// checkpoint does not show what bindings hold.
  fileprivate func receivers(
    in frame: ObservedFrame, _ cells: [ObservedCell]
  ) -> [ObservedValue?] {
    if opcode == .setModuleBindingIndex { return [nil] }
    guard opcode == .setLocalIndex || opcode == .setIndexRef else { return [] }
    guard case .local(let local) = operand, frame.locals.indices.contains(local.position),
      let value = frame.locals[local.position].shownValue
    else { return [nil] }
    guard case .identity(.cell, let number) = value else { return [value] }
    guard case .cell(let held) = cells.first(where: { $0.number == number })?.content else {
      return [nil]
    }
    return [held]
  }
}

/// The operands of an instruction that has not started, the lowest first, and the heap; nil for what
/// a checkpoint does not show.
private struct GuardOperands {
  let values: [ObservedValue?]
  let cells: [ObservedCell]

  /// What a heap value holds; nil for any other value.
  func content(of value: ObservedValue) -> ObservedCell.Content? {
    guard case .identity(_, let number) = value else { return nil }
    return cells.first { $0.number == number }?.content
  }

  /// The number of elements of an array; nil for any other value.
  func length(of value: ObservedValue) -> Int64? {
    guard let content = content(of: value) else { return nil }
    return switch content {
    case .array(let elements): Int64(elements.count)
    case .intArray(let elements): Int64(elements.count)
    case .floatArray(let elements): Int64(elements.count)
    case .boolArray(let elements): Int64(elements.count)
    case .object, .dictionary, .record, .map, .range, .some, .ok, .err, .closure, .cell: nil
    }
  }

  func isTruthy(_ value: ObservedValue) -> Bool {
    switch value {
    case .null, .unit: return false
    case .bool(let value): return value
    case .int(let value): return value != 0
    case .number(let bits):
      let number = Double(bitPattern: bits)
      return number != 0 && !number.isNaN
    case .string(let literal): return !literal.utf8.isEmpty
    case .function: return true
    case .identity(let kind, _):
      if let length = length(of: value) { return length > 0 }
      if case .map(let keys, _) = content(of: value) { return !keys.isEmpty }
      return kind != .err
    }
  }

  /// Whether an operation on ints gives an int of 48 bits; nil where it gives nothing, or where ints
  /// are not what it is about.
  func resultFitsInt(of opcode: Opcode) -> Bool? {
    let ints = values.compactMap { value -> Int128? in
      if case .int(let value) = value { Int128(value) } else { nil }
    }
    guard ints.count == values.count, let left = ints.first, let right = ints.last else {
      return false
    }
    guard let operation = Self.operations[opcode], let result = operation(left, right) else {
      return nil
    }
    return Int64(exactly: result).map(IntRange.contains) ?? false
  }
}

extension GuardOperands {
  /// What the operations compute whose results are guarded; nil for a division by zero. The one
  /// operand of `Neg` is both.
  private static let operations: [Opcode: @Sendable (Int128, Int128) -> Int128?] = {
    let forms: [([Opcode], @Sendable (Int128, Int128) -> Int128?)] = [
      ([.add, .addInt, .addIntTrusted], { $0 + $1 }),
      ([.sub, .subInt, .subIntTrusted], { $0 - $1 }),
      ([.mul, .mulInt, .mulIntTrusted], { $0 * $1 }),
      ([.div, .divInt, .divIntTrusted], { $1 == 0 ? nil : $0 / $1 }),
      ([.mod, .modInt], { $1 == 0 ? nil : $0 % $1 }),
      ([.neg], { operand, _ in -operand }),
    ]
    return Dictionary(
      uniqueKeysWithValues: forms.flatMap { form in form.0.map { ($0, form.1) } })
  }()
}

extension ObservedValue {
  /// The kind of the value.
  var kind: ValueKind {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .string: .string
    case .function: .function
    case .identity(let kind, _): kind
    }
  }
}

extension Program {
  /// The instruction at a site; nil where a wrong engine names one that does not exist.
  func instruction(at site: Site) -> Instruction? {
    guard site.function.position < functions.count else { return nil }
    let function = self[site.function]
    guard (0..<function.bodyLength).contains(site.offset) else { return nil }
    return instructions[function.entryPoint + site.offset]
  }
}
