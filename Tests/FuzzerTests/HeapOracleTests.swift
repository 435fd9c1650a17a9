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
  private static let map = ValueKind.map
  private static func inner(_ number: Int) -> ObservedValue { .identity(.array, number: number) }

  /// Cells of which the second differs from the first in the field.
  static let cells: [(ObservedCell.Content, ObservedCell.Content, DifferenceField)] = [
    (.array([.null]), .array([.unit]), .cellValue),
    (.array([.null]), .array([.null, .null]), .cellLength),
    (.array([inner(1)]), .array([inner(2)]), .cellIdentity),
    (.array([inner(1)]), .array([.identity(map, number: 1)]), .cellValue),
    (.array([.string(a)]), .array([.string(b)]), .cellValue),
    (.array([.int(0)]), .array([.number(0.0)]), .cellValue),
    (.array([.function(FunctionIndex(0))]), .array([.function(FunctionIndex(1))]), .cellValue),
    (.intArray([1]), .intArray([2]), .cellValue),
    (.intArray([1]), .intArray([]), .cellLength),
    (.intArray([1]), .array([.int(1)]), .cellKind),
    (.floatArray([0]), .floatArray([(-0.0).bitPattern]), .cellValue),
    (.floatArray([0]), .floatArray([0, 0]), .cellLength),
    (.floatArray([]), .intArray([]), .cellKind),
    (.boolArray([true]), .boolArray([false]), .cellValue),
    (.boolArray([]), .boolArray([true]), .cellLength),
    (.boolArray([]), .array([]), .cellKind),
    (
      .object(shape: 1, keys: [a], values: [.null]), .object(shape: 2, keys: [a], values: [.null]),
      .cellShape
    ),
    (
      .object(shape: 1, keys: [a, b], values: [.null, .null]),
      .object(shape: 1, keys: [b, a], values: [.null, .null]), .cellKeys
    ),
    (
      .object(shape: 1, keys: [a], values: [.null]), .object(shape: 1, keys: [a], values: [.unit]),
      .cellValue
    ),
    (
      .object(shape: 1, keys: [a], values: [.null]), .dictionary(keys: [a], values: [.null]),
      .cellKind
    ),
    (
      .dictionary(keys: [a, b], values: [.null, .unit]),
      .dictionary(keys: [b, a], values: [.null, .unit]), .cellKeys
    ),
    (
      .dictionary(keys: [a], values: [inner(1)]), .dictionary(keys: [a], values: [inner(2)]),
      .cellIdentity
    ),
    (.record(SchemaIndex(0), [.null]), .record(SchemaIndex(1), [.null]), .cellOwner),
    (.record(SchemaIndex(0), [.null]), .record(SchemaIndex(0), [.unit]), .cellValue),
    (
      .map(keys: [.int(1), .int(2)], values: [.null, .null]),
      .map(keys: [.int(2), .int(1)], values: [.null, .null]), .cellKeys
    ),
    (.map(keys: [.int(1)], values: [.null]), .map(keys: [.int(1)], values: [.unit]), .cellValue),
    (.map(keys: [], values: []), .object(shape: 0, keys: [], values: []), .cellKind),
    (
      .range(start: 0, end: 1, isInclusive: true), .range(start: 0, end: 1, isInclusive: false),
      .cellValue
    ),
    (
      .range(start: 0, end: 1, isInclusive: true), .range(start: 0, end: 2, isInclusive: true),
      .cellValue
    ),
    (.some(.null), .some(.unit), .cellValue),
    (.some(inner(1)), .some(inner(2)), .cellIdentity),
    (.some(.null), .ok(.null), .cellKind),
    (.ok(.null), .ok(.unit), .cellValue),
    (.ok(.null), .err(.null), .cellKind),
    (.err(.null), .err(.unit), .cellValue),
    (.err(.null), .some(.null), .cellKind),
    (
      .closure(FunctionIndex(0), captures: []), .closure(FunctionIndex(1), captures: []),
      .cellOwner
    ),
    (
      .closure(FunctionIndex(0), captures: [.null]),
      .closure(FunctionIndex(0), captures: [.int(1)]), .cellValue
    ),
    (
      .closure(FunctionIndex(0), captures: [.identity(.cell, number: 1)]),
      .closure(FunctionIndex(0), captures: [.identity(.cell, number: 2)]), .cellIdentity
    ),
    (.cell(.null), .cell(.unit), .cellValue),
    (.cell(.null), .array([.null]), .cellKind),
  ]

  @Test(arguments: cells.indices)
  func `say what of a heap value differs`(_ index: Int) throws {
    let (one, other, field) = Self.cells[index]
    let before = ObservedCell.Content.array([])
    try expect(
      Self.outcome([before, one]), Self.outcome([before, other]), .result, field,
      "\(one) and \(other)")
  }

  @Test func `see a heap value lost or numbered otherwise`() throws {
    try expect(
      Self.outcome([.array([Self.inner(1)]), .array([])]),
      Self.outcome([.array([Self.inner(1)])]), .result, .heapSize, "a lost cell")
    var renumbered = Self.outcome([.array([])])
    renumbered.heap[0].number = 1
    try expect(Self.outcome([.array([])]), renumbered, .result, .cellIdentity, "a number")
  }

  private static let function = FunctionIndex(0)
  private static let foreign = ForeignIndex(0)

  /// Events of which the second differs from the first in the field.
  static let events: [(Event, Event, DifferenceField)] = [
    (.print(values: [.null], text: [1]), .print(values: [.unit], text: [1]), .printedValues),
    (.print(values: [.null], text: [1]), .print(values: [.null], text: [2]), .printedText),
    (
      .print(values: [inner(0)], text: []), .print(values: [inner(1)], text: []), .printedValues
    ),
    (
      .storeBinding(BindingIndex(0), .null), .storeBinding(BindingIndex(1), .null),
      .storedBinding
    ),
    (.storeBinding(BindingIndex(0), .null), .storeBinding(BindingIndex(0), .unit), .storedValue),
    (
      .createShape(parent: 0, key: a, number: 1), .createShape(parent: 0, key: b, number: 1),
      .createdShape
    ),
    (
      .createShape(parent: 0, key: a, number: 1), .createShape(parent: 1, key: a, number: 1),
      .createdShape
    ),
    (
      .createShape(parent: 0, key: a, number: 1), .createShape(parent: 0, key: a, number: 2),
      .createdShape
    ),
    (
      .becomeDictionary(.identity(.object, number: 0)),
      .becomeDictionary(.identity(.object, number: 1)), .dictionary
    ),
    (
      .callForeign(foreign, arguments: [.int(1)]), .callForeign(foreign, arguments: [.int(2)]),
      .foreignArguments
    ),
    (
      .callForeign(foreign, arguments: []), .callForeign(ForeignIndex(1), arguments: []),
      .foreignFunction
    ),
    (.returnForeign(foreign, .int(1)), .returnForeign(foreign, .null), .foreignResult),
    (
      .returnForeign(foreign, .null), .returnForeign(ForeignIndex(1), .null), .foreignFunction
    ),
    (.callBack(function), .callBack(FunctionIndex(1)), .callback),
    (.callBack(function), .print(values: [], text: []), .eventKind),
    (.print(values: [], text: []), .storeBinding(BindingIndex(0), .null), .eventKind),
    (
      .storeBinding(BindingIndex(0), .null), .createShape(parent: 0, key: a, number: 1),
      .eventKind
    ),
    (
      .createShape(parent: 0, key: a, number: 1), .becomeDictionary(.identity(.object, number: 0)),
      .eventKind
    ),
    (
      .becomeDictionary(.identity(.object, number: 0)), .callForeign(foreign, arguments: []),
      .eventKind
    ),
    (.callForeign(foreign, arguments: []), .returnForeign(foreign, .null), .eventKind),
    (.returnForeign(foreign, .null), .callBack(function), .eventKind),
  ]

  @Test(arguments: events.indices)
  func `say what of an event differs`(_ index: Int) throws {
    let (one, other, field) = Self.events[index]
    let before = Event.callBack(Self.function)
    let names = "\(one) and \(other)"
    try expect(
      Self.outcome(events: [before, one]), Self.outcome(events: [before, other]), .trace, field,
      names)
    try expect(
      Self.outcome(events: [before, one]), Self.outcome(events: [before]), .trace, .eventCount,
      names)
    if one != before {
      try expect(
        Self.outcome(events: [before, one]), Self.outcome(events: [one, before]), .trace,
        .eventKind, names)
    }
  }

  private static let program = try? Assembler.assemble(
    """
    foreign f = "fixture" add_i32(i32, i32) -> i32
    foreign g = "fixture" add_i32(i32, i32) -> i32
    binding x
    binding y
    func h() {
        Return
    }
    main() {
        Halt
    }
    """)

  /// Compares in both directions: the field is the same, and the two sides read differently.
  private func expect(
    _ one: Outcome, _ other: Outcome, _ oracle: Oracle, _ field: DifferenceField,
    _ names: String
  ) throws {
    let comparison = Comparison(
      program: try #require(Self.program), expected: .reference, actual: .interpreter,
      run: "main()")
    for (left, right) in [(one, other), (other, one)] {
      let difference = try #require(comparison.difference(left, right), "\(names)")
      #expect(difference.signature.oracle == oracle, "\(names)")
      #expect(difference.signature.field == field, "\(names)")
      #expect(difference.expected != difference.actual, "\(names)")
    }
    #expect(comparison.difference(one, one) == nil, "\(names)")
  }
}
