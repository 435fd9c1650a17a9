import Bytecode
import Testing

@testable import Fuzzer

/// Histories of code that rests on facts, right and wrong.
@Suite struct `The model of facts` {
  private static let (one, other) = (BindingIndex(0), BindingIndex(1))
  private static let key = Literal("x")
  private static let stores: [Event] = [
    .storeBinding(one, .int(1)), .storeBinding(one, .int(1)), .storeBinding(other, .int(5)),
    .createShape(parent: 0, key: key, number: 1), .createShape(parent: 1, key: key, number: 2),
    .createShape(parent: 1, key: Literal("y"), number: 3),
  ]

  private static func installed(
    _ version: Int, _ dependencies: CodeDependency..., after count: Int, clock: UInt64 = 1
  ) -> CodeEvent {
    .installed(
      version: version, dependencies: dependencies,
      at: CodeEvent.Moment(eventCount: count, clock: clock))
  }

  private static func discarded(
    _ version: Int, _ cause: CodeEvent.Cause, after count: Int
  ) -> CodeEvent {
    .discarded(version: version, cause, at: CodeEvent.Moment(eventCount: count, clock: 1))
  }

  private func model(_ lines: String = "") throws -> FactModel {
    FactModel(
      try Assembler.assemble(
        """
        binding one
        binding other
        main() {
            PushConst "x"
            PushConst 1
            NewObject 1
            Halt
        }
        schedule {
        \(lines)
        }
        """))
  }

  private func problem(_ history: [CodeEvent], _ lines: String = "") throws -> DifferenceField? {
    var model = try model(lines)
    return model.follow(Self.stores, history)?.field
  }

  private static let rests = CodeDependency.binding(one, .null)

  @Test func `has a store discard what rests on the binding`() throws {
    let code = Self.installed(0, Self.rests, after: 0)
    let discard = Self.discarded(0, .store(Self.one), after: 0)
    #expect(try problem([code, discard]) == nil)
    #expect(try problem([code]) == .staleCode)
    #expect(try problem([code, Self.discarded(0, .other, after: 0)]) == nil)
    #expect(try problem([code, discard, discard]) == .superfluousDiscard)
  }

  @Test func `takes no store of the same value, and none of another binding, for a reason`() throws
  {
    let code = Self.installed(0, .binding(Self.one, .int(1)), after: 1)
    #expect(try problem([code]) == nil)
    #expect(
      try problem([code, Self.discarded(0, .store(Self.one), after: 1)]) == .superfluousDiscard)
    #expect(
      try problem([code, Self.discarded(0, .store(Self.other), after: 2)])
        == .superfluousDiscard)
    let late = Self.discarded(0, .store(Self.one), after: 2)
    #expect(try problem([code, late]) == .superfluousDiscard)
  }

  @Test func `has the first child of a shape discard what rests on there being none`() throws {
    let code = Self.installed(0, .noChildShape([Self.key]), after: 3)
    let cause = CodeEvent.Cause.firstChild([Self.key])
    #expect(try problem([code, Self.discarded(0, cause, after: 4)]) == nil)
    #expect(try problem([code]) == .staleCode)
    #expect(try problem([code, Self.discarded(0, cause, after: 3)]) == .superfluousDiscard)
    #expect(try problem([code, Self.discarded(0, cause, after: 5)]) == .staleCode)
  }

  @Test func `lets no code come into use whose facts do not hold`() throws {
    #expect(try problem([Self.installed(0, Self.rests, after: 1)]) == .staleCode)
    #expect(
      try problem([Self.installed(0, .binding(Self.one, .int(2)), after: 1)]) == .staleCode)
    #expect(try problem([Self.installed(0, .noChildShape([]), after: 4)]) == .staleCode)
  }

  @Test func `has the reset between two runs discard what rests on what a run left`() throws {
    let code = Self.installed(0, .binding(Self.other, .int(5)), after: 3)
    let reset = Self.discarded(0, .reset(Self.other), after: 0)
    var kept = try model()
    #expect(kept.follow(Self.stores, [code]) == nil)
    #expect(kept.follow([], [])?.field == .staleCode)
    var right = try model()
    #expect(right.follow(Self.stores, [code]) == nil)
    #expect(right.follow([], [reset]) == nil)
    var early = try model()
    #expect(early.follow([], [Self.installed(0, Self.rests, after: 0)]) == nil)
    #expect(
      early.follow([], [Self.discarded(0, .reset(Self.one), after: 0)])?.field
        == .superfluousDiscard)
  }

  @Test func `has lines of the schedule discard what rests on their facts`() throws {
    let line = "invalidate binding one at 3"
    let code = Self.installed(0, .binding(Self.one, .int(1)), after: 1)
    func broken(at clock: UInt64) -> CodeEvent {
      .broken(.binding(Self.one), at: CodeEvent.Moment(eventCount: 1, clock: clock))
    }
    let discard = Self.discarded(0, .line(.binding(Self.one)), after: 1)
    #expect(try problem([code, broken(at: 3), discard], line) == nil)
    #expect(try problem([code, broken(at: 2), discard], line) == .superfluousDiscard)
    #expect(try problem([code, broken(at: 3)], line) == .staleCode)
    #expect(try problem([code, discard], line) == .superfluousDiscard)
    let others = [
      Self.installed(1, after: 1, clock: 4), Self.installed(2, after: 1, clock: 5),
    ]
    #expect(try problem([broken(at: 4)] + others, line) == nil)
    #expect(try problem(others, line) == .staleCode)
  }
}
