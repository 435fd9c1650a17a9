import Bytecode
import Testing

@testable import JIT

/// A call of a value and one of a method, of which tier 0 might have seen several callees.
private enum Callees {
  static let source = """
    schema P { a }
    schema Q { a }

    func one(x) {
        LoadLocal x
        PushConst 1
        Add
        ReturnValue
    }

    func half(x) {
        LoadLocal x
        PushConst 0.5
        Mul
        ReturnValue
    }

    func pair(x, y) {
        LoadLocal y
        ReturnValue
    }

    func P.m(self) {
        PushConst 1
        ReturnValue
    }

    func Q.m(self) {
        PushConst "q"
        ReturnValue
    }

    func calls(f, of) {
        LoadLocal f
        PushConst 3
        CallValue 1
        LoadLocal of
        CallMethod m 0
        Add
        ReturnValue
    }

    main(f, g, last) {
        LoadLocal f
        PushConst 5
        NewTypedObject P
        Call calls
        Pop
        LoadLocal g
        PushConst 5
        NewTypedObject P
        Call calls
        Pop
        LoadLocal f
        PushConst 5
        NewTypedObject P
        Call calls
        LoadLocal last
        PushConst 5
        NewTypedObject P
        Call calls
        Add
        ReturnValue
    }
    """
  static let (one, half, pair) = (FunctionIndex(0), FunctionIndex(1), FunctionIndex(2))
  static let calls = FunctionIndex(5)
  static let (value, method) = (2, 4)

  static func feedback(
    _ callees: [CalleeEntry], _ schemas: [SchemaIndex], in program: VerifiedProgram
  ) -> [FunctionFeedback] {
    let source = FeedbackSource(
      program: program.program, shapes: ShapeGraph(), strings: StaticStrings())
    return program.program.functions.enumerated().map { position, function in
      let vector = FeedbackVector(bodyLength: function.bodyLength)
      if FunctionIndex(position) == calls {
        for callee in callees { vector.record(callee, at: value) }
        for schema in schemas { vector.record(MethodEntry.schema(schema), at: method) }
      }
      return FunctionFeedback(vector, source)
    }
  }

  static func guards(
    _ callees: [CalleeEntry], _ schemas: [SchemaIndex]
  ) throws -> [Guard.Predicate] {
    let program = try assembled(source)
    let unit = try UnitCompiler().compile(
      functions: [calls], in: program,
      speculatingOn: feedback(callees, schemas, in: program))
    return unit.guardRecords.filter { $0.kind == .callee || $0.kind == .receiver }.map(\.predicate)
  }
}

@Suite struct `Calls of several callees` {
  @Test func `have a guard for the last of them`() throws {
    #expect(try Callees.guards([], []) == [])
    #expect(
      try Callees.guards([.function(Callees.one)], [SchemaIndex(0)])
        == [.callee(Callees.one), .schema(SchemaIndex(0))])
    #expect(
      try Callees.guards(
        [.function(Callees.one), .function(Callees.half)], [SchemaIndex(1), SchemaIndex(0)])
        == [.callee(Callees.half), .schema(SchemaIndex(0))])
  }

  @Test func `have none where one of them would trap, or is no function`() throws {
    #expect(try Callees.guards([.function(Callees.one), .function(Callees.pair)], []) == [])
    #expect(try Callees.guards([.function(Callees.one), .kind(.int)], []) == [])
  }

  @Test func `give what their callees give`() throws {
    let program = try assembled(Callees.source)
    let functions = [Callees.one, Callees.half, Callees.pair].map { ObservedValue.function($0) }
    for last in functions + [.int(3)] {
      let policy = ClosurePolicy()
      policy.compilesFunction = { function, call in function == Callees.calls && call >= 3 }
      let session = try AutoSession(
        program, policy, DeterministicExecutor(), speculates: true)
      let request = RunRequest(
        entry: program.program.mainIndex, arguments: [functions[0], functions[1], last])
      let interpreted = try InterpreterEngine().prepare(program).run(request)
      #expect(try session.run(request) == interpreted)
      let failures = session.statistics.first { $0.name == "failures of callee" }?.value
      #expect(failures == (functions.prefix(2).contains(last) ? nil : 1))
    }
  }
}
