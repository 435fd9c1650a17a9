import Bytecode

/// Exchanges the operands of a binary instruction.
struct SwapMutator: Mutator {
  let name = "swap"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      guard NumericCore.contains($0.opcode), case .fixed(2) = $0.opcode.facts.pops else {
        return false
      }
      return true
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
