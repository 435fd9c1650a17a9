import Bytecode

/// Decides when functions and loops get compiled code and when they lose it; one session's property.
///
/// No decision changes a result.
protocol TieringPolicy: AnyObject {
  /// Whether a function is to have compiled code before a call of it.
  ///
  /// - Parameter call: the calls counted since the session began or the function's code was
  ///   discarded, this one included.
  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool

  /// Whether that code is to rest on feedback, in sessions where code does.
  ///
  /// - Parameter call: as above, in whatever tier.
  func optimizes(_ function: FunctionIndex, call: UInt64) -> Bool

  /// The calls of baseline code before it is asked again whether it is time for better code; from 1
  /// on.
  func patience(after call: UInt64) -> UInt64

  /// Whether activations wait in baseline code of a loop while optimized code is made.
  var entersBaselineLoops: Bool { get }

  /// Whether activations are to leave tier 0 at a loop header, from an arrival on.
  ///
  /// - Parameter loop: the position of the header among those of the function.
  func compiles(loop: Int, at arrival: LoopArrival) -> Bool

  /// Whether an activation goes on in the compiled code of a loop.
  func enters(loop: Int, at arrival: LoopArrival) -> Bool

  /// Whether all calls of a function are counted in all tiers, discards or not: it may have to go
  /// back to tier 0.
  func schedules(_ function: FunctionIndex) -> Bool

  /// Whether a function is to be in tier 0 from a call on, whatever code it has.
  func interprets(_ function: FunctionIndex, call: UInt64) -> Bool

  /// The clock units after which a compile may be installed; only a deterministic executor waits.
  func delay(of function: FunctionIndex) -> UInt64

  /// A function whose code is to be discarded at a poll; polls count from 1 on.
  func discard(atPoll poll: UInt64) -> FunctionIndex?
}

extension TieringPolicy {
  func optimizes(_ function: FunctionIndex, call: UInt64) -> Bool { true }
  func patience(after call: UInt64) -> UInt64 { 1 }
  var entersBaselineLoops: Bool { false }
  func enters(loop: Int, at arrival: LoopArrival) -> Bool { true }
  func schedules(_ function: FunctionIndex) -> Bool { false }
  func interprets(_ function: FunctionIndex, call: UInt64) -> Bool { false }
}

/// Compiles what is called and goes round often.
final class CountingPolicy: TieringPolicy {
  private let calls: UInt64
  private let optimizingCalls: UInt64
  private let backEdges: UInt64
  private let discardInterval: UInt64?
  let entersBaselineLoops: Bool
  private let functionCount: UInt64

  /// - Parameters:
  ///   - calls: the call that compiled code is ready for; from 1 on.
  ///   - optimizingCalls: the call that code resting on feedback is ready for, if that is later.
  ///   - backEdges: the arrivals at a loop header before one that leaves tier 0.
  ///   - discardInterval: the polls between two discards, each of the next function in turn; nil
  ///     for none.
  ///   - entersBaselineLoops: whether loops run in baseline code until optimized code is there.
  init(
    calls: UInt64, optimizingCalls: UInt64 = 0, backEdges: UInt64, discardInterval: UInt64? = nil,
    entersBaselineLoops: Bool = false, in program: Program
  ) {
    self.entersBaselineLoops = entersBaselineLoops
    self.calls = calls
    self.optimizingCalls = optimizingCalls
    self.backEdges = backEdges
    self.discardInterval = discardInterval
    functionCount = UInt64(program.functions.count)
  }

  /// Compiles nothing.
  static func never(_ program: Program) -> CountingPolicy {
    CountingPolicy(calls: .max, backEdges: .max, in: program)
  }

  /// What programs run with outside of the harness.
  static func production(_ program: Program) -> CountingPolicy {
    CountingPolicy(
      calls: Tuning.baselineCalls, optimizingCalls: Tuning.optimizingCalls,
      backEdges: Tuning.stackReplacementBackEdges, entersBaselineLoops: true, in: program)
  }

  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool { call >= calls }

  func optimizes(_ function: FunctionIndex, call: UInt64) -> Bool { call >= optimizingCalls }

  func patience(after call: UInt64) -> UInt64 {
    // While a compile is under way, calls are cheap compared with looking after it.
    call < optimizingCalls ? optimizingCalls - call : max(1, optimizingCalls / 16)
  }

  func compiles(loop: Int, at arrival: LoopArrival) -> Bool {
    arrival.earlierCount >= backEdges
  }

  func delay(of function: FunctionIndex) -> UInt64 { 0 }

  func discard(atPoll poll: UInt64) -> FunctionIndex? {
    guard let discardInterval, poll % discardInterval == 0 else { return nil }
    return FunctionIndex(Int(poll / discardInterval % functionCount))
  }
}

/// Follows the schedule of a program; what that says nothing of is another policy's.
final class ScheduledPolicy: TieringPolicy {
  private struct Loop: Hashable {
    let function: FunctionIndex
    let position: Int
  }

  private let other: any TieringPolicy
  /// The tiers that the session compiles for; lines of other compiled tiers are not for it.
  private let compiled: [Schedule.Tier]
  /// The tiers of a function, and the calls after which they begin.
  private var tiers: [FunctionIndex: [(after: UInt64, tier: Schedule.Tier)]] = [:]
  private var iterations: [Loop: UInt64] = [:]
  private var delays: [FunctionIndex: UInt64] = [:]

  init(
    _ schedule: Schedule, for compiled: [Schedule.Tier] = [.baseline],
    otherwise other: any TieringPolicy
  ) {
    self.other = other
    self.compiled = compiled
    for directive in schedule.directives {
      switch directive {
      // One that is interpreted only is declined.
      case .tier(let function, let tier, after: let count):
        if compiled.contains(tier) || tier == .interpreter {
          tiers[function, default: []].append((count, tier))
        }
      case .onStackReplacement(let function, let loop, let iteration):
        let loop = Loop(function: function, position: loop)
        iterations[loop] = min(iteration, iterations[loop] ?? .max)
      case .delay(let function, let units): delays[function] = units
      case .deoptimize, .exit, .feedback, .invalidate, .collect, .chaos: continue
      }
    }
  }

  /// What the line says that applies to a call; nil before the first.
  private func tier(of function: FunctionIndex, call: UInt64) -> Schedule.Tier? {
    var latest: (after: UInt64, tier: Schedule.Tier)?
    for line in tiers[function] ?? [] where line.after < call && line.after >= latest?.after ?? 0 {
      latest = line
    }
    return latest?.tier
  }

  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool {
    guard schedules(function) else { return other.compiles(function, call: call) }
    return tier(of: function, call: call).map(compiled.contains) ?? false
  }

  func optimizes(_ function: FunctionIndex, call: UInt64) -> Bool {
    guard schedules(function) else { return other.optimizes(function, call: call) }
    return tier(of: function, call: call) == .optimizing
  }

  func patience(after call: UInt64) -> UInt64 { other.patience(after: call) }
  var entersBaselineLoops: Bool { other.entersBaselineLoops }

  func schedules(_ function: FunctionIndex) -> Bool { tiers[function] != nil }

  func interprets(_ function: FunctionIndex, call: UInt64) -> Bool {
    tier(of: function, call: call) == .interpreter
  }

  func compiles(loop: Int, at arrival: LoopArrival) -> Bool {
    reaches(loop, arrival) ?? other.compiles(loop: loop, at: arrival)
  }

  func enters(loop: Int, at arrival: LoopArrival) -> Bool {
    reaches(loop, arrival) ?? other.enters(loop: loop, at: arrival)
  }

  /// Whether a visit has come so far as a line says; nil if none says anything.
  private func reaches(_ loop: Int, _ arrival: LoopArrival) -> Bool? {
    let loop = Loop(function: arrival.header.function, position: loop)
    guard let scheduled = iterations[loop] else { return nil }
    return arrival.iteration.map { $0 >= scheduled } ?? false
  }

  func delay(of function: FunctionIndex) -> UInt64 {
    delays[function] ?? other.delay(of: function)
  }

  func discard(atPoll poll: UInt64) -> FunctionIndex? { other.discard(atPoll: poll) }
}
