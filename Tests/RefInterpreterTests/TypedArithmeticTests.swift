import Bytecode
import Testing

@testable import RefInterpreter

private func apply(
  _ operation: TypedArithmetic.Operation, _ width: NumericWidth
) -> Arithmetic.Binary {
  { (a, b) throws(TrapKind) in try TypedArithmetic.apply(operation, width, a, b) }
}

private func cast(_ width: NumericWidth) -> (Value) throws(TrapKind) -> Value {
  { (a) throws(TrapKind) in try TypedArithmetic.cast(a, to: width) }
}

private func compare(_ width: NumericWidth) -> Arithmetic.Binary {
  { (a, b) throws(TrapKind) in try TypedArithmetic.compare(width, a, b) }
}

@Suite struct `typed arithmetic` {
  @Test func `sums wrap to the width`() {
    expect(
      apply(.add, .i8),
      wrongInts + [
        row(127, 1, is: -128), row(-128, -1, is: 127), row(100, 27, is: 127),
        row(200, 0, is: -56), row(256, 0, is: 0), row(3.0, 4, is: 7),
        row(0x1p62, 5, is: 5),
      ])
    expect(apply(.add, .u8), wrongInts + [row(255, 1, is: 0), row(-1, 0, is: 255)])
    expect(apply(.add, .i16), [row(32767, 1, is: -32768), row(65536, 7, is: 7)])
    expect(apply(.add, .u16), [row(65535, 1, is: 0), row(-1, -1, is: 65534)])
    expect(
      apply(.add, .i32),
      [row(2_147_483_647, 1, is: -2_147_483_648), row(4_294_967_296, 3, is: 3)])
    expect(
      apply(.add, .u32), [row(4_294_967_295, 1, is: 0), row(-1, 0, is: 4_294_967_295)])
  }

  @Test func `differences and products wrap to the width`() {
    expect(apply(.sub, .u8), [row(0, 1, is: 255), row(300, 1, is: 43)])
    expect(apply(.sub, .i8), [row(-128, 1, is: 127), row(0, -128, is: -128)])
    expect(
      apply(.sub, .i32), [row(-2_147_483_648, 1, is: 2_147_483_647), row(0, 1, is: -1)])
    expect(apply(.mul, .i8), [row(16, 16, is: 0), row(-128, -1, is: -128), row(11, 12, is: -124)])
    expect(
      apply(.mul, .u32),
      [
        // (2^32 − 1)^2 = 2^64 − 2^33 + 1
        row(4_294_967_295, 4_294_967_295, is: 1), row(65_536, 65_536, is: 0),
        row(-1, 2, is: 4_294_967_294),
      ])
    expect(
      apply(.mul, .i32),
      [row(2_147_483_647, 2_147_483_647, is: 1), row(65_536, 32_768, is: -2_147_483_648)])
  }

  @Test func `a divisor is checked after wrapping`() {
    expect(
      apply(.div, .i8),
      wrongInts + [
        row(7, 2, is: 3), row(-7, 2, is: -3), row(-128, -1, is: -128),
        row(1, 0, traps: .divisionByZero), row(1, 256, traps: .divisionByZero),
        row(1, -0.0, traps: .divisionByZero), row(200, 2, is: -28),
      ])
    expect(
      apply(.div, .u8), [row(-1, 2, is: 127), row(1, 512, traps: .divisionByZero)])
    expect(
      apply(.div, .u32), [row(-1, 2, is: 2_147_483_647), row(-2, -1, is: 0)])
    expect(
      apply(.div, .i32),
      [
        row(-2_147_483_648, -1, is: -2_147_483_648),
        row(1, 4_294_967_296, traps: .divisionByZero),
      ])
    expect(
      apply(.mod, .i8),
      [row(-7, 2, is: -1), row(-128, -1, is: 0), row(1, 256, traps: .divisionByZero)])
    expect(apply(.mod, .u16), [row(-1, 10, is: 5), row(1, 65536, traps: .divisionByZero)])
    expect(apply(.mod, .i32), [row(-2_147_483_648, -1, is: 0)])
  }

  @Test func `i64 is the Int form`() {
    expect(
      apply(.add, .i64), wrongInts + [row(.maximum, 1, is: 0x1p47), row(0x1p53, 1, is: 0x1p53)])
    expect(apply(.mul, .i64), [row(.minimum, .minimum, is: 0x1p94)])
    expect(
      apply(.div, .i64), [row(.minimum, -1, is: 0x1p47), row(1, 0, traps: .divisionByZero)])
    expect(apply(.mod, .i64), [row(-7, 2, is: -1), row(1, 0, traps: .divisionByZero)])
    expect(apply(.sub, .i64), [row(.minimum, 1, is: -140_737_488_355_329.0)])
  }

  @Test func `f32 rounds operands and result to binary32`() {
    expect(
      apply(.add, .f32),
      wrongKinds + [
        row(1, 2, is: 3.0), row(0.1, 0.2, is: 0.30000001192092896),
        // 2^24 + 1 is no binary32: the operand 2^24 + 1 becomes 2^24.
        row(16_777_217, 0, is: 16_777_216.0), row(16_777_216, 1, is: 16_777_216.0),
        row(-0.0, -0.0, is: -0.0), row(1e39, 0, is: .infinity), row(.nan, 1, is: .nan),
      ])
    expect(apply(.sub, .f32), [row(.infinity, .infinity, is: .nan), row(0.1, 0.1, is: 0.0)])
    expect(
      apply(.mul, .f32),
      [row(0x1p-149, 0.5, is: 0.0), row(0x1p127, 2, is: .infinity), row(-1, 0, is: -0.0)])
    expect(
      apply(.div, .f32),
      wrongKinds + [
        row(1, 3, is: 0.3333333432674408), row(1, 0, traps: .divisionByZero),
        row(1, -0.0, traps: .divisionByZero),
        // The divisor is zero only once it is a binary32.
        row(1, 0x1p-200, traps: .divisionByZero), row(1, -0x1p-150, traps: .divisionByZero),
        row(1, 0x1p-149, is: .infinity),
      ])
    expect(
      apply(.mod, .f32),
      [
        row(5.5, 2, is: 1.5), row(-4, 2, is: -0.0), row(1, 0x1p-200, traps: .divisionByZero),
        row(.infinity, 2, is: .nan),
      ])
  }

  @Test func `f64 is the Number form`() {
    expect(apply(.add, .f64), wrongKinds + [row(1, 2, is: 3.0), row(-0.0, -0.0, is: -0.0)])
    expect(apply(.sub, .f64), [row(1, 1, is: 0.0)])
    expect(apply(.mul, .f64), [row(-1, 0, is: -0.0)])
    expect(
      apply(.div, .f64), [row(1, 0x1p-200, is: 0x1p200), row(1, 0, traps: .divisionByZero)])
    expect(apply(.mod, .f64), [row(-4, 2, is: -0.0), row(1, -0.0, traps: .divisionByZero)])
  }
}

@Suite struct `typed comparison and casts` {
  @Test func `CmpTyped orders prepared operands`() {
    expect(
      compare(.i8),
      wrongInts + [row(1, 2, is: -1), row(2, 1, is: 1), row(128, 127, is: -1), row(256, 0, is: 0)])
    expect(compare(.u8), [row(-1, 1, is: 1), row(256, 0, is: 0), row(128, 127, is: 1)])
    expect(compare(.i16), [row(32768, 0, is: -1)])
    expect(compare(.u16), [row(32768, 0, is: 1)])
    expect(compare(.i32), [row(2_147_483_648, 0, is: -1)])
    expect(compare(.u32), [row(2_147_483_648, 0, is: 1), row(-1, 0, is: 1)])
    expect(
      compare(.i64),
      wrongInts + [row(0x1p62, 0x1.0000000000001p62, is: -1), row(-0.0, 0, is: 0)])
    expect(
      compare(.f32),
      wrongKinds + [
        row(0.1, 0.10000000000000002, is: 0), row(.nan, 1, is: .null), row(1, .nan, is: .null),
        row(16_777_217, 16_777_216, is: 0), row(-0.0, 0, is: 0),
      ])
    expect(
      compare(.f64),
      wrongKinds + [
        row(0.1, 0.10000000000000002, is: -1), row(.nan, .nan, is: .null),
        row(.infinity, 1, is: 1),
      ])
  }

  @Test func `CastWidth truncates, saturates to 64 bits, then wraps`() {
    expect(
      cast(.i8),
      [
        row(127, is: 127), row(128, is: -128), row(-129, is: 127), row(2.9, is: 2),
        row(-2.9, is: -2), row(.nan, is: 0), row(.infinity, is: -1), row(.negativeInfinity, is: 0),
        row(300.7, is: 44), row(-0.0, is: 0), row(.null, traps: .typeError),
        row(true, traps: .typeError), row(.unit, traps: .typeError),
      ])
    expect(cast(.u8), [row(-1, is: 255), row(256, is: 0), row(.infinity, is: 255)])
    expect(cast(.i16), [row(32768, is: -32768), row(1e30, is: -1), row(-1e30, is: 0)])
    expect(cast(.u16), [row(-1, is: 65535)])
    expect(cast(.i32), [row(2_147_483_648, is: -2_147_483_648), row(0x1p62, is: 0)])
    expect(cast(.u32), [row(-1, is: 4_294_967_295), row(.infinity, is: 4_294_967_295)])
    expect(
      cast(.i64),
      [
        row(5, is: 5), row(5.7, is: 5), row(0x1p47, is: 0x1p47), row(-0x1p47, is: .minimum),
        row(140_737_488_355_327.5, is: .maximum), row(.infinity, is: 0x1p63),
        row(.negativeInfinity, is: -0x1p63), row(1e30, is: 0x1p63), row(.nan, is: 0),
        row(0x1p53, is: 0x1p53), row(.null, traps: .typeError),
      ])
    expect(
      cast(.f32),
      [
        row(1, is: 1.0), row(0.1, is: 0.10000000149011612), row(16_777_217, is: 16_777_216.0),
        row(1e39, is: .infinity), row(0x1p-150, is: 0.0), row(-0x1p-150, is: -0.0),
        row(.nan, is: .nan), row(false, traps: .typeError),
      ])
    expect(
      cast(.f64), [row(1, is: 1.0), row(-0.0, is: -0.0), row(.null, traps: .typeError)])
  }
}
