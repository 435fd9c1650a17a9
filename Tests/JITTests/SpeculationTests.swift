import Bytecode
import Testing

@testable import JIT

/// What tier 0 might have seen of the function a program begins with.
private struct RecordedFeedback {
  let program: VerifiedProgram
  let vector: FeedbackVector
  private let shapes = ShapeGraph()
  private let strings = StaticStrings()

  init(_ body: String, before: String = "") throws {
    program = try assembled(
      "\(before)\nfunc f(of, at) {\n\(body)\nReturnValue\n}\nmain() {\nPushNull\nHalt\n}")
    vector = FeedbackVector(bodyLength: program.program[FunctionIndex(0)].bodyLength)
  }

  /// Records that an access met an object with some keys, and whether it found its own.
  func object(_ keys: [String], at offset: Int, finding key: String? = nil) {
    var shape: UInt32 = 0
    for key in keys {
      let number = strings.intern(Literal(key))
      shape = shapes.child(shape, number) ?? shapes.makeChild(shape, number)
    }
    vector.record(
      PropertyEntry.shape(shape, key.map { strings.intern(Literal($0)) }), at: offset)
  }

  func element(_ receiver: ValueKind, _ index: ValueKind, at offset: Int) {
    _ = vector.record(ElementEntry(receiver: receiver, index: index), at: offset)
  }

  var snapshot: FunctionFeedback {
    FunctionFeedback(
      vector, FeedbackSource(program: program.program, shapes: shapes, strings: strings))
  }

  func speculation(refuting refuted: Set<RefutedGuard> = []) -> Speculation {
    var feedback = snapshot
    feedback.refuted = refuted
    let plan = BlockPlan(program, FunctionIndex(0), from: 0, handlers: [])
    return Speculation(program, FunctionIndex(0), plan, feedback, from: (0, .empty))
  }

  func access(at offset: Int) -> Speculation.Access? { speculation().access(at: offset) }

  func unit() throws -> CompiledUnit {
    let other = FunctionFeedback(
      FeedbackVector(bodyLength: program.program.main.bodyLength),
      FeedbackSource(program: program.program, shapes: shapes, strings: strings))
    return try UnitCompiler().compile(
      functions: [FunctionIndex(0)], in: program, speculatingOn: [snapshot, other])
  }
}

private func part(
  _ keys: [String], _ slot: Int?, _ kinds: KindSet = .anything
) -> Speculation.Part {
  Speculation.Part(layout: .shape(keys.map { Literal($0) }), slot: slot, kinds: kinds)
}

@Suite struct `Decisions at accesses by name` {
  private static let load = "LoadLocal of\nGetProp .a"
  private static let store = "LoadLocal of\nLoadLocal at\nSetProp .a"

  @Test func `tell up to four shapes apart, in the order they were met`() throws {
    let feedback = try RecordedFeedback(Self.load)
    #expect(feedback.access(at: 1) == nil)
    feedback.object(["b", "a"], at: 1, finding: "a")
    #expect(feedback.access(at: 1) == .parts([part(["b", "a"], 1)]))
    feedback.object(["a"], at: 1, finding: "a")
    #expect(feedback.access(at: 1) == .parts([part(["b", "a"], 1), part(["a"], 0)]))
    for key in ["c", "d", "e"] { feedback.object([key], at: 1) }
    #expect(feedback.access(at: 1) == nil)
  }

  @Test func `know what a shape without the key gives`() throws {
    let feedback = try RecordedFeedback(Self.load)
    feedback.object(["b"], at: 1)
    #expect(feedback.access(at: 1) == .parts([part(["b"], nil, .null)]))
    let length = try RecordedFeedback("LoadLocal of\nGetProp .length")
    length.object(["b"], at: 1)
    #expect(length.access(at: 1) == .parts([part(["b"], nil, .int)]))
  }

  @Test func `leave dictionaries and receivers without properties alone`() throws {
    for entry in [PropertyEntry.dictionary, .kind(.int), .kind(.intArray)] {
      let feedback = try RecordedFeedback(Self.load)
      feedback.object(["a"], at: 1, finding: "a")
      feedback.vector.record(entry, at: 1)
      #expect(feedback.access(at: 1) == nil)
    }
  }

  @Test func `add keys up to the last that shapes have`() throws {
    let feedback = try RecordedFeedback(Self.store)
    feedback.object(["b"], at: 2)
    #expect(feedback.access(at: 2) == .parts([part(["b"], nil, .null)]))
    let full = try RecordedFeedback(Self.store)
    full.object((0..<64).map { "k\($0)" }, at: 2)
    #expect(full.access(at: 2) == nil)
  }

  @Test func `take the kinds of fields from their schema`() throws {
    let schema = "schema P { a: int, b }"
    let feedback = try RecordedFeedback(Self.load, before: schema)
    feedback.vector.record(PropertyEntry.schema(SchemaIndex(0), 0), at: 1)
    let part = Speculation.Part(layout: .schema(SchemaIndex(0)), slot: 0, kinds: .int)
    #expect(feedback.access(at: 1) == .parts([part]))
    let typed = try RecordedFeedback("LoadLocal of\nGetFieldTyped P.a", before: schema)
    typed.vector.record(PropertyEntry.schema(SchemaIndex(0), 0), at: 1)
    #expect(typed.access(at: 1) == .parts([part]))
  }

  @Test func `leave stores into fields that are not there to the runtime`() throws {
    let feedback = try RecordedFeedback(Self.store, before: "schema P { b }")
    feedback.vector.record(PropertyEntry.schema(SchemaIndex(0), nil), at: 2)
    #expect(feedback.access(at: 2) == nil)
  }

  @Test func `know arrays by their length`() throws {
    let feedback = try RecordedFeedback("LoadLocal of\nGetProp .length")
    feedback.vector.record(PropertyEntry.kind(.floatArray), at: 1)
    #expect(feedback.access(at: 1) == .length(.floatArray))
    feedback.vector.record(PropertyEntry.kind(.intArray), at: 1)
    #expect(feedback.access(at: 1) == nil)
  }
}

@Suite struct `Decisions at accesses by an index` {
  private static let load = "LoadLocal of\nLoadLocal at\nGetProp"

  @Test func `rest on one kind of array and on ints`() throws {
    let feedback = try RecordedFeedback(Self.load)
    feedback.element(.intArray, .int, at: 2)
    #expect(
      feedback.access(at: 2) == .element(.init(array: .intArray, isGuardedInBounds: true)))
    #expect(feedback.speculation().accessResult(at: 2) == .int)
    feedback.element(.floatArray, .int, at: 2)
    #expect(feedback.access(at: 2) == nil)
  }

  @Test(arguments: [(ValueKind.intArray, ValueKind.number), (.string, .int), (.object, .int)])
  func `leave other receivers and indices alone`(
    _ receiver: ValueKind, _ index: ValueKind
  ) throws {
    let feedback = try RecordedFeedback(Self.load)
    feedback.element(receiver, index, at: 2)
    #expect(feedback.access(at: 2) == nil)
  }

  @Test func `expect no index where a key was met`() throws {
    let feedback = try RecordedFeedback(Self.load)
    feedback.element(.intArray, .int, at: 2)
    feedback.vector.record(PropertyEntry.kind(.intArray), at: 2)
    #expect(feedback.access(at: 2) == nil)
  }

  @Test func `keep to the kinds where indices have left the bounds`() throws {
    let feedback = try RecordedFeedback(Self.load)
    feedback.element(.boolArray, .int, at: 2)
    let speculation = feedback.speculation(refuting: [RefutedGuard(kind: .bounds, offset: 2)])
    #expect(
      speculation.access(at: 2)
        == .element(.init(array: .boolArray, isGuardedInBounds: false)))
    #expect(speculation.accessResult(at: 2) == .bool)
  }
}

@Suite struct `Guards of shapes` {
  @Test func `are listed with the code`() throws {
    let feedback = try RecordedFeedback("LoadLocal of\nLoadLocal at\nSetProp .a\nGetProp .b")
    feedback.object(["b", "a"], at: 2, finding: "a")
    feedback.object(["b", "a"], at: 3, finding: "b")
    let function = try #require(feedback.unit()[FunctionIndex(0)])
    let keys = [Literal("b"), Literal("a")]
    #expect(
      function.shapeGuards == [
        ShapeGuard(
          shape: keys, property: Literal("a"), slot: 1, site: Site(FunctionIndex(0), offset: 2),
          ordinal: 0),
        ShapeGuard(
          shape: keys, property: Literal("b"), slot: 0, site: Site(FunctionIndex(0), offset: 3),
          ordinal: 1),
      ])
  }

  @Test func `keep code out of sessions that have no such shape`() throws {
    let feedback = try RecordedFeedback("LoadLocal of\nGetProp .a")
    feedback.object(["b", "a"], at: 1, finding: "a")
    let unit = try feedback.unit()
    let state = RunState(program: TierZeroProgram(feedback.program, observesLoops: true))
    #expect(!unit.isInstallable(in: state))
    let first = state.childShape(0, state.strings.intern(Literal("b")))
    #expect(!unit.isInstallable(in: state))
    _ = state.childShape(first, state.strings.intern(Literal("a")))
    #expect(unit.isInstallable(in: state))
  }

  @Test func `rest on keys, whatever numbers a session gives to shapes`() throws {
    let first = try RecordedFeedback("LoadLocal of\nGetProp .a")
    first.object(["a"], at: 1, finding: "a")
    let second = try RecordedFeedback("LoadLocal of\nGetProp .a")
    second.object(["b", "a"], at: 0)
    second.object(["a"], at: 1, finding: "a")
    #expect(first.snapshot.properties[1] == second.snapshot.properties[1])
    #expect(try first.unit().codeDigest == second.unit().codeDigest)
  }
}
