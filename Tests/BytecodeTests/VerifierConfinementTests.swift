import Bytecode
import Testing

@Suite struct `Verifying cells, captures and references` {
  @Test(arguments: [
    "func f[mut c](x) {\n LoadClosure c\n StoreClosure c\n Return\n}\n"
      + "main() {\n local x\n BoxLocal x\n MakeClosure f\n Halt\n}",
    // A plain value given for a mut capture goes into a fresh cell.
    "func f[mut c]() {\n Return\n}\nmain() {\n PushNull\n MakeClosure f\n Halt\n}",
    "func f[mut c: int]() {\n Return\n}\nbinding b: int\n"
      + "main() {\n BoxModuleBinding b\n MakeClosure f\n Halt\n}",
    "main(x) {\n BoxLocal x\n Pop\n Return\n}",
    // A store that is bound to fail still verifies.
    "func f[c: int]() {\n Return\n}\nmain() {\n PushNull\n MakeClosure f\n Halt\n}",
    "main() {\n local x: int\n PushNull\n StoreLocal x\n Return\n}",
    "func f(ref r: int, n) {\n DerefLoad r\n DerefStore r\n MakeRef r\n LoadLocal n\n Call f\n"
      + " ReturnValue\n}\nmain(x: int) {\n MakeRef x\n PushNull\n Call f\n Halt\n}",
    "func f(ref r) {\n PushNull\n PushNull\n SetIndexRef r\n Return\n}\n"
      + "main(x) {\n MakeRef x\n Call f\n Halt\n}",
    // Two refs may alias, and either of two locals may be meant.
    "func f(ref r, ref s) {\n Return\n}\nmain(x) {\n MakeRef x\n MakeRef x\n Call f\n Halt\n}",
    """
    func f(ref r) {
      Return
    }
    main(x, y) {
      LoadLocal x
      JumpIfTrue other
      MakeRef x
      Jump on
    other:
      MakeRef y
    on:
      Call f
      Halt
    }
    """,
  ])
  func `accepts`(source: String) throws {
    #expect(try findings(of: source) == [])
  }

  @Test(arguments: [
    ("main(x) {\n BoxLocal x\n Halt\n}", ["cell at main+1"]),
    ("main(x) {\n BoxLocal x\n Dup\n Return\n}", ["cell at main+1"]),
    ("main(x) {\n BoxLocal x\n StoreLocal x\n Return\n}", ["cell at main+1"]),
    ("func f(a) {\n Return\n}\nmain(x) {\n BoxLocal x\n Call f\n Halt\n}", ["cell at main+1"]),
    (
      "func f[c]() {\n Return\n}\nmain(x) {\n BoxLocal x\n MakeClosure f\n Halt\n}",
      ["cell at main+1"]
    ),
    (
      "func f[mut c: int]() {\n Return\n}\nmain(x) {\n BoxLocal x\n MakeClosure f\n Halt\n}",
      ["kind at main+1"]
    ),
    (
      "func f[mut c: int]() {\n Return\n}\nmain(x: int?) {\n BoxLocal x\n MakeClosure f\n Halt\n}",
      ["kind at main+1"]
    ),
    (
      "func f[c]() {\n PushNull\n StoreClosure c\n Return\n}\nmain() {\n Halt\n}",
      ["capture at f+1"]
    ),
    ("func f[c]() {\n Return\n}\nmain() {\n Call f\n Halt\n}", ["capture at main+0"]),
    ("func f[c]() {\n Return\n}\nmain() {\n PushConst @f\n Halt\n}", ["capture at main+0"]),
    ("func f() {\n Call #1\n Return\n}\nmain() {\n Halt\n}", ["call at f+0"]),
    ("main() {\n PushConst @#0\n Halt\n}", ["call at main+0"]),
    ("main() {\n MakeClosure #0\n Halt\n}", ["call at main+0"]),
    ("main(x) {\n MakeRef x\n Pop\n Return\n}", ["reference at main+1"]),
    ("main(x) {\n MakeRef x\n Halt\n}", ["reference at main+1"]),
    ("func f(a) {\n Return\n}\nmain(x) {\n MakeRef x\n Call f\n Halt\n}", ["reference at main+1"]),
    (
      "func f(ref r) {\n Return\n}\nmain(x) {\n LoadLocal x\n Call f\n Halt\n}",
      ["reference at main+1"]
    ),
    (
      "func f(ref r: int) {\n Return\n}\nmain(x) {\n MakeRef x\n Call f\n Halt\n}",
      ["kind at main+1"]
    ),
    ("func f(ref r) {\n LoadLocal r\n ReturnValue\n}\nmain() {\n Halt\n}", ["reference at f+0"]),
    ("func f(ref r) {\n Return\n StoreLocal r\n}\nmain() {\n Halt\n}", ["reference at f+1"]),
    ("main(x) {\n DerefLoad x\n Halt\n}", ["reference at main+0"]),
    ("func f(ref r) {\n Return\n}\nmain() {\n PushConst @f\n Halt\n}", ["reference at main+0"]),
    ("func f(ref r) {\n Return\n}\nmain() {\n MakeClosure f\n Halt\n}", ["reference at main+0"]),
    ("main(ref r) {\n Halt\n}", ["reference"]),
    // A cell on one way and a reference on the other.
    (
      """
      main(x) {
        LoadLocal x
        JumpIfTrue other
        BoxLocal x
        Jump on
      other:
        MakeRef x
      on:
        Pop
        Return
      }
      """, ["reference at main+5"]
    ),
    // A method call would pass plain values for the reference.
    (
      "schema S { x }\nfunc S.m(ref r) {\n Return\n}\nmain(x) {\n LoadLocal x\n"
        + " CallMethod m 0\n Halt\n}", ["reference at main+1"]
    ),
    (
      "func f(ref r) {\n Return\n}\nmain() {\n local x: int\n MakeRef x\n Call f\n Halt\n}",
      ["assignment at main+0", "kind at main+1"]
    ),
  ])
  func `rejects`(source: String, expected: [String]) throws {
    #expect(try findings(of: source) == expected)
  }

  @Test func `marks boxed and referenced locals as cells`() throws {
    let program = try verified(
      """
      func f(ref r) {
        MakeRef r
        Call f
        ReturnValue
      }
      main(a, b, c) {
        MakeRef a
        Call f
        Pop
        Return
        BoxLocal b
      }
      """)
    #expect(program[try program.index(of: "main")].cellLocals == [true, true, false])
    #expect(program[try program.index(of: "f")].cellLocals == [false])
  }
}
