import Bytecode
import Testing

@testable import JIT

/// A function that runs hot on a scale that main stores, then calls one that may change it, which is
/// not inlined.
private enum Scaled {
  static let source = """
    binding scale
    binding apply

    func double(x) {
        LoadLocal x
        PushConst 2
        Mul
        ReturnValue
    }

    func change(changes) {
        Debug
        LoadLocal changes
        JumpIfFalse kept
        LoadModuleBinding scale
        PushConst 1
        Add
        StoreModuleBinding scale
    kept:
        PushNull
        ReturnValue
    }

    func scaled(x, changes) {
        LoadModuleBinding scale
        LoadLocal changes
        Call change
        Pop
        LoadLocal x
        LoadModuleBinding scale
        Mul
        Add
        LoadModuleBinding apply
        LoadLocal x
        CallValue 1
        Add
        ReturnValue
    }

    main(at: int, twice) {
        local i: int, total
        PushConst 10
        StoreModuleBinding scale
        PushConst @double
        StoreModuleBinding apply
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal total
    next:
        LoadLocal total
        LoadLocal i
        LoadLocal i
        LoadLocal at
        EqInt
        Call scaled
        Add
        StoreLocal total
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        LoadLocal at
        EqInt
        LoadLocal twice
        And
        JumpIfFalse on
        PushConst 3
        StoreModuleBinding scale
    on:
        LoadLocal i
        PushConst 10
        LtInt
        JumpIfTrue next
        LoadLocal total
        Halt
    }
    """
  static let scaled = FunctionIndex(2)
  static let scale = BindingIndex(0)
  static let apply = BindingIndex(1)

  /// Runs main with `scaled` alone compiled, at its third call, in optimized code and in tier 0.
  static func run(
    at: Int64, twice: Bool = false, of program: VerifiedProgram, in session: AutoSession
  ) throws {
    let request = RunRequest(
      entry: program.program.mainIndex, arguments: [.int(at), .bool(twice)], recordsEvents: true)
    let interpreted = try InterpreterEngine().prepare(program).run(request)
    #expect(try session.run(request) == interpreted)
  }

  static func session(_ program: VerifiedProgram) throws -> AutoSession {
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in function == scaled && call >= 3 }
    return try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
  }

  static func unit(_ facts: [Int: BindingFact]) throws -> (CompiledUnit, VerifiedProgram) {
    let program = try assembled(source)
    let state = RunState(program: TierZeroProgram(program))
    let source = FeedbackSource(
      program: program.program, shapes: state.shapes, strings: state.strings)
    var feedback = program.program.functions.map {
      FunctionFeedback(FeedbackVector(bodyLength: $0.bodyLength), source)
    }
    feedback[scaled.position].bindings = facts
    let unit = try UnitCompiler().compile(
      functions: [scaled], in: program, speculatingOn: feedback)
    return (unit, program)
  }
}

@Suite struct `Code that rests on bindings` {
  @Test func `says so`() throws {
    let facts: [Int: BindingFact] = [0: .int(10), 5: .int(10), 8: .function(FunctionIndex(0))]
    let (unit, _) = try Scaled.unit(facts)
    #expect(
      unit.dependencies == [
        .binding(Scaled.scale, .int(10)), .binding(Scaled.apply, .function(FunctionIndex(0))),
      ])
    #expect(try Scaled.unit([:]).0.dependencies.isEmpty)
  }

  @Test func `tests behind what may break it, and nowhere else`() throws {
    func discards(_ facts: [Int: BindingFact]) throws -> [[DeoptimizationPoint.Position]] {
      try Scaled.unit(facts).0.deoptimizationPoints.filter { $0.reason == .discarded }.map {
        $0.frames.map(\.position)
      }
    }
    // Behind the call of `change`, and that of a value of which nothing is known.
    #expect(try discards([0: .int(10)]) == [[.before(3)], [.before(11)]])
    // Of a function that is known, which is inlined.
    #expect(try discards([8: .function(FunctionIndex(0))]) == [[.before(3)]])
    #expect(try discards([:]).isEmpty)
  }

  @Test func `needs no guard of a function that a binding holds`() throws {
    let (unit, _) = try Scaled.unit([8: .function(FunctionIndex(0))])
    #expect(unit.guardRecords.allSatisfy { $0.kind != .callee })
  }

  @Test func `goes on where nothing changes`() throws {
    let program = try assembled(Scaled.source)
    let session = try Scaled.session(program)
    try Scaled.run(at: 20, of: program, in: session)
    #expect(try session.statistic("compiles") == 1)
    #expect(try session.statistic("invalidations") == 0)
    #expect(try session.statistic("discarded exits") == 0)
  }

  @Test func `leaves behind the call that changes a binding, and is made anew`() throws {
    let program = try assembled(Scaled.source)
    let session = try Scaled.session(program)
    try Scaled.run(at: 5, of: program, in: session)
    #expect(try session.statistic("invalidations") == 1)
    #expect(try session.statistic("discarded exits") == 1)
    #expect(try session.statistic("compiles") == 2)
  }

  @Test func `is discarded between its calls, too, and a second change is the last`() throws {
    let program = try assembled(Scaled.source)
    let session = try Scaled.session(program)
    try Scaled.run(at: 5, twice: true, of: program, in: session)
    // Main stores before the sixth call, which changes the binding once more.
    #expect(try session.statistic("invalidations") == 1)
    #expect(try session.statistic("discarded exits") == 0)
    #expect(try session.statistic("compiles") == 2)
  }

  @Test func `is discarded when bindings are reset`() throws {
    let program = try assembled(Scaled.source)
    let session = try Scaled.session(program)
    try Scaled.run(at: 20, of: program, in: session)
    try Scaled.run(at: 20, of: program, in: session)
    #expect(try session.statistic("invalidations") == 1)
    #expect(try session.statistic("compiles") == 2)
  }
}

@Suite struct `Facts of bindings` {
  private func facts(
    _ stores: [Word], boxed: Bool = false
  ) throws -> [Int: BindingFact] {
    let program = try assembled(
      """
      binding b
      main() {
          \(boxed ? "BoxModuleBinding b\nPop" : "Nop\nNop")
          LoadModuleBinding b
          Halt
      }
      """)
    let session = try OptimizingEngine().prepare(program)
    let request = RunRequest(entry: program.program.mainIndex, arguments: [])
    _ = try session.run(request)
    guard let state = (session as? AutoSession)?.state else { return [:] }
    try state.begin(request)
    for store in stores {
      if state.context.pointee.binding_watches[0] != 0 {
        state.noteStore(BindingIndex(0), store)
      }
      state.context.pointee.bindings[0] = store.bits
    }
    return state.bindingFacts(in: program.program.mainIndex)
  }

  @Test func `are the values of those that changed once at most`() throws {
    #expect(try facts([]) == [2: .null])
    #expect(try facts([Word(int: 5)]) == [2: .int(5)])
    #expect(try facts([Word(int: 5), Word(int: 5)]) == [2: .int(5)])
    #expect(try facts([Word(int: 5), Word(int: 6)]) == [:])
    #expect(try facts([Word(int: 5), Word(int: 6), Word(int: 6)]) == [:])
  }

  @Test func `tell scalars by value and the rest by kind`() throws {
    #expect(try facts([Word(number: 0.5)]) == [2: .number(bitPattern: (0.5).bitPattern)])
    #expect(try facts([.true]) == [2: .bool(true)])
    #expect(
      try facts([Word(function: FunctionIndex(0))]) == [2: .function(FunctionIndex(0))])
  }

  @Test func `are none of bindings that are cells`() throws {
    #expect(try facts([], boxed: true) == [:])
  }
}
