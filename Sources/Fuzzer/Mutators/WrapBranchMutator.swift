import Bytecode

/// Makes instructions that leave the operand stack as it was conditional.
struct WrapBranchMutator: Mutator {
  let name = "condition"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard let (function, range) = subject.neutralRange() else { return false }
    let past = subject.program.functions[function].code[range.upperBound].tag
    let parameters = subject.program.functions[function].parameters.filter { !$0.isReference }
    let push =
      parameters.isEmpty || subject.entropy.chance(1, in: 3)
      ? subject.make(.pushConst, .constant(.bool(subject.entropy.chance(1, in: 2))))
      : subject.make(
        .loadLocal,
        .plain(
          .local(
            LocalIndex(
              subject.program.functions[function].parameters.firstIndex {
                !$0.isReference
              } ?? 0))))
    let jump = subject.make(
      subject.entropy.chance(1, in: 2) ? .jumpIfFalse : .jumpIfTrue, .jump(past))
    subject.program.functions[function].insert(
      [push, jump], at: range.lowerBound, catchingJumps: true)
    return true
  }
}
