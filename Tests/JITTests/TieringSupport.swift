import Bytecode
import Testing

@testable import JIT

/// A policy of closures.
final class ClosurePolicy: TieringPolicy {
  var compilesFunction: (FunctionIndex, UInt64) -> Bool = { _, _ in false }
  var optimizes = true
  var compilesLoop: (FunctionIndex, Int, UInt64) -> Bool = { _, _, _ in false }
  var discards: (UInt64) -> FunctionIndex? = { _ in nil }
  var entersBaselineLoops = false

  func compiles(_ function: FunctionIndex, call: UInt64) -> Bool {
    compilesFunction(function, call)
  }

  func optimizes(_ function: FunctionIndex, call: UInt64) -> Bool { optimizes }

  func compiles(loop: Int, at arrival: LoopArrival) -> Bool {
    compilesLoop(arrival.header.function, loop, arrival.earlierCount)
  }

  func delay(of function: FunctionIndex) -> UInt64 { 0 }
  func discard(atPoll poll: UInt64) -> FunctionIndex? { discards(poll) }
}

/// An executor whose results are ready when a test says so.
final class ManualExecutor: CompileExecutor {
  let isDeterministic: Bool
  var isFull = false
  var fails = false
  /// Whether the end of a run ends the compiles too.
  var givesUp = false
  private var jobs: [CompileJob] = []
  private var isReady = false
  private(set) var askedCount = 0

  init(isDeterministic: Bool) { self.isDeterministic = isDeterministic }

  var mayHaveResults: Bool { isReady }

  func submit(_ job: CompileJob, readyAt clock: UInt64) -> Bool {
    askedCount += 1
    guard !isFull else { return false }
    jobs.append(job)
    return true
  }

  /// Has everything asked for handed over at the next poll.
  func finish() { isReady = true }

  func takeResults(clock: UInt64) -> [CompileResult] {
    defer {
      jobs = []
      isReady = false
    }
    return jobs.map { job in
      guard fails else { return job.run() }
      return CompileResult(
        subject: job.subject, generation: job.generation, unit: .failure(.broken("on request")))
    }
  }

  func endRun() -> [CompileJob] {
    guard givesUp else { return [] }
    defer { jobs = [] }
    return jobs
  }
}

/// Programs that tiering has something to do with.
enum TieringPrograms {
  /// Main calls `add` and `count` as often as its argument says; `count` is called by `add`.
  static let calls = """
    func count(x: int) {
        LoadLocal x
        PushConst 1
        AddInt
        ReturnValue
    }
    func add(x: int) {
        LoadLocal x
        Call count
        PushConst 2
        AddInt
        ReturnValue
    }
    main(n: int) {
        local i: int, s: int
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal s
        LoopStart end
        Jump test
    body:
        LoadLocal s
        Call add
        StoreLocal s
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
    test:
        LoadLocal i
        LoadLocal n
        LtInt
        JumpIfTrue body
    end:
        LoopEnd
        LoadLocal s
        Halt
    }

    """

  static let count = FunctionIndex(0)
  static let add = FunctionIndex(1)
  static let main = FunctionIndex(2)
}

extension AutoSession {
  /// Runs main with a number.
  func runMain(
    of program: VerifiedProgram, _ argument: Int64, fuel: UInt64? = nil
  ) throws -> Outcome {
    try run(
      RunRequest(
        entry: program.program.mainIndex, arguments: [.int(argument)],
        limits: RunLimits(fuel: fuel), recordsEvents: true))
  }
}

extension EngineSession {
  func statistic(_ name: String) throws -> UInt64 {
    try #require(statistics.first { $0.name == name }).value
  }
}
