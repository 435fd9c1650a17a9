import Bytecode
import Testing

@Suite struct `Assembling` {
  @Test func `reads every form of the text`() throws {
    let program = try Assembler.assemble(SampleProgram.text)
    #expect(program.functions.map(\.name) == ["fib", "adder", "bump", "g", "main"])
    #expect(program.functions[0].lines.first == 12)
    #expect(program.instructions[3] == Instruction(.jumpIfFalse, .jump(2)))
    #expect(program.schemas[1].fields[2].kind == SlotKind(.int, isNullable: true))
    #expect(
      program.functions[3].labels.map(\.name) == ["outer", "next", "end2", "end", "also_end"])
    #expect(program.schedule?.directives.count == 17)
  }

  @Test func `pools constants in order of first appearance, each kind and bits once`() throws {
    let text = """
      main() {
          PushConst 1
          PushConst 1.0
          PushConst 0.0
          PushConst -0.0
          PushConst 1
          PushConst 0x1p0
          Halt
      }
      """
    let program = try Assembler.assemble(text)
    #expect(program.constants == [.int(1), .number(1.0), .number(0.0), .number(-0.0)])
  }

  @Test func `states lines by runs`() throws {
    let text = """
      main() {
          lines 3..5 7 7*2 -*2 - 9
          Nop
          Nop
          Nop
          Nop
          Nop
          Nop
          Nop
          Nop
          Nop
          Halt
      }
      """
    let program = try Assembler.assemble(text)
    #expect(program.main.lines == [3, 4, 5, 7, 7, 7, 0, 0, 0, 9])
    #expect(Printer.print(program).contains("    lines 3..5 7*3 -*3 9\n"))
    #expect(try Assembler.assemble("main() {\nlines none\nHalt\n}").main.lines == [])
  }

  /// A text, and the line, column and rule of its refusal with a word of the reason.
  static let refusals: [(String, Int, Int, SyntaxError.Rule, String)] = [
    ("", 1, 1, .syntax, "expected a `main"),
    ("main() {\n  Halt\n", 3, 1, .syntax, "an instruction, a label or `}`"),
    ("main() {\n  Hault\n}", 2, 3, .name, "`Hault`"),
    ("main() {\n  PushConst 140737488355328\n}", 2, 13, .constant, "-140737488355328 ... "),
    ("main() {\n  PushConst -140737488355329\n}", 2, 13, .constant, "an int in"),
    ("main() {\n  PushConst 1e999\n}", 2, 13, .constant, "binary64"),
    ("main() {\n  PushConst 1x\n}", 2, 14, .constant, "after the digits"),
    ("main() {\n  PushConst frog\n}", 2, 13, .constant, "`frog`"),
    ("main() {\n  PushConst \"a\\q\"\n}", 2, 15, .constant, "expected an escape"),
    ("main() {\n  PushConst \"\\u{D800}\"\n}", 2, 14, .constant, "expected an escape"),
    ("main() {\n  PushConst \"é\u{1}\"\n}", 2, 15, .constant, "raw control"),
    ("main() {\n  PushConst \"é\n}", 2, 15, .syntax, "at the end of the string"),
    ("main() {\n  LoadLocal x\n}", 2, 13, .name, "a parameter or local"),
    ("main(a, a) {\n}", 1, 9, .name, "declared twice"),
    ("main(a) {\n local a\n}", 2, 8, .name, "declared twice"),
    ("func f() {\n}\nbinding f\nmain() {\n}", 3, 9, .name, "declared twice"),
    ("main() {\n}\nmain() {\n}", 3, 1, .name, "declared twice"),
    ("main() {\n  Jump out\n}", 2, 8, .name, "a label of `main`"),
    ("main() {\n  Jump 7\n}", 2, 8, .name, "a label of `main`"),
    ("main() {\nend:\n}", 3, 1, .syntax, "after the label `end`"),
    ("main() {\nx:\nx:\n  Halt\n}", 3, 1, .name, "declared twice"),
    ("main() {\n  Call g\n}", 2, 8, .name, "a function"),
    ("main() {\n  Pop 1\n}", 2, 7, .syntax, "the end of the line"),
    ("main() {\n  AddTyped i9\n}", 2, 12, .name, "a width"),
    ("main() {\n  NewArray 65536\n}", 2, 12, .constant, "0 ... 65535"),
    ("main() {\n  BuiltinCall prind 1\n}", 2, 15, .name, "a builtin"),
    ("main() {\n  lines 1\n}", 2, 3, .syntax, "one line for each of 0"),
    ("schema S { a, a }\nmain() {\n}", 1, 15, .name, "declared twice"),
    ("schema int { }\nmain() {\n}", 1, 8, .name, "no kind"),
    ("struct S { a: cstring }\nmain() {\n}", 1, 15, .syntax, "a struct's field"),
    ("schema S { x }\nmain() {\n GetFieldTyped S.y\n}", 3, 16, .name, "a field of `S`"),
    ("main(x: Foo) {\n}", 1, 9, .name, "a kind or schema"),
    ("main() {\n}\nschedule {\n  tier main warp after 1\n}", 4, 13, .name, "a tier"),
    ("main() {\n}\nschedule {\n  fuel 1\n  fuel 2\n}", 5, 3, .name, "one `fuel`"),
    ("main() {\n}\nschedule {\n  sleep 1\n}", 4, 3, .syntax, "a line of a schedule"),
    ("; é\n\u{1F600}", 2, 1, .syntax, "a token"),
    ("main() {\r\n\r x\n}", 2, 1, .syntax, "carriage return"),
  ]

  @Test(arguments: refusals.indices)
  func `names line, column and what was expected`(index: Int) throws {
    let (text, line, column, rule, part) = Self.refusals[index]
    let error = #expect(throws: SyntaxError.self) { try Assembler.assemble(text) }
    #expect(error?.line == line, "\(text) \(String(describing: error))")
    #expect(error?.column == column, "\(text) \(String(describing: error))")
    #expect(error?.rule == rule)
    #expect(error?.reason.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `refuses ill-formed UTF-8 at its first byte`() throws {
    let error = #expect(throws: SyntaxError.self) {
      try Assembler.assemble(Array("; é".utf8) + [0xC3, 0x28])
    }
    #expect(error?.line == 1 && error?.column == 4 && error?.rule == .syntax)
  }

  @Test func `keeps to the limits of a program`() throws {
    let many = "main() {\n" + String(repeating: "Nop\n", count: 65_536)
    #expect(try Assembler.assemble(many + "}").instructions.count == 65_536)
    let error = #expect(throws: SyntaxError.self) { try Assembler.assemble(many + "Nop\n}") }
    #expect(error?.line == 65_538 && error?.reason.contains("65536") == true)
    let locals = (0..<1_025).map { "x\($0)" }.joined(separator: ", ")
    #expect(throws: SyntaxError.self) { try Assembler.assemble("main() {\nlocal \(locals)\n}") }
  }

  @Test(arguments: [
    ("12", Constant.int(12)), ("-0x10", .int(-16)), ("3.0", .number(3)), ("-0.0", .number(-0.0)),
    ("nan", .number(.nan)), ("-inf", .number(-.infinity)), ("1e21", .number(1e21)),
    ("0x1.8p1", .number(3)), ("true", .bool(true)), ("null", .null), ("unit", .unit),
    ("\"\\u{e9}\"", .string(Literal("é"))),
  ])
  func `reads one constant`(text: String, constant: Constant) throws {
    #expect(try Constant.parse(text) == constant)
    let printed = Program().description(of: constant)
    #expect(try Constant.parse(printed) == constant)
  }

  @Test(arguments: ["", "1 2", "@f", "-nan", "--1", "0x", "1.", ".5", "\"", "1_000"])
  func `refuses what is no single constant`(text: String) {
    #expect(throws: SyntaxError.self) { try Constant.parse(text) }
  }

  @Test(arguments: [
    (3.0, "3.0"), (-0.0, "-0.0"), (0.0, "0.0"), (1e21, "1e+21"), (1e20, "100000000000000000000.0"),
    (1.2345678901234568e20, "123456789012345680000.0"), (1e-6, "0.000001"), (1e-7, "1e-7"),
    (1.5e-10, "1.5e-10"), (0.1, "0.1"), (123.456, "123.456"), (.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.5e30, "-2.5e+30"),
    (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (100, "100.0"),
    (4294967296.5, "4294967296.5"),
  ])
  func `shows a number as a number`(value: Double, text: String) {
    #expect(Program().resultText(of: .number(value), heap: []) == text)
  }
}
