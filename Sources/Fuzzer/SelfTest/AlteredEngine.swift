import Bytecode
import Synchronization

/// An engine that runs as another does and then changes one thing: what oracles must notice.
struct AlteredEngine: Engine {
  let name: EngineName
  let base: any Engine
  let alteration: Alteration

  /// What is changed.
  enum Alteration: Sendable {
    case none
    /// The outcome of each run.
    case outcome(@Sendable (Outcome) -> Outcome)
    /// The outcome of every session but the first one made.
    case laterOutcome(@Sendable (Outcome) -> Outcome, SessionCount)
    case laterFingerprint(SessionCount)
    case failure(EngineFailure)
    case tierUse(TierUse)
    /// What each run shows of itself.
    case observations(@Sendable (inout RunObservations) -> Void)
  }

  func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    if case .failure(let failure) = alteration { throw failure }
    let number: Int
    switch alteration {
    case .laterOutcome(_, let count), .laterFingerprint(let count): number = count.next()
    case .none, .outcome, .failure, .tierUse, .observations: number = 0
    }
    return AlteredSession(
      base: try base.prepare(program), alteration: alteration, number: number)
  }
}

/// The number of sessions made so far.
final class SessionCount: Sendable {
  private let count = Mutex(0)

  /// The number of this session, from 0.
  func next() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}

private final class AlteredSession: EngineSession {
  let base: any EngineSession
  let alteration: AlteredEngine.Alteration
  let number: Int

  init(base: any EngineSession, alteration: AlteredEngine.Alteration, number: Int) {
    self.base = base
    self.alteration = alteration
    self.number = number
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    let outcome = try base.run(request)
    switch alteration {
    case .outcome(let change): return change(outcome)
    case .laterOutcome(let change, _): return number == 0 ? outcome : change(outcome)
    case .none, .laterFingerprint, .failure, .tierUse, .observations: return outcome
    }
  }

  func decline(of function: FunctionIndex) -> Decline? { base.decline(of: function) }

  var tierUse: TierUse {
    switch alteration {
    case .tierUse(let use): use
    case .none, .outcome, .laterOutcome, .laterFingerprint, .failure, .observations: base.tierUse
    }
  }

  var fingerprint: String {
    switch alteration {
    case .laterFingerprint: base.fingerprint + "session \(number)"
    case .none, .outcome, .laterOutcome, .failure, .tierUse, .observations: base.fingerprint
    }
  }

  var statistics: [(name: String, value: UInt64)] { base.statistics }

  var observations: RunObservations {
    var observations = base.observations
    switch alteration {
    case .observations(let change): change(&observations)
    case .none, .outcome, .laterOutcome, .laterFingerprint, .failure, .tierUse: break
    }
    return observations
  }

  var takesForcedExits: Bool { base.takesForcedExits }

  var takesStackReplacements: Bool { base.takesStackReplacements }

  func compiles(_ function: FunctionIndex) -> Bool { base.compiles(function) }

  var guards: [Guard] { base.guards }

  var learns: Bool { base.learns }

  func renewed() throws(EngineFailure) -> any EngineSession {
    AlteredSession(base: try base.renewed(), alteration: alteration, number: number)
  }
}
