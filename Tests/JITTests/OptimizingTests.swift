import Bytecode
import Testing

@testable import JIT

/// Programs that surprise optimized code.
private enum Surprises {
  /// Main calls `sum` for 0, 1, 2 … and, from its second argument on, for its first.
  static let calls = """
    func leaf(x) {
        LoadLocal x
        LoadLocal x
        Mul
        ReturnValue
    }

    func middle(x) {
        PushConst 2
        LoadLocal x
        Call leaf
        Add
        ReturnValue
    }

    func sum(x) {
        PushConst 1
        LoadLocal x
        Call middle
        Add
        ReturnValue
    }

    main(surprise, first: int) {
        local i: int, total, x
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal total
    next:
        LoadLocal i
        StoreLocal x
        LoadLocal i
        LoadLocal first
        LtInt
        JumpIfTrue known
        LoadLocal surprise
        StoreLocal x
    known:
        LoadLocal total
        LoadLocal x
        Call sum
        Add
        StoreLocal total
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 20
        LtInt
        JumpIfTrue next
        LoadLocal total
        Halt
    }
    """

  static let leaf = FunctionIndex(0)
  static let sum = FunctionIndex(2)
}

/// Runs main of the program of calls in optimized code, functions only, and in tier 0.
private func compare(
  _ surprise: ObservedValue, from first: Int64
) throws -> (session: AutoSession, optimized: Outcome, interpreted: Outcome) {
  let program = try assembled(Surprises.calls)
  let policy = ClosurePolicy()
  policy.compilesFunction = { function, call in function == Surprises.sum && call >= 3 }
  let session = try AutoSession(
    program, policy, DeterministicExecutor(), speculates: true)
  let request = RunRequest(entry: program.program.mainIndex, arguments: [surprise, .int(first)])
  let interpreted = try InterpreterEngine().prepare(program).run(request)
  return (session, try session.run(request), interpreted)
}

@Suite struct `Optimized code` {
  @Test func `passes its guards where nothing surprises it`() throws {
    let (session, optimized, interpreted) = try compare(.int(3), from: 20)
    #expect(optimized == interpreted)
    #expect(try session.statistic("guard failures") == 0)
    #expect(try session.statistic("compiles") == 1)
    #expect(try session.statistic("compiled entries") == 18)
  }

  @Test func `leaves all frames of an inlined chain where a result is no int`() throws {
    let (session, optimized, interpreted) = try compare(.int(20_000_000), from: 19)
    #expect(optimized == interpreted)
    #expect(try session.statistic("guard failures") == 1)
    #expect(try session.statistic("failures of intRange") == 1)
    #expect(try session.statistic("greatest frames left") == 3)
    #expect(try session.statistic("discards") == 0)
  }

  @Test func `leaves where an operand is of another kind`() throws {
    let (session, optimized, interpreted) = try compare(
      .number(bitPattern: (2.5).bitPattern), from: 19)
    #expect(optimized == interpreted)
    #expect(try session.statistic("failures of kind") == 1)
  }

  @Test func `raises in tier 0 what it leaves for`() throws {
    let (session, optimized, interpreted) = try compare(.bool(true), from: 19)
    #expect(optimized == interpreted)
    guard case .trapped(.typeError, _, let raise) = optimized.ending else {
      Issue.record("\(optimized.ending)")
      return
    }
    #expect(raise.site == Site(Surprises.leaf, offset: 2))
    #expect(try session.statistic("greatest frames left") == 3)
  }

  @Test func `is discarded at the fourth failure, and does not fail so again`() throws {
    let (session, optimized, interpreted) = try compare(.int(20_000_000), from: 10)
    #expect(optimized == interpreted)
    #expect(try session.statistic("failures of intRange") == 4)
    #expect(try session.statistic("discards") == 1)
    #expect(try session.statistic("compiles") == 2)
  }
}

@Suite struct `What feedback suggests` {
  private func speculation(
    _ pairs: [KindPair], refuted: Set<RefutedGuard> = []
  ) throws -> Speculation {
    let program = try assembled(Surprises.calls)
    let vector = FeedbackVector(bodyLength: program.program[Surprises.leaf].bodyLength)
    for pair in pairs { _ = vector.record(pair, at: 2) }
    var feedback = FunctionFeedback(
      vector,
      FeedbackSource(
        program: program.program, shapes: ShapeGraph(),
        strings: StaticStrings()))
    feedback.refuted = refuted
    return Speculation(
      program, Surprises.leaf, BlockPlan(program, Surprises.leaf), feedback, from: (0, .empty))
  }

  @Test func `is nothing without feedback`() throws {
    #expect(try speculation([]).operands(at: 2) == nil)
  }

  @Test func `is an int of two ints, unless that was refuted`() throws {
    let ints = KindPair(left: .int, right: .int)
    #expect(
      try speculation([ints]).operands(at: 2)
        == Speculation.Operands(left: .int, right: .int, result: .int))
    let refuted = RefutedGuard(kind: .intRange, offset: 2)
    #expect(
      try speculation([ints], refuted: [refuted]).operands(at: 2)
        == Speculation.Operands(left: .int, right: .int, result: .numeric))
  }

  @Test func `is a number only where one operand always was`() throws {
    let mixed = [
      KindPair(left: .int, right: .number), KindPair(left: .number, right: .number),
    ]
    #expect(
      try speculation(mixed).operands(at: 2)
        == Speculation.Operands(left: .numeric, right: .number, result: .number))
    let crossed = [KindPair(left: .int, right: .number), KindPair(left: .number, right: .int)]
    #expect(
      try speculation(crossed).operands(at: 2)
        == Speculation.Operands(left: .numeric, right: .numeric, result: .numeric))
  }

  @Test func `is nothing where operands were no numbers, or too many things`() throws {
    #expect(try speculation([KindPair(left: .string, right: .int)]).operands(at: 2) == nil)
    let many = [ValueKind.int, .number, .bool, .null, .unit].map {
      KindPair(left: $0, right: .int)
    }
    #expect(try speculation(many).operands(at: 2) == nil)
  }
}
