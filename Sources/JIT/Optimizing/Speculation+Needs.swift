import Bytecode

/// What feedback asks code to make sure of, and why it does without.
extension Speculation {
  /// The needs of an instruction, in a fixed order.
  func needs(at offset: Int) -> [GuardNeed] {
    var needs: [GuardNeed] = []
    if feedback.arithmetic[offset]?.tells == true {
      needs += [.leftKind, .rightKind]
      if mayLeaveRange(at: offset) { needs.append(.range) }
    }
    // Whom a `Call` enters is known without feedback.
    if feedback.callees[offset]?.tells == true, instruction(offset).opcode != .call {
      needs.append(.callee)
    }
    if feedback.properties[offset]?.tells == true { needs.append(.layout) }
    if feedback.elements[offset]?.tells == true { needs += [.arrayKind, .indexKind, .bounds] }
    if feedback.methods[offset]?.tells == true { needs.append(.receiver) }
    if feedback.ways[offset] != nil { needs.append(.way) }
    return needs
  }

  /// Why a need is not met; nil where a decision was to meet it.
  ///
  /// - Parameter method: the function that a name is on records of a schema.
  func decline(
    of need: GuardNeed, at offset: Int, _ method: (StringIndex, SchemaIndex) -> FunctionIndex?
  ) -> GuardDecline? {
    switch need {
    case .leftKind, .rightKind:
      return operands(at: offset) == nil ? operandDecline(at: offset) : nil
    case .range: return feedback.admits(.intRange, at: offset) ? nil : .refuted
    case .callee: return calleeDecline(at: offset)
    case .layout: return access(at: offset) == nil ? layoutDecline(at: offset) : nil
    case .arrayKind, .indexKind:
      return element(at: offset) == nil ? elementDecline(at: offset) : nil
    case .bounds:
      guard let element = element(at: offset) else { return elementDecline(at: offset) }
      return element.isGuardedInBounds ? nil : .refuted
    case .receiver: return receiverDecline(at: offset, method)
    case .way: return instruction(offset).opcode == .tryUnwrap ? .returns : nil
    }
  }

  /// Whether two ints were met by an operation that may give another number.
  private func mayLeaveRange(at offset: Int) -> Bool {
    guard let slot = feedback.arithmetic[offset],
      slot.entries == [KindPair(left: .int, right: .int)],
      case .arithmetic(let operation, let form) = Operation(instruction(offset).opcode)
    else { return false }
    return operation != .power && (form == .generic || form == .int)
  }

  private func operandDecline(at offset: Int) -> GuardDecline {
    guard feedback.admits(.kind, at: offset) else { return .refuted }
    switch Operation(instruction(offset).opcode) {
    case .arithmetic(_, .generic), .arithmetic(_, .int), .arithmetic(_, .number),
      .relation(_, .generic), .relation(_, .number), .relation(_, .int):
      return .kinds
    case .arithmetic(_, .bits), .arithmetic(_, .typed), .typedComparison, .and, .or,
      .nullCoalesce, .negate, .not, .bitNot, .cast, .intToNumber, .numberToInt,
      .relation(_, .bits), .relation(_, .typed), .none:
      return .operation
    }
  }

  private func calleeDecline(at offset: Int) -> GuardDecline? {
    guard feedback.admits(.callee, at: offset) else { return .refuted }
    let opcode = instruction(offset).opcode
    guard opcode == .callValue || opcode == .builtinCall else { return .callback }
    guard let counts = program.program.calleeParameters(of: instruction(offset)),
      let entries = feedback.callees[offset]?.entries
    else { return nil }
    for entry in entries {
      guard case .function(let function) = entry else { return .kinds }
      guard counts.contains(program.program[function].parameters.count) else { return .arity }
    }
    return nil
  }

  private func layoutDecline(at offset: Int) -> GuardDecline {
    let instruction = instruction(offset)
    guard program.program.memberName(of: instruction) != nil else { return .member }
    for entry in feedback.properties[offset]?.entries ?? [] {
      guard case .layout(let layout) = entry else { return .kinds }
      guard feedback.admits(layout.guardKind, at: offset) else { return .refuted }
      if case .field = instruction.operand, case .shape = layout { return .kinds }
    }
    return .member
  }

  private func elementDecline(at offset: Int) -> GuardDecline {
    guard feedback.properties[offset] == nil, let slot = feedback.elements[offset],
      slot.state == .monomorphic, let entry = slot.entries.first
    else { return .variety }
    guard entry.index == .int, KindSet.arrays.contains(KindSet(entry.receiver)) else {
      return .kinds
    }
    return .refuted
  }

  private func receiverDecline(
    at offset: Int, _ method: (StringIndex, SchemaIndex) -> FunctionIndex?
  ) -> GuardDecline? {
    guard feedback.admits(.receiver, at: offset) else { return .refuted }
    guard case .method(let name, let count) = instruction(offset).operand,
      let entries = feedback.methods[offset]?.entries
    else { return nil }
    for entry in entries {
      guard case .schema(let schema) = entry else { return .kinds }
      guard let callee = method(name, schema) else { return .member }
      guard program.program[callee].parameters.count == count + 1 else { return .arity }
    }
    return nil
  }
}

extension FeedbackEntries {
  /// Whether the slot names what was met.
  fileprivate var tells: Bool { state == .monomorphic || state == .polymorphic }
}

extension Program {
  /// How many parameters the callee of a call may have whose feedback names callees; nil for others.
  func calleeParameters(of instruction: Instruction) -> ClosedRange<Int>? {
    switch instruction.operand {
    case .count(let count) where instruction.opcode == .callValue: count...count
    case .builtin(let builtin, _) where builtin.takesCallback: 0...builtin.callbackParameters
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .function, .foreign,
      .schema, .field, .jump, .loop, .count, .builtin, .method, .property:
      nil
    }
  }
}
