import Bytecode
import Testing

@testable import JIT

/// A function that adds a number to its argument where a flag says so, and otherwise an int.
private enum Choice {
  static let source = """
    func choose(x: int, odd) {
        local result
        LoadLocal x
        StoreLocal result
        LoadLocal odd
        JumpIfFalse usual
        PushConst 0.5
        StoreLocal result
    usual:
        LoadLocal result
        LoadLocal x
        Add
        ReturnValue
    }

    main(odd) {
        PushConst 1
        PushConst false
        Call choose
        PushConst 2
        PushConst false
        Call choose
        Add
        PushConst 3
        LoadLocal odd
        Call choose
        Add
        ReturnValue
    }
    """
  static let function = FunctionIndex(0)
  static let jump = 3
  static let joined = 6

  static func feedback(
    _ branch: FeedbackVector.Branch, in program: VerifiedProgram
  ) -> FunctionFeedback {
    let vector = FeedbackVector(bodyLength: program.program[function].bodyLength)
    vector.branches[jump] = branch
    return FunctionFeedback(
      vector,
      FeedbackSource(
        program: program.program, shapes: ShapeGraph(), strings: StaticStrings()))
  }
}

@Suite struct `Branches that went one way` {
  private func plan(
    _ taken: UInt64, _ notTaken: UInt64
  ) throws -> (plan: BlockPlan, speculation: Speculation) {
    let program = try assembled(Choice.source)
    let feedback = Choice.feedback(.init(taken: taken, notTaken: notTaken), in: program)
    let plan = BlockPlan(program, Choice.function, feedback: feedback)
    return (
      plan, Speculation(program, Choice.function, plan, feedback, from: (0, .empty))
    )
  }

  private func offsets(_ plan: BlockPlan) -> [Int] { plan.blocks.map(\.offsets.lowerBound) }

  @Test func `are laid out that way only`() throws {
    #expect(try offsets(plan(5, 0).plan) == [0, 6])
    #expect(try offsets(plan(0, 5).plan) == [0, 4, 6])
    #expect(try offsets(plan(5, 1).plan) == [0, 4, 6])
    #expect(try offsets(plan(0, 0).plan) == [0, 4, 6])
  }

  @Test func `say which way a guard lets through`() throws {
    #expect(try plan(5, 0).plan.successors(of: Choice.jump).guardedWay == .taken)
    #expect(try plan(0, 5).plan.successors(of: Choice.jump).guardedWay == .notTaken)
    #expect(try plan(5, 1).plan.successors(of: Choice.jump).guardedWay == nil)
    #expect(try plan(0, 0).plan.successors(of: Choice.jump).guardedWay == nil)
  }

  @Test func `keep the kinds of the other way out of what follows`() throws {
    func result(_ taken: UInt64, _ notTaken: UInt64) throws -> KindSet {
      let (plan, speculation) = try plan(taken, notTaken)
      return speculation.state(ofBlock: plan.position(of: Choice.joined, .empty)).locals[2]
    }
    #expect(try result(5, 0) == .int)
    #expect(try result(0, 5) == .number)
    #expect(try result(5, 1) == .numeric)
  }

  @Test func `leave for tier 0 the first time they go the other`() throws {
    let program = try assembled(Choice.source)
    for (odd, failures) in [(false, nil), (true, 1)] as [(Bool, UInt64?)] {
      let session = try OptimizingEngine().prepare(program)
      let request = RunRequest(entry: program.program.mainIndex, arguments: [.bool(odd)])
      let interpreted = try InterpreterEngine().prepare(program).run(request)
      #expect(try session.run(request) == interpreted)
      let count = session.statistics.first { $0.name == "failures of branchNotTaken" }?.value
      #expect(count == failures)
      let record = try #require(session.guards.first { $0.kind == .branchNotTaken })
      #expect(record.site == Site(Choice.function, offset: Choice.jump))
      #expect(record.predicate == .truth(false))
    }
  }
}
