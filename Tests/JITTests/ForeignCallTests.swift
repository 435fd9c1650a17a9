import Bytecode
import Testing

@testable import JIT

@Suite struct `Foreign calls` {
  @Test(arguments: [
    "echo_i8 -128 = -128", "echo_i8 128 = ForeignError", "echo_i8 1.0 = 1",
    "echo_i8 1.5 = TypeError", "echo_i8 true = TypeError", "echo_i8 inf = TypeError",
    "echo_i16 -32768 = -32768", "echo_i16 -32769 = ForeignError",
    "echo_i32 0x7fffffff = 2147483647", "echo_i32 0x80000000 = ForeignError",
    "echo_i64 -140737488355328 = -140737488355328", "echo_i64 0x1p62 = 0x1p62",
    "echo_i64 0x1p63 = TypeError", "echo_u8 255 = 255", "echo_u8 -1 = ForeignError",
    "echo_u16 65536 = ForeignError", "echo_u32 4294967295 = 4294967295",
    "echo_u64 -1 = ForeignError", "echo_u64 140737488355327 = 140737488355327",
    "echo_f32 16777217 = 16777216.0", "echo_f32 1e300 = inf", "echo_f64 3 = 3.0",
    "echo_f64 nan = nan", "echo_f64 -0.0 = -0.0", "echo_f64 null = TypeError",
    "echo_bool true = true", "echo_bool 1 = TypeError", "echo_ptr 0 = null",
    "echo_ptr null = null", "echo_ptr 1 = 1", "echo_ptr -1 = ForeignError",
    "echo_ptr 1.0 = TypeError", "echo_ptr unit = TypeError", "widen_i8 -1 = -1",
    "widen_u8 200 = 200", "widen_i16 -2 = -2", "widen_u16 65535 = 65535",
    "widen_bool true = 1", "narrow_i8 255 = -1", "narrow_u8 -1 = 255",
    "narrow_bool 256 = true", "narrow_i32 0xffffffff = -1",
    "least_i64 = -0x1p63", "greatest_u64 = 0x1p64", "join_i64 0x8000 0 = 0x1p47",
    "join_i64 -0x8000 0 = -140737488355328", "join_u64 0x200000 1 = 0x1p53",
    "join_ptr 0x7fff 0xffffffff = 140737488355327", "join_ptr 0x8000 0 = ForeignError",
    "f64_of_bits 0xfff00000 1 = nan", "f32_of_bits 0xffc00001 = nan",
    "high_bits_of_f64 nan = 0x7ff80000", "low_bits_of_f64 nan = 0", "bits_of_f32 nan = 0x7fc00000",
    "is_null null = true", "byte_count \"\" = 0", "byte_count \"a\\u{0}b\" = ForeignError",
    "byte_count \"\\u{1F600}\" = 4", "byte_count null = TypeError",
    "skip_bytes \"\\u{fc}x\" 2 = \"x\"", "skip_bytes \"\\u{fc}x\" 1 = ForeignError",
    "no_text = null", "cut_text = ForeignError", "overlong_text = ForeignError",
    "surrogate_text = ForeignError", "empty_text = \"\"", "echo_cstring \"\\u{e9}\" = \"\\u{e9}\"",
    "longer_text \"ab\" \"abc\" = \"abc\"", "ints_7 1 2 3 4 5 6 7 = 1234567",
    "doubles_9 1 0 0 0 0 0 0 0 1 = 257.0", "mixed_14 1 256 2 0 3 0 4 0 5 0 6 0 7 2 = 1234568.5",
    "add_i32 1 null = TypeError", "add_i8 200 null = ForeignError",
  ])
  func `convert arguments and results`(row: String) throws {
    var fields = row.split(separator: " ").map(String.init)
    let expected = fields.removeLast()
    let run = try ForeignRun()
    let words = try fields[1..<fields.count - 1].map(run.word)
    switch try run.ending(fields[0], words) {
    case .returned(let value):
      #expect(value == ObservedValue(try Constant.parse(expected)))
    case .trapped(let kind, nil, let raise):
      #expect(kind.name == expected)
      #expect(raise == Raise(site: run.site, depth: 1))
    case let other: Issue.record("\(other)")
    }
  }

  @Test func `are events with their arguments and results`() throws {
    let run = try ForeignRun()
    let result = try run.call("add_i32", [int(2), int(3)])
    let outcome = try run.finish(result)
    guard case .callForeign(let index, [.int(2), .int(3)])? = outcome.events.first else {
      Issue.record("\(outcome.events)")
      return
    }
    #expect(outcome.events.last == .returnForeign(index, .int(5)))
    #expect(outcome.fuel == 0 && outcome.heapBytes == 0)
  }

  @Test func `charge the string or records they give`() throws {
    let text = try ForeignRun()
    let greeting = try text.call("greeting", [])
    #expect(try text.finish(greeting).heapBytes == 16 + 17)
    let record = try ForeignRun()
    let owner = try record.call("shifted_owner", [int(5), int(1), int(7)])
    let outcome = try record.finish(owner)
    #expect(outcome.heapBytes == 24 + 32)
    #expect(outcome.heap.count == 2)
    let outside = try ForeignRun()
    let none = try outside.call("shifted_owner", [int(1), int(47), int(7)])
    #expect(try outside.finish(none).heapBytes == 0)
  }

  @Test func `end in OutOfMemory where the string they give does not fit`() throws {
    let run = try ForeignRun { $0.limits.heapBytes = 32 }
    let outcome = try run.finish(try run.call("greeting", []))
    #expect(outcome.ending == .exited(.outOfMemory, at: Raise(site: run.site, depth: 1)))
    #expect(outcome.heapBytes == 0)
    #expect(outcome.events.count == 1)
  }

  @Test func `keep their state for one run`() throws {
    for _ in 0..<2 {
      let run = try ForeignRun()
      _ = try run.call("next_count", [])
      #expect(try run.call("next_count", []) == int(2))
      #expect(try run.call("accumulate", [number(0.5)]) == number(0.5))
      #expect(try run.call("store", [int(9)]) == int(0))
      _ = try run.finish(try run.call("stored", []))
    }
  }

  @Test func `round to nearest again whatever the function has left`() throws {
    let run = try ForeignRun()
    let tiny = number(0x1p-60)
    #expect(try run.call("round_up", [number(1), tiny]) == number(1.0.nextUp))
    #expect(try run.call("subtract_f64", [number(1), number(-0x1p-60)]) == number(1))
  }
}

@Suite struct `Foreign libraries` {
  private static let declaration = """
    foreign cosine = "libm.so.6" cos(f64) -> f64
    foreign nothing = "libm.so.6" no_such_symbol(f64) -> f64
    foreign nowhere = "/nowhere/at_all.so" cos(f64) -> f64
    foreign absent = "fixture" absent(i32) -> i32
    struct Outer { a: i32, b: One, c: i8 }
    foreign mistaken = "fixture" echo_cstring((bool) -> ptr) -> Outer

    """

  @Test func `are those of the allow list, by their literal names`() throws {
    let run = try ForeignRun(Self.declaration) { $0.allowedLibraries = ["libm.so.6"] }
    #expect(try run.call("cosine", [int(0)]) == number(1))
    #expect(try run.call("nowhere", [int(0)]) == .sentinel)
  }

  @Test(arguments: [
    ("cosine", [], "the library \"libm.so.6\" is not allowed"),
    ("cosine", ["libm.so", "./libm.so.6"], "the library \"libm.so.6\" is not allowed"),
    ("nothing", ["libm.so.6"], "the library \"libm.so.6\" has no symbol no_such_symbol"),
    ("absent", [], "the library \"fixture\" has no absent(i32)->i32"),
    ("mistaken", [], "the library \"fixture\" has no echo_cstring((bool)->ptr)->{i32,{f64},i8}"),
  ])
  func `are missed once, in words`(name: String, allowed: [String], reason: String) throws {
    let sink = SentenceSink()
    let run = try ForeignRun(Self.declaration) {
      $0.allowedLibraries = allowed
      $0.diagnostics = { sink.append($0) }
    }
    // Before the arguments are looked at.
    #expect(try run.call(name, [.null]) == .sentinel)
    let result = try run.call(name, [.null])
    #expect(
      try run.finish(result).ending
        == .trapped(.foreignError, payload: nil, at: Raise(site: run.site, depth: 1)))
    #expect(sink.sentences == ["foreign function \(name): \(reason)"])
  }

  @Test func `that cannot be opened are missed too`() throws {
    let sink = SentenceSink()
    let run = try ForeignRun(Self.declaration) {
      $0.allowedLibraries = ["/nowhere/at_all.so"]
      $0.diagnostics = { sink.append($0) }
    }
    #expect(try run.call("nowhere", [int(0)]) == .sentinel)
    #expect(sink.sentences.count == 1)
    #expect(sink.sentences.first?.contains("/nowhere/at_all.so") == true)
  }
}
