import Bytecode

/// Lets a constant be another one when it is pushed for the third time or so in a call: code that
/// has warmed up on one kind meets another.
struct SurpriseMutator: Mutator {
  let name = "surprise"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      switch $0.operand {
      case .constant(.function): false
      case .constant: true
      case .plain, .property, .method, .jump, .loop: false
      }
    }
    guard let place,
      case .constant(let old) = subject.program.functions[place.function].code[place.offset].operand
    else { return false }
    let counter = subject.addLocal(
      to: place.function, subject.entropy.chance(1, in: 2) ? SlotKind(.int) : nil, .int(0))
    let offset = place.offset + 2
    let local = EditableOperand.plain(.local(counter))
    let usual = subject.program.functions[place.function].code[offset]
    let other = subject.make(.pushConst, .constant(surprise(for: old, &subject)))
    let behind = subject.program.functions[place.function].code[offset + 1].tag
    let count = Int64(1 + subject.entropy.below(4))
    let before = [
      subject.make(.loadLocal, local), subject.make(.pushConst, .constant(.int(1))),
      subject.make(.addInt), subject.make(.storeLocal, local),
      subject.make(.loadLocal, local), subject.make(.pushConst, .constant(.int(count))),
      subject.make(.eqInt), subject.make(.jumpIfFalse, .jump(usual.tag)), other,
      subject.make(.jump, .jump(behind)),
    ]
    // Jumps to the constant must count too, but the one added here skips to it.
    subject.program.functions[place.function].insert(before, at: offset, catchingJumps: true)
    return true
  }

  private func surprise(for old: Constant, _ subject: inout MutationSubject) -> Constant {
    var kinds: KindSet
    switch old {
    case .int: kinds = [.number]
    case .number: kinds = [.int]
    case .null, .unit, .bool, .string, .function: kinds = [.int, .number, .bool]
    }
    if subject.entropy.chance(1, in: 4) { kinds.insert(.null) }
    if subject.isWhole, subject.entropy.chance(1, in: 4) { kinds = .string }
    return BoundaryConstants.constant(of: kinds, &subject.entropy)
  }
}
