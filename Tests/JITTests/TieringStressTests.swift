import Bytecode
import Testing

@testable import JIT

@Suite struct `The compile thread` {
  /// Main calls each of many functions in every round.
  private static func manyFunctions(_ count: Int) -> String {
    let functions = (0..<count).map { number in
      """
      func f\(number)(x: int) {
          LoadLocal x
          PushConst \(number)
          AddInt
          ReturnValue
      }

      """
    }
    let calls = (0..<count).map { "    Call f\($0)\n" }
    return functions.joined() + """
      main(n: int) {
          local i: int
          PushConst 0
          StoreLocal i
          PushConst 0
          LoopStart end
          Jump test
      body:
      \(calls.joined())    LoadLocal i
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
          Halt
      }

      """
  }

  @Test func `compiles under load what is discarded again and again`() throws {
    let count = 60
    let program = try assembled(Self.manyFunctions(count))
    let policy = CountingPolicy(
      calls: 2, backEdges: .max, discardInterval: 1, in: program.program)
    let executor = BackgroundExecutor(finishesJobs: true)
    let session = try AutoSession(
      program, policy, executor, CompileOptions(isForCampaign: true))
    let sum = Int64(count * (count - 1) / 2)
    var runs = 0
    while try session.statistic("discards") < 2_000, runs < 2_000 {
      runs += 1
      let rounds = Int64(20 + runs % 7)
      let outcome = try session.runMain(of: program, rounds)
      try #require(outcome.ending == .returned(.int(sum * rounds)))
      try #require(outcome.fuel == UInt64(rounds) * UInt64(count + 1))
    }
    #expect(try session.statistic("discards") >= 2_000)
    #expect(try session.statistic("freed") == session.statistic("discards"))
    #expect(try session.statistic("blacklisted") == 0)
  }

  @Test func `has its queue drop what it has no room for, and compile it later`() throws {
    let count = Tuning.compileQueueLimit * 3
    let program = try assembled(Self.manyFunctions(count))
    let policy = CountingPolicy(calls: 1, backEdges: .max, in: program.program)
    let executor = BackgroundExecutor(finishesJobs: true)
    let session = try AutoSession(program, policy, executor)
    #expect(
      try session.runMain(of: program, 1).ending == .returned(.int(Int64(count * (count - 1) / 2))))
    #expect(try session.statistic("queue drops") > 0)
    var runs = 0
    while try session.statistic("code installs") <= UInt64(count), runs < 2_000 {
      runs += 1
      _ = try session.runMain(of: program, 50)
    }
    #expect(try session.statistic("code installs") == UInt64(count + 1))
  }
}
