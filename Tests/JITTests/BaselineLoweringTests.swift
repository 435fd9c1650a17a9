import Bytecode
import JIT
import Testing

/// Programs with results worked out by hand, one table a family.
struct BaselineLoweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var body: String
    var arguments: [ObservedValue]
    var ending: Ending
    var parameters: String

    init(
      _ body: String, _ ending: Ending, of arguments: [ObservedValue] = [],
      parameters: String = ""
    ) {
      self.body = body
      self.arguments = arguments
      self.ending = ending
      self.parameters = parameters
    }

    var testDescription: String { "\(body) of \(arguments)" }
  }

  static func returns(_ value: ObservedValue) -> Ending { .returned(value) }
  static func traps(_ kind: TrapKind, at offset: Int) -> Ending {
    .trapped(kind, payload: nil, at: siteZero(offset))
  }

  static let top = ObservedValue.int(IntRange.maximum)
  static let bottom = ObservedValue.int(IntRange.minimum)

  static let arithmetic: [Case] = [
    Case(
      "LoadLocal a;LoadLocal b;AddInt;Halt", returns(.int(7)), of: [.int(3), .int(4)],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;Halt", returns(.number(0x1p47)), of: [top, .int(1)],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;Halt", returns(.number(0x1p47)), of: [top, .int(1)],
      parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;LoadLocal b;SubInt;Halt", returns(top),
      of: [top, .int(1)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;Neg;Halt", returns(.number(-0x1p47)),
      of: [top, .int(1)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;LoadLocal b;Sub;Halt", returns(.number(0x1p47 - 1)),
      of: [top, .int(1)], parameters: "a: int, b: int"),
    Case("LoadLocal a;Neg;Halt", returns(.number(0x1p47)), of: [bottom], parameters: "a: int"),
    Case(
      "LoadLocal a;LoadLocal b;MulInt;Halt", returns(.number(0x1p94)), of: [bottom, bottom],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;MulInt;Halt", returns(.int(-12)), of: [.int(3), .int(-4)],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;MulInt;LoadLocal b;GtInt;Halt",
      traps(.typeError, at: 4), of: [bottom, bottom], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;DivInt;Halt", returns(.number(0x1p47)), of: [bottom, .int(-1)],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;PushConst 4;DivInt;Halt", returns(.int(-1)), of: [.int(-7)],
      parameters: "a: int"),
    Case(
      "LoadLocal a;PushConst 4;ModInt;Halt", returns(.int(-3)), of: [.int(-7)],
      parameters: "a: int"),
    Case(
      "LoadLocal a;PushConst 1;ModInt;Halt", returns(.int(0)), of: [.int(-7)],
      parameters: "a: int"),
    Case(
      "LoadLocal a;PushConst 7;ModInt;Halt", returns(.int(-6)), of: [.int(-13)],
      parameters: "a: int"),
    Case(
      "LoadLocal a;LoadLocal b;DivInt;Halt", traps(.divisionByZero, at: 2),
      of: [.int(1), .int(0)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;DivInt;Halt", traps(.typeError, at: 2),
      of: [.number(0.5), .int(0)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;AddNumber;Halt", returns(.number(4.5)),
      of: [.int(4), .number(0.5)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;SubNumber;Halt", returns(.number(bitPattern: canonicalNaN)),
      of: [.number(.infinity), .number(.infinity)], parameters: "a: number, b: number"),
    Case(
      "LoadLocal a;LoadLocal b;DivNumber;Halt", traps(.divisionByZero, at: 2),
      of: [.number(1), .number(-0.0)], parameters: "a: number, b: number"),
    Case("LoadLocal a;Neg;Halt", returns(.number(-0.0)), of: [.number(0)], parameters: "a"),
    Case(
      "LoadLocal a;LoadLocal b;Add;Halt", traps(.typeError, at: 2), of: [.null, .int(1)],
      parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;BitAnd;Halt", traps(.typeError, at: 2),
      of: [.number(1), .int(1)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;BitShl;Halt", returns(.int(0)), of: [.int(2), .int(63)],
      parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;BitShl;Halt", returns(.number(-0x1p63)),
      of: [.int(1), .int(63)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;PushConst 65;BitShr;Halt", returns(.int(-2)), of: [.int(-3)],
      parameters: "a: int"),
    Case(
      "LoadLocal a;LoadLocal b;MulTyped u32;Halt", returns(.int(1)),
      of: [.int(0xFFFF_FFFF), .int(0xFFFF_FFFF)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;DivTyped i8;Halt", returns(.int(-128)),
      of: [.int(128), .int(255)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;DivTyped u8;Halt", traps(.divisionByZero, at: 2),
      of: [.int(1), .int(256)], parameters: "a, b"),
    Case(
      "LoadLocal a;CastWidth i16;Halt", returns(.int(-1)), of: [.number(65535.9)],
      parameters: "a"),
    Case(
      "LoadLocal a;NumberToInt;Halt", returns(top), of: [.number(.infinity)],
      parameters: "a"),
  ]

  static let comparison: [Case] = [
    Case(
      "LoadLocal a;LoadLocal b;LtInt;Halt", returns(.bool(true)), of: [.int(3), .number(4)],
      parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;LtInt;Halt", traps(.typeError, at: 2),
      of: [.int(3), .number(.nan)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;NeqNumber;Halt", returns(.bool(true)),
      of: [.number(.nan), .number(.nan)], parameters: "a: number, b: number"),
    Case(
      "LoadLocal a;LoadLocal b;Lte;Halt", returns(.bool(false)),
      of: [.number(.nan), .int(1)], parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;Eq;Halt", returns(.bool(true)), of: [.number(2), .int(2)],
      parameters: "a: number, b"),
    Case(
      "LoadLocal a;LoadLocal b;Eq;Halt", returns(.bool(false)), of: [.number(2), .null],
      parameters: "a: number, b"),
    Case(
      "LoadLocal a;LoadLocal b;Neq;Halt", returns(.bool(true)), of: [.unit, .null],
      parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;CmpTyped f64;Halt", returns(.null),
      of: [.number(.nan), .int(2)], parameters: "a, b"),
    Case("LoadLocal a;Not;Halt", returns(.bool(true)), of: [.number(.nan)], parameters: "a"),
    Case(
      "LoadLocal a;LoadLocal b;NullCoalesce;Halt", returns(.int(4)), of: [.null, .int(4)],
      parameters: "a, b"),
    Case(
      "LoadLocal a;LoadLocal b;And;Halt", returns(.bool(false)), of: [.int(1), .number(-0.0)],
      parameters: "a: int, b: number"),
  ]

  static let slots: [Case] = [
    Case(
      "LoadLocal a;LoadLocal b;AddInt;StoreLocal a;LoadLocal a;Halt",
      traps(.typeError, at: 3), of: [top, .int(1)], parameters: "a: int, b: int"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;StoreLocal c;LoadLocal c;Halt",
      returns(.number(0x1p47)), of: [top, .int(1), .number(0)],
      parameters: "a: int, b: int, c: number"),
    Case(
      "LoadLocal a;LoadLocal b;AddInt;StoreLocal c;LoadLocal c;Halt",
      traps(.typeError, at: 3), of: [.int(1), .int(1), .number(0)],
      parameters: "a: int, b: int, c: number"),
    Case(
      "LoadLocal b;StoreLocal a;LoadLocal a;Halt", returns(.null), of: [.int(1), .null],
      parameters: "a: int?, b"),
    Case(
      "LoadLocal b;StoreLocal a;LoadLocal a;Halt", traps(.typeError, at: 1),
      of: [.int(1), .unit], parameters: "a: int?, b"),
    Case(
      "LoadLocal b;StoreLocalTyped a i8;LoadLocal a;Halt", returns(.int(-1)),
      of: [.int(1), .int(255)], parameters: "a: int, b"),
    Case("LoadLocal a;Halt", traps(.typeError, at: 0), of: [.int(1)], parameters: "a: bool"),
    Case("PushConst 1;PushConst 2;Swap;Dup;Pop;Halt", returns(.int(1))),
    Case("Halt", returns(.unit)),
    Case("Return", returns(.unit)),
    Case("PushConst -0.0;ReturnValue", returns(.number(-0.0))),
  ]

  static let builtins: [Case] = [
    Case(
      "LoadLocal a;BuiltinCall abs 1;Halt", returns(.number(0x1p47)), of: [bottom],
      parameters: "a"),
    Case(
      "LoadLocal a;BuiltinCall sqrt 1;Halt", traps(.typeError, at: 1), of: [.bool(true)],
      parameters: "a"),
    Case(
      "LoadLocal a;LoadLocal a;BuiltinCall pow 2;Halt", returns(.int(27)), of: [.int(3)],
      parameters: "a"),
    Case(
      "LoadLocal a;BuiltinCall is_nan 1;Halt", returns(.bool(true)), of: [.number(.nan)],
      parameters: "a: number"),
    Case("PushConst 3;PushConst 1;PushConst 2;BuiltinCall max 3;Halt", returns(.int(3))),
  ]

  @Test(arguments: arithmetic + comparison + slots + builtins)
  func `gives what the definition says`(_ example: Case) throws {
    let text = main(example.parameters, example.body)
    #expect(try outcome(BaselineEngine(), text, example.arguments).ending == example.ending)
  }

  @Test(arguments: arithmetic + comparison + slots + builtins)
  func `agrees with tier 0`(_ example: Case) throws {
    let text = main(example.parameters, example.body)
    let expected = try outcome(InterpreterEngine(), text, example.arguments)
    #expect(try outcome(BaselineEngine(), text, example.arguments) == expected)
  }
}
