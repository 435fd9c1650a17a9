import Bytecode
import Testing

@testable import JIT

@Suite struct `Entries of optimized loops` {
  /// Adds one to its argument, whose kind nothing declares, in each of twenty rounds.
  private static let source = """
    main(sum) {
        local i: int
        PushConst 0
        StoreLocal i
        LoopStart end
    body:
        LoadLocal sum
        PushConst 1
        Add
        StoreLocal sum
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 20
        LtInt
        JumpIfTrue body
    end:
        LoopEnd
        LoadLocal sum
        Halt
    }

    """

  private func run(_ arguments: [ObservedValue]) throws -> (AutoSession, [Ending]) {
    let program = try assembled(Self.source)
    let policy = ClosurePolicy()
    policy.compilesLoop = { _, _, count in count >= 3 }
    let session = try AutoSession(
      program, policy, DeterministicExecutor(),
      CompileOptions(keepsListings: true), speculates: true)
    let endings = try arguments.map { argument in
      try session.run(
        RunRequest(entry: program.program.mainIndex, arguments: [argument])
      ).ending
    }
    return (session, endings)
  }

  private func number(_ number: Double) -> ObservedValue {
    .number(bitPattern: number.bitPattern)
  }

  @Test func `are made for the kinds that frames hold`() throws {
    let (session, endings) = try run([.int(1), .int(5)])
    #expect(endings == [.returned(.int(21)), .returned(.int(25))])
    #expect(try session.statistic("compiles") == 1)
    #expect(try session.statistic("stack replacements") == 2)
    // The first run's feedback suggests ints; the frame's local is one, and stays one.
    #expect(session.guards.allSatisfy { $0.kind != .kind })
  }

  @Test func `admit no frame that holds another kind`() throws {
    let (session, endings) = try run([.int(1), number(0.5), number(2.5)])
    #expect(
      endings == [.returned(.int(21)), .returned(number(20.5)), .returned(number(22.5))])
    #expect(try session.statistic("compiles") == 2)
    #expect(try session.statistic("discards") == 1)
    #expect(!session.statistics.contains { $0.name == "failures of kind" })
  }

  @Test func `are made for any kind where kinds go on changing`() throws {
    let arguments = (0..<10).map { $0 % 2 == 0 ? .int(1) : number(0.5) }
    let (session, endings) = try run(arguments)
    for (ending, argument) in zip(endings, arguments) {
      #expect(ending == .returned(argument == .int(1) ? .int(21) : number(20.5)))
    }
    #expect(try session.statistic("compiles") == UInt64(Tuning.entryMisfitLimit) + 1)
    #expect(try session.statistic("stack replacements") == 10)
  }

  /// Adds a binding to its argument in each of six rounds, in each of which it may call itself, with
  /// a number, from tier 0; the binding changes then.
  private static let nested = """
    binding scale

    func again(i, stop, scale1) {
        Debug
        LoadLocal i
        LoadLocal stop
        Eq
        JumpIfFalse kept
        PushConst 0.5
        PushConst -1
        PushConst 0
        Call work
        Pop
        LoadLocal scale1
        StoreModuleBinding scale
    kept:
        PushNull
        ReturnValue
    }

    func work(sum, stop, scale1) {
        local i: int
        PushConst 0
        StoreLocal i
        LoopStart end
    body:
        LoadLocal sum
        LoadModuleBinding scale
        Add
        StoreLocal sum
        LoadLocal i
        LoadLocal stop
        LoadLocal scale1
        Call again
        Pop
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 6
        LtInt
        JumpIfTrue body
    end:
        LoopEnd
        LoadLocal sum
        ReturnValue
    }

    main() {
        PushConst 1
        StoreModuleBinding scale
        PushConst 1
        PushConst -1
        PushConst 0
        Call work
        Pop
        PushConst 1
        PushConst 4
        PushConst 100
        Call work
        Halt
    }

    """

  @Test func `leave no frame in code whose facts nobody watches`() throws {
    let program = try assembled(Self.nested)
    let policy = ClosurePolicy()
    policy.compilesLoop = { function, _, count in function.position == 1 && count >= 7 }
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    let ending = try session.run(RunRequest(entry: program.program.mainIndex)).ending
    #expect(ending == .returned(.int(106)))
    #expect(try session.statistic("discards") == 1)
    #expect(try session.statistic("discarded exits") == 1)
  }
}
