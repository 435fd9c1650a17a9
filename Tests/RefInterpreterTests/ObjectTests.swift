import Bytecode
import Testing

@testable import RefInterpreter

private let pair = "PushConst \"a\" | PushConst 1 | PushConst \"b c\" | PushConst 2 | NewObject 2"
private let schemas = """
  schema Point { x: number, y: number? }
  schema Pair { y, x }
  """
private let point = "PushConst 1.5 | PushNull | NewTypedObject Point"

@Suite struct `Objects` {
  @Test func `keep the order of keys, the later value of a key`() throws {
    try expect([
      ("\(pair) | Halt", "{a: 1, \"b c\": 2}"),
      (
        "PushConst \"a\" | PushConst 1 | PushConst \"b\" | PushConst 2 | PushConst \"a\" | "
          + "PushConst 3 | NewObject 3 | Halt", "{a: 3, b: 2}"
      ),
      ("PushConst 1 | PushConst 1 | NewObject 1 | Halt", "TypeError at main+2"),
      ("\(pair) | PushConst 7 | SetProp .a | Halt", "{a: 7, \"b c\": 2}"),
      ("\(pair) | PushConst 7 | SetProp .z | Halt", "{a: 1, \"b c\": 2, z: 7}"),
      ("\(pair) | GetProp .\"b c\" | Halt", "2"), ("\(pair) | GetProp .z | Halt", "null"),
      ("\(pair) | GetProp .length | Halt", "2"),
      ("\(pair) | PushConst 7 | SetProp .length | GetProp .length | Halt", "7"),
      ("\(pair) | PushConst 0 | GetProp | Halt", "TypeError at main+6"),
      ("\(pair) | PushConst 0 | PushConst 0 | SetProp | Halt", "TypeError at main+7"),
      ("PushConst 1 | GetProp .a | Halt", "TypeError at main+1"),
      (
        "\(pair) | PushConst \"z\" | PushConst 1 | PushConst \"a\" | PushConst 9 | NewObject 2 | "
          + "MergeObject | Halt", "{a: 9, \"b c\": 2, z: 1}"
      ),
      ("\(pair) | PushNull | MergeObject | Halt", "TypeError at main+6"),
    ])
  }

  @Test func `records have the fields of their schema`() throws {
    try expect(
      [
        ("\(point) | Halt", "Point {x: 1.5, y: null}"),
        ("PushConst 1 | PushNull | NewTypedObject Point | Halt", "TypeError at main+2"),
        ("\(point) | GetProp .x | Halt", "1.5"), ("\(point) | GetProp .z | Halt", "null"),
        ("\(point) | PushConst 1 | SetProp .z | Halt", "UnknownMember at main+4"),
        ("\(point) | PushConst 1 | SetProp .x | Halt", "TypeError at main+4"),
        ("\(point) | PushConst 0 | GetProp | Halt", "TypeError at main+4"),
        ("\(point) | GetFieldTyped Pair.x | Halt", "1.5"),
        ("PushConst 1 | GetFieldTyped Pair.x | Halt", "TypeError at main+1"),
        ("\(point) | PushConst 2.5 | SetFieldTyped Pair.x | Halt", "Point {x: 2.5, y: null}"),
        ("\(point) | PushConst 2 | SetFieldTyped Pair.y | Halt", "TypeError at main+4"),
        ("\(point) | \(pair) | TypedMergeObject Pair | Halt", "Pair {y: null, x: 1.5}"),
        ("\(pair) | \(point) | TypedMergeObject Point | Halt", "Point {x: 1.5, y: null}"),
        ("\(pair) | \(pair) | TypedMergeObject Point | Halt", "TypeError at main+10"),
        ("PushNull | \(pair) | TypedMergeObject Point | Halt", "TypeError at main+6"),
      ], schemas)
  }

  @Test func `slots that declare a schema take its records only`() throws {
    try expect(
      [
        (
          "local p: Point | \(point) | StoreLocal p | LoadLocal p | Halt", "Point {x: 1.5, y: null}"
        ),
        (
          "local p: Point | PushNull | PushNull | NewTypedObject Pair | StoreLocal p | Halt",
          "TypeError at main+3"
        ),
        ("local p: Point? | PushNull | StoreLocal p | LoadLocal p | Halt", "null"),
        ("LoadModuleBinding text | Halt", "\"\""),
        ("PushConst @main2 | StoreModuleBinding f | LoadModuleBinding f | Halt", "function main2"),
        ("NewArray 0 | StoreModuleBinding f | Halt", "TypeError at main+1"),
      ], schemas + "\nbinding text: string\nbinding f: function?\n" + function("main2()", "Return"))
  }

  @Test func `shapes are events the first time a session makes them`() throws {
    let program = try program(
      "\(pair) | Pop | PushConst \"a\" | PushConst 0 | NewObject 1 | PushConst 1 | SetProp .z | Halt"
    )
    let session = try ReferenceEngine().prepare(program)
    let request = RunRequest(entry: program.program.mainIndex, recordsEvents: true)
    let first = try session.run(request)
    #expect(
      first.events == [
        .createShape(parent: 0, key: Literal("a"), number: 1),
        .createShape(parent: 1, key: Literal("b c"), number: 2),
        .createShape(parent: 1, key: Literal("z"), number: 3),
      ])
    #expect(first.heapBytes == 48 + 48)
    let second = try session.run(request)
    #expect(second.events.isEmpty)
    #expect(
      second.heap == [
        ObservedCell(
          number: 0,
          content: .object(
            shape: 3, keys: [Literal("a"), Literal("z")], values: [.int(0), .int(1)]))
      ])
  }

  @Test func `key 65 makes a dictionary of an object`() throws {
    func fill(_ count: Int) -> String {
      (0..<count).map { "PushConst \($0) | SetProp .k\($0) | " }.joined()
    }
    let full = try outcome(of: "NewObject 0 | \(fill(64)) Halt", recordsEvents: true)
    #expect(full.events.count == 64)
    guard case .object(let shape, _, _) = full.heap[0].content else {
      Issue.record("64 keys have a shape")
      return
    }
    #expect(shape == 64)
    let larger = try outcome(
      of: "NewObject 0 | \(fill(66)) PushConst 7 | SetProp .k65 | Halt", recordsEvents: true)
    #expect(larger.events.count == 65)
    #expect(larger.events.last == .becomeDictionary(.identity(.object, number: 0)))
    guard case .dictionary(let keys, let values) = larger.heap[0].content else {
      Issue.record("66 keys have no shape")
      return
    }
    #expect(keys.count == 66 && values[65] == .int(7) && values[0] == .int(0))
    #expect(larger.heapBytes == 16 + 66 * 16)
  }
}

@Suite struct `Maps` {
  private let one = "BuiltinCall Map 0 | PushConst 1 | PushConst \"x\" | BuiltinCall set 3"

  @Test func `keys are canonical, and misfits trap`() throws {
    try expect([
      ("\(one) | Halt", "Map {1: \"x\"}"),
      ("\(one) | PushConst 1.0 | BuiltinCall get 2 | Halt", "\"x\""),
      ("\(one) | PushConst true | BuiltinCall get 2 | Halt", "null"),
      ("\(one) | PushConst \"1\" | BuiltinCall has 2 | Halt", "false"),
      ("\(one) | PushConst -0.0 | PushConst 7 | BuiltinCall set 3 | Halt", "Map {1: \"x\", 0: 7}"),
      (
        "\(one) | PushConst 0x1p47 | PushConst 7 | BuiltinCall set 3 | Halt",
        "Map {1: \"x\", 140737488355328.0: 7}"
      ),
      ("\(one) | PushConst nan | BuiltinCall get 2 | Halt", "TypeError at main+5"),
      ("\(one) | PushNull | BuiltinCall has 2 | Halt", "TypeError at main+5"),
      ("\(one) | PushConst 1.0 | PushConst 7 | BuiltinCall set 3 | Halt", "Map {1: 7}"),
      ("NewArray 0 | PushNull | BuiltinCall get 2 | Halt", "TypeError at main+2"),
      ("\(one) | GetProp .length | Halt", "1"),
      ("\(one) | GetProp .x | Halt", "UnknownMember at main+4"),
      ("\(one) | PushConst 1 | GetProp | Halt", "TypeError at main+5"),
      ("\(one) | PushConst 1 | SetProp .length | Halt", "TypeError at main+5"),
      ("\(one) | BuiltinCall keys 1 | Halt", "[1]"),
      ("\(one) | BuiltinCall values 1 | Halt", "[\"x\"]"),
    ])
  }

  @Test func `overwriting keeps the place, delete and insert moves to the end`() throws {
    let two = "\(one) | PushConst 2 | PushConst \"y\" | BuiltinCall set 3"
    try expect([
      ("\(two) | PushConst 1 | PushConst 0 | BuiltinCall set 3 | Halt", "Map {1: 0, 2: \"y\"}"),
      (
        "\(two) | Dup | PushConst 1 | BuiltinCall delete 2 | Pop | PushConst 1 | PushConst 0 | "
          + "BuiltinCall set 3 | Halt", "Map {2: \"y\", 1: 0}"
      ),
      ("\(two) | PushConst 3 | BuiltinCall delete 2 | Halt", "false"),
    ])
    #expect(
      try outcome(of: "\(two) | PushConst 1 | PushConst 0 | BuiltinCall set 3 | Halt")
        .heapBytes == 16 + 2 * 24)
  }
}
