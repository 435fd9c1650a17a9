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

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    let executor: any CompileExecutor =
      switch mode {
      case .background: BackgroundExecutor()
      // Its runs are shorter than most compiles.
      case .earlyBackground: BackgroundExecutor(finishesJobs: true)
      case .deterministic: DeterministicExecutor()
      }
    return try AutoSession(program, policy(for: program.program), executor, options)
  }

  private func policy(for program: Program) -> any TieringPolicy {
    switch mode {
    case .background: return CountingPolicy.production(program)
    case .deterministic, .earlyBackground:
      let early = CountingPolicy(
        calls: Tuning.earlyCalls, backEdges: Tuning.earlyBackEdges,
        discardInterval: Tuning.earlyDiscardInterval, in: program)
      guard let schedule = program.schedule else { return early }
      return ScheduledPolicy(schedule, otherwise: early)
    }
  }
}

/// A program that tiers up, and its runs.
final class AutoSession: EngineSession {
  private let program: VerifiedProgram
  let state: RunState
  let tiering: Tiering
  private var everRan = false
  private var lastFuel: UInt64 = 0

  init(
    _ program: VerifiedProgram, _ policy: any TieringPolicy, _ executor: any CompileExecutor,
    _ options: CompileOptions = CompileOptions()
  ) throws(EngineFailure) {
    self.program = program
    var options = options
    options.publishesEveryFunction = true
    state = RunState(program: TierZeroProgram(program, observesLoops: true))
    tiering = Tiering(state, policy, executor, BaselineCompiler(options: options))
    state.tiering = tiering
    state.stackReplacement = tiering
    if !program.program.foreignFunctions.isEmpty {
      state.foreign.thunks = try ForeignThunks.compile(program, options: options)
    }
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    try state.begin(request)
    let context = state.context
    context.pointee.compiled_entries = 0
    var result = Word.sentinel
    if state.admitArguments(request) {
      everRan = true
      result = try BigStack.run { state.enter(request.entry) }
    }
    let outcome = try state.finish(result)
    tiering.endRun()
    if let failure = tiering.failure { throw failure }
    lastFuel = outcome.fuel
    return outcome
  }

  /// Every function can be entered: one that is never compiled stays in tier 0.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  /// Tier 0 is one of its tiers, so that whatever ran was entered.
  var tierUse: TierUse { everRan ? .entered : .inapplicable }

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
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
  }
}
