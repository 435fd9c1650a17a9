import Bytecode
import Testing

@testable import JIT

/// A function that reads an object on both sides of a call that may give it a key.
private enum Reader {
  static func source(_ schedule: String = "") -> String {
    """
    func grow(of, grows) {
        Debug
        LoadLocal grows
        JumpIfFalse kept
        LoadLocal of
        PushConst 7
        SetProp .c
        Pop
    kept:
        PushNull
        ReturnValue
    }

    func read(of, grows) {
        LoadLocal of
        GetProp .a
        LoadLocal of
        LoadLocal grows
        Call grow
        Pop
        LoadLocal of
        GetProp .b
        Add
        LoadLocal of
        GetProp .c
        BuiltinCall print 1
        Pop
        ReturnValue
    }

    main(at: int) {
        local i: int, total
        PushConst 0
        StoreLocal i
        PushConst 0
        StoreLocal total
    next:
        LoadLocal total
        PushConst "a"
        LoadLocal i
        PushConst "b"
        PushConst 2
        NewObject 2
        LoadLocal i
        LoadLocal at
        EqInt
        Call read
        Add
        StoreLocal total
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 10
        LtInt
        JumpIfTrue next
        LoadLocal total
        Halt
    }
    \(schedule)
    """
  }
  static let read = FunctionIndex(1)
  static let keys = [Literal("a"), Literal("b")]

  static func unit(isChildless: Bool) throws -> CompiledUnit {
    let program = try assembled(source())
    let (shapes, strings) = (ShapeGraph(), StaticStrings())
    var shape: UInt32 = 0
    for key in keys { shape = shapes.makeChild(shape, strings.intern(key)) }
    let source = FeedbackSource(program: program.program, shapes: shapes, strings: strings)
    var feedback = program.program.functions.enumerated().map { position, function in
      let vector = FeedbackVector(bodyLength: function.bodyLength)
      if FunctionIndex(position) == read {
        for (offset, key) in [(1, "a"), (7, "b"), (10, "c")] {
          let found = keys.contains(Literal(key)) ? strings.intern(Literal(key)) : nil
          vector.record(PropertyEntry.shape(shape, found), at: offset)
        }
      }
      return FunctionFeedback(vector, source)
    }
    if isChildless { feedback[read.position].childless = [keys] }
    return try UnitCompiler().compile(
      functions: [read], in: program, speculatingOn: feedback)
  }

  /// Runs main with `read` alone compiled, at its third call, and in tier 0.
  static func run(at: Int64, _ schedule: String = "") throws -> AutoSession {
    let program = try assembled(source(schedule))
    let policy = ClosurePolicy()
    policy.compilesFunction = { function, call in function == read && call >= 3 }
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    let request = RunRequest(
      entry: program.program.mainIndex, arguments: [.int(at)], recordsEvents: true)
    let interpreted = try InterpreterEngine().prepare(program).run(request)
    #expect(try session.run(request) == interpreted)
    return session
  }
}

@Suite struct `Code that rests on shapes without children` {
  @Test func `tests a shape once, and says what it rests on`() throws {
    let unit = try Reader.unit(isChildless: true)
    #expect(unit.guardRecords.map(\.predicate) == [.shape(Reader.keys)])
    #expect(unit.dependencies == [.noChildShape(Reader.keys)])
    let other = try Reader.unit(isChildless: false)
    #expect(other.guardRecords.count { $0.kind == .shape } == 3)
    #expect(other.dependencies.isEmpty)
  }

  @Test func `leaves behind the call that makes the first child`() throws {
    let session = try Reader.run(at: 5)
    #expect(try session.statistic("invalidations") == 1)
    #expect(try session.statistic("discarded exits") == 1)
    #expect(session.guards.count { $0.kind == .shape } > 1)
  }

  @Test func `goes on where no object grows`() throws {
    let session = try Reader.run(at: 20)
    #expect(try session.statistic("invalidations") == 0)
    #expect(session.guards.count { $0.kind == .shape } == 1)
  }

  @Test func `is discarded when the schedule says so`() throws {
    let session = try Reader.run(
      at: 20, "schedule {\n    args (20)\n    invalidate shape {a, b} at 14\n}")
    #expect(try session.statistic("invalidations") == 1)
    // What it rests on still holds: it is made again.
    #expect(try session.statistic("compiles") == 2)
  }
}
