import Bytecode

/// Exchanges the operands of a binary instruction.
struct SwapMutator: Mutator {
  let name = "swap"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      // A cell or reference may lie where a swap would take it only below a call.
      if case .fixed(2) = $0.opcode.facts.pops { true } else { false }
    }
    guard let place else { return false }
    if place.offset > 0,
      subject.program.functions[place.function].code[place.offset - 1].opcode == .swap
    {
      subject.program.functions[place.function].remove(place.offset - 1..<place.offset)
      return true
    }
    let swap = subject.make(.swap)
    subject.program.functions[place.function].insert(
      [swap], at: place.offset, catchingJumps: true)
    return true
  }
}
