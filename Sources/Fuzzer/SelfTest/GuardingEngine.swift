import Bytecode

/// An engine that runs as the judge does and shows frames as optimized code would that has some
/// guards: what the oracle over guards is tried with.
struct GuardingEngine: Engine {
  let base: any Engine
  let guards: [Guard]

  var name: EngineName { .optimizing }

  func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    GuardingSession(program, self, base: try base.prepare(program))
  }
}

private final class GuardingSession: EngineSession {
  private let verified: VerifiedProgram
  private let engine: GuardingEngine
  private let base: any EngineSession
  private(set) var observations = RunObservations()

  /// Frames the programs of the self test nest at most.
  private static let greatestDepth = 4

  init(_ verified: VerifiedProgram, _ engine: GuardingEngine, base: any EngineSession) {
    self.verified = verified
    self.engine = engine
    self.base = base
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    observations = RunObservations()
    let outcome = try base.run(request)
    var counts: [Guard: UInt64] = [:]
    for checkpoint in try passings(of: request, fuel: outcome.fuel) {
      for record in engine.guards {
        guard let holds = record.holds(at: checkpoint, in: verified.program) else { continue }
        let occurrence = counts[record, default: 0] + 1
        counts[record] = occurrence
        let isForced = request.selectedGuards.contains {
          $0.occurrence == occurrence && record.matches($0.reference, in: $0.function)
        }
        if holds, !isForced { continue }
        if isForced || request.showsGuardExits {
          observations.guardExits.append(
            GuardExit(
              record: record, held: holds, isForced: isForced,
              checkpoint: observations.checkpoints.count))
          observations.checkpoints.append(checkpoint)
        }
        // The frames have left: what stands behind is not come to.
        break
      }
    }
    if request.countsGuards {
      observations.guardCounts = engine.guards.compactMap { record in
        counts[record].map { GuardCount(record: record, count: $0) }
      }
    }
    return outcome
  }

  /// Asks the judge for every instant a run could come to at a guard.
  private func passings(
    of request: RunRequest, fuel: UInt64
  ) throws(EngineFailure) -> [Checkpoint] {
    var sites: [Site] = []
    for record in engine.guards where !sites.contains(record.site) { sites.append(record.site) }
    var request = request
    for clock in 0...fuel {
      for depth in 1...Self.greatestDepth {
        request.checkpoints += sites.map {
          CheckpointRequest(
            instant: Instant(clock: clock, depth: depth, site: $0), frameCount: 2)
        }
      }
    }
    _ = try base.run(request)
    return base.observations.checkpoints
  }

  func decline(of function: FunctionIndex) -> Decline? { base.decline(of: function) }

  var tierUse: TierUse { base.tierUse }

  var fingerprint: String { base.fingerprint }

  var statistics: [(name: String, value: UInt64)] { base.statistics }

  var takesForcedExits: Bool { true }

  var guards: [Guard] { engine.guards }

  var learns: Bool { true }

  func renewed() throws(EngineFailure) -> any EngineSession { try engine.prepare(verified) }
}

extension GuardingEngine {
  /// Guards for the self test's program of frames: some hold, one fails each time, one the first
  /// time.
  static func framed(base: any Engine) -> GuardingEngine {
    let (next, step, main) = (FunctionIndex(0), FunctionIndex(1), FunctionIndex(2))
    return GuardingEngine(
      base: base,
      guards: [
        Guard(kind: .kind, site: Site(next, offset: 2), operand: 0, predicate: .kinds(.int)),
        Guard(kind: .callee, site: Site(step, offset: 8), operand: 1, predicate: .callee(next)),
        Guard(kind: .intRange, site: Site(step, offset: 12), operand: 0, predicate: .fitsInt),
        Guard(kind: .callee, site: Site(main, offset: 15), operand: 0, predicate: .callee(step)),
        Guard(kind: .kind, site: Site(main, offset: 24), operand: 0, predicate: .kinds(.number)),
        Guard(
          kind: .branchNotTaken, site: Site(main, offset: 25), operand: 0,
          predicate: .truth(false)),
      ])
  }
}
