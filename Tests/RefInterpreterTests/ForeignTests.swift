import Bytecode
import Synchronization
import Testing

@testable import RefInterpreter

/// A declaration of a function of the fixture library under its own name.
private func fixture(_ symbol: String, _ signature: String) -> String {
  "foreign \(symbol) = \"fixture\" \(symbol)\(signature)\n"
}

@Suite struct `Foreign calls` {
  @Test func `convert scalars as their types say`() throws {
    try expect(
      [
        ("PushConst 127 | CallForeign echo_i8 | Halt", "127"),
        ("PushConst -128.0 | CallForeign echo_i8 | Halt", "-128"),
        ("PushConst 128 | CallForeign echo_i8 | Halt", "ForeignError at main+1"),
        ("PushConst 0.5 | CallForeign echo_i8 | Halt", "TypeError at main+1"),
        ("PushConst -1 | CallForeign echo_u64 | Halt", "ForeignError at main+1"),
        ("PushConst 0x1p62 | CallForeign echo_u64 | Halt", "4611686018427388000.0"),
        ("CallForeign least_i64 | Halt", "-9223372036854776000.0"),
        ("CallForeign greatest_u64 | Halt", "18446744073709552000.0"),
        ("PushConst -5 | CallForeign narrow_i8 | Halt", "-5"),
        ("PushConst 0.1 | CallForeign echo_f32 | Halt", "0.10000000149011612"),
        ("PushConst 7 | CallForeign echo_f64 | Halt", "7.0"),
        ("PushConst nan | CallForeign high_bits_of_f64 | Halt", "2146959360"),
        ("PushNull | CallForeign echo_f64 | Halt", "TypeError at main+1"),
        ("PushConst true | CallForeign echo_bool | Halt", "true"),
        ("PushConst 1 | CallForeign echo_bool | Halt", "TypeError at main+1"),
        ("PushNull | CallForeign echo_ptr | Halt", "null"),
        ("PushConst 0 | CallForeign echo_ptr | Halt", "null"),
        ("PushConst 7 | CallForeign echo_ptr | Halt", "7"),
        ("PushConst 7.0 | CallForeign echo_ptr | Halt", "TypeError at main+1"),
        ("PushConst -7 | CallForeign echo_ptr | Halt", "ForeignError at main+1"),
        (
          "PushConst 0xffffffff | PushConst 0 | CallForeign join_ptr | Halt",
          "ForeignError at main+2"
        ),
        ("PushConst \"aä\" | CallForeign echo_cstring | Halt", "\"aä\""),
        ("PushConst \"a\\u{0}\" | CallForeign echo_cstring | Halt", "ForeignError at main+1"),
        ("PushConst 1 | CallForeign echo_cstring | Halt", "TypeError at main+1"),
        ("CallForeign no_text | Halt", "null"),
        ("CallForeign cut_text | Halt", "ForeignError at main+0"),
        ("CallForeign surrogate_text | Halt", "ForeignError at main+0"),
        ("PushConst 1000 | PushConst 0.5 | CallForeign add_i8 | Halt", "ForeignError at main+2"),
      ],
      [
        ("echo_i8", "(i8) -> i8"), ("echo_u64", "(u64) -> u64"), ("least_i64", "() -> i64"),
        ("greatest_u64", "() -> u64"), ("narrow_i8", "(i64) -> i8"), ("echo_f32", "(f32) -> f32"),
        ("echo_f64", "(f64) -> f64"), ("high_bits_of_f64", "(f64) -> u32"),
        ("echo_bool", "(bool) -> bool"), ("echo_ptr", "(ptr) -> ptr"),
        ("join_ptr", "(u32, u32) -> ptr"), ("echo_cstring", "(cstring) -> cstring"),
        ("no_text", "() -> cstring"), ("cut_text", "() -> cstring"),
        ("surrogate_text", "() -> cstring"), ("add_i8", "(i8, i8) -> i8"),
      ].map(fixture).joined())
  }

  @Test func `pass structs by value, and all kinds of registers and the stack`() throws {
    let declarations =
      """
      struct Packed { a: i8, b: i16, c: i32 }
      struct Nested { head: Packed, tail: f64 }
      struct Big { a: i64, b: i64, c: i32 }
      struct Wide { a: i64, b: u64 }
      schema Other { a, b, c }

      """
      + [
        ("make_packed", "(i8, i16, i32) -> Packed"), ("sum_packed", "(Packed) -> i64"),
        ("sum_big", "(Big) -> i64"), ("make_big", "(i64, i64, i32) -> Big"),
        ("turn_nested", "(Nested) -> Nested"), ("shifted_wide", "(i64, u64, u32) -> Wide"),
        ("doubles_9", "(f64, f64, f64, f64, f64, f64, f64, f64, f64) -> f64"),
      ].map(fixture).joined()
    let packed = "PushConst -1 | PushConst 2 | PushConst -3 | NewTypedObject Packed"
    try expect(
      [
        (
          "PushConst -1 | PushConst 2 | PushConst -3 | CallForeign make_packed | Halt",
          "Packed {a: -1, b: 2, c: -3}"
        ),
        (
          "PushConst 4 | PushConst 5 | PushConst 6 | CallForeign make_big | Halt",
          "Big {a: 4, b: 5, c: 6}"
        ),
        (
          "PushConst 200 | PushConst 2 | PushConst 3 | NewTypedObject Packed | "
            + "CallForeign sum_packed | Halt", "ForeignError at main+4"
        ),
        (
          "PushConst 1 | PushConst 2 | PushConst 3 | NewTypedObject Other | "
            + "CallForeign sum_packed | Halt", "TypeError at main+4"
        ),
        (
          "\(packed) | PushConst 0.5 | NewTypedObject Nested | CallForeign turn_nested | "
            + "CallForeign turn_nested | GetProp .head | GetProp .b | Halt", "4"
        ),
        (
          "PushConst 1 | PushConst 0 | PushConst 63 | CallForeign shifted_wide | Halt",
          "ForeignError at main+3"
        ),
      ], declarations)
    let traced = try outcome(
      of: "PushConst -1 | PushConst 2 | PushConst -3 | CallForeign make_packed | Halt",
      declarations, recordsEvents: true)
    #expect(
      traced.events == [
        .callForeign(ForeignIndex(0), arguments: [.int(-1), .int(2), .int(-3)]),
        .returnForeign(ForeignIndex(0), .identity(.record, number: 0)),
      ])
    #expect(traced.heapBytes == 16 + 3 * 8)
  }

  @Test func `check symbol, nesting and arguments in this order`() throws {
    let declarations =
      fixture("missing", "(i32) -> i32")
      + "foreign other = \"libother.so\" other(i32) -> i32\n"
      + fixture("add_i32", "(i32, i32) -> i32")
    try expect(
      [
        ("PushNull | CallForeign missing | Halt", "ForeignError at main+1"),
        ("PushNull | CallForeign other | Halt", "ForeignError at main+1"),
        ("PushConst 0x1p40 | PushNull | CallForeign add_i32 | Halt", "ForeignError at main+2"),
        ("PushNull | PushConst 0x1p40 | CallForeign add_i32 | Halt", "TypeError at main+2"),
      ], declarations)
    let program = try program(
      "SetupTry again | PushNull | CallForeign missing | Halt | again: | PopHandler | Halt"
        .replacing("PopHandler", with: "PushNull | CallForeign other"), declarations)
    let sentences = Mutex<[String]>([])
    _ = try ReferenceEngine().prepare(program).run(
      RunRequest(
        entry: program.program.mainIndex,
        diagnostics: { sentence in sentences.withLock { $0.append(sentence) } }))
    #expect(
      sentences.withLock { $0 } == [
        "library fixture has no symbol missing", "library libother.so is not allowed",
      ])
  }

  @Test func `reach a library whose path is allowed`() throws {
    let program = try program(
      "PushConst 3 | PushConst 4 | CallForeign hypot | Halt",
      "foreign hypot = \"libm.so.6\" hypot(f64, f64) -> f64")
    let session = try ReferenceEngine().prepare(program)
    let main = program.program.mainIndex
    let allowed = try session.run(RunRequest(entry: main, allowedLibraries: ["libm.so.6"]))
    #expect(allowed.ending == .returned(.number(5)))
    let refused = try session.run(RunRequest(entry: main, allowedLibraries: ["/libm.so.6"]))
    #expect(
      refused.ending
        == .trapped(
          .foreignError, payload: nil, at: Raise(site: Site(main, offset: 2), depth: 1)))
  }

  @Test func `start each run with fresh state and keep the rounding mode`() throws {
    let program = try program(
      "CallForeign next_count | Pop | CallForeign next_count | PushConst 1 | PushConst 3 | "
        + "CallForeign round_up | Pop | PushConst 1.0 | PushConst 0x1p-60 | AddNumber | AddNumber | "
        + "Halt",
      fixture("next_count", "() -> i64") + fixture("round_up", "(f64, f64) -> f64"))
    let session = try ReferenceEngine().prepare(program)
    for _ in 0..<2 {
      let outcome = try session.run(RunRequest(entry: program.program.mainIndex))
      #expect(outcome.ending == .returned(.number(3)))
    }
  }
}

private let callbacks =
  [
    ("call_i32", "((i32) -> i32, i32) -> i32"), ("call_u8", "((u8) -> u8, u8) -> u8"),
    ("repeat", "((i32) -> i64, u16) -> i64"), ("call_none", "(() -> i32) -> i32"),
    ("call_f64", "((f64) -> f64, f64) -> f64"), ("call_nan", "((f64, f32) -> f64) -> f64"),
    ("alternate", "((i64) -> i64, (i64) -> i32, u16) -> i64"),
    ("call_rounding_up", "((f64) -> f64, f64) -> f64"),
  ].map(fixture).joined()
  + function("same(x)", "LoadLocal x | ReturnValue")
  + function("wide(x)", "LoadLocal x | PushConst 1000 | Add | ReturnValue")
  + function("text(x: string)", "LoadLocal x | ReturnValue")
  + function("fail(x)", "PushConst 7 | Throw")
  + function(
    "failAt2(x)",
    "LoadLocal x | PushConst 2 | EqInt | JumpIfFalse fine | PushConst 7 | Throw | fine: | "
      + "LoadLocal x | StoreModuleBinding last | LoadLocal x | ReturnValue")
  + function(
    "caught(x)", "SetupTry h | PushConst 7 | Throw | h: | LoadLocal x | Add | ReturnValue")
  + function("spin(x)", "head: | Jump head | Return")
  + function("none()", "Return")
  + function(
    "count[mut n: int](x)",
    "LoadClosure n | PushConst 1 | AddInt | Dup | StoreClosure n | "
      + "ReturnValue")
  + function("third(x)", "PushConst 1.0 | PushConst 3 | DivNumber | ReturnValue")
  + function("dive(x)", "PushConst @dive | LoadLocal x | CallForeign call_i32 | ReturnValue")
  + function(
    "depthOf(x)",
    "LoadModuleBinding last | PushConst 1 | Add | StoreModuleBinding last | PushConst @depthOf | "
      + "LoadLocal x | CallForeign call_i32 | ReturnValue")
  + "binding last\n"

@Suite struct `Callbacks of foreign functions` {
  @Test func `run functions and closures`() throws {
    try expect(
      [
        ("PushConst @same | PushConst -7 | CallForeign call_i32 | Halt", "-7"),
        ("PushConst @same | PushConst 4 | CallForeign repeat | Halt", "6"),
        ("PushConst 5 | MakeClosure count | PushConst 3 | CallForeign repeat | Halt", "21"),
        ("PushConst @caught | PushConst 3 | CallForeign call_i32 | Halt", "10"),
        (
          "PushConst @third | PushConst 1 | CallForeign call_rounding_up | Halt",
          "0.3333333333333333"
        ),
      ], callbacks)
  }

  @Test func `check kind and arity of the callback, and kinds both ways`() throws {
    try expect(
      [
        ("PushConst 1 | PushConst 1 | CallForeign call_i32 | Halt", "TypeError at main+2"),
        ("PushConst @none | PushNull | CallForeign call_i32 | Halt", "ArityMismatch at main+2"),
        ("PushConst @same | PushNull | CallForeign call_i32 | Halt", "TypeError at main+2"),
        ("PushConst @text | PushConst 1 | CallForeign call_i32 | Halt", "TypeError at main+2"),
        ("PushConst @none | CallForeign call_none | Halt", "TypeError at main+1"),
        ("PushConst @wide | PushConst 1 | CallForeign call_u8 | Halt", "ForeignError at main+2"),
        (
          "SetupTry h | PushConst @wide | PushConst 1 | CallForeign call_u8 | Halt | h: | Halt",
          "\"ForeignError\""
        ),
      ], callbacks)
  }

  @Test func `end in a trap that is raised when the function has returned`() throws {
    try expect(
      [
        ("PushConst @fail | PushConst 1 | CallForeign call_i32 | Halt", "Thrown 7 at fail+1"),
        (
          "SetupTry h | PushConst @fail | PushConst 1 | CallForeign call_i32 | Halt | h: | "
            + "PushConst 1 | Add | Halt", "8"
        ),
        (
          "SetupTry h | PushConst @failAt2 | PushConst 9 | CallForeign repeat | Halt | h: | "
            + "LoadModuleBinding last | Add | Halt", "8"
        ),
      ], callbacks)
    let main = "PushConst @failAt2 | PushConst 9 | CallForeign repeat | Halt"
    let traced = try outcome(of: main, callbacks, recordsEvents: true)
    let failing = FunctionIndex(4)
    #expect(
      traced.ending
        == .trapped(.thrown, payload: .int(7), at: Raise(site: Site(failing, offset: 5), depth: 2)))
    // Later callbacks cost no fuel, run no bytecode and are no events.
    #expect(traced.fuel == 3)
    #expect(
      traced.events == [
        .callForeign(ForeignIndex(2), arguments: [.function(failing), .int(9)]),
        .callBack(failing), .storeBinding(BindingIndex(0), .int(0)), .callBack(failing),
        .storeBinding(BindingIndex(0), .int(1)), .callBack(failing),
      ])
  }

  @Test func `charge fuel and depth at the call`() throws {
    let main = "PushConst @same | PushConst 1 | CallForeign call_i32 | Halt"
    #expect(try outcome(of: main, callbacks).fuel == 1)
    #expect(try result(of: main, callbacks, fuel: 0) == "OutOfFuel at main+2")
    #expect(try result(of: main, callbacks, depth: 1) == "StackOverflow at main+2")
    let endless =
      "SetupTry h | PushConst @spin | PushConst 1 | CallForeign call_i32 | Halt | h: | Halt"
    #expect(try result(of: endless, callbacks, fuel: 50) == "OutOfFuel at spin+0")
  }

  @Test func `nest 1 000 levels`() throws {
    let main = "PushConst @dive | PushConst 1 | CallForeign call_i32 | Halt"
    let outcome = try outcome(of: main, callbacks)
    let dive = FunctionIndex(10)
    #expect(
      outcome.ending
        == .trapped(
          .stackOverflow, payload: nil, at: Raise(site: Site(dive, offset: 2), depth: 1001)))
    #expect(outcome.fuel == 1000)
    #expect(
      try result(
        of:
          "PushConst 0 | StoreModuleBinding last | SetupTry h | PushConst @depthOf | PushConst 1 | "
          + "CallForeign call_i32 | Halt | h: | Pop | LoadModuleBinding last | Halt", callbacks)
        == "1000")
  }
}
