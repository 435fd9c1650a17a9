import Bytecode

/// Puts instructions that leave the operand stack as it was under a handler that goes on behind
/// them.
struct HandlerMutator: Mutator {
  let name = "handler"
  let grows = true
  let leavesCore = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    for _ in 0..<8 {
      guard let (function, range) = subject.neutralRange() else { return false }
      guard isClosed(range, subject.facts[function]) else { continue }
      wrap(function, range, &subject)
      return true
    }
    return false
  }

  /// Whether no jump or handler leads into the range but to its start, or out of it but to its end.
  private func isClosed(_ range: Range<Int>, _ facts: FunctionFacts) -> Bool {
    facts.targets.enumerated().allSatisfy { offset, target in
      guard target >= 0 else { return true }
      let isInside = range.contains(offset)
      return isInside
        ? Int(target) > range.lowerBound && Int(target) <= range.upperBound
        : !range.contains(Int(target)) || Int(target) == range.lowerBound
    }
  }

  private func wrap(_ function: Int, _ range: Range<Int>, _ subject: inout MutationSubject) {
    let behind = subject.program.functions[function].code[range.upperBound].tag
    let end = subject.make(.popHandler)
    for offset in range {
      subject.program.functions[function].code[offset].retarget { $0 == behind ? end.tag : $0 }
    }
    var after = [end, subject.make(.jump, .jump(behind))]
    if subject.entropy.chance(1, in: 2) {
      after.append(subject.make(.builtinCall, .plain(.builtin(.print, argumentCount: 1))))
    }
    after.append(subject.make(.pop))
    let start = subject.make(.setupTry, .jump(after[2].tag))
    subject.program.functions[function].insert(
      after, at: range.upperBound, catchingJumps: false)
    subject.program.functions[function].insert(
      [start], at: range.lowerBound, catchingJumps: true)
  }
}
