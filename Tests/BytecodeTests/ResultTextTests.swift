import Bytecode
import Testing

@Suite struct `The form of a result` {
  private func text(_ contents: [ObservedCell.Content], of kind: ValueKind = .array) -> String {
    let heap = contents.enumerated().map { ObservedCell(number: $0.offset, content: $0.element) }
    return Program(schemas: [Schema(name: "Point", fields: [Slot("x")])])
      .resultText(of: .identity(kind, number: 0), heap: heap)
  }

  private func inner(_ number: Int) -> ObservedValue { .identity(.array, number: number) }

  @Test func `shows each kind`() {
    let number = ObservedValue.number(3)
    #expect(text([.array([.int(1), .string(Literal("x"))])]) == "[1, \"x\"]")
    #expect(text([.intArray([1, 2])]) == "IntArray [1, 2]")
    #expect(text([.floatArray([(1.0).bitPattern])]) == "FloatArray [1.0]")
    #expect(text([.boolArray([true])]) == "BoolArray [true]")
    let keys = [Literal("a"), Literal("b c"), Literal(""), Literal("1a")]
    #expect(
      text([.dictionary(keys: keys, values: [.null, .unit, .null, .null])])
        == "{a: null, \"b c\": unit, \"\": null, \"1a\": null}")
    #expect(text([.record(SchemaIndex(0), [number])]) == "Point {x: 3.0}")
    #expect(text([.map(keys: [.string(Literal("k"))], values: [number])]) == "Map {\"k\": 3.0}")
    #expect(text([.range(start: 1, end: 5, isInclusive: true)]) == "1..=5")
    #expect(text([.err(.string(Literal("x")))]) == "Err(\"x\")")
    #expect(text([.array([])]) == "[]")
  }

  @Test func `quotes what does not print`() {
    #expect(Literal("\"\\\n\r\t\u{1f}\u{7f}é").quoted == #""\"\\\n\r\t\u{1f}\u{7f}é""#)
  }

  @Test func `nests thirty-two levels`() {
    let nested = (0..<40).map { ObservedCell.Content.array($0 < 39 ? [inner($0 + 1)] : []) }
    let open = String(repeating: "[", count: 32)
    #expect(text(nested) == open + "…" + String(repeating: "]", count: 32))
  }

  @Test func `prints ten thousand elements`() {
    let long = text([.array([inner(1), .int(7)]), .intArray(Array(repeating: 1, count: 10_000))])
    #expect(long.hasPrefix("[IntArray [1, 1, "))
    #expect(long.hasSuffix("1, …], …]"))
    #expect(long.count { $0 == "1" } == 9_999)
  }
}
