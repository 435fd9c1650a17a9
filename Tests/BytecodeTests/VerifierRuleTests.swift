import Bytecode
import Testing

@Suite struct `Verifier rules` {
  @Test(arguments: VerifierRule.allCases)
  func `have a program that keeps them and one that breaks nothing else`(
    _ rule: VerifierRule
  ) throws {
    let pair = Self.pair(of: rule)
    #expect(try findings(of: pair.kept) == [])
    let broken = try findings(of: pair.broken)
    #expect(broken.count == 1)
    #expect(broken.first?.split(separator: " ").first == Substring(rule.rawValue))
  }

  /// A program the verifier accepts and the same program with one thing changed.
  private struct Pair {
    let kept: String
    let broken: String

    /// The program that is accepted, and what in it is replaced by what.
    init(_ kept: String, _ original: String, by replacement: String) {
      self.kept = kept
      broken = kept.replacing(original, with: replacement)
    }
  }

  private static func pair(of rule: VerifierRule) -> Pair {
    switch rule {
    case .operand:
      Pair("main(a) {\n LoadLocal #0\n Halt\n}", "#0", by: "#1")
    case .target:
      Pair("main() {\n Jump #0\n Halt\n}", "#0", by: "#1")
    case .fallthrough:
      Pair("main() {\n Nop\n Return\n}", "Return", by: "Nop")
    case .stack:
      Pair("main() {\n PushNull\n Pop\n Return\n}", "PushNull", by: "Nop")
    case .handler:
      Pair("main() {\n SetupTry #2\n PopHandler\n Return\n Return\n}", "SetupTry #2", by: "Nop")
    case .loop:
      Pair("main() {\n LoopStart #0\n LoopEnd\n Return\n}", "LoopStart #0", by: "Nop")
    case .arity:
      Pair("main() {\n PushNull\n BuiltinCall abs 1\n Halt\n}", "abs", by: "Map")
    case .call:
      Pair("func f() {\n Call f\n Return\n}\nmain() {\n Halt\n}", "Call f", by: "Call #1")
    case .capture:
      Pair(
        "func f[mut c]() {\n PushNull\n StoreClosure c\n Return\n}\nmain() {\n Halt\n}", "mut ",
        by: "")
    case .cell:
      Pair(
        "func f[mut c]() {\n Return\n}\nmain(x) {\n BoxLocal x\n MakeClosure f\n Halt\n}", "mut ",
        by: "")
    case .reference:
      Pair("func f(ref r) {\n Return\n}\nmain(x) {\n MakeRef x\n Call f\n Halt\n}", "ref ", by: "")
    case .assignment:
      Pair(
        "main() {\n local x: int?\n PushNull\n StoreLocal x\n LoadLocal x\n Halt\n}",
        "StoreLocal x", by: "Pop")
    case .kind:
      Pair(
        "func f(ref r: int) {\n Return\n}\nmain(x: int) {\n MakeRef x\n Call f\n Halt\n}",
        "x: int", by: "x: int?")
    case .trusted:
      Pair(
        "main(x: int) {\n LoadLocal x\n Dup\n AddIntTrusted\n Halt\n}", "x: int", by: "x: number")
    case .schema:
      Pair(
        "struct A { a: B }\nstruct B { b: i32 }\nmain() {\n Halt\n}", "b: i32", by: "b: A")
    case .foreign:
      Pair(
        "struct S { x: i32 }\nforeign f = \"l\" f(S) -> i32\nmain() {\n Halt\n}",
        "struct S { x: i32 }", by: "schema S { x: int }")
    case .limit:
      Pair(
        "main() {\n local \(locals(1_023))\n PushNull\n Halt\n}", "local ", by: "local other, ")
    }
  }

  private static func locals(_ count: Int) -> String {
    (0..<count).map { "l\($0)" }.joined(separator: ", ")
  }
}
