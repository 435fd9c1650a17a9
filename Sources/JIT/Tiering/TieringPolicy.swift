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

  /// Whether activations are to leave tier 0 at a loop header.
  ///
  /// - Parameters:
  ///   - loop: the position of the header among those of the function.
  ///   - iteration: the arrivals there in tier 0 in this run before this one.
  func compiles(loop: Int, of function: FunctionIndex, iteration: UInt64) -> Bool

  /// The clock units after which a compile may be installed; only a deterministic executor waits.
  func delay(of function: FunctionIndex) -> UInt64

  /// A function whose code is to be discarded at a poll; polls count from 1 on.
  func discard(atPoll poll: UInt64) -> FunctionIndex?
}

/// Compiles what is called and goes round often.
final class CountingPolicy: TieringPolicy {
  private let calls: UInt64
  private let backEdges: UInt64
  private let discardInterval: UInt64?
  private let functionCount: UInt64

  /// - Parameters:
  ///   - calls: the call that the baseline tier is ready for; from 1 on.
  ///   - backEdges: the arrivals at a loop header before one that leaves tier 0.
  ///   - discardInterval: the polls between two discards, each of the next function in turn; nil
  ///     for none.
  init(
    calls: UInt64, backEdges: UInt64, discardInterval: UInt64? = nil, in program: Program
  ) {
    self.calls = calls
    self.backEdges = backEdges
    self.discardInterval = discardInterval
    functionCount = UInt64(program.functions.count)
  }

  /// What programs run with outside of the harness.
  static func production(_ program: Program) -> CountingPolicy {
    CountingPolicy(
      calls: Tuning.baselineCalls, backEdges: Tuning.stackReplacementBackEdges, in: program)
  }

  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool { call >= calls }

  func compiles(loop: Int, of function: FunctionIndex, iteration: UInt64) -> Bool {
    iteration >= backEdges
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
  /// The calls after which a function is compiled.
  private var calls: [FunctionIndex: UInt64] = [:]
  private var iterations: [Loop: UInt64] = [:]
  private var delays: [FunctionIndex: UInt64] = [:]

  init(_ schedule: Schedule, otherwise other: any TieringPolicy) {
    self.other = other
    for directive in schedule.directives {
      switch directive {
      case .tier(let function, .baseline, after: let count):
        calls[function] = min(count, calls[function] ?? .max)
      case .onStackReplacement(let function, let loop, let iteration):
        let loop = Loop(function: function, position: loop)
        iterations[loop] = min(iteration, iterations[loop] ?? .max)
      case .delay(let function, let units): delays[function] = units
      // A function the schedule keeps in the interpreter is declined.
      case .tier(_, .interpreter, after: _), .tier(_, .optimizing, after: _), .deoptimize, .exit,
        .feedback, .invalidate, .collect, .chaos:
        continue
      }
    }
  }

  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool {
    guard let scheduled = calls[function] else {
      return other.compiles(function, call: call)
    }
    return call > scheduled
  }

  func compiles(loop: Int, of function: FunctionIndex, iteration: UInt64) -> Bool {
    guard let scheduled = iterations[Loop(function: function, position: loop)] else {
      return other.compiles(loop: loop, of: function, iteration: iteration)
    }
    return iteration >= scheduled
  }

  func delay(of function: FunctionIndex) -> UInt64 {
    delays[function] ?? other.delay(of: function)
  }

  func discard(atPoll poll: UInt64) -> FunctionIndex? { other.discard(atPoll: poll) }
}
