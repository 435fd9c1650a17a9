import Bytecode

/// Tier 2 by itself: functions are compiled at their second call and loops entered at their second
/// arrival, with guards for what tier 0 has seen so far; the schedule may say otherwise.
public struct OptimizingEngine: Engine {
  public let options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  public var name: EngineName { .optimizing }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    try session(program, CompileCache())
  }

  fileprivate func session(
    _ program: VerifiedProgram, _ cache: CompileCache
  ) throws(EngineFailure) -> any EngineSession {
    let early = CountingPolicy(
      calls: Tuning.earlyOptimizingCalls, backEdges: Tuning.earlyBackEdges, in: program.program)
    let policy: any TieringPolicy
    if let schedule = program.program.schedule {
      policy = ScheduledPolicy(schedule, for: [.optimizing], otherwise: early)
    } else {
      policy = early
    }
    return try AutoSession(
      program, policy, DeterministicExecutor(), options, speculates: true, cache: cache
    ) { () throws(EngineFailure) in try session(program, cache) }
  }
}
