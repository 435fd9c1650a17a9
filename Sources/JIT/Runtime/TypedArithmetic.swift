import Bytecode
import CRuntime

extension NumericWidth {
  /// Wraps an integer to the width: its low bits, sign- or zero-extended. `i64` keeps them all.
  func wrap(_ value: Int64) -> Int64 {
    switch self {
    case .i8: Int64(Int8(truncatingIfNeeded: value))
    case .i16: Int64(Int16(truncatingIfNeeded: value))
    case .i32: Int64(Int32(truncatingIfNeeded: value))
    case .u8: Int64(UInt8(truncatingIfNeeded: value))
    case .u16: Int64(UInt16(truncatingIfNeeded: value))
    case .u32: Int64(UInt32(truncatingIfNeeded: value))
    case .i64: value
    case .u64, .f32, .f64: preconditionFailure("no wrapping width")
    }
  }
}

extension RuntimeArithmetic {
  /// A width-typed binary instruction.
  static func typed(
    _ operation: ArithmeticOperation, _ width: NumericWidth, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32: return try wrapped(operation, width, left, right)
    case .i64: return try int(operation, left, right)
    case .f32: return try single(operation, left, right)
    case .f64: return try number(operation, left, right)
    case .u64: preconditionFailure("the verifier refuses u64")
    }
  }

  /// Operands of at most 32 bits: no operation of theirs leaves Int64.
  private static func wrapped(
    _ operation: ArithmeticOperation, _ width: NumericWidth, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    let a = width.wrap(try left.toInt())
    let b = width.wrap(try right.toInt())
    let exact: Int64
    switch operation {
    case .add: exact = a &+ b
    case .subtract: exact = a &- b
    case .multiply: exact = a &* b
    case .divide:
      guard b != 0 else { throw .divisionByZero }
      exact = a / b
    case .remainder:
      guard b != 0 else { throw .divisionByZero }
      exact = a % b
    case .power, .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no typed form")
    }
    return Word(int: width.wrap(exact))
  }

  private static func single(
    _ operation: ArithmeticOperation, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    let a = Float(try left.toNumber())
    let b = Float(try right.toNumber())
    switch operation {
    case .add: return Word(number: Double(a + b))
    case .subtract: return Word(number: Double(a - b))
    case .multiply: return Word(number: Double(a * b))
    case .divide:
      guard b != 0 else { throw .divisionByZero }
      return Word(number: Double(a / b))
    case .remainder:
      guard b != 0 else { throw .divisionByZero }
      return Word(number: Double(jit_math_fmodf(a, b)))
    case .power, .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no typed form")
    }
  }

  /// `CmpTyped`: −1, 0 or 1; null if unordered.
  static func typedComparison(
    _ width: NumericWidth, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    switch width {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32:
      let a = width.wrap(try left.toInt())
      let b = width.wrap(try right.toInt())
      return Word(int: a < b ? -1 : a > b ? 1 : 0)
    case .f32:
      return ordering(Double(Float(try left.toNumber())), Double(Float(try right.toNumber())))
    case .f64:
      return ordering(try left.toNumber(), try right.toNumber())
    case .u64: preconditionFailure("the verifier refuses u64")
    }
  }

  private static func ordering(_ left: Double, _ right: Double) -> Word {
    if left < right { return Word(int: -1) }
    if left > right { return Word(int: 1) }
    return left == right ? Word(int: 0) : .null
  }

  /// `CastWidth`.
  static func cast(_ operand: Word, to width: NumericWidth) throws(Stop) -> Word {
    switch width {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32:
      let value = operand.isInt ? operand.int : Word.saturate(try operand.toNumber())
      return .fit(width.wrap(value))
    case .f32: return Word(number: Double(Float(try operand.toNumber())))
    case .f64: return Word(number: try operand.toNumber())
    case .u64: preconditionFailure("the verifier refuses u64")
    }
  }
}
