import Bytecode
import Testing

@testable import JIT

@Suite struct `Runtime builtins` {
  @Test(arguments: [
    "abs -140737488355328 = 0x1p47",
    "abs -0.0 = 0.0",
    "abs null = TypeError",
    "sign -9 = -1",
    "sign -0.0 = -0.0",
    "sign -2.5 = -1.0",
    "sign nan = nan",
    "floor -0.5 = -1.0",
    "ceil -0.5 = -0.0",
    "round -2.5 = -3.0",
    "round 0.49999999999999994 = 0.0",
    "floor 3 = 3",
    "min 3 -2 5 = -2",
    "min 0.0 -0.0 = -0.0",
    "max -0.0 0 = 0.0",
    "max 3 2.0 = 3.0",
    "max 3 nan 9 = nan",
    "max 3 true = TypeError",
    "min unit = TypeError",
    "clamp 7 0 5 = 5",
    "clamp -7 0 5 = 0",
    "clamp 3 0.0 5 = 3.0",
    "gcd -12 18 = 6",
    "gcd 0 0 = 0",
    "gcd 0x1p60 0 = 0x1p60",
    "lcm 4 -6 = 12",
    "lcm 0 5 = 0",
    "lcm 70368744177664 3 = 0x1.8p47",
    "lcm 0.5 3 = TypeError",
    "sqrt 9 = 3.0",
    "sqrt -1 = nan",
    "ln 0 = -inf",
    "exp 0 = 1.0",
    "log10 1000 = 3.0",
    "sin -0.0 = -0.0",
    "cos 0 = 1.0",
    "tan 0 = 0.0",
    "asin 2 = nan",
    "acos 1 = 0.0",
    "atan inf = 1.5707963267948966",
    "hypot 3 4 = 5.0",
    "hypot nan inf = inf",
    "hypot 3 null = TypeError",
    "pow 2 10 = 1024",
    "pow 2 10.0 = 1024.0",
    "is_nan nan = true",
    "is_nan 1 = false",
    "is_finite -inf = false",
    "is_finite true = TypeError",
  ])
  func `compute what the table says`(row: String) throws {
    var fields = row.split(separator: " ").map(String.init)
    let expected = try wordResult(fields.removeLast())
    #expect(fields.removeLast() == "=")
    let builtin = try #require(Builtin.named(fields.removeFirst()))
    let state = RunState(program: TierZeroProgram(try verified("main() {\n  Halt\n}\n")))
    let result = try fields.map(word).withUnsafeBufferPointer { arguments in
      WordResult { () throws(Stop) -> Word in
        try RuntimeBuiltins.call(builtin, arguments, state)
      }
    }
    #expect(result == expected)
  }
}

@Suite struct `Runtime printing` {
  @Test(
    arguments: [
      "0.0 0", "-0.0 0", "1.0 1", "-1.5 -1.5", "nan NaN", "inf Infinity", "-inf -Infinity",
      "1e21 1e+21", "1e20 100000000000000000000", "123456789012345680000.0 123456789012345680000",
      "1e-6 0.000001", "1e-7 1e-7", "1.5e-7 1.5e-7", "0.1 0.1",
      "0.30000000000000004 0.30000000000000004", "5e-324 5e-324",
      "2.2250738585072014e-308 2.2250738585072014e-308",
      "1.7976931348623157e308 1.7976931348623157e+308", "0x1p53 9007199254740992",
      "0x1p-44 5.684341886080802e-14", "213.36869090903474 213.36869090903474",
      "499999999067109000.0 499999999067109000", "4.35 4.35", "1e23 1e+23",
      "9.5e-323 9.4e-323", "0x1p-1023 1.1125369292536007e-308",
    ])
  func `writes numbers as ECMAScript does`(row: String) throws {
    let fields = row.split(separator: " ").map(String.init)
    var text: [UInt8] = []
    NumberPrinting.append(try word(fields[0]).number, to: &text)
    #expect(String(decoding: text, as: UTF8.self) == fields[1])
  }

  @Test func `writes digits that read back, powers of two included`() {
    for exponent in UInt64(1)..<2047 {
      for fraction in [UInt64(0), 1, 0xF_FFFF_FFFF_FFFF, 0x5_5555_5555_5555] {
        let value = Double(bitPattern: exponent << 52 | fraction)
        var text: [UInt8] = []
        NumberPrinting.append(value, to: &text)
        #expect(Double(String(decoding: text, as: UTF8.self)) == value)
      }
    }
  }

  @Test func `joins the arguments of print by one space`() throws {
    let outcome = try interpreted(
      """
      main() {
        PushNull
        PushConst true
        PushConst -3
        PushConst 2.0
        BuiltinCall print 4
        BuiltinCall print 1
        Halt
      }
      """, recordsEvents: true)
    #expect(
      outcome.events == [
        .print(
          values: [.null, .bool(true), .int(-3), .number(2)], text: Array("null true -3 2\n".utf8)),
        .print(values: [.unit], text: Array("unit\n".utf8)),
      ])
    #expect(outcome.ending == .returned(.unit))
  }
}
