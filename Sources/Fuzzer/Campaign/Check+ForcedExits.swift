import Bytecode

/// A forced exit in the run of one argument tuple.
private struct PlannedExit {
  let tuple: Int
  let exit: ForcedExit
}

/// The legs that leave compiled code at safepoints.
extension Check {
  mutating func runForcedExits(_ contexts: [LegContext]) throws(End) {
    for position in program.program.functions.indices {
      report.code.safepoints.formUnion(program.safepoints(of: FunctionIndex(position)))
    }
    var plan: [PlannedExit] = []
    var firsts: [Int: [ForcedExit]] = [:]
    for context in contexts {
      let counts = try countSafepoints(context)
      firsts[context.tuple] = counts.map { ForcedExit(safepoint: $0.safepoint, occurrence: 1) }
      for passed in counts {
        plan += ExitPlan.occurrences(
          of: passed.count, isExhaustive: harness.options.forcesEveryExit
        ).map {
          PlannedExit(
            tuple: context.tuple, exit: ForcedExit(safepoint: passed.safepoint, occurrence: $0))
        }
      }
    }
    let chosen = chosen(plan, budget: harness.options.forcedExitBudget) { $0.tuple }
    for context in contexts {
      var batch = CheckpointBatch()
      for planned in chosen where planned.tuple == context.tuple {
        try run(context, forcing: planned.exit, &batch)
      }
      try runFirstExits(context, firsts[context.tuple] ?? [], &batch)
      try compare(&batch, of: context)
    }
  }

  /// How often compiled code passes each safepoint.
  private mutating func countSafepoints(
    _ context: LegContext
  ) throws(End) -> [SafepointCount] {
    let counts: [SafepointCount]
    if let known = firstCounts[context.tuple] {
      counts = known
    } else {
      counts = try runLeg(context) { $0.countsSafepoints = true }.safepointCounts
    }
    for passed in counts {
      let safepoint = passed.safepoint
      guard safepoint.function.position < program.program.functions.count,
        program.safepoints(of: safepoint.function).contains(safepoint), passed.count > 0
      else {
        throw failure(
          context, .engineFailure, reason: "forced",
          at: Site(safepoint.function, offset: safepoint.offset), [],
          expected: "counts of safepoints that were passed",
          actual: "\(passed.count) at \(Description.of(safepoint, in: program.program))")
      }
      report.code.executedSafepoints.insert(safepoint)
    }
    return counts
  }

  /// One exit, which must be taken since the run without it passed there so often; every version of
  /// the code that passes there so often takes it.
  private mutating func run(
    _ context: LegContext, forcing exit: ForcedExit, _ batch: inout CheckpointBatch
  ) throws(End) {
    let directives = [exit.directive]
    let observations = try runLeg(context, directives) { request in
      request.forcedExits = [exit]
      request.poisonsDeadSlots = true
    }
    let taken = observations.forcedExitsTaken
    guard !taken.isEmpty, taken.allSatisfy({ $0 == exit }) else {
      throw failure(
        context, .exitNotTaken, reason: "forced",
        at: Site(exit.safepoint.function, offset: exit.safepoint.offset), directives,
        expected: "the exit taken", actual: "\(taken.count) exits taken")
    }
    try note(observations, context, directives, &batch)
  }

  /// Bytes of heap, about, that the checkpoints of one run may show together.
  private static let shownHeapBytes: UInt64 = 16 << 20

  /// The first exit at every safepoint in one run: what one leaves to the interpreter may keep
  /// another from being taken.
  private mutating func runFirstExits(
    _ context: LegContext, _ all: [ForcedExit], _ batch: inout CheckpointBatch
  ) throws(End) {
    // Every checkpoint of the run shows the whole heap, and all are held at once.
    let room = Self.shownHeapBytes / max(1, report.outcomes[context.tuple].heapBytes)
    let exits = ExitPlan.chosen(
      all, budget: Int(min(room, UInt64(all.count))), rotation: legs.rotation)
    guard exits.count > 1 else { return }
    let directives = exits.map(\.directive)
    let observations = try runLeg(context, directives) { $0.forcedExits = exits }
    try note(observations, context, directives, &batch)
  }

  /// Counts the exits of a run and collects a checkpoint for each.
  mutating func note(
    _ observations: RunObservations, _ context: LegContext,
    _ directives: [Schedule.Directive], _ batch: inout CheckpointBatch
  ) throws(End) {
    let (taken, checkpoints) = (observations.forcedExitsTaken, observations.checkpoints)
    note(taken, checkpoints, of: context.engine)
    report.code.forcedExits += taken.count
    let exitCount =
      taken.count + observations.guardExits.count + observations.discardedExits.count
    guard exitCount == checkpoints.count else {
      throw failure(
        context, .checkpointMissing, reason: "forced",
        at: taken.first.map { Site($0.safepoint.function, offset: $0.safepoint.offset) }
          ?? checkpoints.first?.instant.site ?? observations.guardExits.first?.record.site
          ?? Site(program.program.mainIndex, offset: 0),
        directives,
        expected: "\(exitCount) checkpoints, one for each exit",
        actual: "\(checkpoints.count) checkpoints")
    }
    report.code.guards.discardedExits += observations.discardedExits.count
    for exit in observations.guardExits { report.code.guards.note(exit) }
    try collect(
      checkpoints, of: context, reason: "forced", directives, in: &batch,
      guardExits: observations.guardExits)
  }
}
