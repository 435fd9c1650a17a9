import Testing

@testable import RefInterpreter

private func printed(_ values: Value...) throws -> String {
  var machine = Machine.empty
  machine.operands = values
  return String(decoding: try machine.printedLine(argumentCount: values.count), as: UTF8.self)
}

@Suite struct `printed form` {
  /// Expectations are what ECMA-262's Number::toString gives.
  @Test(
    arguments: [
      (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-1.0, "-1"), (0.5, "0.5"), (-0.1, "-0.1"),
      (100.0, "100"),
      (123.456, "123.456"), (0.1 + 0.2, "0.30000000000000004"), (4.35, "4.35"),
      (0.000001, "0.000001"), (0.0000015, "0.0000015"), (0.0000001, "1e-7"), (1.5e-7, "1.5e-7"),
      (0.0001234, "0.0001234"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
      (123456789012345680000.0, "123456789012345680000"), (1.5e21, "1.5e+21"), (-1e21, "-1e+21"),
      (999999999999999900000.0, "999999999999999900000"), (1e22, "1e+22"), (1e100, "1e+100"),
      (9007199254740992.0, "9007199254740992"), (9007199254740994.0, "9007199254740994"),
      (18014398509481984.0, "18014398509481984"), (36028797018963968.0, "36028797018963970"),
      (140737488355328.0, "140737488355328"), (9223372036854775808.0, "9223372036854776000"),
      (.leastNonzeroMagnitude, "5e-324"), (2.2250738585072014e-308, "2.2250738585072014e-308"),
      (1.7976931348623157e308, "1.7976931348623157e+308"), (.nan, "NaN"), (-.nan, "NaN"),
      (.infinity, "Infinity"), (-.infinity, "-Infinity"), (1e15, "1000000000000000"),
      (1e16, "10000000000000000"), (1e17, "100000000000000000"), (12345e-10, "0.0000012345"),
      (2e-6, "0.000002"), (499999999067109000.0, "499999999067109000"), (5.0e-7, "5e-7"),
      (10.0, "10"), (1234567.875, "1234567.875"), (0x1p70, "1.1805916207174113e+21"),
      (0x1p69, "590295810358705700000"),
    ] as [(Double, String)])
  func `a number prints as in ECMAScript`(number: Double, expected: String) throws {
    #expect(try printed(.number(number)) == expected + "\n")
  }

  @Test func `other values print by name`() throws {
    #expect(try printed(.null, .unit, true, false) == "null unit true false\n")
    #expect(try printed(.minimum, 0, .maximum) == "-140737488355328 0 140737488355327\n")
    #expect(try printed() == "\n")
  }
}
