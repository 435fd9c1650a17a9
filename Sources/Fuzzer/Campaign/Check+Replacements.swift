import Bytecode

/// A stack replacement in the run of one argument tuple.
private struct PlannedReplacement {
  let tuple: Int
  let replacement: StackReplacement
  /// The header of the loop.
  let header: Int
}

/// The legs that enter compiled code at loop headers.
extension Check {
  mutating func runReplacements(_ contexts: [LegContext]) throws(End) {
    var plan: [PlannedReplacement] = []
    for context in contexts { plan += try plannedReplacements(context) }
    let chosen = chosen(plan, budget: harness.options.replacementBudget) { $0.tuple }
    for context in contexts {
      var batch = CheckpointBatch()
      for planned in chosen where planned.tuple == context.tuple {
        try run(context, planned, &batch)
      }
      try compare(&batch, of: context)
    }
  }

  private mutating func plannedReplacements(
    _ context: LegContext
  ) throws(End) -> [PlannedReplacement] {
    guard let loops = try warmRun(of: context).control?.loops else { return [] }
    var plan: [PlannedReplacement] = []
    for position in program.program.functions.indices {
      let function = FunctionIndex(position)
      guard context.session.compiles(function) else { continue }
      for (loop, header) in program[function].loopHeaders.enumerated() {
        guard let last = loops[position][loop].lastIteration else { continue }
        plan += ExitPlan.iterations(upTo: last).map {
          PlannedReplacement(
            tuple: context.tuple,
            replacement: StackReplacement(function: function, loop: loop, iteration: $0),
            header: header)
        }
      }
    }
    return plan
  }

  /// Enters at one iteration, which must come since the judge comes to it; then once more, and leaves
  /// again at the header's next passing, if there is one.
  private mutating func run(
    _ context: LegContext, _ planned: PlannedReplacement, _ batch: inout CheckpointBatch
  ) throws(End) {
    let replacement = planned.replacement
    let observations = try runLeg(context, [replacement.directive]) {
      $0.stackReplacements = [replacement]
    }
    guard observations.stackReplacementsTaken == [replacement] else {
      throw failure(
        context, .replacementNotTaken, reason: "osr",
        at: Site(replacement.function, offset: planned.header), [replacement.directive],
        expected: "the replacement taken once",
        actual: "\(observations.stackReplacementsTaken.count) replacements taken")
    }
    note(observations.stackReplacementsTaken)
    try collect(
      observations.checkpoints, of: context, reason: "osr", [replacement.directive], in: &batch)
    guard context.session.takesForcedExits else { return }
    let exit = ForcedExit(
      safepoint: Safepoint(function: replacement.function, offset: planned.header), occurrence: 1)
    let directives = [replacement.directive, exit.directive]
    let left = try runLeg(context, directives) { request in
      request.stackReplacements = [replacement]
      request.forcedExits = [exit]
      request.poisonsDeadSlots = true
    }
    note(left.stackReplacementsTaken)
    try note(left, context, directives, &batch)
  }
}
