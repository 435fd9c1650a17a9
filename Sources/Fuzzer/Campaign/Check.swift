import Bytecode

/// One check under way.
struct Check {
  /// What ends a check early.
  enum End: Error {
    case verdict(Verdict)
    case unsupported(Unsupported)
  }

  let harness: Harness
  let program: VerifiedProgram
  let heapStress: HeapStress
  let legs: LegChoice
  let observer: Harness.SessionObserver?
  var report = CheckReport()
  /// By the tuple's place in the schedule.
  var warmRuns: [Int: WarmRun] = [:]
  /// Of the first runs of the engine that is tried, by the tuple's place, if they counted.
  var firstCounts: [Int: [SafepointCount]] = [:]
  /// By the tuple's place: where the first runs of an engine left at guards of themselves.
  var firstGuardExits: [Int: [LeavePlace]] = [:]
  /// Guards that runs with leaves were the first to pass, of the legs over code that learns.
  var lateGuards: [LateGuard] = []

  /// The facts that code of the engine rests on that is tried.
  var facts: FactModel?
  /// What code said of its guards that was looked at.
  var accounts: [ObjectIdentifier: CodeAccount] = [:]

  mutating func run() throws(End) {
    let tuples = program.program.scheduledArguments
    let judge = try prepare(harness.judge)
    for arguments in tuples {
      report.outcomes.append(try run(judge, harness.judge.name, request(arguments)))
      guard let recording = judge as? any ExecutionRecording else { continue }
      report.executionCounts = recording.executionCounts
    }
    if legs.collects { report.legs.insert(.collection) }
    if legs.checksDeterminism {
      report.legs.insert(.determinism)
      try runAgain(harness.judge, first: judge, report.outcomes)
    }
    observer?(harness.judge.name, judge)
    if legs.makesProductionCode { report.legs.insert(.production) }
    let engines = legs.makesProductionCode ? harness.production : harness.engines
    let names = engines.map(\.name)
    for engine in engines where legs.picks(engine.name, among: names) {
      switch engine.name {
      case .reference, .interpreter, .baseline, .selective, .osr, .optimizing, .auto:
        try runTuples(engine, tuples, judge)
      case .numeric: if legs.checksKernels { try runKernels(engine) }
      }
    }
  }

  // MARK: Engines that run whole programs

  private mutating func runTuples(
    _ engine: any Engine, _ tuples: [[ObservedValue]], _ judge: any EngineSession
  ) throws(End) {
    let session = try prepare(engine)
    defer { observer?(engine.name, session) }
    let contexts = tuples.indices.map {
      LegContext(
        engine: engine.name, session: session, judge: judge, tuple: $0, arguments: tuples[$0],
        run: "main\(Description.of(tuples[$0])), tuple \($0 + 1) of \(tuples.count)")
    }
    if case .declined(let declines) = session.tierUse,
      declines.count == program.program.functions.count
    {
      // It would run in the interpreter, which is compared already.
      noteDeclines(declines, of: engine.name)
      return try record(session.tierUse, of: contexts)
    }
    var outcomes: [Outcome] = []
    firstCounts = [:]
    facts = nil
    for context in contexts { outcomes.append(try runFirst(context)) }
    noteDeclines(session.declines, of: engine.name)
    if engine.name == .optimizing {
      report.missingGuard = program.missingGuard(among: session.accounts)
    }
    try record(session.tierUse, of: contexts)
    if legs.checksDeterminism { try runAgain(engine, first: session, outcomes) }
    try runLegs(contexts)
    if session.learns, legs.tellsLies { try runLies(engine) }
  }

  /// The run of a tuple under the schedule.
  private mutating func runFirst(_ context: LegContext) throws(End) -> Outcome {
    let outcome = try run(
      context.session, context.engine,
      scheduledRequest(context.arguments, tuple: context.tuple, context.session))
    let comparison = Comparison(
      program: program.program, expected: harness.judge.name, actual: context.engine,
      run: context.run)
    if let difference = comparison.difference(report.outcomes[context.tuple], outcome) {
      throw .verdict(.diverge(difference))
    }
    let observations = context.session.observations
    noteFirst(observations, context)
    try checkAccounts(of: context.session, context, [])
    if context.session.learns {
      var model = facts ?? FactModel(program.program)
      try follow(observations, context, [], &model)
      facts = model
    }
    note(observations.stackReplacementsTaken)
    if !observations.safepointCounts.isEmpty {
      firstCounts[context.tuple] = observations.safepointCounts
    }
    var batch = CheckpointBatch()
    try note(observations, context, [], &batch)
    try compare(&batch, of: context)
    return outcome
  }

  // MARK: Numeric kernels

  private mutating func runKernels(_ engine: any Engine) throws(End) {
    let session = try prepare(engine)
    defer { observer?(engine.name, session) }
    let judge = try prepare(harness.judge)
    var declines: [Decline] = []
    for position in program.program.functions.indices {
      let function = FunctionIndex(position)
      if let decline = session.decline(of: function) {
        declines.append(decline)
        continue
      }
      report.kernels += 1
      let count = program.program[function].parameters.count
      for (index, arguments) in KernelArguments.tuples(count: count, salt: position).enumerated() {
        let expected = try run(judge, harness.judge.name, request(arguments, entry: function))
        let actual = try run(session, engine.name, request(arguments, entry: function))
        let comparison = KernelComparison(
          program: program.program, expectedEngine: harness.judge.name,
          actualEngine: engine.name,
          run: "kernel \(program.program[function].name)\(Description.of(arguments)), "
            + "tuple \(index + 1)")
        if let difference = comparison.difference(expected, actual) {
          throw .verdict(.diverge(difference))
        }
      }
    }
    noteDeclines(declines, of: engine.name)
    report.legs.insert(.kernels)
    let use = session.tierUse
    report.tiers.append(TierReport(tier: engine.name, use: use))
    let entered = use == .entered
    if entered == (declines.count == program.program.functions.count) {
      throw .verdict(
        .diverge(
          failure(
            .verifier, engine.name, .tierUse, reason: "tier",
            expected: "entered if and only if a function is accepted",
            actual: "\(use), \(declines.count) functions declined")))
    }
  }

  // MARK: D

  private mutating func runAgain(
    _ engine: any Engine, first: any EngineSession, _ outcomes: [Outcome]
  ) throws(End) {
    let second = try prepare(engine)
    for (index, arguments) in program.program.scheduledArguments.enumerated() {
      let outcome = try run(
        second, engine.name, scheduledRequest(arguments, tuple: index, second))
      report.determinismRuns += 1
      if outcome != outcomes[index] {
        throw .verdict(
          .diverge(
            failure(
              .determinism, engine.name, .outcome, reason: "-",
              expected: Description.of(outcomes[index], in: program.program),
              actual: Description.of(outcome, in: program.program))))
      }
    }
    let fingerprints = (first.fingerprint, second.fingerprint)
    if fingerprints.0 != fingerprints.1 {
      let (one, other) = firstDifferentLines(fingerprints.0, fingerprints.1)
      throw .verdict(
        .diverge(
          failure(
            .determinism, engine.name, .fingerprint, reason: "-", expected: one, actual: other)))
    }
  }

  private func firstDifferentLines(_ one: String, _ other: String) -> (String, String) {
    let left = one.split(separator: "\n", omittingEmptySubsequences: false)
    let right = other.split(separator: "\n", omittingEmptySubsequences: false)
    for (a, b) in zip(left, right) where a != b { return (String(a), String(b)) }
    return ("\(left.count) lines", "\(right.count) lines")
  }

  // MARK: Running

  /// The request of a first run: with the exits and replacements of the schedule, if any, and on the
  /// code that all runs share, if they do.
  private mutating func scheduledRequest(
    _ arguments: [ObservedValue], tuple: Int, _ session: any EngineSession
  ) -> RunRequest {
    var request = request(arguments)
    if session.takesForcedExits { request.forcedExits = program.scheduledExits }
    if session.learns { prepareForGuards(&request, program.scheduledGuards) }
    if session.takesStackReplacements {
      request.stackReplacements = program.scheduledReplacements
    }
    guard legs.sharesCode, session.takesForcedExits, !session.learns else { return request }
    request.runsHookedCode =
      legs.forcesExits || legs.replacesStacks && session.takesStackReplacements
    // Exits and replacements would change the counts.
    request.countsSafepoints =
      legs.forcesExits && legs.tuple(of: report.outcomes.count) == tuple
      && request.forcedExits.isEmpty && request.stackReplacements.isEmpty
    if request.needsHookedCode { report.legs.insert(.hooks) }
    return request
  }

  func request(_ arguments: [ObservedValue], entry: FunctionIndex? = nil) -> RunRequest {
    var limits = harness.options.limits
    if let schedule = program.program.schedule {
      limits.fuel = schedule.fuel ?? limits.fuel
      limits.depth = schedule.depth ?? limits.depth
      limits.heapBytes = schedule.heapBytes ?? limits.heapBytes
    }
    return RunRequest(
      entry: entry ?? program.program.mainIndex, arguments: arguments, limits: limits,
      recordsEvents: true, heapStress: heapStress)
  }

  private func prepare(_ engine: any Engine) throws(End) -> any EngineSession {
    do throws(EngineFailure) {
      return try engine.prepare(program)
    } catch {
      throw end(error, engine.name)
    }
  }

  mutating func run(
    _ session: any EngineSession, _ name: EngineName, _ request: RunRequest
  ) throws(End) -> Outcome {
    report.executions += 1
    do throws(EngineFailure) {
      return try session.run(request)
    } catch {
      throw end(error, name)
    }
  }

  func end(_ failure: EngineFailure, _ name: EngineName) -> End {
    switch failure {
    case .unsupported(let unsupported):
      if name == harness.judge.name { return .unsupported(unsupported) }
      return .verdict(
        .diverge(
          self.failure(
            .verifier, name, .engineFailure, reason: "unsupported",
            expected: "an engine that runs what the judge runs",
            actual: "unsupported: \(unsupported.feature)")))
    case .inconclusive(let reason): return .verdict(.inconclusive(reason))
    case .broken(let reason):
      return .verdict(
        .diverge(
          self.failure(
            .verifier, name, .engineFailure, reason: "broken", expected: "an engine that works",
            actual: reason)))
    case .storm(let record, let discards):
      let site = Description.of(record.site, in: program.program)
      return .verdict(
        .diverge(
          self.failure(
            .guards, name, .deoptimizationStorm, reason: record.kind.name,
            opcode: program.program.opcode(at: record.site),
            expected: "no code is made with a guard that failed again and again",
            actual: "\(record.kind.name) at \(site) has had code discarded \(discards) times")))
    }
  }

  func failure(
    _ oracle: Oracle, _ tier: EngineName, _ field: DifferenceField, reason: String,
    opcode: Opcode? = nil, expected: String, actual: String
  ) -> Divergence {
    Divergence(
      signature: Signature(
        oracle: oracle, expected: nil, actual: tier, reason: reason, opcode: opcode, field: field),
      run: "main", expected: expected, actual: actual)
  }
}
