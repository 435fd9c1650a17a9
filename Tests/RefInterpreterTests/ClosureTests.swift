import Bytecode
import Testing

@testable import RefInterpreter

private let counter = function(
  "next[mut n: int]()",
  "LoadClosure n | PushConst 1 | AddInt | StoreClosure n | "
    + "LoadClosure n | ReturnValue")

@Suite struct `Closures` {
  @Test func `share the cell of a boxed local, parameter or binding`() throws {
    try expect(
      [
        (
          "local n: int | local f | PushConst 5 | StoreLocal n | BoxLocal n | MakeClosure next | "
            + "StoreLocal f | LoadLocal f | CallValue 0 | Pop | LoadLocal f | CallValue 0 | Pop | "
            + "PushConst 1 | LoadLocal n | AddInt | StoreLocal n | LoadLocal f | CallValue 0 | Halt",
          "9"
        ),
        (
          "BoxModuleBinding b | MakeClosure next | CallValue 0 | Pop | LoadModuleBinding b | Halt",
          "1"
        ),
        // A plain value goes into a fresh cell.
        ("PushConst 5 | MakeClosure next | Dup | CallValue 0 | Pop | CallValue 0 | Halt", "7"),
        ("PushConst 0.5 | MakeClosure next | Halt", "TypeError at main+1"),
        ("PushConst 7 | MakeClosure get | CallValue 0 | Halt", "7"),
        (
          "PushConst 140737488355327 | MakeClosure next | CallValue 0 | Halt",
          "TypeError at next+3"
        ),
      ], counter + function("get[c]()", "LoadClosure c | ReturnValue") + "binding b: int\n")
  }

  @Test func `have an identity each, functions have none`() throws {
    try expect(
      [
        ("PushConst @f | PushConst @f | Eq | Halt", "true"),
        ("MakeClosure f | MakeClosure f | Eq | Halt", "false"),
        ("MakeClosure f | Dup | Eq | Halt", "true"),
        ("PushConst @f | MakeClosure f | Eq | Halt", "false"),
      ], function("f()", "Return"))
  }

  @Test func `a call checks callee, arity, kinds, depth and fuel in this order`() throws {
    let f = function("f(a: int, b)", "LoadLocal a | ReturnValue")
    let two = "PushConst @f | PushConst 1 | PushConst 2 | CallValue 2 | Halt"
    try expect(
      [
        ("PushConst 1 | CallValue 0 | Halt", "TypeError at main+1"),
        ("PushConst @f | PushNull | CallValue 1 | Halt", "ArityMismatch at main+2"),
        ("PushConst @f | PushNull | PushNull | CallValue 2 | Halt", "TypeError at main+3"),
        (two, "1"),
      ], f)
    #expect(try result(of: two, f, fuel: 0, depth: 1) == "StackOverflow at main+3")
    #expect(try result(of: two, f, fuel: 0) == "OutOfFuel at main+3")
    let misfit = "PushConst @f | PushNull | PushConst 2 | CallValue 2 | Halt"
    #expect(try result(of: misfit, f, fuel: 0, depth: 1) == "TypeError at main+3")
  }

  @Test func `methods are functions of records, values of objects, or builtins`() throws {
    let declarations =
      "schema Point { x }\n"
      + function(
        "Point.plus(p: Point, n)", "LoadLocal p | GetProp .x | LoadLocal n | Add | ReturnValue")
      + function("double(n)", "LoadLocal n | LoadLocal n | Add | ReturnValue")
    let point = "PushConst 3 | NewTypedObject Point"
    let object = "PushConst \"d\" | PushConst @double | PushConst \"n\" | PushConst 1 | NewObject 2"
    try expect(
      [
        ("\(point) | PushConst 4 | CallMethod plus 1 | Halt", "7"),
        ("\(point) | CallMethod plus 0 | Halt", "ArityMismatch at main+2"),
        ("\(point) | CallMethod minus 0 | Halt", "UnknownMember at main+2"),
        ("\(object) | PushConst 4 | CallMethod d 1 | Halt", "8"),
        ("PushUnit | \(object) | PushConst 4 | CallMethod d 1 | Pop | Halt", "unit"),
        ("\(object) | CallMethod d 0 | Halt", "ArityMismatch at main+5"),
        ("\(object) | CallMethod n 0 | Halt", "TypeError at main+5"),
        ("\(object) | CallMethod z 0 | Halt", "UnknownMember at main+5"),
        ("PushConst 1 | NewArray 1 | PushConst 2 | CallMethod push 1 | Halt", "[1, 2]"),
        ("NewArray 0 | CallMethod push 0 | Halt", "ArityMismatch at main+1"),
        ("NewArray 0 | CallMethod upper 0 | Halt", "UnknownMember at main+1"),
        ("PushNull | CallMethod len 0 | Halt", "UnknownMember at main+1"),
        ("PushConst \"ä\" | CallMethod len 0 | Halt", "1"),
        (
          "PushConst 1.0 | NewTypedArray 1 | PushConst 2 | CallMethod vec_add 1 | Halt",
          "FloatArray [3.0]"
        ),
        (
          "PushConst 1 | NewArray 1 | PushConst 2 | CallMethod vec_add 1 | Halt",
          "UnknownMember at main+3"
        ),
        ("PushConst 3 | NewArray 1 | PushConst @double | CallMethod map 1 | Halt", "[6]"),
      ].map { ($0.0.replacing("PushUnit", with: "PushConst unit"), $0.1) }, declarations)
  }

  @Test func `show their captures, and cells`() throws {
    let outcome = try outcome(
      of:
        "local n: int | PushConst 5 | StoreLocal n | BoxLocal n | PushConst 1 | MakeClosure f | Halt",
      function("f[mut a: int, b]()", "Return"))
    #expect(outcome.ending == .returned(.identity(.closure, number: 0)))
    #expect(
      outcome.heap == [
        ObservedCell(
          number: 0,
          content: .closure(FunctionIndex(0), captures: [.identity(.cell, number: 1), .int(1)])),
        ObservedCell(number: 1, content: .cell(.int(5))),
      ])
    #expect(outcome.heapBytes == 16 + 16 + 2 * 8)
  }
}

@Suite struct `References` {
  private let declarations =
    function("bump(ref r: int)", "DerefLoad r | PushConst 1 | AddInt | DerefStore r | Return")
    + function("twice(ref r: int)", "MakeRef r | Call bump | Pop | MakeRef r | Call bump | Return")
    + function("put(ref r)", "PushConst 0 | PushConst 9 | SetIndexRef r | Return")
    + function(
      "swap(ref a, ref b)",
      "DerefLoad a | DerefLoad b | DerefStore a | DerefStore b | Return")

  @Test func `reach the local behind them, cells too`() throws {
    try expect(
      [
        (
          "local n: int | PushConst 5 | StoreLocal n | MakeRef n | Call twice | Pop | LoadLocal n | Halt",
          "7"
        ),
        (
          "local n: int | PushConst 140737488355327 | StoreLocal n | MakeRef n | Call twice | Halt",
          "TypeError at bump+3"
        ),
        (
          "local a | PushConst 1 | NewArray 1 | StoreLocal a | MakeRef a | Call put | Pop | "
            + "LoadLocal a | Halt", "[9]"
        ),
        ("local a | MakeRef a | Call put | Halt", "TypeError at put+2"),
        (
          "local a | local b | PushConst 1 | StoreLocal a | PushConst 2 | StoreLocal b | MakeRef a | "
            + "MakeRef b | Call swap | Pop | LoadLocal a | LoadLocal b | Sub | Halt", "1"
        ),
        (
          "local n: int | PushConst 5 | StoreLocal n | BoxLocal n | MakeClosure next | MakeRef n | "
            + "Call bump | Pop | CallValue 0 | Halt", "7"
        ),
      ], declarations + counter)
  }
}
