import Bytecode

/// Wraps instructions that leave the operand stack as it was in a counted loop.
struct LoopMutator: Mutator {
  let name = "loop"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard let (function, range) = subject.neutralRange() else { return false }
    let trips = Int64(2 + subject.entropy.below(7))
    let isMarked = subject.entropy.chance(1, in: 2)
    let isDeclared = subject.entropy.chance(1, in: 2)
    let counter = subject.addLocal(to: function, isDeclared ? SlotKind(.int) : nil, .int(0))
    let shifted = range.lowerBound + 2..<range.upperBound + 2
    let local = EditableOperand.plain(.local(counter))

    let head = subject.make(.loadLocal, local)
    let end = subject.make(.loopEnd)
    let behind = subject.program.functions[function].code[shifted.upperBound].tag
    var before = [
      subject.make(.pushConst, .constant(.int(0))), subject.make(.storeLocal, local),
    ]
    if isMarked {
      before.append(subject.make(.loopStart, .loop(end: end.tag, continueAt: nil)))
    }
    before += [
      head, subject.make(.pushConst, .constant(.int(trips))), subject.make(.ltInt),
      subject.make(.jumpIfFalse, .jump(isMarked ? end.tag : behind)),
      subject.make(.loadLocal, local), subject.make(.pushConst, .constant(.int(1))),
      subject.make(.addInt), subject.make(.storeLocal, local),
    ]
    var after = [subject.make(.jump, .jump(head.tag))]
    if isMarked { after.append(end) }
    subject.program.functions[function].insert(
      after, at: shifted.upperBound, catchingJumps: false)
    subject.program.functions[function].insert(
      before, at: shifted.lowerBound, catchingJumps: true)
    return true
  }
}
