import Bytecode

/// Where frames leave code that nothing makes them leave.
struct LeavePlace: Hashable {
  /// The guard that fails; nil for code which has been discarded.
  let record: Guard?
  let instant: Instant

  /// Of the signature of a finding.
  fileprivate var reason: String {
    record == nil ? "discarded" : "hooks"
  }
}

/// A way to leave code that a run counted.
enum PlannedLeave {
  case guardFailure(GuardSelection)
  case exit(ForcedExit)

  fileprivate var guardSelection: GuardSelection? {
    switch self {
    case .guardFailure(let selection): selection
    case .exit: nil
    }
  }

  fileprivate var forcedExit: ForcedExit? {
    switch self {
    case .guardFailure: nil
    case .exit(let exit): exit
    }
  }

  fileprivate var directive: Schedule.Directive {
    switch self {
    case .guardFailure(let selection): selection.directive
    case .exit(let exit): exit.directive
    }
  }
}

/// A guard that a run first passed in which frames had left where they were told to.
struct LateGuard {
  fileprivate let record: Guard
  fileprivate let leaves: [PlannedLeave]
}

/// How often the runs of all tuples came by what they can be made to leave at.
private struct LeaveCounts {
  /// The greatest count of a run, in the order first met.
  var guards: [(selection: GuardSelection, count: UInt64)] = []
  var safepoints: [(safepoint: Safepoint, count: UInt64)] = []

  mutating func add(_ observations: RunObservations) {
    for passed in observations.guardCounts { add(passed) }
    for passed in observations.safepointCounts {
      if let known = safepoints.firstIndex(where: { $0.safepoint == passed.safepoint }) {
        safepoints[known].count = max(safepoints[known].count, passed.count)
      } else {
        safepoints.append((passed.safepoint, passed.count))
      }
    }
  }

  /// Guards of one site, kind and operand go by one line.
  private mutating func add(_ passed: GuardCount) {
    let selection = GuardSelection(
      function: passed.record.site.function, reference: passed.record.reference, occurrence: 1)
    if let known = guards.firstIndex(where: { $0.selection == selection }) {
      guards[known].count = max(guards[known].count, passed.count)
    } else {
      guards.append((selection, passed.count))
    }
  }
}

/// The legs over code that rests on what earlier runs met: each runs all tuples on a session of its
/// own, as a schedule with its lines has them run.
extension Check {
  mutating func runAnew(_ contexts: [LegContext]) throws(End) {
    for position in program.program.functions.indices {
      report.code.safepoints.formUnion(program.safepoints(of: FunctionIndex(position)))
    }
    lateGuards = []
    var batches = contexts.map { _ in CheckpointBatch() }
    let counts = try countPassings(contexts, &batches)
    let plan = plan(counts)
    let fuel = report.outcomes.reduce(0) { $0 + $1.fuel }
    let affordable = ExitPlan.count(
      of: plan.map { _ in fuel }, within: harness.options.legFuel)
    let chosen = ExitPlan.chosen(
      plan, budget: min(harness.options.forcedExitBudget, affordable), rotation: legs.rotation)
    for planned in chosen { try run(contexts, leaving: [planned], &batches) }
    try runFirstLeaves(contexts, counts, &batches)
    if harness.options.forcesEveryExit { try runLateLeaves(contexts, &batches) }
    for (place, context) in contexts.enumerated() { try compare(&batches[place], of: context) }
  }

  private func plan(_ counts: LeaveCounts) -> [PlannedLeave] {
    func occurrences(_ count: UInt64) -> [UInt64] {
      ExitPlan.occurrences(of: count, isExhaustive: harness.options.forcesEveryExit)
    }
    let guards = counts.guards.flatMap { passed in
      occurrences(passed.count).map { occurrence in
        var selection = passed.selection
        selection.occurrence = occurrence
        return PlannedLeave.guardFailure(selection)
      }
    }
    let exits = counts.safepoints.flatMap { passed in
      occurrences(passed.count).map {
        PlannedLeave.exit(ForcedExit(safepoint: passed.safepoint, occurrence: $0))
      }
    }
    return guards + exits
  }

  /// Counts what code with hooks passes, which must leave where code without them did.
  private mutating func countPassings(
    _ contexts: [LegContext], _ batches: inout [CheckpointBatch]
  ) throws(End) -> LeaveCounts {
    var counts = LeaveCounts()
    let all = try runTuples(contexts, leaving: [], &batches) { $0.countsSafepoints = true }
    for (context, observations) in zip(contexts, all) {
      counts.add(observations)
      guard let first = firstGuardExits[context.tuple] else { continue }
      let exits = observations.leavePlaces
      if exits != first { throw differingExits(context, first, exits) }
    }
    return counts
  }

  /// Takes note of what was passed; it must be something that can be.
  private mutating func check(
    _ observations: RunObservations, _ context: LegContext, _ leaves: [PlannedLeave]
  ) throws(End) {
    let directives = leaves.map(\.directive)
    let comparison = guardComparison(context, directives)
    for passed in observations.guardCounts {
      let isNew = report.code.guards.executed.insert(passed.record).inserted
      if isNew, !leaves.isEmpty {
        lateGuards.append(LateGuard(record: passed.record, leaves: leaves))
      }
      if let misfit = comparison.misfit(passed.record) { throw diverge(misfit, directives) }
      let failures = observations.guardExits.count { $0.record == passed.record }
      if passed.count > failures { report.code.guards.passed.insert(passed.record) }
    }
    for passed in observations.safepointCounts {
      report.code.executedSafepoints.insert(passed.safepoint)
    }
  }

  private func differingExits(
    _ context: LegContext, _ first: [LeavePlace], _ exits: [LeavePlace]
  ) -> End {
    func text(_ places: [LeavePlace]) -> String {
      let all = places.map {
        "\($0.record?.kind.name ?? "discarded code") at "
          + Description.of($0.instant, in: program.program)
      }
      return all.isEmpty ? "no frame leaves" : "frames leave: " + all.joined(separator: ", ")
    }
    let place = zip(first, exits).first { $0 != $1 }?.0 ?? (first + exits).last
    return diverge(
      Divergence(
        signature: Signature(
          oracle: .determinism, expected: nil, actual: context.engine,
          reason: place?.reason ?? "hooks",
          opcode: place.flatMap {
            program.program.opcode(at: $0.record?.site ?? $0.instant.site)
          },
          field: .guardExits),
        run: description(of: context, []), expected: text(first), actual: text(exits)), [])
  }

  /// Guards that only runs with leaves have passed, in code that leaves have led to: each is made to
  /// fail in such a run, until there are no more.
  private mutating func runLateLeaves(
    _ contexts: [LegContext], _ batches: inout [CheckpointBatch]
  ) throws(End) {
    var tried: Set<GuardSite> = []
    while let late = lateGuards.first(where: {
      let site = GuardSite(of: $0.record)
      return !tried.contains(site) && !report.code.guards.wasForced(site)
    }) {
      tried.insert(GuardSite(of: late.record))
      let selection = GuardSelection(
        function: late.record.site.function, reference: late.record.reference, occurrence: 1)
      try run(contexts, leaving: late.leaves + [.guardFailure(selection)], &batches)
    }
  }

  /// The last of some leaves, which must happen since the run without it passed there so often.
  private mutating func run(
    _ contexts: [LegContext], leaving leaves: [PlannedLeave],
    _ batches: inout [CheckpointBatch]
  ) throws(End) {
    guard let planned = leaves.last else { return }
    let directives = leaves.map(\.directive)
    let all = try runTuples(contexts, leaving: leaves, &batches) {
      $0.poisonsDeadSlots = true
    }
    let isTaken = all.contains { observations in
      switch planned {
      case .guardFailure(let selection):
        observations.guardExits.contains {
          $0.isForced && $0.record.matches(selection.reference, in: selection.function)
        }
      case .exit(let exit): observations.forcedExitsTaken.contains(exit)
      }
    }
    guard !isTaken else { return }
    let site =
      switch planned {
      case .guardFailure(let selection): selection.site
      case .exit(let exit): Site(exit.safepoint.function, offset: exit.safepoint.offset)
      }
    throw failure(
      contexts[0], .exitNotTaken, reason: "forced", at: site, directives,
      expected: "the exit taken", actual: "no run of any tuple left there")
  }

  /// The first passing of everything in one run: what one leaves to the interpreter may keep
  /// another from being taken.
  private mutating func runFirstLeaves(
    _ contexts: [LegContext], _ counts: LeaveCounts, _ batches: inout [CheckpointBatch]
  ) throws(End) {
    let all =
      counts.guards.map { PlannedLeave.guardFailure($0.selection) }
      + counts.safepoints.map {
        PlannedLeave.exit(ForcedExit(safepoint: $0.safepoint, occurrence: 1))
      }
    let room = contexts.map { shownCheckpoints(of: $0) }.min() ?? 0
    let leaves = ExitPlan.chosen(all, budget: min(room, all.count), rotation: legs.rotation)
    guard leaves.count > 1 else { return }
    _ = try runTuples(contexts, leaving: leaves, &batches)
  }

  /// Runs all tuples on a new session and compares them with the judge's first runs; what each
  /// showed of itself.
  ///
  /// - Parameter leaves: where frames leave code that they could stay in.
  private mutating func runTuples(
    _ contexts: [LegContext], leaving leaves: [PlannedLeave],
    _ batches: inout [CheckpointBatch], _ change: (inout RunRequest) -> Void = { _ in }
  ) throws(End) -> [RunObservations] {
    guard let first = contexts.first else { return [] }
    let directives = leaves.map(\.directive)
    let session: any EngineSession
    do throws(EngineFailure) {
      session = try first.session.renewed()
    } catch { throw end(error, first.engine) }
    defer { observer?(first.engine, session) }
    var all: [RunObservations] = []
    var model = FactModel(program.program)
    for (place, context) in contexts.enumerated() {
      var request = request(context.arguments)
      // Frames that leave one place run on to others, and make code with others.
      request.countsGuards = true
      prepareForGuards(&request, leaves.compactMap(\.guardSelection))
      request.forcedExits = leaves.compactMap(\.forcedExit)
      change(&request)
      let outcome = try run(session, context.engine, request)
      let comparison = Comparison(
        program: program.program, expected: harness.judge.name, actual: context.engine,
        run: description(of: context, directives))
      if let difference = comparison.difference(report.outcomes[context.tuple], outcome) {
        throw diverge(difference, directives)
      }
      let observations = session.observations
      try check(observations, context, leaves)
      try note(observations, context, directives, &batches[place])
      try follow(observations, context, directives, &model)
      all.append(observations)
    }
    report.code.guards.made.formUnion(session.guards)
    try checkAccounts(of: session, first, directives)
    return all
  }
}

// MARK: - Every run of code with guards

extension Check {
  /// Has a run show where it leaves at guards, and leave where lines say.
  func prepareForGuards(_ request: inout RunRequest, _ selections: [GuardSelection]) {
    request.selectedGuards = selections
    request.showsGuardExits = true
    request.guardExitLimit = Self.shownGuardExits
  }

  /// Exits at guards that one run shows, unless they are forced.
  private static let shownGuardExits = 64

  /// How many checkpoints of a tuple's runs may be held at once: each shows the whole heap.
  private func shownCheckpoints(of context: LegContext) -> Int {
    let bytes: UInt64 = 16 << 20
    return Int(clamping: bytes / max(1, report.outcomes[context.tuple].heapBytes))
  }

  /// Takes note of a run under the schedule.
  mutating func noteFirst(_ observations: RunObservations, _ context: LegContext) {
    guard context.session.learns else { return }
    let session = context.session
    let isForced = !program.scheduledGuards.isEmpty || !program.scheduledExits.isEmpty
    firstGuardExits[context.tuple] = isForced ? nil : observations.leavePlaces
    guard context.engine == .optimizing else { return }
    report.code.guards.made.formUnion(session.guards)
    if !observations.guardExits.isEmpty { report.code.guards.deoptimized = true }
    for (name, value) in session.statistics where value > 0 {
      if name == "compiled entries" { report.code.guards.ranOptimized = true }
      if name == "stack replacements" { report.code.guards.replacedStack = true }
      if name == "virtual objects" { report.code.guards.hasVirtualObjects = true }
      if name == "vectorized loops" { report.code.guards.hasVectors = true }
      if name.hasPrefix("rebuilt ") { report.code.guards.rebuiltObjects = true }
    }
  }

  func guardComparison(
    _ context: LegContext, _ directives: [Schedule.Directive]
  ) -> GuardComparison {
    GuardComparison(
      verified: program, expectedEngine: harness.judge.name, actualEngine: context.engine,
      run: description(of: context, directives))
  }

  /// The oracle G over the exits of a run that its batch was compared for.
  mutating func judgeGuards(
    of entry: CheckpointBatch.Entry, _ expected: [Checkpoint]
  ) throws(End) {
    guard !entry.guardExits.isEmpty else { return }
    let comparison = GuardComparison(
      verified: program, expectedEngine: entry.comparison.expectedEngine,
      actualEngine: entry.comparison.actualEngine, run: entry.comparison.run)
    if let difference = comparison.difference(
      expected, entry.checkpoints, entry.guardExits)
    {
      if difference.signature.field == .spuriousDeopt { report.code.guards.spurious += 1 }
      throw diverge(difference, entry.directives)
    }
    report.code.guards.undecided += comparison.undecidedCount(
      expected, entry.checkpoints, entry.guardExits)
  }
}

extension RunObservations {
  /// Where frames left at guards that were not made to fail, and code that had been discarded.
  fileprivate var leavePlaces: [LeavePlace] {
    let failed = guardExits.lazy.filter { !$0.isForced }.map {
      (checkpoint: $0.checkpoint, record: Optional($0.record))
    }
    let discarded = discardedExits.lazy.map { (checkpoint: $0, record: Guard?.none) }
    return (Array(failed) + discarded).filter { checkpoints.indices.contains($0.checkpoint) }
      .sorted { $0.checkpoint < $1.checkpoint }
      .map { LeavePlace(record: $0.record, instant: checkpoints[$0.checkpoint].instant) }
  }
}

extension GuardSelection {
  /// The instruction of a guard named by its site; the function's entry for an ordinal.
  fileprivate var site: Site {
    switch reference {
    case .ordinal: Site(function, offset: 0)
    case .site(let offset, _, _, _): Site(function, offset: offset)
    }
  }
}
