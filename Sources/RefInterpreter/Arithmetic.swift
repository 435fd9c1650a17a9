import Bytecode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Section 2 of `Docs/bytecode.md`: what the arithmetic instructions compute.
///
/// Every function checks its left operand first, and kinds before a zero divisor.
enum Arithmetic {
  typealias Binary = (Value, Value) throws(TrapKind) -> Value

  // MARK: Int forms

  static func addInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    return Value(fitting: Int128(a) + Int128(b))
  }

  static func subInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    return Value(fitting: Int128(a) - Int128(b))
  }

  static func mulInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    return Value(fitting: Int128(a) * Int128(b))
  }

  static func divInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    guard b != 0 else { throw .divisionByZero }
    // −2^63 is no result of toInt, so the quotient cannot overflow.
    return Value(fitting: Int128(a / b))
  }

  static func modInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    guard b != 0 else { throw .divisionByZero }
    return Value(fitting: Int128(a % b))
  }

  static func powInt(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (base, exponent) = (try left.toInt(), try right.toInt())
    if exponent >= 0, let exact = exactPower(base, exponent) { return .int(exact) }
    return .number(pow(Double(base), Double(exponent)))
  }

  /// The power if it is an int, by multiplying step by step.
  private static func exactPower(_ base: Int64, _ exponent: Int64) -> Int64? {
    switch base {
    case 0: return exponent == 0 ? 1 : 0
    case 1: return 1
    case -1: return exponent % 2 == 0 ? 1 : -1
    default: break
    }
    var power: Int128 = 1
    var count: Int64 = 0
    // The magnitude at least doubles with each factor, and never shrinks back into the range.
    while count < exponent {
      power *= Int128(base)
      guard power.magnitude <= UInt128(1) << 47 else { return nil }
      count += 1
    }
    let result = Int64(power)
    return IntRange.contains(result) ? result : nil
  }

  // MARK: Number forms

  static func addNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .number(a + b)
  }

  static func subNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .number(a - b)
  }

  static func mulNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .number(a * b)
  }

  static func divNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    guard b != 0 else { throw .divisionByZero }
    return .number(a / b)
  }

  static func modNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    guard b != 0 else { throw .divisionByZero }
    return .number(fmod(a, b))
  }

  static func powNumber(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .number(pow(a, b))
  }

  // MARK: Generic forms

  /// Two ints take the Int form, strictly; a number beside an int or number takes the Number form.
  @inline(__always)
  static func generic(
    _ left: Value, _ right: Value, int: Binary, number: Binary
  ) throws(TrapKind) -> Value {
    switch (left.numeric, right.numeric) {
    case (.int, .int): return try int(left, right)
    case (.int, .number), (.number, .int), (.number, .number): return try number(left, right)
    case (nil, _), (_, nil): throw .typeError
    }
  }

  // MARK: One operand

  static func negate(_ operand: Value) throws(TrapKind) -> Value {
    switch operand.numeric {
    case .int(let value): return Value(fitting: -Int128(value))
    case .number(let value): return .number(-value)
    case nil: throw .typeError
    }
  }

  static func intToNumber(_ operand: Value) throws(TrapKind) -> Value {
    .number(try operand.toNumber())
  }

  static func numberToInt(_ operand: Value) throws(TrapKind) -> Value {
    switch operand.numeric {
    case .int: return operand
    case .number(let value):
      if value.isNaN { return .int(0) }
      if value <= Double(IntRange.minimum) { return .int(IntRange.minimum) }
      if value >= Double(IntRange.maximum) { return .int(IntRange.maximum) }
      return .int(Int64(value.rounded(.towardZero)))
    case nil: throw .typeError
    }
  }
}
