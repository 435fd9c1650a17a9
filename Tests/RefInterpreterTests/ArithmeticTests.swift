import Bytecode
import Testing

@testable import RefInterpreter

@Suite struct `int forms` {
  @Test func `AddInt is exact, then an int or the nearest number`() {
    expect(
      Arithmetic.addInt,
      wrongInts + [
        row(1, 2, is: 3),
        row(.maximum, 0, is: .maximum),
        row(.maximum, 1, is: 140_737_488_355_328.0),
        row(.maximum, .maximum, is: 281_474_976_710_654.0),
        row(.minimum, -1, is: -140_737_488_355_329.0),
        row(.minimum, .maximum, is: -1),
        row(-1, 1, is: 0),
        row(3.0, 4, is: 7),
        row(-0.0, 0, is: 0),
        row(-0.0, -0.0, is: 0),
        row(0x1p52, 1, is: 4_503_599_627_370_497.0),
        // 2^53 + 1 lies half-way: down to the even significand, 2^53 + 3 up.
        row(0x1p53, 1, is: 0x1p53),
        row(0x1p53, 3, is: 9_007_199_254_740_996.0),
        row(9_007_199_254_740_994.0, 1, is: 9_007_199_254_740_996.0),
        // Operands near 2^63 give exact sums beyond 64 bits.
        row(0x1.fffffffffffffp62, 0x1.fffffffffffffp62, is: 0x1.fffffffffffffp63),
        row(0x1.fffffffffffffp62, -0x1.fffffffffffffp62, is: 0),
        row(0x1.fffffffffffffp62, 512, is: 0x1p63),
        row(0x1.fffffffffffffp62, 511, is: 0x1.fffffffffffffp62),
      ])
  }

  @Test func `SubInt is exact, then an int or the nearest number`() {
    expect(
      Arithmetic.subInt,
      wrongInts + [
        row(1, 2, is: -1),
        row(5, 5, is: 0),
        row(0, .minimum, is: 140_737_488_355_328.0),
        row(-1, .minimum, is: .maximum),
        row(.minimum, 1, is: -140_737_488_355_329.0),
        row(0x1p47, 1, is: .maximum),
        row(0x1p53, -1, is: 0x1p53),
        row(-0x1p53, 1, is: -0x1p53),
        row(-0x1p53, 3, is: -9_007_199_254_740_996.0),
      ])
  }

  @Test func `MulInt is exact, then an int or the nearest number`() {
    expect(
      Arithmetic.mulInt,
      wrongInts + [
        row(6, -7, is: -42),
        row(0, -7, is: 0),
        row(-0.0, 5, is: 0),
        row(8_388_608, 16_777_216, is: 140_737_488_355_328.0),
        row(-8_388_608, 16_777_216, is: .minimum),
        row(.minimum, -1, is: 140_737_488_355_328.0),
        row(.minimum, .minimum, is: 0x1p94),
        // (2^47 − 1)^2 = 2^94 − 2^48 + 1: the last 1 is rounded away.
        row(.maximum, .maximum, is: 0x1.fffffffffff8p93),
        // 3 × (2^53 − 1) = 2^54 + 2^53 − 3 ≡ 1 (mod 4): down to 2^54 + 2^53 − 4.
        row(9_007_199_254_740_991.0, 3, is: 27_021_597_764_222_972.0),
        row(0x1p62, 0x1p62, is: 0x1p124),
        row(0x1p62, -0x1p62, is: -0x1p124),
      ])
  }

  @Test func `DivInt truncates the exact quotient toward zero`() {
    expect(
      Arithmetic.divInt,
      wrongInts + [
        row(7, 2, is: 3), row(-7, 2, is: -3), row(7, -2, is: -3), row(-7, -2, is: 3),
        row(1, 2, is: 0), row(-1, 2, is: 0),
        row(1, 0, traps: .divisionByZero), row(0, 0, traps: .divisionByZero),
        row(1, 0.0, traps: .divisionByZero), row(1, -0.0, traps: .divisionByZero),
        row(.minimum, -1, is: 140_737_488_355_328.0),
        row(.minimum, 1, is: .minimum),
        row(.minimum, .minimum, is: 1),
        // The quotient of the exact integers: 2^53 + 2 over 3 is 3002399751580331 1/3.
        row(9_007_199_254_740_994.0, 3, is: 3_002_399_751_580_331.0),
        row(0x1p62, 3, is: 1_537_228_672_809_129_301.0),
        row(0x1p62, 0x1p61, is: 2),
        row(-0x1.fffffffffffffp62, 1, is: -0x1.fffffffffffffp62),
      ])
  }

  @Test func `ModInt has the sign of the dividend`() {
    expect(
      Arithmetic.modInt,
      wrongInts + [
        row(7, 2, is: 1), row(-7, 2, is: -1), row(7, -2, is: 1), row(-7, -2, is: -1),
        row(-4, 2, is: 0),
        row(1, 0, traps: .divisionByZero), row(1, -0.0, traps: .divisionByZero),
        row(.minimum, -1, is: 0),
        row(.minimum, .maximum, is: -1),
        // 2^62 = 3 × 1537228672809129301 + 1
        row(0x1p62, 3, is: 1), row(-0x1p62, 3, is: -1),
        // 2^62 − 2^61 − 1 does not fit int: the remainder of 2^61 − 2^8 by 2^60 is 2^60 − 2^8.
        row(0x1.fffffffffffffp60, 0x1p60, is: 0x1.ffffffffffffep59),
      ])
  }

  @Test func `PowInt is exact where the power is an int, else C pow`() {
    expect(
      Arithmetic.powInt,
      wrongInts + [
        row(2, 10, is: 1024), row(-2, 3, is: -8), row(-2, 2, is: 4),
        row(0, 0, is: 1), row(5, 0, is: 1), row(0, 5, is: 0), row(5.0, 1, is: 5),
        row(1, .maximum, is: 1), row(-1, .maximum, is: -1), row(-1, 0x1p62, is: 1),
        row(0, .maximum, is: 0), row(1, -5, is: 1.0), row(-1, -5, is: -1.0),
        row(2, 46, is: 70_368_744_177_664),
        row(2, 47, is: 140_737_488_355_328.0), row(-2, 47, is: .minimum),
        row(-2, 48, is: 281_474_976_710_656.0),
        row(3, 29, is: 68_630_377_364_883), row(3, 30, is: 205_891_132_094_649.0),
        row(2, -1, is: 0.5), row(0, -1, is: .infinity), row(10, 400, is: .infinity),
        row(-10, 401, is: .negativeInfinity), row(2, .maximum, is: .infinity),
        row(.minimum, 1, is: .minimum), row(.maximum, 1, is: .maximum),
        row(.minimum, 2, is: 0x1p94),
        // The base is taken as the exact integer, beyond int too.
        row(0x1p50, 1, is: 0x1p50), row(0x1p50, 2, is: 0x1p100), row(0x1p50, 0, is: 1),
      ])
  }
}

@Suite struct `number forms` {
  @Test func `AddNumber is IEEE addition`() {
    expect(
      Arithmetic.addNumber,
      wrongKinds + [
        row(1, 2, is: 3.0), row(0.1, 0.2, is: 0.30000000000000004),
        row(-0.0, -0.0, is: -0.0), row(0.0, -0.0, is: 0.0), row(-0.0, 0, is: 0.0),
        row(.infinity, .negativeInfinity, is: .nan), row(.nan, 1, is: .nan),
        row(0x1p53, 1, is: 0x1p53), row(0x1.fffffffffffffp1023, 0x1p970, is: .infinity),
        row(.maximum, 1, is: 140_737_488_355_328.0),
      ])
  }

  @Test func `SubNumber and MulNumber are IEEE`() {
    expect(
      Arithmetic.subNumber,
      wrongKinds + [
        row(1, 1, is: 0.0), row(-0.0, 0, is: -0.0), row(.infinity, .infinity, is: .nan),
        row(0x1p-1074, 0x1p-1074, is: 0.0),
        row(0x1p-1022, 0x1p-1074, is: .number(Double.leastNormalMagnitude.nextDown)),
      ])
    expect(
      Arithmetic.mulNumber,
      wrongKinds + [
        row(-1, 0, is: -0.0), row(-1, -0.0, is: 0.0), row(0, .infinity, is: .nan),
        row(0x1p-1074, 0.5, is: 0.0), row(0x1p-1074, 0x1.8p-1, is: 0x1p-1074),
        row(0x1p1023, 2, is: .infinity), row(3, 4, is: 12.0),
      ])
  }

  @Test func `DivNumber and ModNumber trap on zero of either sign`() {
    expect(
      Arithmetic.divNumber,
      wrongKinds + [
        row(1, 2, is: 0.5), row(0, -5, is: -0.0), row(1, .infinity, is: 0.0),
        row(1, 0, traps: .divisionByZero), row(1, -0.0, traps: .divisionByZero),
        row(.nan, 0.0, traps: .divisionByZero), row(1, .nan, is: .nan),
        row(0x1p-1074, 2, is: 0.0),
      ])
    expect(
      Arithmetic.modNumber,
      wrongKinds + [
        row(5.5, 2, is: 1.5), row(-5.5, 2, is: -1.5), row(5.5, -2, is: 1.5),
        row(-4, 2, is: -0.0), row(4, 2, is: 0.0), row(1, .infinity, is: 1.0),
        row(.infinity, 2, is: .nan), row(1, 0, traps: .divisionByZero),
        row(1, -0.0, traps: .divisionByZero), row(0x1p1023, 3, is: 2.0),
        row(-0.0, 1, is: -0.0),
      ])
  }

  @Test func `PowNumber is C pow`() {
    expect(
      Arithmetic.powNumber,
      wrongKinds + [
        row(2, 3, is: 8.0), row(2, 0.5, is: 1.4142135623730951), row(-8, 0.5, is: .nan),
        row(.nan, 0, is: 1.0), row(1, .nan, is: 1.0), row(-1, .infinity, is: 1.0),
        row(0, -1, is: .infinity), row(-0.0, -1, is: .negativeInfinity),
        row(-0.0, -2, is: .infinity), row(2, -1074, is: 0x1p-1074), row(2, -1075, is: 0.0),
      ])
  }
}

@Suite struct `generic forms` {
  private func add(_ a: Value, _ b: Value) throws(TrapKind) -> Value {
    try Arithmetic.generic(a, b, int: Arithmetic.addInt, number: Arithmetic.addNumber)
  }

  @Test func `two ints take the Int form, a number among them the Number form`() {
    expect(
      add,
      wrongKinds + [
        row(1, 2, is: 3), row(1, 2.0, is: 3.0), row(1.0, 2, is: 3.0), row(1.0, 2.0, is: 3.0),
        // No toInt: the exact sum 2^53 + 1 would round the same, −0 + 0 would not stay a number.
        row(-0.0, -0.0, is: -0.0), row(.maximum, 1, is: 140_737_488_355_328.0),
        row(0.5, 1, is: 1.5), row(.nan, 1, is: .nan),
      ])
  }

  @Test func `division by a zero of a number form traps too`() {
    let divide: Arithmetic.Binary = { (a, b) throws(TrapKind) in
      try Arithmetic.generic(a, b, int: Arithmetic.divInt, number: Arithmetic.divNumber)
    }
    expect(
      divide,
      wrongKinds + [
        row(7, 2, is: 3), row(7.0, 2, is: 3.5), row(7, 0, traps: .divisionByZero),
        row(7.0, 0, traps: .divisionByZero), row(7, -0.0, traps: .divisionByZero),
      ])
  }
}

@Suite struct `forms of one operand` {
  @Test func `Neg is exact`() {
    expect(
      Arithmetic.negate,
      [
        row(5, is: -5), row(0, is: 0), row(.minimum, is: 140_737_488_355_328.0),
        row(.maximum, is: -140_737_488_355_327), row(0.0, is: -0.0), row(-0.0, is: 0.0),
        row(.nan, is: .nan), row(.infinity, is: .negativeInfinity),
        row(.null, traps: .typeError), row(true, traps: .typeError), row(.unit, traps: .typeError),
      ])
  }

  @Test func `NumberToInt truncates and saturates`() {
    expect(
      Arithmetic.numberToInt,
      [
        row(5, is: 5), row(2.9, is: 2), row(-2.9, is: -2), row(-0.0, is: 0), row(.nan, is: 0),
        row(.infinity, is: .maximum), row(.negativeInfinity, is: .minimum),
        row(0x1p47, is: .maximum), row(140_737_488_355_326.5, is: 140_737_488_355_326),
        row(-0x1p47, is: .minimum), row(-140_737_488_355_327.5, is: -140_737_488_355_327),
        row(0x1p-1074, is: 0), row(.null, traps: .typeError), row(false, traps: .typeError),
      ])
  }

  @Test func `IntToNumber is toNumber`() {
    expect(
      Arithmetic.intToNumber,
      [
        row(5, is: 5.0), row(0, is: 0.0), row(-0.0, is: -0.0), row(.nan, is: .nan),
        row(.minimum, is: -140_737_488_355_328.0), row(.unit, traps: .typeError),
      ])
  }
}

@Suite struct `bitwise forms` {
  private let intsOnly =
    wrongKinds + [row(1.0, 1, traps: .typeError), row(1, 1.0, traps: .typeError)]

  @Test func `and, or, xor, not work on two's complement`() {
    expect(Bits.and, intsOnly + [row(12, 10, is: 8), row(-1, 5, is: 5), row(-4, -6, is: -8)])
    expect(Bits.or, intsOnly + [row(12, 10, is: 14), row(-8, 3, is: -5)])
    expect(
      Bits.xor,
      intsOnly + [row(12, 10, is: 6), row(-1, 0, is: -1), row(.minimum, .maximum, is: -1)])
    expect(
      Bits.not,
      [
        row(0, is: -1), row(-1, is: 0), row(.maximum, is: .minimum), row(.minimum, is: .maximum),
        row(1.0, traps: .typeError), row(.null, traps: .typeError),
      ])
  }

  @Test func `BitShl shifts 64 bits by the count modulo 64`() {
    expect(
      Bits.shiftLeft,
      intsOnly + [
        row(1, 0, is: 1), row(1, 46, is: 70_368_744_177_664), row(1, 47, is: 140_737_488_355_328.0),
        row(1, 62, is: 0x1p62), row(1, 63, is: -0x1p63), row(1, 64, is: 1), row(1, -1, is: -0x1p63),
        row(1, 65, is: 2), row(3, 63, is: -0x1p63), row(2, 63, is: 0), row(-1, 47, is: .minimum),
        row(-1, 48, is: -281_474_976_710_656.0), row(.minimum, 17, is: 0),
        // −2^47 << 16 is −2^63; 5 << 61 loses its high bit: 2^61 + 2^63 − 2^64 … = −3 × 2^61.
        row(.minimum, 16, is: -0x1p63), row(5, 61, is: -6_917_529_027_641_081_856.0),
        // (2^47 − 1) << 16 = 2^63 − 2^16, which is a number.
        row(.maximum, 16, is: 9_223_372_036_854_710_272.0),
        row(.maximum, 17, is: -131_072),
      ])
  }

  @Test func `BitShr is arithmetic by the count modulo 64`() {
    expect(
      Bits.shiftRight,
      intsOnly + [
        row(8, 1, is: 4), row(-8, 1, is: -4), row(-1, 63, is: -1), row(1, 63, is: 0),
        row(8, 64, is: 8), row(8, -63, is: 4), row(.minimum, 47, is: -1), row(.maximum, 46, is: 1),
      ])
  }
}

@Suite struct `rounding to the nearest number` {
  @Test(
    arguments: [
      (Int128(0), 0.0), (1, 1), (-1, -1), (9_007_199_254_740_993, 0x1p53),
      (9_007_199_254_740_995, 9_007_199_254_740_996), (-9_007_199_254_740_993, -0x1p53),
      // All 54 leading bits set: the carry makes the next power of two.
      (Int128(1) << 54 - 1, 0x1p54), (Int128(1) << 100 - 1, 0x1p100),
      (Int128(1) << 100 + Int128(1) << 47, 0x1p100),
      (Int128(1) << 100 + Int128(1) << 47 + 1, 0x1.0000000000001p100),
      (Int128(1) << 100 + Int128(3) << 47, 0x1.0000000000002p100), (.min, -0x1p127),
      (.max, 0x1p127),
    ] as [(Int128, Double)])
  func `an exact integer rounds to even`(exact: Int128, expected: Double) {
    #expect(nearestNumber(to: exact) == expected)
  }
}
