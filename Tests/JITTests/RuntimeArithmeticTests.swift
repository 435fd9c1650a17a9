import Bytecode
import Testing

@testable import JIT

@Suite struct `Runtime arithmetic` {
  @Test(arguments: [
    "AddInt 2 3 = 5",
    "AddInt 140737488355327 1 = 0x1p47",
    "AddInt -140737488355328 -1 = -140737488355329.0",
    "AddInt 2.0 3 = 5",
    "AddInt -0.0 -0.0 = 0",
    "AddInt 0x1p62 1 = 0x1p62",
    "AddInt 0x1p47 -1 = 140737488355327",
    "AddInt 0x1p63 1 = TypeError",
    "AddInt 0.5 1 = TypeError",
    "AddInt 1 true = TypeError",
    "SubInt -140737488355328 1 = -140737488355329.0",
    "MulInt 16777216 8388608 = 0x1p47",
    "MulInt -16777216 8388608 = -140737488355328",
    "MulInt 140737488355327 140737488355327 = 0x1.fffffffffff8p93",
    "DivInt 7 -2 = -3",
    "DivInt -140737488355328 -1 = 0x1p47",
    "DivInt 1 0 = DivisionByZero",
    "DivInt 1 -0.0 = DivisionByZero",
    "DivInt null 0 = TypeError",
    "DivInt 1 null = TypeError",
    "ModInt -7 3 = -1",
    "ModInt 7 -3 = 1",
    "ModInt -140737488355328 -1 = 0",
    "PowInt 2 46 = 70368744177664",
    "PowInt 2 47 = 0x1p47",
    "PowInt -2 47 = -140737488355328",
    "PowInt 2 -1 = 0.5",
    "PowInt 0 0 = 1",
    "PowInt 1 140737488355327 = 1",
    "PowInt -1 140737488355327 = -1",
    "PowInt 1 -1 = 1.0",
    "PowInt 0 -1 = inf",
  ])
  func `computes the Int forms exactly`(row: String) throws { try check(row) }

  @Test(arguments: [
    "AddNumber 1 0.5 = 1.5",
    "AddNumber inf -inf = nan",
    "SubNumber -0.0 0.0 = -0.0",
    "MulNumber -0.0 5 = -0.0",
    "DivNumber 1 3 = 0.3333333333333333",
    "DivNumber 1 0 = DivisionByZero",
    "DivNumber nan -0.0 = DivisionByZero",
    "DivNumber false 0.0 = TypeError",
    "ModNumber -5.5 2 = -1.5",
    "ModNumber 5.0 inf = 5.0",
    "PowNumber 2 0.5 = 1.4142135623730951",
    "Add 140737488355327 1 = 0x1p47",
    "Add 1.0 1 = 2.0",
    "Add null 1 = TypeError",
    "Sub 3 5 = -2",
    "Mul 3 0.5 = 1.5",
    "Div 7 2 = 3",
    "Div 7.0 2 = 3.5",
    "Div 7 0 = DivisionByZero",
    "Mod 7 4.0 = 3.0",
    "Pow 3 4 = 81",
    "Pow 3.0 4 = 81.0",
    "AddNumberTrusted 1.0 2.0 = 3.0",
    "DivIntTrusted 7 0 = DivisionByZero",
  ])
  func `computes the Number and generic forms in binary64`(row: String) throws { try check(row) }

  @Test(arguments: [
    "BitAnd -1 255 = 255",
    "BitOr -8 1 = -7",
    "BitXor -1 1 = -2",
    "BitShl 1 46 = 70368744177664",
    "BitShl 1 47 = 0x1p47",
    "BitShl 1 63 = -0x1p63",
    "BitShl 3 63 = -0x1p63",
    "BitShl 5 64 = 5",
    "BitShl 5 -1 = -0x1p63",
    "BitShr -1 63 = -1",
    "BitShr -140737488355328 47 = -1",
    "BitAnd 1.0 1 = TypeError",
    "BitShl 1 1.0 = TypeError",
  ])
  func `computes bits of ints only`(row: String) throws { try check(row) }

  @Test(arguments: [
    "AddTyped u8 200 100 = 44",
    "AddTyped i8 127 1 = -128",
    "SubTyped u32 0 1 = 4294967295",
    "MulTyped i32 65536 65536 = 0",
    "MulTyped u32 4294967295 4294967295 = 1",
    "DivTyped i8 -128 -1 = -128",
    "DivTyped u8 -1 2 = 127",
    "DivTyped u8 1 256 = DivisionByZero",
    "DivTyped u8 null 256 = TypeError",
    "ModTyped i16 -7 3 = -1",
    "AddTyped i32 0x1p40 7 = 7",
    "AddTyped i64 140737488355327 1 = 0x1p47",
    "AddTyped f32 16777216.0 1 = 16777216.0",
    "DivTyped f32 1 1e-60 = DivisionByZero",
    "DivTyped f64 1 1e-60 = 1e60",
    "ModTyped f32 5.5 2 = 1.5",
    "AddTyped u16 0.5 1 = TypeError",
    "CmpTyped u8 -1 1 = 1",
    "CmpTyped i8 255 1 = -1",
    "CmpTyped i64 3 3 = 0",
    "CmpTyped f32 16777217.0 16777216 = 0",
    "CmpTyped f64 nan 1 = null",
  ])
  func `computes the width-typed forms`(row: String) throws { try check(row) }

  @Test(arguments: [
    "LtInt -1 0.0 = true",
    "LtInt nan 0 = TypeError",
    "EqInt -0.0 0 = true",
    "GtNumber nan 0 = false",
    "NeqNumber nan nan = true",
    "EqNumber null null = TypeError",
    "Gte 1 1.0 = true",
    "Lt true 1 = TypeError",
    "Lte nan 1 = false",
    "Eq 1 1.0 = true",
    "Eq 0.0 -0.0 = true",
    "Eq null unit = false",
    "Eq unit unit = true",
    "Eq true 1 = false",
    "Neq nan nan = true",
    "Neq false null = true",
    "And 1 nan = false",
    "And 1 true = true",
    "Or -0.0 null = false",
    "Or unit -1 = true",
    "NullCoalesce null 1 = 1",
    "NullCoalesce unit 1 = unit",
  ])
  func `compares and joins`(row: String) throws { try check(row) }

  @Test(arguments: [
    "Neg -140737488355328 = 0x1p47",
    "Neg 0 = 0",
    "Neg 0.0 = -0.0",
    "Neg nan = nan",
    "Neg true = TypeError",
    "BitNot -140737488355328 = 140737488355327",
    "BitNot 1.0 = TypeError",
    "Not nan = true",
    "Not 7 = false",
    "IntToNumber 7 = 7.0",
    "IntToNumber null = TypeError",
    "NumberToInt -1.9 = -1",
    "NumberToInt nan = 0",
    "NumberToInt 1e300 = 140737488355327",
    "NumberToInt -inf = -140737488355328",
    "CastWidth u8 -1.9 = 255",
    "CastWidth i32 1e300 = -1",
    "CastWidth i64 1e300 = 0x1p63",
    "CastWidth u32 nan = 0",
    "CastWidth f32 0.1 = 0.10000000149011612",
    "CastWidth f64 1 = 1.0",
    "CastWidth i8 false = TypeError",
  ])
  func `computes of one operand`(row: String) throws { try check(row) }

  /// A row is an instruction, its width if it has one, its operands, and what it gives.
  private func check(_ row: String) throws {
    var fields = row.split(separator: " ").map(String.init)
    let expected = try wordResult(fields.removeLast())
    #expect(fields.removeLast() == "=")
    let opcode = try #require(Opcode.named(fields.removeFirst()))
    let width = NumericWidth.allCases.first { $0.name == fields[0] }
    let operands = try fields[(width == nil ? 0 : 1)...].map(word)
    let result = WordResult { () throws(Stop) -> Word in
      operands.count == 1
        ? try RuntimeArithmetic.unary(opcode, width, operands[0])
        : try RuntimeArithmetic.binary(opcode, width, operands[0], operands[1])
    }
    #expect(result == expected)
  }
}

@Suite struct `Words` {
  @Test func `keep every int and number apart from the sentinel`() {
    for value in [IntRange.minimum, -1, 0, 1, IntRange.maximum] {
      #expect(Word(int: value).int == value)
      #expect(Word(int: value).isInt && !Word(int: value).isNumber)
    }
    #expect(Word(number: -.nan).bits == 0x7FF8_0000_0000_0000)
    #expect(!Word.sentinel.isValue)
  }

  @Test func `are admitted by the mask of their kind only`() {
    #expect(KindMask.int == KindMask(SlotKind(.int)))
    #expect(KindMask.number == KindMask(SlotKind(.number)))
    #expect(KindMask.bool == KindMask(SlotKind(.bool)))
    let nullable = KindMask(SlotKind(.number, isNullable: true))
    #expect(Word.null.isAdmitted(by: nullable) && number(1).isAdmitted(by: nullable))
    #expect(!int(1).isAdmitted(by: nullable) && !Word.unit.isAdmitted(by: nullable))
    #expect(Word.unit.isAdmitted(by: KindMask(nil)))
  }
}
