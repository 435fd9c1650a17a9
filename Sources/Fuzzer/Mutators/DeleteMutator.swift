import Bytecode

/// Deletes instructions that together leave the operand stack as it was.
struct DeleteMutator: Mutator {
  let name = "delete"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard let (function, range) = subject.neutralRange(longest: 12) else { return false }
    subject.program.functions[function].remove(range)
    return true
  }
}
