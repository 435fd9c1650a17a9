import Bytecode
import Testing

@testable import JIT

/// A session of the program of calls, and what it is tiered by.
private func session(
  _ policy: any TieringPolicy, _ executor: any CompileExecutor = DeterministicExecutor(),
  _ source: String = TieringPrograms.calls
) throws -> (AutoSession, VerifiedProgram) {
  let program = try assembled(source)
  return (try AutoSession(program, policy, executor), program)
}

/// The calls that ran in tier 0 in the last run.
private func interpretedCalls(_ session: AutoSession, _ function: FunctionIndex) -> UInt64 {
  session.state.functions[function.position].calls
}

@Suite struct `Counting` {
  @Test func `compiles the call of the threshold before it runs`() throws {
    let program = try assembled(TieringPrograms.calls)
    let policy = CountingPolicy(calls: 100, backEdges: .max, in: program.program)
    let session = try AutoSession(program, policy, DeterministicExecutor())
    let outcome = try session.runMain(of: program, 250)
    #expect(outcome.ending == .returned(.int(750)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 99)
    #expect(interpretedCalls(session, TieringPrograms.count) == 99)
    #expect(interpretedCalls(session, TieringPrograms.main) == 1)
    #expect(try session.statistic("compiles") == 2)
    // Main calls `add` from tier 0; `add` calls the code of `count` directly.
    #expect(try session.statistic("compiled entries") == 152)
    #expect(session.tierUse == .entered)
  }

  @Test func `has production compile at call 100 and leave loops after 1 000 jumps`() throws {
    let program = try assembled(TieringPrograms.calls)
    let policy = CountingPolicy.production(program.program)
    #expect(!policy.compiles(TieringPrograms.add, call: 99))
    #expect(policy.compiles(TieringPrograms.add, call: 100))
    func compiles(after count: UInt64) -> Bool {
      policy.compiles(
        loop: 0,
        at: LoopArrival(
          header: Site(TieringPrograms.main, offset: 6), earlierCount: count, iteration: count))
    }
    #expect(!compiles(after: 999))
    #expect(compiles(after: 1_000))
    #expect(policy.discard(atPoll: 1) == nil)
  }

  @Test func `goes on in the middle of a loop, whose calls find the newest code`() throws {
    let policy = ClosurePolicy()
    policy.compilesLoop = { _, _, iteration in iteration >= 10 }
    policy.compilesFunction = { _, call in call >= 50 }
    let (session, program) = try session(policy)
    let outcome = try session.runMain(of: program, 250)
    #expect(outcome.ending == .returned(.int(750)))
    #expect(try session.statistic("stack replacements") == 1)
    #expect(interpretedCalls(session, TieringPrograms.add) == 49)
    #expect(interpretedCalls(session, TieringPrograms.count) == 49)
  }

  @Test func `begins with main, which is called once a run`() throws {
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in function == TieringPrograms.main && call >= 2 }
    let (session, program) = try session(policy)
    #expect(try session.runMain(of: program, 3).ending == .returned(.int(9)))
    #expect(try session.statistic("compiled entries") == 0)
    #expect(try session.runMain(of: program, 4).ending == .returned(.int(12)))
    #expect(try session.statistic("compiled entries") == 1)
  }

  @Test func `leaves in tier 0 what is declined`() throws {
    let source = TieringPrograms.calls.replacing(
      "    LoadLocal x\n    PushConst 1\n", with: "    Debug\n    LoadLocal x\n    PushConst 1\n")
    let policy = ClosurePolicy()
    policy.compilesFunction = { _, call in call >= 2 }
    let (session, program) = try session(policy, DeterministicExecutor(), source)
    #expect(try session.runMain(of: program, 9).ending == .returned(.int(27)))
    #expect(
      session.tiering.declines
        == [Decline(function: TieringPrograms.count, reason: .interpreterOnlyOpcode(.debug))])
    #expect(session.state.functionTable[TieringPrograms.count.position] == nil)
    #expect(interpretedCalls(session, TieringPrograms.count) == 9)
  }
}

@Suite struct `A schedule` {
  private func scheduled(_ lines: String) throws -> (AutoSession, VerifiedProgram) {
    let program = try assembled(TieringPrograms.calls + "schedule {\n  args (20)\n\(lines)\n}\n")
    let never = ClosurePolicy()
    let policy = ScheduledPolicy(try #require(program.program.schedule), otherwise: never)
    return (try AutoSession(program, policy, DeterministicExecutor()), program)
  }

  @Test func `says after which call a function is compiled`() throws {
    let (session, program) = try scheduled("  tier add baseline after 7")
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 7)
    #expect(interpretedCalls(session, TieringPrograms.count) == 20)
  }

  @Test func `says at which iteration a loop is entered`() throws {
    let (session, program) = try scheduled("  osr main loop 0 iteration 5")
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(try session.statistic("stack replacements") == 1)
    #expect(session.fingerprint.contains("iteration 5"))
  }

  @Test func `takes a function back to tier 0, and compiles it again`() throws {
    let (session, program) = try scheduled(
      "  tier add baseline after 3\n  tier add interpreter after 7\n  tier add baseline after 18")
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    // Calls 1 to 3 and 8 to 18.
    #expect(interpretedCalls(session, TieringPrograms.add) == 14)
    #expect(session.fingerprint.contains("interpret 1"))
    #expect(try session.statistic("compiles") == 2)
    #expect(try session.statistic("discards") == 0)
  }

  @Test func `counts calls on where code was discarded`() throws {
    let (session, program) = try scheduled("  tier add baseline after 7")
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    session.tiering.discard(TieringPrograms.add)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 0)
  }

  @Test func `has a compile wait for the clock`() throws {
    // Three units a round: two calls and the jump.
    let (session, program) = try scheduled("  tier add baseline after 0\n  delay add 30")
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 10)
  }

  @Test func `gives the same decisions in every session`() throws {
    let texts = try (0..<2).map { _ in
      let engine = AutoEngine(.deterministic)
      let program = try assembled(TieringPrograms.calls)
      let session = try engine.prepare(program)
      for argument in [3, 40, 90] as [Int64] {
        _ = try session.run(
          RunRequest(entry: program.program.mainIndex, arguments: [.int(argument)]))
      }
      return session.fingerprint
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].contains("install 1 "))
    #expect(texts[0].contains("discard"))
  }
}

@Suite struct `Exits in tiering code` {
  private func session() throws -> (any EngineSession, RunRequest) {
    let program = try assembled(TieringPrograms.calls)
    let session = try AutoEngine(.deterministic).prepare(program)
    return (
      session, RunRequest(entry: program.program.mainIndex, arguments: [.int(9)])
    )
  }

  private func counts(
    _ session: any EngineSession, _ request: RunRequest
  ) throws -> [SafepointCount] {
    var request = request
    request.countsSafepoints = true
    #expect(try session.run(request).ending == .returned(.int(27)))
    return session.observations.safepointCounts
  }

  @Test func `are taken where a run without them passes, whatever ran before`() throws {
    let (session, request) = try session()
    #expect(session.takesForcedExits)
    let first = try counts(session, request)
    #expect(first.contains { $0.safepoint.function == TieringPrograms.add })
    #expect(try session.run(request).ending == .returned(.int(27)))
    #expect(try counts(session, request) == first)
    for passed in first {
      let exit = ForcedExit(safepoint: passed.safepoint, occurrence: passed.count)
      var request = request
      request.forcedExits = [exit]
      #expect(try session.run(request).ending == .returned(.int(27)))
      let taken = session.observations.forcedExitsTaken
      #expect(!taken.isEmpty && taken.allSatisfy { $0 == exit })
      #expect(session.observations.checkpoints.count == taken.count)
    }
  }

  @Test func `use code that was made before`() throws {
    let (session, request) = try session()
    let first = try counts(session, request)
    let again = try session.renewed()
    #expect(try counts(again, request) == first)
    #expect(session.statistics.contains { $0.name == "compile nanoseconds" && $0.value > 0 })
    #expect(again.statistics.contains { $0.name == "compile nanoseconds" && $0.value == 0 })
  }

  @Test func `are none where threads compile`() throws {
    let session = try AutoEngine(.earlyBackground).prepare(assembled(TieringPrograms.calls))
    #expect(!session.takesForcedExits)
  }
}

@Suite struct `Whether compiled code is due` {
  private func use(
    _ source: String, _ counts: [ControlCounts], runs arguments: [Int64]
  ) throws -> (TierUse, Bool) {
    let program = try assembled(source)
    let session = try AutoEngine(.deterministic).prepare(program)
    for argument in arguments {
      _ = try session.run(
        RunRequest(entry: program.program.mainIndex, arguments: [.int(argument)]))
    }
    return (session.tierUse, session.isDue(in: counts))
  }

  private func counts(calls: [UInt64], arrivals: UInt64) -> ControlCounts {
    let loop = ControlCounts.Loop(
      arrivals: arrivals, lastIteration: arrivals == 0 ? nil : arrivals - 1)
    return ControlCounts(calls: calls, loops: [[], [], [loop]])
  }

  @Test func `is decided by calls of all runs and arrivals of each`() throws {
    func isDue(_ counts: [ControlCounts]) throws -> Bool {
      try use(TieringPrograms.calls, counts, runs: []).1
    }
    #expect(try !isDue([counts(calls: [1, 1, 1], arrivals: 2)]))
    #expect(try isDue([counts(calls: [2, 1, 1], arrivals: 2)]))
    #expect(
      try isDue([
        counts(calls: [1, 0, 1], arrivals: 0), counts(calls: [1, 0, 0], arrivals: 0),
      ]))
    #expect(try isDue([counts(calls: [1, 1, 1], arrivals: 3)]))
    #expect(
      try !isDue([
        counts(calls: [1, 0, 0], arrivals: 2), counts(calls: [0, 1, 0], arrivals: 2),
      ]))
  }

  @Test func `is what the schedule says`() throws {
    let source =
      TieringPrograms.calls
      + "schedule {\n  args (3)\n  tier add baseline after 4\n  osr main loop 0 iteration 5\n}\n"
    func isDue(_ counts: ControlCounts) throws -> Bool { try use(source, [counts], runs: []).1 }
    #expect(try !isDue(counts(calls: [1, 4, 1], arrivals: 5)))
    #expect(try isDue(counts(calls: [1, 5, 1], arrivals: 5)))
    #expect(try isDue(counts(calls: [1, 4, 1], arrivals: 6)))
  }

  @Test func `is never said of what waits or is declined`() throws {
    let waiting =
      TieringPrograms.calls
      + "schedule {\n  args (3)\n  delay count 9\n  delay add 9\n  delay main 9\n}\n"
    let many = counts(calls: [99, 99, 99], arrivals: 99)
    #expect(try !use(waiting, [many], runs: []).1)
    let kept =
      TieringPrograms.calls
      + "schedule {\n  args (3)\n  tier count interpreter after 0\n}\n"
    #expect(try !use(kept, [counts(calls: [99, 1, 1], arrivals: 2)], runs: []).1)
  }

  @Test func `agrees with what is entered`() throws {
    #expect(try use(TieringPrograms.calls, [], runs: [1]).0 == .inapplicable)
    #expect(try use(TieringPrograms.calls, [], runs: [2]).0 == .entered)
    #expect(try use(TieringPrograms.calls, [], runs: [1, 1]).0 == .entered)
  }
}

@Suite struct `Results of compiles` {
  @Test func `that are outdated are never installed`() throws {
    let executor = ManualExecutor(isDeterministic: true)
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, _ in function == TieringPrograms.add }
    let (session, program) = try session(policy, executor)
    #expect(try session.runMain(of: program, 3).ending == .returned(.int(9)))
    executor.finish()
    #expect(try session.runMain(of: program, 3).ending == .returned(.int(9)))
    // Asked for anew, with the code of the first generation still there.
    session.tiering.discard(TieringPrograms.add)
    #expect(try session.runMain(of: program, 3).ending == .returned(.int(9)))
    #expect(executor.askedCount == 2)
    session.tiering.outdate(TieringPrograms.add)
    executor.finish()
    policy.compilesFunction = { _, _ in false }
    #expect(try session.runMain(of: program, 3).ending == .returned(.int(9)))
    #expect(try session.statistic("outdated results") == 1)
    #expect(try session.statistic("compiled entries") == 0)
  }

  @Test func `that failed are a finding under a deterministic executor`() throws {
    let executor = ManualExecutor(isDeterministic: true)
    executor.fails = true
    let policy = ClosurePolicy()
    policy.compilesFunction = { _, call in call >= 2 }
    let (session, program) = try session(policy, executor)
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    executor.finish()
    #expect(throws: EngineFailure.broken("on request")) {
      try session.runMain(of: program, 5)
    }
  }

  @Test func `that failed in the background leave the function in tier 0`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    executor.fails = true
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, _ in function == TieringPrograms.add }
    let (session, program) = try session(policy, executor)
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    executor.finish()
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    #expect(try session.statistic("blacklisted") == 1)
    #expect(interpretedCalls(session, TieringPrograms.add) == 5)
    #expect(executor.askedCount == 1)
  }

  @Test func `are asked for again if the queue was full`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    executor.isFull = true
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, _ in function == TieringPrograms.add }
    let (session, program) = try session(policy, executor)
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    #expect(try session.statistic("queue drops") == 5)
    executor.isFull = false
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    #expect(try session.statistic("compiles") == 1)
  }

  @Test func `are asked for again if the run ended first`() throws {
    let executor = ManualExecutor(isDeterministic: false)
    executor.givesUp = true
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, _ in function == TieringPrograms.add }
    policy.compilesLoop = { _, _, _ in true }
    let (session, program) = try session(policy, executor)
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    #expect(executor.askedCount == 2)
    executor.givesUp = false
    #expect(try session.runMain(of: program, 5).ending == .returned(.int(15)))
    #expect(executor.askedCount == 4)
  }
}

@Suite struct `Discarded code` {
  @Test func `is counted anew`() throws {
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in
      function == TieringPrograms.add && call >= 10
    }
    let (session, program) = try session(policy)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 9)
    session.tiering.discard(TieringPrograms.add)
    #expect(try session.runMain(of: program, 20).ending == .returned(.int(60)))
    #expect(interpretedCalls(session, TieringPrograms.add) == 9)
    #expect(try session.statistic("compiles") == 2)
    #expect(try session.statistic("freed") == 1)
  }

  @Test func `is freed when no frame uses it, and not before`() throws {
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in
      function == TieringPrograms.add && call == 3
    }
    let (session, program) = try session(policy)
    var freed: [UInt64] = []
    // Polls: main, then in each round the loop header, `add` while it is interpreted, `count`.
    policy.discards = { [unowned session] poll in
      freed.append(session.tiering.freedCount)
      return poll == 11 ? TieringPrograms.add : nil
    }
    #expect(try session.runMain(of: program, 200).ending == .returned(.int(600)))
    #expect(try session.statistic("discards") == 1)
    // The frame of `add` waits for `count` at the poll that discards it.
    let first = try #require(freed.firstIndex(of: 1))
    #expect(first >= 12)
    #expect(freed.last == 1)
  }
}
