import Bytecode
@testable import Corpus
import Testing

private func run(_ line: String) throws -> RunExpectation {
  let expectations = try Expectation.parse(line)
  guard expectations.count == 1, case .run(let run) = expectations[0] else {
    throw ExpectationError(line: 1, column: 1, reason: "no single run line")
  }
  return run
}

@Suite struct `Expectation lines` {
  @Test func `give arguments, limits and outcome`() throws {
    let full = try run(
      #"  ; run: main(1, -0.0, nan, null,true) fuel 5 heap 64 depth 3 = Some(1) prints "a\n" uses 4"#
    )
    #expect(
      full.arguments == [
        .int(1), .number(-0.0), .number(bitPattern: canonicalNaN), .null, .bool(true),
      ])
    #expect(full.limits == RunLimits(fuel: 5, depth: 3, heapBytes: 64))
    #expect(full.end == .returns("Some(1)"))
    #expect(full.output == Array("a\n".utf8))
    #expect(full.fuel == 4)
    #expect(full.call == "main(1, -0.0, nan, null,true) fuel 5 heap 64 depth 3")
  }

  @Test func `leave out what is not checked`() throws {
    let bare = try run("; run: main()")
    #expect(bare.arguments.isEmpty)
    #expect(bare.limits == RunLimits())
    #expect(bare.end == nil && bare.output == nil && bare.fuel == nil)
  }

  @Test(
    arguments: [
      ("= 3", .returns("3")),
      (#"= [1, "a prints b"] prints "x""#, .returns(#"[1, "a prints b"]"#)),
      ("traps TypeError", .traps(.typeError, payload: nil, place: nil)),
      (
        "traps DivisionByZero at main+3 uses 7",
        .traps(.divisionByZero, payload: nil, place: "main+3")
      ),
      (
        #"traps Thrown {a: 1} at S.f+12"#, .traps(.thrown, payload: "{a: 1}", place: "S.f+12")
      ),
      ("exits OutOfFuel at f+0", .exits(.outOfFuel, place: "f+0")),
      ("exits OutOfMemory", .exits(.outOfMemory, place: nil)),
    ] as [(String, RunExpectation.End)])
  func `spell outcomes`(text: String, end: RunExpectation.End) throws {
    #expect(try run("; run: main() " + text).end == end)
  }

  @Test(arguments: [
    ("; run: other()", 8, "expected `main(`"),
    ("; run: main(1", 14, "expected `,` or `)`"),
    ("; run: main(1 2)", 15, "expected `,` or `)`"),
    ("; run: main(x)", 13, "`x`: expected a constant, found `x`; a function is `@name`"),
    ("; run: main(@f)", 13, "`@f`: expected the name of a function, found `f`"),
    ("; run: main() fuel x", 20, "expected a number of fuel units"),
    ("; run: main() depth 0", 21, "expected 1 to 1000000 frames"),
    ("; run: main() =", 16, "expected a value after `=`"),
    ("; run: main() traps Wrong", 15, "`Wrong` is no trap"),
    ("; run: main() exits TypeError", 15, "`TypeError` is no exit"),
    ("; run: main() traps TypeError at main", 34, "expected FUNCTION+OFFSET"),
    ("; run: main() traps TypeError at main+x", 34, "expected FUNCTION+OFFSET"),
    ("; run: main() prints a", 22, "expected a text in quotes"),
    ("; run: main() uses 1 uses 2", 22, "expected the end of the line"),
    ("; run: main() nonsense", 15, "expected the end of the line"),
    ("; verify: nonsense at main+1", 11, "nonsense is no rule of the verifier"),
    ("; verify: stack", 16, "expected `at FUNCTION+OFFSET`"),
    ("; verify: stack at main+1 and more", 27, "expected the end of the line"),
  ])
  func `that are malformed are refused with their place`(
    text: String, column: Int, reason: String
  ) {
    #expect(throws: ExpectationError(line: 3, column: column, reason: reason)) {
      _ = try Expectation.parse("; a comment\nmain() {\n\(text)\n}\n")
    }
  }

  @Test func `are told from other comments`() throws {
    let text = "; running: main()\n;run: main() = 1\n  ; verify: stack at main+2\nmain() {\n"
    let expectations = try Expectation.parse(text)
    #expect(expectations.count == 2)
    guard case .run(let run) = expectations[0], case .verify(let verify) = expectations[1] else {
      Issue.record("expected a run and a verify line")
      return
    }
    #expect(run.line == 2)
    #expect(verify.line == 3 && verify.rule == .stack && verify.place == "main+2")
  }
}

@Suite struct `A run` {
  private let program = Program(
    instructions: [Instruction(.return)],
    functions: [Function(name: "main", entryPoint: 0, bodyLength: 1)])
  private let site = Raise(site: Site(FunctionIndex(0), offset: 0), depth: 1)

  @Test func `is compared in what its line states`() throws {
    let returned = Outcome(ending: .returned(.number(3)), fuel: 2)
    let trapped = Outcome(ending: .trapped(.typeError, payload: nil, at: site), fuel: 2)
    func mismatch(_ line: String, _ outcome: Outcome, _ output: String = "") throws -> String? {
      try run("; run: main() " + line)
        .mismatch(of: outcome, output: Array(output.utf8), in: program)
    }
    #expect(try mismatch("", returned, "x") == nil)
    #expect(try mismatch(#"= 3.0 prints "x\n" uses 2"#, returned, "x\n") == nil)
    #expect(try mismatch("= 3", returned) == "line 1: expected `= 3`, found `= 3.0`")
    #expect(
      try mismatch(#"prints "x\n""#, returned, "x")
        == #"line 1: expected output "x\n", found "x""#)
    #expect(
      try mismatch("uses 1", returned) == "line 1: expected 1 fuel units to be used, found 2")
    #expect(try mismatch("traps TypeError", trapped) == nil)
    #expect(try mismatch("traps TypeError at main+0", trapped) == nil)
    #expect(
      try mismatch("traps TypeError at main+1", trapped)
        == "line 1: expected `traps TypeError at main+1`, found `traps TypeError at main+0`")
    #expect(try mismatch("exits OutOfFuel", trapped) != nil)
    #expect(try mismatch("= 3.0", trapped) != nil)
  }

  @Test func `blesses what its line states and adds nothing`() throws {
    let trapped = Outcome(ending: .trapped(.typeError, payload: nil, at: site), fuel: 2)
    func blessed(_ line: String) throws -> String {
      try run(line).blessed(with: trapped, output: Array("\"\u{1}\n".utf8), in: program)
    }
    #expect(
      try blessed(#"; run: main(1,2)  fuel 3 = 5 prints "" uses 9"#)
        == #"; run: main(1,2)  fuel 3 traps TypeError at main+0 prints "\"\u{1}\n" uses 2"#)
    #expect(try blessed("; run: main() = 5") == "; run: main() traps TypeError at main+0")
    #expect(try blessed("; run: main() uses 5") == "; run: main() uses 2")
    #expect(
      try blessed("; run: main() traps TypeError uses 5")
        == "; run: main() traps TypeError uses 2")
  }
}
