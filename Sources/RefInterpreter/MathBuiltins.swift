import Bytecode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The math builtins of section 7 of `Docs/bytecode.md`.
enum MathBuiltins {
  static func abs(_ operand: Value) throws(TrapKind) -> Value {
    switch operand {
    case .int(let value): return Value(fitting: Int128(value.magnitude))
    case .number(let value): return .number(value.magnitude)
    case .null, .unit, .bool: throw .typeError
    }
  }

  static func sign(_ operand: Value) throws(TrapKind) -> Value {
    switch operand {
    case .int(let value): return .int(value.signum())
    case .number(let value):
      if value > 0 { return .number(1) }
      if value < 0 { return .number(-1) }
      return operand
    case .null, .unit, .bool: throw .typeError
    }
  }

  /// `floor ceil round`: an int stays, a number gives a number.
  static func rounded(
    _ operand: Value, _ rule: FloatingPointRoundingRule
  ) throws(TrapKind) -> Value {
    switch operand {
    case .int: return operand
    case .number(let value): return .number(value.rounded(rule))
    case .null, .unit, .bool: throw .typeError
    }
  }

  /// The least of one or more operands: an int if all are ints, else a number.
  static func minimum(_ operands: ArraySlice<Value>) throws(TrapKind) -> Value {
    try extreme(
      operands, int: { a, b in Swift.min(a, b) },
      number: { a, b in
        if a.isNaN || b.isNaN { return .nan }
        if a == 0 && b == 0 { return a.sign == .minus ? a : b }
        return a < b ? a : b
      })
  }

  /// The greatest of one or more operands: an int if all are ints, else a number.
  static func maximum(_ operands: ArraySlice<Value>) throws(TrapKind) -> Value {
    try extreme(
      operands, int: { a, b in Swift.max(a, b) },
      number: { a, b in
        if a.isNaN || b.isNaN { return .nan }
        if a == 0 && b == 0 { return a.sign == .plus ? a : b }
        return a > b ? a : b
      })
  }

  private static func extreme(
    _ operands: ArraySlice<Value>, int: (Int64, Int64) -> Int64,
    number: (Double, Double) -> Double
  ) throws(TrapKind) -> Value {
    var result = operands[operands.startIndex]
    _ = try result.toNumber()
    for operand in operands.dropFirst() {
      if case .int(let a) = result, case .int(let b) = operand {
        result = .int(int(a, b))
      } else {
        let (a, b) = (try result.toNumber(), try operand.toNumber())
        result = .number(number(a, b))
      }
    }
    return result
  }

  /// `clamp(x, lo, hi)` = max(lo, min(x, hi)).
  static func clamp(_ value: Value, _ low: Value, _ high: Value) throws(TrapKind) -> Value {
    try maximum([low, minimum([value, high])])
  }

  static func gcd(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    return Value(fitting: Int128(greatestDivisor(a.magnitude, b.magnitude)))
  }

  static func lcm(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    guard a != 0 && b != 0 else { return .int(0) }
    let divisor = greatestDivisor(a.magnitude, b.magnitude)
    return Value(fitting: Int128(a.magnitude / divisor) * Int128(b.magnitude))
  }

  /// Euclid's algorithm.
  private static func greatestDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  /// `ln exp log10 sin cos tan asin acos atan`: one of the C library's functions.
  static func function(
    _ function: (Double) -> Double, of operand: Value
  ) throws(TrapKind) -> Value {
    .number(function(try operand.toNumber()))
  }

  static func hypotenuse(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .number(hypot(a, b))
  }
}
