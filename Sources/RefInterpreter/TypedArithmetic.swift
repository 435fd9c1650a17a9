import Bytecode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The width-typed instructions of section 2 of `Docs/bytecode.md`.
enum TypedArithmetic {
  enum Operation {
    case add, sub, mul, div, mod
  }

  static func apply(
    _ operation: Operation, _ width: NumericWidth, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32:
      let (a, b) = (try left.toInt(), try right.toInt())
      return .int(try narrow(operation, width, a, b))
    case .i64: return try wideInt(operation, left, right)
    case .f32:
      let (a, b) = (try left.toNumber(), try right.toNumber())
      return .number(Double(try single(operation, Float(a), Float(b))))
    case .f64: return try number(operation, left, right)
    case .u64: preconditionFailure("u64 is rejected by the verifier")
    }
  }

  /// Wraps both operands first, then the result.
  private static func narrow(
    _ operation: Operation, _ width: NumericWidth, _ left: Int64, _ right: Int64
  ) throws(TrapKind) -> Int64 {
    let (a, b) = (Int128(wrap(left, to: width)), Int128(wrap(right, to: width)))
    let exact: Int128
    switch operation {
    case .add: exact = a + b
    case .sub: exact = a - b
    case .mul: exact = a * b
    case .div:
      guard b != 0 else { throw .divisionByZero }
      exact = a / b
    case .mod:
      guard b != 0 else { throw .divisionByZero }
      exact = a % b
    }
    return wrap(Int64(truncatingIfNeeded: exact), to: width)
  }

  private static func wideInt(
    _ operation: Operation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    switch operation {
    case .add: try Arithmetic.addInt(left, right)
    case .sub: try Arithmetic.subInt(left, right)
    case .mul: try Arithmetic.mulInt(left, right)
    case .div: try Arithmetic.divInt(left, right)
    case .mod: try Arithmetic.modInt(left, right)
    }
  }

  private static func single(
    _ operation: Operation, _ a: Float, _ b: Float
  ) throws(TrapKind) -> Float {
    switch operation {
    case .add: return a + b
    case .sub: return a - b
    case .mul: return a * b
    case .div:
      guard b != 0 else { throw .divisionByZero }
      return a / b
    case .mod:
      guard b != 0 else { throw .divisionByZero }
      return fmodf(a, b)
    }
  }

  private static func number(
    _ operation: Operation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    switch operation {
    case .add: try Arithmetic.addNumber(left, right)
    case .sub: try Arithmetic.subNumber(left, right)
    case .mul: try Arithmetic.mulNumber(left, right)
    case .div: try Arithmetic.divNumber(left, right)
    case .mod: try Arithmetic.modNumber(left, right)
    }
  }

  /// `CmpTyped`: −1, 0 or 1; null where unordered.
  static func compare(
    _ width: NumericWidth, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32:
      let (a, b) = (try left.toInt(), try right.toInt())
      return order(wrap(a, to: width), wrap(b, to: width))
    case .i64:
      let (a, b) = (try left.toInt(), try right.toInt())
      return order(a, b)
    case .f32:
      let (a, b) = (try left.toNumber(), try right.toNumber())
      return order(Float(a), Float(b))
    case .f64:
      let (a, b) = (try left.toNumber(), try right.toNumber())
      return order(a, b)
    case .u64: preconditionFailure("u64 is rejected by the verifier")
    }
  }

  private static func order<Number: Comparable>(_ a: Number, _ b: Number) -> Value {
    if a < b { return .int(-1) }
    if a > b { return .int(1) }
    return a == b ? .int(0) : .null
  }

  static func cast(_ operand: Value, to width: NumericWidth) throws(TrapKind) -> Value {
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32: return .int(wrap(try truncated(operand), to: width))
    case .i64: return Value(fitting: Int128(try truncated(operand)))
    case .f32: return .number(Double(Float(try operand.toNumber())))
    case .f64: return .number(try operand.toNumber())
    case .u64: preconditionFailure("u64 is rejected by the verifier")
    }
  }

  /// An int, or a number truncated toward zero: NaN as 0, saturated to −2^63 … 2^63 − 1.
  private static func truncated(_ operand: Value) throws(TrapKind) -> Int64 {
    switch operand.numeric {
    case .int(let value): return value
    case .number(let value):
      if value.isNaN { return 0 }
      if value <= -0x1p63 { return .min }
      if value >= 0x1p63 { return .max }
      return Int64(value.rounded(.towardZero))
    case nil: throw .typeError
    }
  }

  /// The low bits of an integer, read as an integer of the width.
  private static func wrap(_ value: Int64, to width: NumericWidth) -> Int64 {
    switch width {
    case .i8: Int64(Int8(truncatingIfNeeded: value))
    case .i16: Int64(Int16(truncatingIfNeeded: value))
    case .i32: Int64(Int32(truncatingIfNeeded: value))
    case .u8: Int64(UInt8(truncatingIfNeeded: value))
    case .u16: Int64(UInt16(truncatingIfNeeded: value))
    case .u32: Int64(UInt32(truncatingIfNeeded: value))
    case .i64, .u64, .f32, .f64: preconditionFailure("nothing wraps to \(width.name)")
    }
  }
}
