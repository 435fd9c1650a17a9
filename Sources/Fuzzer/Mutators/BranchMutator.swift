import Bytecode

/// Inverts a conditional jump, or lets a jump go to another place of equal stack depth.
struct BranchMutator: Mutator {
  let name = "branch"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      $0.opcode.facts.category == .control && $0.opcode.facts.operand == .jump
    }
    guard let place else { return false }
    let opcode = subject.program.functions[place.function].code[place.offset].opcode
    guard opcode != .jump, subject.entropy.chance(1, in: 2) else {
      return retarget(place, &subject)
    }
    subject.program.functions[place.function].code[place.offset].opcode =
      opcode == .jumpIfTrue ? .jumpIfFalse : .jumpIfTrue
    return true
  }

  private func retarget(
    _ place: MutationSubject.Place, _ subject: inout MutationSubject
  ) -> Bool {
    let code = subject.program.functions[place.function].code
    let depths = subject.facts[place.function].stackDepths
    let handlers = subject.facts[place.function].handlerDepths
    guard case .jump(let old) = code[place.offset].operand,
      let target = code.firstIndex(where: { $0.tag == old })
    else { return false }
    let near = code.indices.filter {
      $0 != target && depths[$0] == depths[target] && handlers[$0] == handlers[target]
        && ($0 - target).magnitude <= 12
    }
    guard !near.isEmpty else { return false }
    subject.program.functions[place.function].code[place.offset].operand =
      .jump(code[subject.entropy.pick(near)].tag)
    return true
  }
}
