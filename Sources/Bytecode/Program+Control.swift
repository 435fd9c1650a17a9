extension Program {
  /// The instruction pointer a jump or handler instruction names; nil for any other instruction.
  ///
  /// `Break` and `Continue` take their target from the enclosing loop: the verifier resolves them.
  public func jumpTarget(at instructionPointer: Int) -> Int? {
    guard case .jump(let distance) = instructions[instructionPointer].operand else { return nil }
    return instructionPointer + 1 + distance
  }

  /// The number of values an instruction pops. Total: an index out of its table gives nil.
  public func popCount(of instruction: Instruction) -> Int? {
    switch instruction.opcode.compactFacts.pops {
    case .fixed(let count): return count
    case .parameters:
      guard case .function(let index) = instruction.operand, index.position < functions.count
      else { return nil }
      return self[index].parameters.count
    case .foreignParameters:
      guard case .foreign(let index) = instruction.operand,
        index.position < foreignFunctions.count
      else { return nil }
      return foreignFunctions[index.position].parameters.count
    case .captures:
      guard case .function(let index) = instruction.operand, index.position < functions.count
      else { return nil }
      return self[index].captures.count
    case .count(let extra):
      switch instruction.operand {
      case .count(let count), .builtin(_, argumentCount: let count),
        .method(_, argumentCount: let count):
        return count + extra
      case .none, .constant, .local, .localWidth, .width, .binding, .capture, .function, .foreign,
        .schema, .field, .jump, .loop, .property:
        return nil
      }
    case .pairs:
      guard case .count(let count) = instruction.operand else { return nil }
      return 2 * count
    case .fields:
      guard case .schema(let index) = instruction.operand, index.position < schemas.count
      else { return nil }
      return schemas[index.position].fields.count
    case .property(let below):
      guard case .property(let name) = instruction.operand else { return nil }
      return below + (name == nil ? 1 : 0)
    }
  }
}
