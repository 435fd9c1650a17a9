import Bytecode
import Testing

@testable import RefInterpreter

private let ints = "PushConst 3 | PushConst 4 | PushConst 5 | NewTypedArray 3"
private let functions =
  function("double(x)", "LoadLocal x | PushConst 2 | Mul | ReturnValue")
  + function("index(x, i)", "LoadLocal i | ReturnValue")
  + function("odd(x)", "LoadLocal x | PushConst 2 | ModInt | ReturnValue")
  + function("add(a, x)", "LoadLocal a | LoadLocal x | Add | ReturnValue")
  + function("add3(a, x, i)", "LoadLocal a | LoadLocal i | Add | ReturnValue")
  + function("four(a, b, c, d)", "Return")
  + function("nothing()", "Return")
  + function("text(x: string)", "Return")
  + function(
    "fail(x)",
    "LoadLocal x | PushConst 4 | EqInt | JumpIfFalse end | LoadLocal x | Throw | "
      + "end: | Return")

@Suite struct `Builtins that call back` {
  @Test func `pass element and index, cut to what the callback takes`() throws {
    try expect(
      [
        ("\(ints) | PushConst @double | BuiltinCall map 2 | Halt", "[6, 8, 10]"),
        ("\(ints) | PushConst @index | BuiltinCall map 2 | Halt", "[0, 1, 2]"),
        ("\(ints) | PushConst @nothing | BuiltinCall map 2 | Halt", "[unit, unit, unit]"),
        ("\(ints) | PushConst @odd | BuiltinCall filter 2 | Halt", "IntArray [3, 5]"),
        ("\(ints) | PushConst @add | PushConst 0.5 | BuiltinCall reduce 3 | Halt", "12.5"),
        ("\(ints) | PushConst @add3 | PushConst 0 | BuiltinCall reduce 3 | Halt", "3"),
        ("NewArray 0 | PushConst @add3 | PushConst 7 | BuiltinCall reduce 3 | Halt", "7"),
        ("\(ints) | PushConst @odd | BuiltinCall for_each 2 | Halt", "unit"),
        ("\(ints) | PushConst @index | BuiltinCall find 2 | Halt", "4"),
        ("\(ints) | PushConst @nothing | BuiltinCall find 2 | Halt", "null"),
        ("\(ints) | PushConst @index | BuiltinCall find_index 2 | Halt", "1"),
        ("\(ints) | PushConst @nothing | BuiltinCall find_index 2 | Halt", "-1"),
        ("\(ints) | PushConst @odd | BuiltinCall some 2 | Halt", "true"),
        ("\(ints) | PushConst @odd | BuiltinCall every 2 | Halt", "false"),
        ("NewArray 0 | PushConst @odd | BuiltinCall some 2 | Halt", "false"),
        ("NewArray 0 | PushConst @odd | BuiltinCall every 2 | Halt", "true"),
      ], functions)
  }

  @Test func `check receiver, callback and arity once, kinds at each call`() throws {
    try expect(
      [
        ("PushNull | PushNull | BuiltinCall map 2 | Halt", "TypeError at main+2"),
        ("NewArray 0 | PushNull | BuiltinCall map 2 | Halt", "TypeError at main+2"),
        ("NewArray 0 | PushConst @add3 | BuiltinCall map 2 | Halt", "ArityMismatch at main+2"),
        (
          "NewArray 0 | PushConst @four | PushNull | BuiltinCall reduce 3 | Halt",
          "ArityMismatch at main+3"
        ),
        ("NewArray 0 | PushConst @text | BuiltinCall map 2 | Halt", "[]"),
        ("\(ints) | PushConst @text | BuiltinCall map 2 | Halt", "TypeError at main+5"),
        (
          "PushConst 9 | \(ints) | SetupTry h | PushConst @text | BuiltinCall map 2 | Halt | h: | "
            + "Halt", "\"TypeError\""
        ),
      ], functions)
  }

  @Test func `are left when their callback throws`() throws {
    try expect(
      [
        ("\(ints) | PushConst @fail | BuiltinCall map 2 | Halt", "Thrown 4 at fail+5"),
        (
          "SetupTry h | \(ints) | PushConst @fail | BuiltinCall map 2 | Halt | h: | \(ints) | "
            + "PushConst @double | BuiltinCall map 2 | Halt", "[6, 8, 10]"
        ),
      ], functions)
  }

  @Test func `charge fuel and depth for each call, at the builtin`() throws {
    let main = "\(ints) | PushConst @double | BuiltinCall map 2 | Halt"
    #expect(try outcome(of: main, functions, fuel: 3).fuel == 3)
    #expect(try result(of: main, functions, fuel: 2) == "OutOfFuel at main+5")
    #expect(try result(of: main, functions, depth: 1) == "StackOverflow at main+5")
  }

  @Test func `charge the array, and each element when it is appended`() throws {
    let main = "\(ints) | PushConst @double | BuiltinCall map 2 | Halt"
    #expect(try outcome(of: main, functions).heapBytes == 40 + 16 + 24)
    #expect(try result(of: main, functions, heap: 79) == "OutOfMemory at main+5")
    let exit = try outcome(of: main, functions, heap: 79)
    #expect(exit.fuel == 3 && exit.heapBytes == 72)
    let filter = "PushConst true | NewTypedArray 1 | PushConst @index | BuiltinCall filter 2 | Halt"
    #expect(try outcome(of: filter, functions).heapBytes == 17 + 16)
  }

  @Test func `read the length at the start and each element at its turn`() throws {
    let push = function(
      "push(x)", "LoadModuleBinding a | LoadLocal x | ArrayPush | Pop | LoadLocal x | ReturnValue")
    let pop = function(
      "pop(x)", "LoadModuleBinding a | ArrayPop | Pop | LoadLocal x | ReturnValue")
    let zero = function(
      "zero(x)", "PushConst -1 | PushConst 0 | SetModuleBindingIndex a | LoadLocal x | ReturnValue")
    let load = "\(ints) | Dup | StoreModuleBinding a"
    try expect(
      [
        ("\(load) | PushConst @push | BuiltinCall map 2 | Halt", "[3, 4, 5]"),
        ("\(load) | PushConst @pop | BuiltinCall map 2 | Halt", "[3, 4]"),
        ("\(load) | PushConst @pop | BuiltinCall filter 2 | Halt", "IntArray [3, 4]"),
        ("\(load) | PushConst @zero | BuiltinCall map 2 | Halt", "[3, 4, 0]"),
      ], push + pop + zero + "binding a: IntArray?\n")
  }

  @Test func `nest in their callbacks, and are events`() throws {
    let outer = function(
      "outer(x)", "\(ints) | PushConst @add | LoadLocal x | BuiltinCall reduce 3 | ReturnValue")
    let main = "\(ints) | PushConst @outer | CallMethod map 1 | Halt"
    #expect(try result(of: main, functions + outer) == "[15, 16, 17]")
    let traced = try outcome(
      of: "PushConst 1 | NewArray 1 | PushConst @double | BuiltinCall map 2 | Halt", functions,
      recordsEvents: true)
    #expect(traced.events == [.callBack(FunctionIndex(0))])
  }
}
