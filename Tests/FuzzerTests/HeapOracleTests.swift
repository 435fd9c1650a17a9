import Bytecode
import Fuzzer
import Testing

@Suite struct `The oracles over heap values` {
  private static func outcome(
    _ heap: [ObservedCell.Content] = [], events: [Event] = []
  ) -> Outcome {
    Outcome(
      ending: .returned(.identity(.array, number: 0)), fuel: 0, events: events,
      heap: heap.enumerated().map { ObservedCell(number: $0.offset, content: $0.element) })
  }

  private static let a = Literal("a")
  private static let b = Literal("b")
  private static func inner(_ number: Int) -> ObservedValue { .identity(.array, number: number) }

  /// Pairs of which the second lost something the first has.
  static let pairs: [(name: String, Outcome, Outcome, Oracle, DifferenceField)] = [
    (
      "identity", outcome([.array([inner(1), inner(1)]), .array([])]),
      outcome([.array([inner(1), inner(2)]), .array([]), .array([])]), .result, .heap
    ),
    (
      "a cell", outcome([.array([inner(1)]), .array([])]), outcome([.array([inner(1)])]), .result,
      .heap
    ),
    (
      "shape number", outcome([.object(shape: 1, keys: [a], values: [.null])]),
      outcome([.object(shape: 2, keys: [a], values: [.null])]), .result, .heap
    ),
    (
      "key order", outcome([.object(shape: 1, keys: [a, b], values: [.null, .null])]),
      outcome([.object(shape: 1, keys: [b, a], values: [.null, .null])]), .result, .heap
    ),
    (
      "entry order", outcome([.map(keys: [.int(1), .int(2)], values: [.null, .null])]),
      outcome([.map(keys: [.int(2), .int(1)], values: [.null, .null])]), .result, .heap
    ),
    (
      "array kind", outcome([.intArray([1])]), outcome([.array([.int(1)])]), .result, .heap
    ),
    (
      "negative zero", outcome([.floatArray([(-0.0).bitPattern])]), outcome([.floatArray([0])]),
      .result, .heap
    ),
    (
      "created shape", outcome(events: [.createShape(parent: 0, key: a, number: 1)]),
      outcome(events: [.createShape(parent: 0, key: b, number: 1)]), .trace, .createdShape
    ),
    (
      "callback", outcome(events: [.callBack(FunctionIndex(0))]),
      outcome(events: [.callBack(FunctionIndex(1))]), .trace, .callback
    ),
    (
      "order of events",
      outcome(events: [.createShape(parent: 0, key: a, number: 1), .callBack(FunctionIndex(0))]),
      outcome(events: [.callBack(FunctionIndex(0)), .createShape(parent: 0, key: a, number: 1)]),
      .trace, .eventKind
    ),
    (
      "foreign arguments", outcome(events: [.callForeign(ForeignIndex(0), arguments: [.int(1)])]),
      outcome(events: [.callForeign(ForeignIndex(0), arguments: [.int(2)])]), .trace,
      .foreignArguments
    ),
    (
      "foreign result", outcome(events: [.returnForeign(ForeignIndex(0), .int(1))]),
      outcome(events: [.returnForeign(ForeignIndex(0), .null)]), .trace, .foreignResult
    ),
  ]

  @Test(arguments: pairs.indices)
  func `see what is lost`(_ index: Int) throws {
    let program = try Assembler.assemble(
      """
      foreign f = "fixture" add_i32(i32, i32) -> i32
      func g() {
          Return
      }
      main() {
          Halt
      }
      """)
    let (name, one, other, oracle, field) = Self.pairs[index]
    let comparison = Comparison(
      program: program, expected: .reference, actual: .interpreter, run: "main()")
    for (left, right) in [(one, other), (other, one)] {
      let difference = comparison.difference(left, right)
      #expect(difference?.signature.oracle == oracle, "\(name)")
      #expect(difference?.signature.field == field, "\(name)")
    }
    #expect(comparison.difference(one, one) == nil, "\(name)")
  }
}
