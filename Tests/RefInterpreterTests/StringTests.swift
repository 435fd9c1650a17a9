import Bytecode
import Testing

@testable import RefInterpreter

/// A call of a builtin on constants.
private func call(_ builtin: String, _ arguments: String...) -> String {
  arguments.map { "PushConst \($0) | " }.joined()
    + "BuiltinCall \(builtin) \(arguments.count) | Halt"
}

@Suite struct `Strings` {
  @Test func `Add concatenates strings, ints and numbers`() throws {
    try expect([
      ("PushConst \"a\" | PushConst \"b\" | Add | Halt", "\"ab\""),
      ("PushConst \"a\" | PushConst 1e21 | Add | Halt", "\"a1e+21\""),
      ("PushConst -0.0 | PushConst \"a\" | Add | Halt", "\"0a\""),
      ("PushConst 7 | PushConst \"a\" | Add | Halt", "\"7a\""),
      ("PushConst \"a\" | PushConst true | Add | Halt", "TypeError at main+2"),
      ("PushNull | PushConst \"a\" | Add | Halt", "TypeError at main+2"),
      ("PushConst \"a\" | PushConst \"b\" | Sub | Halt", "TypeError at main+2"),
    ])
  }

  @Test func `are compared by bytes, never by canonical equivalence`() throws {
    try expect([
      ("PushConst \"\u{e9}\" | PushConst \"e\u{301}\" | Eq | Halt", "false"),
      ("PushConst \"\u{ffff}\" | PushConst \"\u{10000}\" | Lt | Halt", "true"),
      ("PushConst \"a\" | PushConst \"ab\" | Gte | Halt", "false"),
      ("PushConst \"a\" | PushConst 1 | Lt | Halt", "TypeError at main+2"),
      ("PushConst \"a\" | PushConst 1 | Eq | Halt", "false"),
      ("PushConst \"a\" | PushConst \"a\" | Eq | Halt", "true"),
    ])
  }

  @Test func `elements are scalars`() throws {
    try expect([
      ("PushConst \"aäb\" | PushConst 1 | GetProp | Halt", "\"ä\""),
      ("PushConst \"aäb\" | PushConst -1 | GetProp | Halt", "\"b\""),
      ("PushConst \"aäb\" | PushConst 3 | GetProp | Halt", "IndexOutOfBounds at main+2"),
      ("PushConst \"aäb\" | GetProp .length | Halt", "3"),
      (call("char_code", "\"äb\"", "1"), "98"), (call("char_code", "\"ä\""), "228"),
      (call("char_code", "\"\""), "IndexOutOfBounds at main+1"),
      (call("from_char_code", "228"), "\"ä\""),
      (call("from_char_code", "0xd800"), "TypeError at main+1"),
      (call("from_char_code", "0x110000"), "TypeError at main+1"),
    ])
  }

  @Test func `builtins search from left to right`() throws {
    try expect([
      (call("split", "\"a,b,\"", "\",\""), "[\"a\", \"b\", \"\"]"),
      (call("split", "\"\"", "\",\""), "[\"\"]"), (call("split", "\"\"", "\"\""), "[]"),
      (call("split", "\"äb\"", "\"\""), "[\"ä\", \"b\"]"),
      (call("replace", "\"aaa\"", "\"aa\"", "\"b\""), "\"ba\""),
      (call("replace", "\"abc\"", "\"\"", "\"x\""), "\"abc\""),
      (call("contains", "\"abc\"", "\"\""), "true"),
      (call("contains", "\"abc\"", "\"bd\""), "false"),
      (call("starts_with", "\"abc\"", "\"ab\""), "true"),
      (call("ends_with", "\"abc\"", "\"abcd\""), "false"),
      (call("ends_with", "\"abc\"", "\"bc\""), "true"),
      (call("contains", "\"abc\"", "1"), "TypeError at main+2"),
      (call("contains", "\"abababc\"", "\"ababc\""), "true"),
      (call("contains", "\"aabaab\"", "\"aaba\""), "true"),
      (call("contains", "\"ab\"", "\"abc\""), "false"),
      (call("replace", "\"abababa\"", "\"aba\"", "\"x\""), "\"xbx\""),
      (call("replace", "\"aab\"", "\"ab\"", "\"\""), "\"a\""),
      (call("split", "\",a,,\"", "\",\""), "[\"\", \"a\", \"\", \"\"]"),
      (call("split", "null", "\",\""), "TypeError at main+2"),
    ])
  }

  @Test func `upper and lower map scalar by scalar, trim takes white space`() throws {
    try expect([
      (call("upper", "\"straße\""), "\"STRASSE\""), (call("lower", "\"ΑΣ\""), "\"ασ\""),
      (call("trim", "\"\u{a0} a b\u{2003}\\n\""), "\"a b\""), (call("trim", "\"  \""), "\"\""),
    ])
  }

  @Test(
    arguments: [
      ("\" 1.5e3 \"", "1500.0"), ("\".5\"", "0.5"), ("\"5.\"", "5.0"), ("\"+7\"", "7.0"),
      ("\"-Infinity\"", "-Infinity"), ("\"inf\"", "NaN"), ("\"0x10\"", "NaN"), ("\"1_000\"", "NaN"),
      ("\"\"", "NaN"), ("\".\"", "NaN"), ("\"1e\"", "NaN"), ("\"1e400\"", "Infinity"),
      ("\"-0\"", "-0.0"), ("\"1e-400\"", "0.0"), ("true", "1.0"), ("7", "7.0"),
      ("null", "TypeError at main+1"), ("\"1 2\"", "NaN"), ("\"nan\"", "NaN"), ("\"+-1\"", "NaN"),
    ])
  func `to_number reads decimals only`(text: String, number: String) throws {
    #expect(try result(of: call("to_number", text)) == number)
  }

  @Test func `type_of and is_… name kinds`() throws {
    let point = "schema Point { x }"
    try expect(
      [
        (call("type_of", "1.5"), "\"number\""), (call("type_of", "unit"), "\"unit\""),
        ("PushNull | NewTypedObject Point | BuiltinCall type_of 1 | Halt", "\"Point\""),
        ("PushNull | NewTypedObject Point | BuiltinCall is_object 1 | Halt", "true"),
        ("PushConst 1 | NewTypedArray 1 | BuiltinCall type_of 1 | Halt", "\"IntArray\""),
        ("PushConst 1 | NewTypedArray 1 | BuiltinCall is_array 1 | Halt", "true"),
        ("PushNull | BuiltinCall Err 1 | BuiltinCall type_of 1 | Halt", "\"err\""),
        (call("is_number", "1"), "true"), (call("is_int", "1.0"), "false"),
        (call("to_bool", "\"\""), "false"), (call("to_bool", "\"0\""), "true"),
      ], point)
  }

  @Test func `printed forms`() throws {
    let nested = "PushConst \"a\\n\\u{1f}\" | PushNull | NewArray 2"
    try expect(
      [
        ("\(nested) | BuiltinCall to_string 1 | Halt", "\"[\\\"a\\\\n\\\\u{1f}\\\", null]\""),
        ("PushConst \"a\\n\" | BuiltinCall to_string 1 | Halt", "\"a\\n\""),
        (
          "PushConst 1 | NewTypedArray 1 | BuiltinCall Some 1 | BuiltinCall to_string 1 | Halt",
          "\"Some(IntArray [1])\""
        ),
        (
          "PushConst \"b c\" | PushConst 1.0 | PushConst \"a\" | PushConst \"x\" | NewObject 2 | "
            + "BuiltinCall to_string 1 | Halt", "\"{\\\"b c\\\": 1, a: \\\"x\\\"}\""
        ),
        ("PushConst @f | BuiltinCall to_string 1 | Halt", "\"function f\""),
        ("MakeClosure f | BuiltinCall to_string 1 | Halt", "\"closure f\""),
      ], function("f()", "Return"))
    // Level 33 is not looked into, and element 10 001 is not printed.
    let deep = "PushNull" + String(repeating: " | BuiltinCall Ok 1", count: 33)
    #expect(
      try result(of: "\(deep) | BuiltinCall to_string 1 | Halt")
        == "\"" + String(repeating: "Ok(", count: 32) + "…" + String(repeating: ")", count: 32)
        + "\"")
    let long = "PushConst 10001 | PushConst true | BuiltinCall filled 2 | BuiltinCall to_string 1"
    #expect(
      try result(of: "\(long) | Length | Halt")
        == String("BoolArray []".count + 10_000 * 6 + 1))
  }
}
