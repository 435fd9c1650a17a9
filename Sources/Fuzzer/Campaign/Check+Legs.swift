import Bytecode

/// A judged session, and the argument tuple it runs.
struct LegContext {
  let engine: EngineName
  let session: any EngineSession
  /// The session of the judge that has run every tuple before.
  let judge: any EngineSession
  let tuple: Int
  let arguments: [ObservedValue]
  /// The run for reports, without what is special about it.
  let run: String
}

/// What the judge does with a tuple when its shapes exist already: what later runs of one session
/// are compared with.
struct WarmRun {
  let outcome: Outcome
  /// How often it called and looped; nil if the judge does not count.
  let control: ControlCounts?
}

/// Runs of a session after its first ones, compared in full, and their checkpoints.
extension Check {
  /// Runs the legs of an engine whose compiled code is left and entered in mid-function.
  mutating func runLegs(_ contexts: [LegContext]) throws(End) {
    guard let session = contexts.first?.session else { return }
    if session.learns {
      guard session.takesForcedExits, legs.forcesExits else { return }
      report.legs.insert(.exits)
      return try runAnew(contexts)
    }
    let tried = legs.tuple(of: contexts.count).map { [contexts[$0]] } ?? contexts
    if session.takesForcedExits, legs.forcesExits {
      report.legs.insert(.exits)
      try runForcedExits(tried)
    }
    if session.takesStackReplacements, legs.replacesStacks {
      report.legs.insert(.replacements)
      try runReplacements(tried)
    }
  }

  /// Runs a tuple once more and compares the outcome; what the run showed of itself.
  ///
  /// - Parameter directives: the lines of a schedule that show the run again.
  mutating func runLeg(
    _ context: LegContext, _ directives: [Schedule.Directive] = [],
    _ change: (inout RunRequest) -> Void
  ) throws(End) -> RunObservations {
    var request = request(context.arguments)
    request.runsHookedCode = legs.sharesCode && context.session.takesForcedExits
    change(&request)
    let expected = try warmRun(of: context).outcome
    let outcome = try run(context.session, context.engine, request)
    let comparison = Comparison(
      program: program.program, expected: harness.judge.name, actual: context.engine,
      run: description(of: context, directives))
    if let difference = comparison.difference(expected, outcome) {
      throw diverge(difference, directives)
    }
    return context.session.observations
  }

  func description(
    of context: LegContext, _ directives: [Schedule.Directive]
  ) -> String {
    // A check that forces every first exit at once has more of them than anybody reads.
    let lines = directives.prefix(3).map { Printer.print($0, in: program.program) }
    let rest = directives.count > 3 ? ["\(directives.count - 3) more"] : []
    return ([context.run] + lines + rest).joined(separator: ", ")
  }

  func diverge(_ divergence: Divergence, _ directives: [Schedule.Directive]) -> End {
    var divergence = divergence
    divergence.directives = directives
    return .verdict(.diverge(divergence))
  }

  /// A leg that did not do what it was asked for.
  func failure(
    _ context: LegContext, _ field: DifferenceField, reason: String, at site: Site,
    _ directives: [Schedule.Directive], expected: String, actual: String
  ) -> End {
    let comparison = FrameComparison(
      program: program, expected: harness.judge.name, actual: context.engine, reason: reason,
      run: description(of: context, directives))
    return diverge(
      comparison.divergence(.resume, field, at: site, expected, actual), directives)
  }

  /// Those of the runs that could be made that the budgets allow.
  func chosen<Planned>(
    _ plan: [Planned], budget: Int, tuple: (Planned) -> Int
  ) -> [Planned] {
    let costs = plan.map { report.outcomes[tuple($0)].fuel }
    let count = ExitPlan.count(of: costs, within: harness.options.legFuel)
    return ExitPlan.chosen(plan, budget: min(budget, count), rotation: legs.rotation)
  }

  // MARK: The judge

  mutating func warmRun(of context: LegContext) throws(End) -> WarmRun {
    if let known = warmRuns[context.tuple] { return known }
    var request = request(context.arguments)
    request.countsControl = true
    let outcome = try run(context.judge, harness.judge.name, request)
    let warm = WarmRun(outcome: outcome, control: context.judge.observations.control)
    warmRuns[context.tuple] = warm
    return warm
  }

  // MARK: Checkpoints

  /// Adds the checkpoints of a run to a batch, and compares the batch if it is full.
  mutating func collect(
    _ checkpoints: [Checkpoint], of context: LegContext, reason: String,
    _ directives: [Schedule.Directive], in batch: inout CheckpointBatch,
    guardExits: [GuardExit] = []
  ) throws(End) {
    var comparison = FrameComparison(
      program: program, expected: harness.judge.name, actual: context.engine, reason: reason,
      run: description(of: context, directives))
    for exit in guardExits { comparison.reasons[exit.checkpoint] = exit.record.kind.name }
    batch.add(
      CheckpointBatch.Entry(
        comparison: comparison, checkpoints: checkpoints, directives: directives,
        guardExits: guardExits))
    if batch.isFull { try compare(&batch, of: context) }
  }

  /// Compares a batch with one run of the judge, and empties it.
  mutating func compare(
    _ batch: inout CheckpointBatch, of context: LegContext
  ) throws(End) {
    defer { batch.removeAll() }
    guard !batch.entries.isEmpty else { return }
    var request = request(context.arguments)
    request.checkpoints = FrameComparison.requests(for: batch.checkpoints)
    _ = try run(context.judge, harness.judge.name, request)
    let expected = context.judge.observations.checkpoints
    for entry in batch.entries {
      if let difference = entry.comparison.difference(expected, entry.checkpoints) {
        throw diverge(difference, entry.directives)
      }
      try judgeGuards(of: entry, expected)
      report.code.checkpoints += entry.checkpoints.count
      report.code.slots += entry.checkpoints.reduce(0) { $0 + $1.slotCount }
    }
  }
}
