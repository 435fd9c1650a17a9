import Bytecode

/// Whether a tier that was asked for ran.
extension Check {
  /// A tier asked for is entered, declined or inapplicable; that nothing ran is no agreement.
  mutating func record(_ use: TierUse, of contexts: [LegContext]) throws(End) {
    let tier = contexts[0].engine
    report.tiers.append(TierReport(tier: tier, use: use))
    let problem: String
    switch use {
    case .entered: return
    case .declined(let declines):
      let isDue = try isDue(contexts)
      if !declines.isEmpty && tier != .interpreter && !isDue { return }
      problem =
        tier == .interpreter
        ? "the interpreter declined"
        : isDue ? "what was not declined did not run in the tier" : "declined without a reason"
    case .inapplicable:
      if report.outcomes.allSatisfy(endedBeforeFirstInstruction) { return }
      switch tier {
      case .osr: if try !arrives(contexts) { return }
      case .auto, .optimizing: if try !isDue(contexts) { return }
      case .reference, .interpreter, .baseline, .selective, .numeric: break
      }
      problem = "no instruction of the program ran in the tier"
    }
    throw .verdict(
      .diverge(
        failure(
          .verifier, tier, .tierUse, reason: "tier", expected: "a tier that is entered",
          actual: problem)))
  }

  /// Whether the runs called and looped so often that the tier must have compiled something.
  private mutating func isDue(_ contexts: [LegContext]) throws(End) -> Bool {
    guard contexts[0].engine == .auto || contexts[0].engine == .optimizing else { return false }
    var runs: [ControlCounts] = []
    for context in contexts {
      if let control = try warmRun(of: context).control { runs.append(control) }
    }
    return contexts[0].session.isDue(in: runs)
  }

  /// Whether the judge arrives at a loop header where a stack replacement is due: where the schedule
  /// names iterations, at one of those, which may never come; else anywhere.
  private mutating func arrives(_ contexts: [LegContext]) throws(End) -> Bool {
    let named = program.scheduledReplacements
    for context in contexts {
      guard let loops = try warmRun(of: context).control?.loops else { continue }
      let isReached =
        named.isEmpty
        ? loops.contains { $0.contains { $0.arrivals > 0 } }
        : named.contains { replacement in
          let loop = loops[replacement.function.position][replacement.loop]
          return loop.lastIteration.map { $0 >= replacement.iteration } ?? false
        }
      if isReached { return true }
    }
    return false
  }

  /// Whether a run trapped on its arguments, before any instruction.
  private func endedBeforeFirstInstruction(_ outcome: Outcome) -> Bool {
    switch outcome.ending {
    case .trapped(.typeError, _, let raise):
      raise == Raise(site: Site(program.program.mainIndex, offset: 0), depth: 1)
    case .trapped, .returned, .exited: false
    }
  }
}
