import Bytecode
import CRuntime

/// All tiers: programs start in tier 0, and what is hot is compiled while they run.
public struct AutoEngine: Engine {
  /// When code is made and when it comes into use.
  public enum Mode: Hashable, Sendable {
    /// On a thread of its own, for what runs often.
    case background
    /// By calls and clock alone, early, and as the program's schedule says; code is discarded now
    /// and then.
    case deterministic
    /// As deterministic, on a thread of its own.
    case earlyBackground
  }

  public let mode: Mode
  public let options: CompileOptions

  public init(_ mode: Mode = .deterministic, options: CompileOptions = CompileOptions()) {
    self.mode = mode
    self.options = options
  }

  public var name: EngineName { .auto }

  /// Has the compile thread get ready, which sessions in the background mode do otherwise: whoever
  /// reads a program first gains the time.
  public static func begin() { BackgroundExecutor.begin() }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    // Code of several sessions is kept where they run on one thread.
    try session(program, mode == .deterministic ? CompileCache() : nil)
  }

  private func session(
    _ program: VerifiedProgram, _ cache: CompileCache?
  ) throws(EngineFailure) -> any EngineSession {
    let executor: any CompileExecutor =
      switch mode {
      case .background: BackgroundExecutor()
      // Its runs are shorter than most compiles.
      case .earlyBackground: BackgroundExecutor(finishesJobs: true)
      case .deterministic: DeterministicExecutor()
      }
    return try AutoSession(
      program, policy(for: program.program), executor, options, speculates: true, cache: cache
    ) { () throws(EngineFailure) in try session(program, cache) }
  }

  private func policy(for program: Program) -> any TieringPolicy {
    switch mode {
    case .background: return CountingPolicy.production(program)
    case .deterministic, .earlyBackground:
      let early = CountingPolicy(
        calls: Tuning.earlyCalls, optimizingCalls: Tuning.earlyPromotingCalls,
        backEdges: Tuning.earlyBackEdges, discardInterval: Tuning.earlyDiscardInterval,
        entersBaselineLoops: true, in: program)
      guard let schedule = program.schedule else { return early }
      return ScheduledPolicy(schedule, for: [.baseline, .optimizing], otherwise: early)
    }
  }
}

/// A program that tiers up, and its runs.
final class AutoSession: EngineSession {
  typealias Renewal = () throws(EngineFailure) -> any EngineSession

  private let program: VerifiedProgram
  let state: RunState
  let tiering: Tiering
  private let policy: any TieringPolicy
  private let speculates: Bool
  private let renewal: Renewal?
  private var everEntered = false
  /// Whether the runs so far began as if nothing had run before them.
  private var startsAnew = false
  private var lastFuel: UInt64 = 0

  init(
    _ program: VerifiedProgram, _ policy: any TieringPolicy, _ executor: any CompileExecutor,
    _ options: CompileOptions = CompileOptions(), speculates: Bool = false,
    cache: CompileCache? = nil, renewal: Renewal? = nil
  ) throws(EngineFailure) {
    self.program = program
    self.policy = policy
    self.renewal = renewal
    self.speculates = speculates
    var options = options
    options.publishesEveryFunction = true
    state = RunState(program: TierZeroProgram(program, observesLoops: true))
    tiering = Tiering(
      state, policy, executor, UnitCompiler(options: options), speculates: speculates,
      cache: cache)
    state.tiering = tiering
    state.stackReplacement = tiering
    if !program.program.foreignFunctions.isEmpty {
      state.foreign.thunks = try ForeignThunks.compile(program, options: options)
    }
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    let isHooked = takesForcedExits && request.needsHookedCode
    startsAnew = isHooked && !speculates
    tiering.begin(hooked: isHooked)
    try state.begin(request)
    tiering.enterRun()
    let context = state.context
    context.pointee.compiled_entries = 0
    var result = Word.sentinel
    if state.admitArguments(request) {
      result = try BigStack.run { state.enter(request.entry) }
    }
    let outcome = try state.finish(result)
    tiering.endRun()
    if let failure = tiering.failure { throw failure }
    if context.pointee.compiled_entries > 0 { everEntered = true }
    lastFuel = outcome.fuel
    return outcome
  }

  var declines: [Decline] { tiering.declines }

  /// Every function can be entered: one that is never compiled stays in tier 0.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  /// Without compiled code it ran as tier 0 does.
  var tierUse: TierUse {
    if everEntered { return .entered }
    return tiering.declines.isEmpty ? .inapplicable : .declined(tiering.declines)
  }

  var observations: RunObservations {
    var observations = state.safepoints.observations
    observations.codeEvents = tiering.codeEvents
    return observations
  }

  /// Threads compile when they can: no two runs would pass the same safepoints.
  var takesForcedExits: Bool { tiering.isDeterministic }

  func isDue(in runs: [ControlCounts]) -> Bool {
    guard tiering.isDeterministic else { return false }
    return program.program.functions.indices.contains { position in
      let function = FunctionIndex(position)
      guard policy.delay(of: function) == 0,
        UnitCompiler.decline(of: function, in: program) == nil
      else { return false }
      return isCallDue(of: function, in: runs) || isLoopDue(of: function, in: runs)
    }
  }

  private func isCallDue(of function: FunctionIndex, in runs: [ControlCounts]) -> Bool {
    let calls = runs.map { $0.calls[function.position] }
    let count = startsAnew ? calls.max() ?? 0 : calls.reduce(0, +)
    return count > 0 && (1...count).contains { policy.compiles(function, call: $0) }
  }

  private func isLoopDue(of function: FunctionIndex, in runs: [ControlCounts]) -> Bool {
    // What the schedule says of the calls may keep it out of its loops.
    guard !policy.schedules(function) else { return false }
    let headers = program[function].loopHeaders
    return program.enterableLoops(of: function).loops.contains { loop in
      guard let position = headers.firstIndex(of: loop.header) else { return false }
      return runs.contains { run in
        let count = run.loops[function.position][position]
        guard let iteration = count.lastIteration else { return false }
        return policy.compiles(
          loop: position,
          at: LoopArrival(
            header: Site(function, offset: loop.header), earlierCount: count.arrivals - 1,
            iteration: iteration))
      }
    }
  }

  var guards: [Guard] { tiering.guards }

  var accounts: [CodeAccount] { tiering.accounts }

  /// What guards rest on, and when code is discarded, depends on all runs so far.
  var learns: Bool { speculates }

  func renewed() throws(EngineFailure) -> any EngineSession {
    guard let renewal else { throw .broken("no other session of this engine can be made") }
    return try renewal()
  }

  /// The decisions of all runs; nothing where they depend on how fast threads are.
  var fingerprint: String { tiering.isDeterministic ? tiering.record.fingerprint : "" }

  var statistics: [(name: String, value: UInt64)] {
    let record = tiering.record
    let (seconds, attoseconds) = record.compileTime.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return [
      ("fuel", lastFuel),
      ("compiles", record.compiles),
      ("code installs", record.installs),
      ("code bytes", record.codeBytes),
      ("compile nanoseconds", nanoseconds),
      ("discards", record.discards),
      ("freed", tiering.freedCount),
      ("stack replacements", record.stackReplacements),
      ("queue drops", record.queueDrops),
      ("outdated results", record.outdatedResults),
      ("declined", UInt64(tiering.declines.count)),
      ("blacklisted", record.blacklisted),
      ("compiled entries", state.context.pointee.compiled_entries),
      ("guard failures", record.failures.values.reduce(0, +)),
      ("invalidations", record.invalidations),
      ("discarded exits", record.discardedExits),
      ("greatest frames left", record.greatestFrameCount),
      ("virtual objects", record.virtualObjects),
      ("vectorized loops", record.vectorizedLoops),
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
      + Schedule.GuardKind.allCases.compactMap { kind in
        record.failures[kind].map { ("failures of \(kind.name)", $0) }
      }
      + ValueKind.allCases.compactMap { kind in
        state.rebuiltObjects[kind].map { ("rebuilt \(kind.name)", $0) }
      }
  }
}
