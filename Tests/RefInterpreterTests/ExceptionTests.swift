import Bytecode
import Testing

@testable import RefInterpreter

private let divide = function("divide(n)", "PushConst 1 | LoadLocal n | DivInt | ReturnValue")

@Suite struct `Handlers` {
  @Test func `get the payload on the stack of their SetupTry`() throws {
    try expect(
      [
        (
          "PushConst 7 | SetupTry h | PushConst 1 | PushConst 0 | DivInt | Halt | h: | Halt",
          "\"DivisionByZero\""
        ),
        ("SetupTry h | PushConst 5 | Throw | h: | PushConst 1 | Add | Halt", "6"),
        ("SetupTry h | PushConst 0 | Call divide | Halt | h: | Halt", "\"DivisionByZero\""),
        ("PushConst 7 | SetupTry h | PushConst 1 | PushConst 2 | Throw | h: | Pop | Halt", "7"),
        ("PushConst 5 | Throw", "Thrown 5 at main+1"),
        // The inner handler is dropped by PopHandler, and by the delivery to it.
        (
          "SetupTry a | SetupTry b | PopHandler | PushConst 1 | Throw | a: | PushConst 10 | Add | "
            + "Halt | b: | PushConst 20 | Add | Halt", "11"
        ),
        (
          "SetupTry a | SetupTry b | PushConst 1 | Throw | b: | PushConst 20 | Add | Throw | "
            + "a: | PushConst 10 | Add | Halt", "31"
        ),
        (
          "local x | SetupTry h | PushConst 3 | StoreLocal x | PushNull | Throw | h: | Pop | "
            + "LoadLocal x | Halt", "3"
        ),
      ], divide)
  }

  @Test func `are dropped when their function is left`() throws {
    let leaving = function("leaving()", "SetupTry h | PushConst 1 | ReturnValue | h: | ReturnValue")
    try expect(
      [
        ("Call leaving | Throw", "Thrown 1 at main+1"),
        ("SetupTry h | Call leaving | Throw | h: | PushConst 10 | Add | Halt", "11"),
      ], leaving)
  }

  @Test func `cost a unit of fuel, charged at the raise`() throws {
    let main = "SetupTry h | PushConst 0 | Call divide | Halt | h: | Halt"
    #expect(try outcome(of: main, divide).fuel == 2)
    #expect(try result(of: main, divide, fuel: 2) == "\"DivisionByZero\"")
    #expect(try result(of: main, divide, fuel: 1) == "OutOfFuel at divide+2")
    let exit = try outcome(of: main, divide, fuel: 1)
    #expect(
      exit.ending
        == .exited(
          .outOfFuel,
          at: Raise(site: Site(FunctionIndex(0), offset: 2), depth: 2, handlerDepth: 1)))
    #expect(exit.fuel == 1)
    #expect(
      try outcome(of: "PushConst 0 | Call divide | Halt", divide, fuel: 1).ending
        == .trapped(
          .divisionByZero, payload: nil,
          at: Raise(site: Site(FunctionIndex(0), offset: 2), depth: 2)))
  }

  @Test func `do not see exits, and test the heap before the fuel`() throws {
    let main = "SetupTry h | NewArray 0 | Pop | BuiltinCall Map 0 | Throw | h: | Halt"
    #expect(try result(of: main, heap: 15) == "OutOfMemory at main+1")
    #expect(try result(of: main, heap: 31) == "OutOfMemory at main+4")
    #expect(try result(of: main, fuel: 0, heap: 31) == "OutOfMemory at main+4")
    #expect(try result(of: main, fuel: 0, heap: 32) == "OutOfFuel at main+4")
    #expect(try result(of: main, heap: 32) == "Map {}")
  }
}

@Suite struct `Options and results` {
  @Test func `unwrap`() throws {
    let ok = "PushConst 1 | BuiltinCall Ok 1"
    let err = "PushConst 1 | BuiltinCall Err 1"
    let some = "PushConst 1 | BuiltinCall Some 1"
    try expect(
      [
        ("\(ok) | IsOk | Halt", "true"), ("\(err) | IsOk | Halt", "false"),
        ("\(err) | IsErr | Halt", "true"), ("PushConst 1 | IsErr | Halt", "false"),
        ("\(ok) | UnwrapOk | Halt", "1"), ("\(err) | UnwrapErr | Halt", "1"),
        ("\(err) | UnwrapOk | Halt", "UnwrapFailed at main+2"),
        ("\(ok) | UnwrapErr | Halt", "UnwrapFailed at main+2"),
        ("PushConst 1 | UnwrapOk | Halt", "UnwrapFailed at main+1"),
        ("\(some) | UnwrapOption | Halt", "1"), ("\(ok) | UnwrapOption | Halt", "Ok(1)"),
        ("PushNull | UnwrapOption | Halt", "UnwrapFailed at main+1"),
        ("\(ok) | TryUnwrap | PushConst 1 | Add | Halt", "2"),
        ("\(some) | TryUnwrap | PushConst 1 | Add | Halt", "2"),
        ("PushConst 7 | TryUnwrap | PushConst 1 | Add | Halt", "8"),
        ("\(err) | TryUnwrap | PushConst 1 | Add | Halt", "Err(1)"),
        ("PushNull | TryUnwrap | PushConst 1 | Add | Halt", "null"),
        ("PushConst 9 | \(err) | Call early | Eq | Halt", "false"),
        ("\(some) | \(some) | Eq | Halt", "true"), ("\(some) | \(ok) | Eq | Halt", "false"),
        ("PushConst nan | BuiltinCall Some 1 | Dup | Eq | Halt", "false"),
        (
          "PushConst 1 | PushConst 3 | PushConst true | MakeRange | BuiltinCall Ok 1 | PushConst 1 | "
            + "PushConst 3 | PushConst true | MakeRange | BuiltinCall Ok 1 | Eq | Halt", "true"
        ),
        ("NewArray 0 | NewArray 0 | Eq | Halt", "false"),
      ], function("early(r)", "LoadLocal r | TryUnwrap | ReturnValue"))
  }

  @Test func `nest without limit`() throws {
    let wrap = function(
      "wrap(count: int)",
      "local v | local i: int | PushConst 0 | StoreLocal i | head: | LoadLocal v | "
        + "BuiltinCall Some 1 | StoreLocal v | LoadLocal i | PushConst 1 | AddInt | StoreLocal i | "
        + "LoadLocal i | LoadLocal count | LtInt | JumpIfTrue head | LoadLocal v | ReturnValue")
    let two = "PushConst 20000 | Call wrap | PushConst 20000 | Call wrap"
    #expect(try result(of: "\(two) | Eq | Halt", wrap) == "true")
    let outcome = try outcome(of: "PushConst 20000 | Call wrap | Halt", wrap)
    #expect(outcome.heap.count == 20_000 && outcome.heap[19_999].content == .some(.null))
  }
}
