import Bytecode
import Testing

@Suite struct `Verifying trusted operands` {
  @Test(arguments: [
    "main(a: int, b: int) {\n LoadLocal a\n LoadLocal b\n AddIntTrusted\n Halt\n}",
    "main(a: number) {\n LoadLocal a\n PushConst 0.5\n DivNumberTrusted\n Halt\n}",
    "main(a) {\n LoadLocal a\n Not\n JumpIfFalseTrusted on\non:\n Halt\n}",
    "main(a) {\n LoadLocalTrusted a\n Halt\n}",
    // NullCoalesce drops the null of the left operand.
    """
    main(a: int?) {
      LoadLocal a
      PushConst 1
      NullCoalesce
      PushConst 2
      MulIntTrusted
      Halt
    }
    """,
    // An undeclared local has the kinds last stored on each path.
    """
    main(c) {
      local x
      LoadLocal c
      JumpIfTrue other
      PushConst 1
      StoreLocal x
      Jump on
    other:
      PushConst 1.5
      StoreLocalTyped x i32
    on:
      LoadLocal x
      LoadLocal x
      LtIntTrusted
      Halt
    }
    """,
    "main(a) {\n LoadLocal a\n LoadLocal a\n AddTyped u8\n Dup\n GteIntTrusted\n Halt\n}",
    "binding b: number\nmain() {\n LoadModuleBinding b\n Dup\n SubNumberTrusted\n Halt\n}",
  ])
  func `accepts`(source: String) throws {
    #expect(try findings(of: source) == [])
  }

  @Test(arguments: [
    ("main(a, b: int) {\n LoadLocal a\n LoadLocal b\n AddIntTrusted\n Halt\n}", 2),
    ("main(a: int) {\n LoadLocal a\n PushConst 1.0\n AddIntTrusted\n Halt\n}", 2),
    // An int is not widened silently.
    ("main(a: int) {\n PushConst 1.0\n LoadLocal a\n AddNumberTrusted\n Halt\n}", 2),
    // AddInt gives int or number.
    ("main(a: int) {\n LoadLocal a\n Dup\n AddInt\n Dup\n AddIntTrusted\n Halt\n}", 4),
    ("main(a: int?) {\n LoadLocal a\n Dup\n AddIntTrusted\n Halt\n}", 2),
    // Nothing is learned from branches.
    (
      "main(a: bool?) {\n LoadLocal a\n JumpIfFalse on\n LoadLocal a\n JumpIfFalseTrusted on\n"
        + "on:\n Halt\n}", 3
    ),
    ("main() {\n PushNull\n JumpIfFalseTrusted on\non:\n Halt\n}", 1),
    ("func f() {\n Return\n}\nmain() {\n Call f\n Dup\n AddIntTrusted\n Halt\n}", 2),
    // A loop turns the int into a number.
    (
      """
      main() {
        local x
        PushConst 1
        StoreLocal x
      again:
        LoadLocal x
        PushConst 2
        MulIntTrusted
        StoreLocal x
        Jump again
      }
      """, 4
    ),
    ("binding b\nmain() {\n LoadModuleBinding b\n Dup\n AddIntTrusted\n Halt\n}", 2),
    // A cell may change behind the function's back.
    ("main(x) {\n BoxLocal x\n Pop\n LoadLocalTrusted x\n Halt\n}", 2),
    (
      "main() {\n local x\n PushConst 1\n StoreLocal x\n BoxLocal x\n Pop\n LoadLocal x\n Dup\n"
        + " AddIntTrusted\n Halt\n}", 6
    ),
  ])
  func `rejects`(source: String, offset: Int) throws {
    #expect(try findings(of: source) == ["trusted at main+\(offset)"])
  }

  @Test func `asks one kind of all operands of every trusted twin but two`() {
    for twin in TrustedTwin.all where twin.trusted != .loadLocalTrusted {
      #expect(twin.operandKind != nil)
      #expect(twin.trusted.facts.name == twin.guarded.facts.name + "Trusted")
      #expect(twin.trusted.facts.result.pushCount == twin.guarded.facts.result.pushCount)
    }
    #expect(TrustedTwin.all.count == 18)
    #expect(
      Opcode.allCases.filter { $0.facts.name.hasSuffix("Trusted") }
        == [Opcode](
          TrustedTwin.all.map(\.trusted).sorted { $0.rawValue < $1.rawValue }))
  }

  /// Section 4 of `Docs/bytecode.md` lists the result kinds; each opcode whose kinds it names is
  /// stated here a second time.
  @Test(arguments: [
    ("BitAnd", "int"), ("BitShl", "int or number"), ("BitShr", "int"), ("AddInt", "int or number"),
    ("AddNumber", "number"), ("Add", "int or number or string"), ("Sub", "int or number"),
    ("Pow", "int or number"), ("AddTyped u32", "int"), ("AddTyped i64", "int or number"),
    ("AddTyped f32", "number"), ("CmpTyped i64", "int"), ("CmpTyped f32", "null or int"),
    ("LtInt", "bool"), ("Eq", "bool"), ("And", "bool"), ("MergeObject", "object"),
    ("IterDone", "bool"), ("IterNext", "anything"),
  ])
  func `infers the result of a binary instruction`(instruction: String, kinds: String) throws {
    let program = try verified(
      "main(a, b) {\n LoadLocal a\n LoadLocal b\n \(instruction)\n Halt\n}")
    let result = try #require(program.state(of: FunctionIndex(0), at: 3)?.stack.last)
    let names =
      result == .anything
      ? "anything" : result.kinds.map(\.name).joined(separator: " or ")
    #expect(names == kinds)
  }

  @Test(arguments: [
    ("Neg", "int or number"), ("Not", "bool"), ("BitNot", "int"), ("IntToNumber", "number"),
    ("NumberToInt", "int"), ("CastWidth i8", "int"), ("CastWidth i64", "int or number"),
    ("CastWidth f64", "number"), ("Length", "int"), ("IsOk", "bool"), ("UnwrapOk", "anything"),
    ("TryUnwrap", "anything"), ("NewArray 1", "array"), ("GetProp .x", "anything"),
    ("NewTypedArray 1", "array or IntArray or FloatArray or BoolArray"),
    ("BuiltinCall len 1", "anything"),
  ])
  func `infers the result of a unary instruction`(instruction: String, kinds: String) throws {
    let program = try verified("main(a) {\n LoadLocal a\n \(instruction)\n Halt\n}")
    let result = try #require(program.state(of: FunctionIndex(0), at: 2)?.stack.last)
    let names =
      result == .anything
      ? "anything" : result.kinds.map(\.name).joined(separator: " or ")
    #expect(names == kinds)
  }
}
