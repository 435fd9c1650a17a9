import Bytecode

/// Repeats instructions that together leave the operand stack as it was.
struct DuplicateMutator: Mutator {
  let name = "duplicate"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard let (function, range) = subject.neutralRange(longest: 16) else { return false }
    let copy = subject.program.copy(Array(subject.program.functions[function].code[range]))
    subject.program.functions[function].insert(
      copy, at: subject.entropy.chance(1, in: 2) ? range.lowerBound : range.upperBound,
      catchingJumps: false)
    return true
  }
}
