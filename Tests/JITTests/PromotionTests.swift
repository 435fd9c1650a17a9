import Bytecode
import Testing

@testable import JIT

/// A session that has baseline code at the third call and optimized code at the sixth, or later.
private func session(
  _ source: String, _ executor: any CompileExecutor = DeterministicExecutor(),
  calls: UInt64 = 3, optimizingCalls: UInt64 = 6
) throws -> (AutoSession, VerifiedProgram) {
  let program = try assembled(source)
  let policy = CountingPolicy(
    calls: calls, optimizingCalls: optimizingCalls, backEdges: .max, in: program.program)
  return (try AutoSession(program, policy, executor, speculates: true), program)
}

extension AutoSession {
  /// How often code of the first function that is not the newest any more was called.
  fileprivate var callsPastCountdown: UInt64 { 0 &- state.countdowns[0] }
}

private let recursion = """
  func sum(n: int) {
      LoadLocal n
      PushConst 1
      LtInt
      JumpIfTrue end
      LoadLocal n
      LoadLocal n
      PushConst 1
      SubInt
      Call sum
      AddInt
      ReturnValue
  end:
      PushConst 0
      ReturnValue
  }
  main(n: int) {
      LoadLocal n
      Call sum
      Halt
  }

  """

private let fibonacci = """
  func fibonacci(n: int) {
      LoadLocal n
      PushConst 2
      LtInt
      JumpIfTrue end
      LoadLocal n
      PushConst 1
      SubInt
      Call fibonacci
      LoadLocal n
      PushConst 2
      SubInt
      Call fibonacci
      AddInt
      ReturnValue
  end:
      LoadLocal n
      ReturnValue
  }
  main(n: int) {
      LoadLocal n
      Call fibonacci
      Halt
  }

  """

@Suite struct `Promotion` {
  @Test func `has optimized code take the place of baseline code`() throws {
    let (session, program) = try session(TieringPrograms.calls)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    let calls = [TieringPrograms.add, TieringPrograms.count].map {
      session.state.functions[$0.position].calls
    }
    #expect(calls == [2, 2])
    // Both in the baseline tier, and then the caller with the other inlined.
    #expect(try session.statistic("code installs") == 3)
    #expect(session.guards.contains { $0.chain.count == 1 })
    #expect(try session.statistic("freed") >= 1)
    #expect(session.state.countdowns[TieringPrograms.add.position] == 0)
  }

  @Test func `is found by calls that baseline code makes of itself`() throws {
    let (session, program) = try session(recursion)
    #expect(try session.runMain(of: program, 40).ending == .returned(.int(820)))
    #expect(try session.statistic("code installs") == 2)
    // Nothing has come by the baseline code since.
    #expect(session.state.countdowns[0] == 0)
    #expect(try session.runMain(of: program, 7).ending == .returned(.int(28)))
    #expect(session.state.countdowns[0] == 0)
  }

  @Test func `is found by frames of baseline code that call themselves again`() throws {
    let (session, program) = try session(fibonacci, calls: 100, optimizingCalls: 300)
    #expect(try session.runMain(of: program, 15).ending == .returned(.int(610)))
    #expect(try session.statistic("code installs") == 2)
    // Each frame there was calls once more; most calls are made by what those calls enter.
    #expect((1...15).contains(session.callsPastCountdown))
  }

  @Test func `is undone for frames of baseline code when there is none`() throws {
    let program = try assembled(fibonacci)
    let policy = ClosurePolicy()
    policy.optimizes = false
    var isCompiled = false
    policy.compilesFunction = { function, call in
      defer { if call >= 3 { isCompiled = true } }
      return function.position == 0 && call >= 3 && !isCompiled
    }
    policy.discards = { poll in poll == 8 ? FunctionIndex(0) : nil }
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    #expect(try session.runMain(of: program, 15).ending == .returned(.int(610)))
    #expect(try session.statistic("compiles") == 1)
    #expect(try session.statistic("discards") == 1)
    #expect((1...15).contains(session.callsPastCountdown))
    // All others tier 0 makes.
    #expect(session.tiering.functions[0].calls > 1_900)
  }

  @Test func `is counted call by call where a schedule says what runs`() throws {
    let program = try assembled(
      recursion + """
        schedule {
          args (20)
          tier sum baseline after 3
          tier sum interpreter after 12
        }
        """)
    let policy = ScheduledPolicy(
      try #require(program.program.schedule), for: [.baseline, .optimizing],
      otherwise: ClosurePolicy())
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(210)))
    #expect(session.tiering.functions[0].calls == 21)
    #expect(session.tiering.functions[0].isInterpreted)
  }

  @Test func `waits in baseline code for a compile`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    let (session, program) = try session(recursion, executor)
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    #expect(executor.askedCount == 1)
    executor.finish()
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    #expect(executor.askedCount == 2)
    #expect(session.state.countdowns[0] != 0)
    executor.finish()
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    #expect(session.state.countdowns[0] == 0)
    // It was main's third call.
    #expect(executor.askedCount == 3)
  }

  @Test func `that fails leaves the function in tier 0`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    let (session, program) = try session(recursion, executor)
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    executor.finish()
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    executor.fails = true
    executor.finish()
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(45)))
    #expect(try session.statistic("blacklisted") == 1)
    #expect(session.state.functionTable[0] == nil)
    #expect(session.state.directTable[0] == nil)
  }

  @Test func `is scheduled, and so is the way back`() throws {
    let program = try assembled(
      TieringPrograms.calls + """
        schedule {
          args (20)
          tier add baseline after 2
          tier add optimizing after 5
          tier add baseline after 9
        }
        """)
    let policy = ScheduledPolicy(
      try #require(program.program.schedule), for: [.baseline, .optimizing],
      otherwise: ClosurePolicy())
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(session.state.functions[TieringPrograms.add.position].calls == 2)
    // Inlined from the sixth call of the other to the ninth.
    #expect(session.state.functions[TieringPrograms.count.position].calls == 16)
    #expect(try session.statistic("compiles") == 3)
  }
}

@Suite struct `Discards for guards that fail` {
  @Test func `are not for what frames of discarded code meet`() throws {
    let program = try assembled(fibonacci)
    let session = try OptimizingEngine().prepare(program)
    let ending = try session.run(
      RunRequest(entry: program.program.mainIndex, arguments: [.int(15)])
    ).ending
    #expect(ending == .returned(.int(610)))
    // The second call's code takes for granted that none ends; its frames go on in it.
    #expect(session.statistics.first { $0.name == "guard failures" }?.value ?? 0 > 100)
    #expect(session.statistics.first { $0.name == "discards" }?.value == 1)
  }

  @Test func `are a finding where one guard is made again and again`() throws {
    let program = try assembled(
      """
      func grow(n: int) {
          LoadLocal n
          PushConst 1
          AddInt
          ReturnValue
      }
      main(n: int) {
          LoadLocal n
          Call grow
          Halt
      }

      """)
    let session = try #require(try OptimizingEngine().prepare(program) as? AutoSession)
    let greatest = ObservedValue.int((1 << 47) - 1)
    func run() throws(EngineFailure) {
      // It forgets what has failed.
      session.tiering.functions[0].refuted = []
      _ = try session.run(RunRequest(entry: program.program.mainIndex, arguments: [greatest]))
    }
    let failure = #expect(throws: EngineFailure.self) { for _ in 0..<100 { try run() } }
    guard case .storm(let record, discards: 5)? = failure else {
      Issue.record("not a storm: \(failure.map { "\($0)" } ?? "nothing")")
      return
    }
    #expect(record.kind == .intRange)
    #expect(program.program.description(of: record.site).hasPrefix("grow+2"))
  }
}

@Suite struct `Waiting in baseline loops` {
  /// A session that has code of main's loop at the tenth arrival, and is to go on so.
  private func session(_ executor: any CompileExecutor) throws -> (AutoSession, VerifiedProgram) {
    let program = try assembled(TieringPrograms.calls)
    let policy = ClosurePolicy()
    policy.entersBaselineLoops = true
    policy.compilesLoop = { _, _, count in count >= 10 }
    return (try AutoSession(program, policy, executor, speculates: true), program)
  }

  @Test func `ends at a loop header when optimized code is there`() throws {
    let (session, program) = try session(DeterministicExecutor())
    #expect(try session.runMain(of: program, 250).ending == .returned(.int(750)))
    #expect(try session.statistic("compiles") == 2)
    #expect(try session.statistic("stack replacements") == 2)
    #expect(try session.statistic("discarded exits") == 1)
    let main = session.tiering.functions[TieringPrograms.main.position]
    #expect(main.loops[0].subject.stage == .compiled)
    #expect(main.loops[0].subject.unit?.isReplaced == false)
  }

  @Test func `is not for a loop that ends before its baseline code is there`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    let (session, program) = try session(executor)
    #expect(try session.runMain(of: program, 50).ending == .returned(.int(150)))
    #expect(executor.askedCount == 1)
    executor.finish()
    #expect(try session.runMain(of: program, 50).ending == .returned(.int(150)))
    #expect(executor.askedCount == 2)
    let main = session.tiering.functions[TieringPrograms.main.position]
    #expect(main.loops[0].subject.unit?.isReplaced == true)
    #expect(main.loops[0].subject.stage == .promoting)
  }

  @Test func `is over when no optimized code will come`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    executor.fails = true
    let (session, program) = try session(executor)
    #expect(try session.runMain(of: program, 50).ending == .returned(.int(150)))
    executor.finish()
    #expect(try session.runMain(of: program, 50).ending == .returned(.int(150)))
    let main = session.tiering.functions[TieringPrograms.main.position]
    #expect(main.loops[0].subject.unit == nil && main.loops[0].entry == nil)
  }
}
