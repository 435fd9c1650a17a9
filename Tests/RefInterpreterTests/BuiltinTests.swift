import Bytecode
import Testing

@testable import RefInterpreter

private let wrongKind = [
  row(.null, traps: .typeError), row(.unit, traps: .typeError), row(true, traps: .typeError),
]

@Suite struct `math builtins` {
  @Test func `abs and sign`() {
    expect(
      MathBuiltins.abs,
      wrongKind + [
        row(-5, is: 5), row(0, is: 0), row(.minimum, is: 0x1p47), row(-0.0, is: 0.0),
        row(.negativeInfinity, is: .infinity), row(.nan, is: .nan), row(-2.5, is: 2.5),
      ])
    expect(
      MathBuiltins.sign,
      wrongKind + [
        row(-5, is: -1), row(0, is: 0), row(7, is: 1), row(-0.0, is: -0.0), row(0.0, is: 0.0),
        row(.nan, is: .nan), row(-0x1p-1074, is: -1.0), row(.infinity, is: 1.0),
      ])
  }

  @Test func `floor, ceil and round keep ints and give numbers for numbers`() {
    expect(
      { (a) throws(TrapKind) in try MathBuiltins.rounded(a, .down) },
      wrongKind + [row(5, is: 5), row(2.7, is: 2.0), row(-2.1, is: -3.0), row(-0.0, is: -0.0)])
    expect(
      { (a) throws(TrapKind) in try MathBuiltins.rounded(a, .up) },
      wrongKind + [row(5, is: 5), row(2.1, is: 3.0), row(-0.5, is: -0.0), row(.nan, is: .nan)])
    expect(
      { (a) throws(TrapKind) in try MathBuiltins.rounded(a, .toNearestOrAwayFromZero) },
      wrongKind + [
        row(5, is: 5), row(0.5, is: 1.0), row(1.5, is: 2.0), row(2.5, is: 3.0),
        row(-0.5, is: -1.0), row(-2.5, is: -3.0), row(-0.4, is: -0.0),
        row(0.49999999999999994, is: 0.0),
        row(4_503_599_627_370_497.0, is: 4_503_599_627_370_497.0),
        row(.infinity, is: .infinity),
      ])
  }

  @Test func `min and max are ints of ints, else numbers with NaN and minus zero in order`() {
    let minimum: Arithmetic.Binary = { (a, b) throws(TrapKind) in try MathBuiltins.minimum([a, b]) }
    let maximum: Arithmetic.Binary = { (a, b) throws(TrapKind) in try MathBuiltins.maximum([a, b]) }
    expect(
      minimum,
      wrongKinds + [
        row(1, 2, is: 1), row(1, 2.0, is: 1.0), row(2.0, 1, is: 1.0), row(0.0, -0.0, is: -0.0),
        row(-0.0, 0.0, is: -0.0), row(-0.0, 0, is: -0.0), row(0, -0.0, is: -0.0),
        row(.nan, 1, is: .nan), row(1, .nan, is: .nan), row(.negativeInfinity, .nan, is: .nan),
      ])
    expect(
      maximum,
      wrongKinds + [
        row(1, 2, is: 2), row(1, 2.0, is: 2.0), row(2, 1.0, is: 2.0), row(0.0, -0.0, is: 0.0),
        row(-0.0, 0.0, is: 0.0), row(-0.0, 0, is: 0.0), row(-0.0, -0.0, is: -0.0),
        row(.nan, 1, is: .nan), row(.infinity, .nan, is: .nan),
      ])
    #expect(
      Result { () throws(TrapKind) in try MathBuiltins.minimum([3, 1, 2]) } == .value(.int(1)))
    #expect(
      Result { () throws(TrapKind) in try MathBuiltins.maximum([3, 1, 2.0]) }
        == .value(.number(3)))
    #expect(Result { () throws(TrapKind) in try MathBuiltins.minimum([7]) } == .value(.int(7)))
    #expect(Result { () throws(TrapKind) in try MathBuiltins.minimum([true]) } == .trap(.typeError))
    #expect(
      Result { () throws(TrapKind) in try MathBuiltins.maximum([.nan, .null]) }
        == .trap(.typeError))
  }

  @Test func `clamp is max of the low bound and min with the high one`() {
    let rows: [(Value, Value, Value, Value)] = [
      (5, 1, 3, 3), (0, 1, 3, 1), (2, 1, 3, 2), (2, 1.0, 3, 2.0), (2, 3, 1, 3),
      (.nan, 1, 3, .nan), (1, .nan, 3, .nan), (-0.0, 0.0, 1, 0.0), (0.0, -1, -0.0, -0.0),
    ]
    for (value, low, high, expected) in rows {
      #expect(
        Result { () throws(TrapKind) in try MathBuiltins.clamp(value, low, high) }
          == .value(expected.observed))
    }
    for (value, low, high) in [(.null, 1, 2), (1, true, 2), (1, 2, .unit)]
      as [(Value, Value, Value)]
    {
      #expect(
        Result { () throws(TrapKind) in try MathBuiltins.clamp(value, low, high) }
          == .trap(.typeError))
    }
  }

  @Test func `gcd and lcm are never negative`() {
    expect(
      MathBuiltins.gcd,
      wrongInts + [
        row(12, 18, is: 6), row(-12, 18, is: 6), row(0, 0, is: 0), row(0, -5, is: 5),
        row(.minimum, 0, is: 0x1p47), row(.minimum, .minimum, is: 0x1p47), row(7, 13, is: 1),
        row(0x1p62, 0x1p60, is: 0x1p60), row(12.0, -8, is: 4),
      ])
    expect(
      MathBuiltins.lcm,
      wrongInts + [
        row(4, 6, is: 12), row(-4, 6, is: 12), row(0, 5, is: 0), row(5, 0, is: 0), row(0, 0, is: 0),
        row(.minimum, 1, is: 0x1p47), row(-0.0, 3, is: 0),
        // 2^47 − 1 and 2^47 have no common divisor; the product is 2^94 − 2^47.
        row(.maximum, .minimum, is: 0x1.fffffffffffcp93),
        row(0x1p62, 3, is: 0x1.8p63), row(0x1p62, 0x1.8p62, is: 0x1.8p63),
      ])
  }

  @Test func `functions of one number take toNumber and trap nothing else`() {
    expect(
      { (a) throws(TrapKind) in try MathBuiltins.function({ $0.squareRoot() }, of: a) },
      wrongKind + [row(4, is: 2.0), row(-1, is: .nan), row(-0.0, is: -0.0)])
    expect(
      MathBuiltins.hypotenuse,
      wrongKinds + [
        row(3, 4, is: 5.0), row(.nan, .infinity, is: .infinity), row(.nan, 1, is: .nan),
        row(0x1p1000, 0x1p1000, is: 0x1.6a09e667f3bcdp1000),
      ])
  }
}
