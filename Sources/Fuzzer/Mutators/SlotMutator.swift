import Bytecode

/// Declares, undeclares or changes the kind of a parameter, local or binding.
struct SlotMutator: Mutator {
  let name = "slot"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let count = subject.program.functions.count
    for _ in 0..<4 {
      let choice = subject.entropy.below(count + 1)
      if choice == count {
        guard !subject.program.bindings.isEmpty else { continue }
        let binding = subject.entropy.below(subject.program.bindings.count)
        let old = subject.program.bindings[binding].kind
        guard NumericCore.supports(old) else { continue }
        subject.program.bindings[binding].kind = changed(old, &subject.entropy)
        return true
      }
      let function = subject.program.functions[choice]
      guard function.slotCount > 0 else { continue }
      let slot = subject.entropy.below(function.slotCount)
      let old = function.kind(of: LocalIndex(slot))
      guard NumericCore.supports(old) else { continue }
      let new = changed(old, &subject.entropy)
      if slot < function.parameters.count {
        guard !function.parameters[slot].isReference else { continue }
        subject.program.functions[choice].parameters[slot].kind = new
      } else {
        subject.program.functions[choice].locals[slot - function.parameters.count].kind = new
      }
      return true
    }
    return false
  }

  private func changed(_ old: SlotKind?, _ entropy: inout Entropy) -> SlotKind? {
    guard let old else {
      return SlotKind(entropy.pick([.int, .number, .bool]), isNullable: entropy.chance(1, in: 2))
    }
    switch entropy.below(3) {
    case 0: return nil
    case 1: return SlotKind(old.base, isNullable: !old.isNullable)
    default: return SlotKind(entropy.pick([.int, .number]), isNullable: old.isNullable)
    }
  }
}
