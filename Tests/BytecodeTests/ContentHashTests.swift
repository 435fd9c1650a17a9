import Bytecode
import Identity
import Testing

@Suite struct `Content hash` {
  private func hash(_ text: String, of name: String = "f") throws -> String {
    let program = try Assembler.assemble(text)
    let position = try #require(program.functions.firstIndex { $0.name == name })
    return ContentHash.of(function: FunctionIndex(position), in: program)
  }

  static let base = """
    schema S { x: int, next: S? }
    binding b: int
    func g(a: int) {
        LoadLocal a
        ReturnValue
    }
    func f(p: S, q) {
        local i: int
    top:
        PushConst 1
        PushConst "s"
        Pop
        Call g
        StoreModuleBinding b
        LoadLocal p
        GetProp .x
        JumpIfTrue top
        Return
    }
    main() {
        Return
    }
    """

  @Test(arguments: [
    ("p: S, q", "r: S, s"), ("local i: int", "local other: int"), ("top", "start"),
    ("top:", "; a comment\n\ntop:"),
    ("func g(a: int) {\n    LoadLocal a", "func g(z: int) {\n    LoadLocal z"),
    ("main() {\n", "main() {\n PushConst 5\n PushConst \"t\"\n"),
    ("schema S", "schema T { y }\nschema S"),
    ("binding b: int", "binding a: number\nbinding b: int"),
    ("binding b", "constants 9 \"s\"\nstrings .z .x\nbinding b"),
  ])
  func `stays when what is left out changes`(from: String, to: String) throws {
    var text = Self.base.replacing(from, with: to)
    if from.hasPrefix("p: S") { text = text.replacing("LoadLocal p", with: "LoadLocal r") }
    #expect(text != Self.base)
    #expect(try hash(text) == hash(Self.base))
  }

  @Test(arguments: [
    ("PushConst 1\n", "PushConst 1.0\n"), ("\"s\"", "\"t\""), (".x", ".y"),
    ("func g(a: int)", "func g(a: number)"), ("func g(a: int)", "func g[c](a: int)"),
    ("binding b: int", "binding b"), ("local i: int", "local i: number"), ("q)", "q: int)"),
    ("x: int, next", "x: number, next"), ("JumpIfTrue", "JumpIfFalse"),
    ("func g(", "func h("), ("Pop\n", "Pop\n Nop\n"),
  ])
  func `changes with what a function means`(from: String, to: String) throws {
    var text = Self.base.replacing(from, with: to)
    if to == "func h(" { text = text.replacing("Call g", with: "Call h") }
    #expect(text != Self.base)
    #expect(try hash(text) != hash(Self.base))
  }

  @Test func `is SHA-256 in lower-case hexadecimal`() {
    #expect(
      ContentHash.of(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
