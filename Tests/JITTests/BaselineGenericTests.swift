import Bytecode
import JIT
import Testing

/// Generic arithmetic and comparison of values whose kinds only the run knows.
struct BaselineGenericTests {
  typealias Case = BaselineLoweringTests.Case

  static let top = ObservedValue.int(IntRange.maximum)
  static let bottom = ObservedValue.int(IntRange.minimum)
  static let nan = ObservedValue.number(bitPattern: canonicalNaN)

  /// Code in loops and outside of them is not the same: this is in one that never goes back.
  static func looping(_ opcode: String) -> String {
    """
    local r;again:;LoadLocal a;LoadLocal b;\(opcode);StoreLocal r;PushConst false;\
    JumpIfTrue again;LoadLocal r;Halt
    """
  }

  /// One instruction of two undeclared parameters.
  static func of(
    _ opcode: String, _ left: ObservedValue, _ right: ObservedValue, _ result: ObservedValue
  ) -> Case {
    Case(
      looping(opcode), .returned(result), of: [left, right],
      parameters: "a, b")
  }

  static func traps(
    _ opcode: String, _ left: ObservedValue, _ right: ObservedValue, _ kind: TrapKind
  ) -> Case {
    Case(
      looping(opcode),
      .trapped(kind, payload: nil, at: siteZero(2)), of: [left, right], parameters: "a, b")
  }

  static let arithmetic: [Case] = [
    of("Add", .number(0.5), .number(0.25), .number(0.75)),
    of("Add", .int(3), .number(0.5), .number(3.5)),
    of("Add", .number(0.5), .int(-3), .number(-2.5)),
    of("Add", .number(1), .int(2), .number(3)),
    of("Add", top, .int(1), .number(0x1p47)),
    of("Add", .number(0x1p53), .int(1), .number(0x1p53)),
    of("Add", .number(-0.0), .number(-0.0), .number(-0.0)),
    of("Add", .number(-0.0), .int(0), .number(0)),
    of("Add", .number(.infinity), .number(-.infinity), nan),
    of("Add", nan, .int(1), nan),
    of("Sub", .int(0), .number(0), .number(0)),
    of("Sub", .number(-0.0), .int(0), .number(-0.0)),
    of("Sub", .number(.infinity), .number(.infinity), nan),
    of("Sub", bottom, .int(1), .number(-0x1p47 - 1)),
    of("Mul", .number(-0.0), .int(5), .number(-0.0)),
    of("Mul", .int(-5), .number(0), .number(-0.0)),
    of("Mul", .int(0), .number(.infinity), nan),
    of("Mul", bottom, bottom, .number(0x1p94)),
    of("Mul", .number(0x1p1023), .int(2), .number(.infinity)),
    of("Div", .number(1), .int(-4), .number(-0.25)),
    of("Div", .int(7), .number(2), .number(3.5)),
    of("Div", .int(7), .int(2), .int(3)),
    of("Div", .number(.infinity), .number(-.infinity), nan),
    of("Div", .int(0), .number(-3), .number(-0.0)),
    of("Mod", .number(-7.5), .int(2), .number(-1.5)),
    of("Mod", .int(-4), .number(2), .number(-0.0)),
    of("Mod", .int(5), .number(.infinity), .number(5)),
    traps("Div", .number(1), .int(0), .divisionByZero),
    traps("Div", .int(1), .number(-0.0), .divisionByZero),
    traps("Div", nan, .number(0), .divisionByZero),
    traps("Mod", .number(1), .int(0), .divisionByZero),
    traps("Div", .null, .int(0), .typeError),
    traps("Div", .null, .number(0), .typeError),
    traps("Add", .number(1), .bool(true), .typeError),
    traps("Add", .unit, .null, .typeError),
    traps("Sub", .int(1), .null, .typeError),
    traps("Mul", .bool(true), .number(1), .typeError),
  ]

  static let comparison: [Case] = [
    of("Lt", .number(0.5), .number(0.75), .bool(true)),
    of("Lt", .int(1), .number(1.5), .bool(true)),
    of("Gt", .number(1.5), .int(2), .bool(false)),
    of("Lte", .number(-0.0), .int(0), .bool(true)),
    of("Gte", nan, nan, .bool(false)),
    of("Lte", .int(1), nan, .bool(false)),
    of("Gt", .number(.infinity), top, .bool(true)),
    of("Eq", .number(-0.0), .number(0), .bool(true)),
    of("Eq", .number(2), .int(2), .bool(true)),
    of("Eq", nan, nan, .bool(false)),
    of("Neq", nan, nan, .bool(true)),
    of("Neq", .number(2.5), .int(2), .bool(true)),
    of("Eq", .number(2), .null, .bool(false)),
    of("Eq", .bool(true), .bool(true), .bool(true)),
    traps("Lt", .number(1), .null, .typeError),
    traps("Gte", .bool(true), .int(1), .typeError),
    traps("Lt", .bool(true), .bool(false), .typeError),
  ]

  @Test(arguments: arithmetic + comparison)
  func `gives what the definition says`(_ example: Case) throws {
    let text = main(example.parameters, example.body)
    #expect(try outcome(BaselineEngine(), text, example.arguments).ending == example.ending)
  }

  @Test(arguments: arithmetic + comparison)
  func `agrees with tier 0`(_ example: Case) throws {
    let text = main(example.parameters, example.body)
    let expected = try outcome(InterpreterEngine(), text, example.arguments)
    #expect(try outcome(BaselineEngine(), text, example.arguments) == expected)
  }

  /// `x` becomes `x OPERATION x` while it is below a limit, for at most `n` rounds.
  static func loop(_ operation: String, from start: String, below limit: String) -> String {
    """
    main(n: int) {
        local i: int, x
        PushConst \(start)
        StoreLocal x
        PushConst 0
        StoreLocal i
        Jump test
    body:
        LoadLocal x
        LoadLocal x
        \(operation)
        StoreLocal x
        LoadLocal i
        PushConst 1
        AddIntTrusted
        StoreLocal i
    test:
        LoadLocal i
        LoadLocal n
        LtIntTrusted
        JumpIfFalse end
        LoadLocal x
        PushConst \(limit)
        Lt
        JumpIfTrue body
    end:
        LoadLocal x
        Halt
    }
    """
  }

  @Test(arguments: [
    ("Add", ObservedValue.number(0x1p47 + 2)), ("Sub", .number(0x1p47)),
    ("Mul", .number(0x1p47 + 1)), ("Div", .number(0x1p47 + 1)),
  ])
  func `computes with proved numbers without a loop`(
    _ opcode: String, _ expected: ObservedValue
  ) throws {
    let text = main(
      "a: int, b: int",
      "LoadLocal a;LoadLocal b;AddInt;LoadLocal b;AddInt;LoadLocal b;\(opcode);Halt")
    let result = try outcome(BaselineEngine(), text, [Self.top, .int(1)])
    #expect(result.ending == .returned(expected))
  }

  @Test func `feeds a join alike on both edges of a jump to the next instruction`() throws {
    let text = main(
      "a: int",
      """
      local x;LoadLocal a;StoreLocal x;again:;LoadLocal x;LoadLocal a;AddInt;StoreLocal x;\
      LoadLocal a;PushConst 1;GtInt;JumpIfTrue next;next:;LoadLocal x;PushConst 9;Lt;\
      JumpIfTrue again;LoadLocal x;Halt
      """)
    let result = try outcome(BaselineEngine(), text, [.int(2)])
    #expect(result.ending == .returned(.int(10)))
  }

  struct Growth: Sendable {
    var text: String
    var rounds: Int64
    var result: ObservedValue

    init(_ text: String, _ rounds: Int64, _ result: ObservedValue) {
      self.text = text
      self.rounds = rounds
      self.result = result
    }
  }

  static let growing: [Growth] = [
    Growth(loop("Add", from: "3", below: "inf"), 44, .int(3 << 44)),
    Growth(loop("Add", from: "3", below: "inf"), 47, .number(0x1.8p48)),
    Growth(loop("Add", from: "-1", below: "inf"), 2_000, .number(-.infinity)),
    Growth(loop("Add", from: "1", below: "inf"), 2_000, .number(.infinity)),
    Growth(
      loop("Mul", from: "3", below: "1000000000000000000000.0"), 99, .number(0x1.5ab6a57c7bc99p101)),
    Growth(loop("Sub", from: "-140737488355328", below: "inf"), 3, .int(0)),
    Growth(loop("Div", from: "0.5", below: "inf"), 9, .number(1)),
  ]

  @Test(arguments: growing)
  func `follows a value from int to number round by round`(_ example: Growth) throws {
    let result = try outcome(BaselineEngine(), example.text, [.int(example.rounds)])
    #expect(result.ending == .returned(example.result))
    #expect(
      try outcome(InterpreterEngine(), example.text, [.int(example.rounds)]) == result)
  }

  @Test func `needs no call of the runtime where ints become numbers`() throws {
    let listing = UnitCompiler(options: CompileOptions(keepsListings: true))
    // What may be strings `Add` leaves to the runtime.
    for operation in ["Sub", "Mul", "Div"] {
      let program = try assembled(Self.loop(operation, from: "3", below: "inf"))
      let code = try #require(try listing.compileProgram(program).intermediateCode)
      #expect(!code.contains("tierproof_binary"))
      #expect(code.contains("canonical"))
    }
  }
}
