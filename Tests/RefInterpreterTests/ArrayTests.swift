import Bytecode
import Testing

@testable import RefInterpreter

private let ints = "PushConst 1 | PushConst 2 | PushConst 3 | NewTypedArray 3"
private let numbers = "PushConst 1.5 | PushConst 2 | NewTypedArray 2"
private let bools = "PushConst true | PushConst false | NewTypedArray 2"
private let values = "PushConst 1 | PushConst \"x\" | PushNull | NewArray 3"

@Suite struct `Arrays` {
  @Test func `NewTypedArray packs what fits`() throws {
    try expect([
      ("\(ints) | Halt", "IntArray [1, 2, 3]"),
      ("\(numbers) | Halt", "FloatArray [1.5, 2.0]"),
      ("\(bools) | Halt", "BoolArray [true, false]"),
      ("PushConst 1 | PushConst true | NewTypedArray 2 | Halt", "[1, true]"),
      ("NewTypedArray 0 | Halt", "[]"),
      ("PushConst 1 | NewArray 1 | Halt", "[1]"),
      ("\(values) | Halt", "[1, \"x\", null]"),
    ])
  }

  @Test func `elements are read by ints and integral numbers, from either end`() throws {
    try expect([
      ("\(ints) | PushConst 0 | GetProp | Halt", "1"),
      ("\(ints) | PushConst 2.0 | GetProp | Halt", "3"),
      ("\(ints) | PushConst -1 | GetProp | Halt", "3"),
      ("\(ints) | PushConst -3 | GetProp | Halt", "1"),
      ("\(ints) | PushConst 3 | GetProp | Halt", "IndexOutOfBounds at main+5"),
      ("\(ints) | PushConst -4 | GetProp | Halt", "IndexOutOfBounds at main+5"),
      ("\(ints) | PushConst 0.5 | GetProp | Halt", "TypeError at main+5"),
      ("\(ints) | PushNull | GetProp | Halt", "TypeError at main+5"),
      ("\(ints) | GetProp .length | Halt", "3"),
      ("\(ints) | PushConst \"length\" | GetProp | Halt", "3"),
      ("\(ints) | GetProp .size | Halt", "UnknownMember at main+4"),
      ("\(numbers) | PushConst 1 | GetProp | Halt", "2.0"),
    ])
  }

  @Test func `a store checks receiver, index, bounds and value in this order`() throws {
    try expect([
      ("\(ints) | PushConst 1 | PushConst 9.0 | SetProp | Halt", "IntArray [1, 9, 3]"),
      ("\(ints) | PushConst -1 | PushConst 9 | SetProp | Halt", "IntArray [1, 2, 9]"),
      ("\(ints) | PushConst 3 | PushConst \"x\" | SetProp | Halt", "IndexOutOfBounds at main+6"),
      ("\(ints) | PushConst 2 | PushConst \"x\" | SetProp | Halt", "TypeError at main+6"),
      ("\(ints) | PushConst 2 | PushConst 0.5 | SetProp | Halt", "TypeError at main+6"),
      ("\(ints) | PushConst 2 | PushConst 0x1p47 | SetProp | Halt", "TypeError at main+6"),
      ("\(ints) | PushNull | PushConst 1 | SetProp | Halt", "TypeError at main+6"),
      ("\(ints) | PushConst 1 | SetProp .length | Halt", "UnknownMember at main+5"),
      ("\(numbers) | PushConst 0 | PushConst 7 | SetProp | Halt", "FloatArray [7.0, 2.0]"),
      ("\(bools) | PushConst 0 | PushConst 7 | SetProp | Halt", "TypeError at main+5"),
      ("\(values) | PushConst 0 | PushConst 0.5 | SetProp | Halt", "[0.5, \"x\", null]"),
      ("PushNull | PushConst 0 | PushConst 7 | SetProp | Halt", "TypeError at main+3"),
      ("PushConst \"abc\" | PushConst 0 | PushConst 7 | SetProp | Halt", "TypeError at main+3"),
      ("PushConst \"abc\" | PushConst 7 | SetProp .length | Halt", "TypeError at main+2"),
    ])
  }

  @Test func `ArrayPush and ArrayPop change the array in place`() throws {
    try expect(
      [
        ("\(ints) | Dup | PushConst 4.0 | ArrayPush | Pop | Halt", "IntArray [1, 2, 3, 4]"),
        ("\(ints) | PushConst 0.5 | ArrayPush | Halt", "TypeError at main+5"),
        ("\(bools) | PushConst 1 | ArrayPush | Halt", "TypeError at main+4"),
        ("PushNull | PushConst 1 | ArrayPush | Halt", "TypeError at main+2"),
        ("\(ints) | ArrayPop | Halt", "3"), ("NewArray 0 | ArrayPop | Halt", "null"),
        ("\(ints) | Dup | ArrayPop | Pop | Halt", "IntArray [1, 2]"),
        ("PushConst 1 | ArrayPop | Halt", "TypeError at main+1"),
        (
          "local a | \(ints) | StoreLocal a | PushConst 9 | ArrayPushLocal a | LoadLocal a | Halt",
          "IntArray [1, 2, 3, 9]"
        ),
        (
          "local a | \(ints) | StoreLocal a | PushConst 0 | PushConst 9 | SetLocalIndex a | "
            + "LoadLocal a | Halt", "IntArray [9, 2, 3]"
        ),
        ("local a | PushConst 9 | ArrayPushLocal a | Halt", "TypeError at main+1"),
        (
          "\(ints) | StoreModuleBinding b | PushConst -1 | PushConst 9 | SetModuleBindingIndex b | "
            + "LoadModuleBinding b | Halt", "IntArray [1, 2, 9]"
        ),
      ], "binding b")
  }

  @Test func `slices clamp and keep the kind`() throws {
    func slice(_ receiver: String, _ start: String, _ end: String) -> String {
      "\(receiver) | PushConst \(start) | PushConst \(end) | SliceAccess | Halt"
    }
    try expect([
      (slice(ints, "1", "3"), "IntArray [2, 3]"), (slice(ints, "null", "-1"), "IntArray [1, 2]"),
      (slice(ints, "-2.0", "null"), "IntArray [2, 3]"), (slice(ints, "2", "1"), "IntArray []"),
      (slice(ints, "-9", "9"), "IntArray [1, 2, 3]"), (slice(bools, "1", "2"), "BoolArray [false]"),
      (slice("PushConst \"äöü\"", "1", "null"), "\"öü\""),
      (slice("PushConst \"äöü\"", "-1", "9"), "\"ü\""),
      (slice(ints, "0.5", "1"), "TypeError at main+6"),
      (slice(ints, "1", "true"), "TypeError at main+6"),
      (slice("PushNull", "0.5", "1"), "TypeError at main+3"),
    ])
  }

  @Test func `Length counts scalars, elements, keys, entries and ints`() throws {
    try expect([
      ("PushConst \"a\u{10000}ä\" | Length | Halt", "3"), ("\(bools) | Length | Halt", "2"),
      ("PushConst \"k\" | PushConst 1 | NewObject 1 | Length | Halt", "1"),
      ("BuiltinCall Map 0 | Length | Halt", "0"),
      ("PushConst 3 | PushConst 7 | PushConst true | MakeRange | Length | Halt", "5"),
      ("PushConst 7 | PushConst 3 | PushConst true | MakeRange | Length | Halt", "0"),
      ("PushNull | Length | Halt", "TypeError at main+1"),
    ])
  }

  @Test func `ranges check their bounds, then their flag, then their length`() throws {
    let least = "PushConst -140737488355328"
    try expect([
      ("PushConst 1.0 | PushConst 5 | PushConst false | MakeRange | Halt", "1..5"),
      ("PushConst 1 | PushConst 5 | PushConst true | MakeRange | Halt", "1..=5"),
      ("PushConst 0x1p47 | PushConst 5 | PushConst true | MakeRange | Halt", "TypeError at main+3"),
      ("PushConst 1 | PushConst 5 | PushConst 1 | MakeRange | Halt", "TypeError at main+3"),
      ("\(least) | PushConst 0 | PushConst false | MakeRange | Halt", "TypeError at main+3"),
      (
        "\(least) | PushConst -1 | PushConst false | MakeRange | Length | Halt",
        "140737488355327"
      ),
      ("\(least) | PushConst -1 | PushConst true | MakeRange | Halt", "TypeError at main+3"),
    ])
  }

  @Test func `iteration takes turns by ints from 0`() throws {
    let range = "PushConst 3 | PushConst 5 | PushConst true | MakeRange"
    let map = "BuiltinCall Map 0 | PushConst \"k\" | PushConst 7 | BuiltinCall set 3"
    try expect([
      ("\(ints) | PushConst 2 | IterNext | Halt", "3"),
      ("\(ints) | PushConst 3 | IterNext | Halt", "null"),
      ("\(ints) | PushConst 3 | IterDone | Halt", "true"),
      ("\(ints) | PushConst 2 | IterDone | Halt", "false"),
      ("\(ints) | PushConst -1 | IterNext | Halt", "TypeError at main+5"),
      ("\(ints) | PushConst 1.0 | IterDone | Halt", "TypeError at main+5"),
      ("PushConst \"aä\" | PushConst 1 | IterNext | Halt", "\"ä\""),
      ("\(range) | PushConst 2 | IterNext | Halt", "5"),
      ("\(range) | PushConst 3 | IterNext | Halt", "null"),
      ("\(map) | PushConst 0 | IterNext | Halt", "[\"k\", 7]"),
      ("\(map) | PushConst 1 | IterDone | Halt", "true"),
      ("NewObject 0 | PushConst 0 | IterNext | Halt", "TypeError at main+2"),
    ])
  }
}

@Suite struct `Array builtins` {
  @Test func `first, last, reverse, includes, index_of, join, zip, range, filled`() throws {
    try expect([
      ("\(ints) | BuiltinCall first 1 | Halt", "1"), ("\(ints) | BuiltinCall last 1 | Halt", "3"),
      ("NewArray 0 | BuiltinCall first 1 | Halt", "null"),
      ("\(numbers) | BuiltinCall reverse 1 | Halt", "FloatArray [2.0, 1.5]"),
      ("\(numbers) | PushConst 2 | BuiltinCall index_of 2 | Halt", "1"),
      ("\(values) | PushConst \"x\" | BuiltinCall includes 2 | Halt", "true"),
      ("\(values) | PushConst 7 | BuiltinCall index_of 2 | Halt", "-1"),
      ("\(values) | PushConst \"-\" | BuiltinCall join 2 | Halt", "\"1-x-null\""),
      ("\(values) | PushConst 1 | BuiltinCall join 2 | Halt", "TypeError at main+5"),
      ("\(ints) | \(bools) | BuiltinCall zip 2 | Halt", "[[1, true], [2, false]]"),
      ("PushConst 3.0 | BuiltinCall range 1 | Halt", "IntArray [0, 1, 2]"),
      ("PushConst 3 | PushConst 1 | BuiltinCall range 2 | Halt", "IntArray []"),
      ("PushConst -1 | PushConst 1 | BuiltinCall range 2 | Halt", "IntArray [-1, 0]"),
      ("PushConst 0x1p47 | BuiltinCall range 1 | Halt", "TypeError at main+1"),
      ("PushConst 2 | PushConst 0.5 | BuiltinCall filled 2 | Halt", "FloatArray [0.5, 0.5]"),
      ("PushConst 2 | PushNull | BuiltinCall filled 2 | Halt", "[null, null]"),
      ("PushConst 0 | PushConst 1 | BuiltinCall filled 2 | Halt", "[]"),
    ])
  }

  @Test func `statistics`() throws {
    let plain = "PushConst 1 | PushConst 2 | NewArray 2"
    try expect([
      ("\(ints) | BuiltinCall sum 1 | Halt", "6"), ("\(plain) | BuiltinCall sum 1 | Halt", "3.0"),
      ("\(numbers) | BuiltinCall sum 1 | Halt", "3.5"),
      ("NewArray 0 | BuiltinCall sum 1 | Halt", "0.0"),
      ("PushConst 0 | BuiltinCall range 1 | BuiltinCall sum 1 | Halt", "0"),
      ("\(ints) | BuiltinCall mean 1 | Halt", "2.0"),
      ("NewArray 0 | BuiltinCall mean 1 | Halt", "null"),
      ("\(plain) | BuiltinCall variance 1 | Halt", "0.25"),
      ("\(plain) | BuiltinCall std 1 | Halt", "0.5"),
      ("\(plain) | BuiltinCall min 1 | Halt", "1"),
      ("\(numbers) | BuiltinCall max 1 | Halt", "2.0"),
      ("NewArray 0 | BuiltinCall max 1 | Halt", "null"),
      ("\(bools) | BuiltinCall sum 1 | Halt", "TypeError at main+3"),
      ("\(bools) | BuiltinCall min 1 | Halt", "TypeError at main+3"),
      ("\(values) | BuiltinCall mean 1 | Halt", "TypeError at main+4"),
      ("\(ints) | PushConst 1 | BuiltinCall min 2 | Halt", "TypeError at main+5"),
      (
        "PushConst 2 | PushConst 140737488355327 | BuiltinCall filled 2 | BuiltinCall sum 1 | Halt",
        "281474976710654.0"
      ),
    ])
  }

  @Test func `vectors`() throws {
    try expect([
      ("\(numbers) | PushConst 2 | BuiltinCall vec_mul 2 | Halt", "FloatArray [3.0, 4.0]"),
      ("\(numbers) | \(numbers) | BuiltinCall vec_sub 2 | Halt", "FloatArray [0.0, 0.0]"),
      (
        "\(numbers) | PushConst 0 | BuiltinCall vec_div 2 | Halt", "FloatArray [Infinity, Infinity]"
      ),
      (
        "PushConst -0.0 | NewTypedArray 1 | PushConst 0.0 | BuiltinCall vec_max 2 | Halt",
        "FloatArray [0.0]"
      ),
      (
        "\(numbers) | PushConst 1.5 | NewTypedArray 1 | BuiltinCall vec_add 2 | Halt",
        "TypeError at main+5"
      ),
      ("\(numbers) | \(ints) | BuiltinCall vec_add 2 | Halt", "TypeError at main+7"),
      ("\(ints) | PushConst 1 | BuiltinCall vec_add 2 | Halt", "TypeError at main+5"),
      (
        "PushConst 4.0 | PushConst -1.0 | NewTypedArray 2 | BuiltinCall vec_sqrt 1 | Halt",
        "FloatArray [2.0, NaN]"
      ),
    ])
  }
}
