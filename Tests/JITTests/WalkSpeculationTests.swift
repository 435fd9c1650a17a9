import Bytecode
import Testing

@testable import JIT

/// A builtin that calls back, of which tier 0 might have seen several callees.
private enum Walks {
  static let source = """
    func one(x) {
        LoadLocal x
        PushConst 1
        Add
        ReturnValue
    }

    func outer(x, i) {
        LoadLocal x
        Call one
        LoadLocal i
        Sub
        ReturnValue
    }

    func many(a, b, c) {
        Return
    }

    func walk(items, f) {
        LoadLocal items
        LoadLocal f
        BuiltinCall map 2
        ReturnValue
    }

    main(a) {
        local turn: int
        PushConst 0
        StoreLocal turn
    next:
        PushConst 1
        LoadLocal a
        NewArray 2
        PushConst @outer
        Call walk
        LoadLocal turn
        PushConst 1
        AddInt
        StoreLocal turn
        LoadLocal turn
        PushConst 9
        LtInt
        JumpIfFalse end
        Pop
        Jump next
    end:
        Halt
    }
    """
  static let (one, outer, many, walk) = (
    FunctionIndex(0), FunctionIndex(1), FunctionIndex(2), FunctionIndex(3)
  )

  static func unit(_ callees: [CalleeEntry]) throws -> CompiledUnit {
    let program = try assembled(source)
    let source = FeedbackSource(
      program: program.program, shapes: ShapeGraph(), strings: StaticStrings())
    let feedback = program.program.functions.enumerated().map { position, function in
      let vector = FeedbackVector(bodyLength: function.bodyLength)
      switch FunctionIndex(position) {
      case walk: for callee in callees { vector.record(callee, at: 2) }
      case one: _ = vector.record(KindPair(left: .int, right: .int), at: 2)
      default: break
      }
      return FunctionFeedback(vector, source)
    }
    return try UnitCompiler().compile(
      functions: [walk], in: program, speculatingOn: feedback)
  }
}

@Suite struct `Walks whose callees are known` {
  @Test func `have a guard for the last of them`() throws {
    let unit = try Walks.unit([.function(Walks.one), .function(Walks.outer)])
    let guards = unit.guardRecords.filter { $0.kind == .callee }
    #expect(guards.map(\.predicate) == [.callee(Walks.outer)])
    #expect(guards.map(\.operand) == [1])
  }

  @Test func `have none where one of them would trap, or is no function`() throws {
    for other in [CalleeEntry.function(Walks.many), .kind(.int)] {
      #expect(try Walks.unit([.function(Walks.one), other]).guardRecords.isEmpty)
    }
  }

  @Test func `let callbacks leave without them, with what is inlined there`() throws {
    let points = try Walks.unit([.function(Walks.outer)]).deoptimizationPoints
    let chains = points.filter { $0.guardRecord?.kind != .callee }.map { $0.frames.map(\.function) }
    #expect(!chains.isEmpty)
    #expect(Set(chains) == [[Walks.outer, Walks.one]])
    let sites = Set(points.compactMap(\.guardRecord).filter { $0.kind != .callee }.map(\.chain))
    #expect(sites == [[Site(Walks.walk, offset: 2), Site(Walks.outer, offset: 1)]])
  }

  @Test func `are discarded when what is inlined has failed four times`() throws {
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in function == Walks.walk && call >= 3 }
    let program = try assembled(Walks.source)
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    let request = { (last: ObservedValue) in
      RunRequest(entry: program.program.mainIndex, arguments: [last])
    }
    _ = try session.run(request(.int(2)))
    #expect(try session.statistic("discards") == 0)
    let interpreted = try InterpreterEngine().prepare(program).run(
      request(.number(bitPattern: (2.5).bitPattern)))
    #expect(try session.run(request(.number(bitPattern: (2.5).bitPattern))) == interpreted)
    #expect(try session.statistic("failures of kind") == 4)
    #expect(try session.statistic("discards") == 1)
  }
}
