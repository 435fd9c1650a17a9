/// The row of an opcode without its texts: what the verifier's passes read per instruction.
struct InstructionFacts: Sendable {
  let operand: OperandKind
  let category: OpcodeFacts.Category
  let pops: OpcodeFacts.Pops
  let result: OpcodeFacts.Result
  let pushCount: Int
  let continuesToNext: Bool
  let mayTrap: Bool
  let writesLocal: Bool
  /// Whether the operand names a local whose value the instruction needs.
  let readsLocal: Bool
  /// The kind that inference must prove of every popped value.
  let trustedKind: KindSet?

  private init(_ opcode: Opcode) {
    let facts = opcode.facts
    operand = facts.operand
    category = facts.category
    pops = facts.pops
    result = facts.result
    pushCount = facts.result.pushCount
    continuesToNext = opcode.continuesToNext
    mayTrap = !facts.traps.isEmpty
    writesLocal = opcode.writesLocal
    readsLocal = facts.operand == .local && !opcode.writesLocal
    trustedKind = opcode.trustedTwin?.operandKind.map { KindSet($0) }
  }

  /// One row per opcode, by code.
  static let byCode: [InstructionFacts] = Opcode.allCases.map(InstructionFacts.init)
}

extension Opcode {
  /// The row without texts.
  var compactFacts: InstructionFacts { InstructionFacts.byCode[Int(rawValue)] }
}

extension Instruction {
  /// The parameter or local the operand names.
  var namedLocal: Int? {
    switch operand {
    case .local(let index), .localWidth(let index, _): index.position
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      nil
    }
  }
}
