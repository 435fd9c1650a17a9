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
  /// A math builtin of a fixed number of operands; what it does not take is not looked at.
  static func compute(
    _ builtin: Builtin, _ first: Value, _ second: Value, _ third: Value
  ) throws(TrapKind) -> Value {
    switch builtin {
    case .abs: return try abs(first)
    case .sign: return try sign(first)
    case .floor: return try rounded(first, .down)
    case .ceil: return try rounded(first, .up)
    case .round: return try rounded(first, .toNearestOrAwayFromZero)
    case .clamp: return try clamp(first, second, third)
    case .gcd: return try gcd(first, second)
    case .lcm: return try lcm(first, second)
    case .sqrt: return try function({ $0.squareRoot() }, of: first)
    case .ln: return try function(log, of: first)
    case .exp: return try function(exp, of: first)
    case .log10: return try function(log10, of: first)
    case .sin: return try function(sin, of: first)
    case .cos: return try function(cos, of: first)
    case .tan: return try function(tan, of: first)
    case .asin: return try function(asin, of: first)
    case .acos: return try function(acos, of: first)
    case .atan: return try function(atan, of: first)
    case .hypot: return try hypotenuse(first, second)
    case .pow:
      return try Arithmetic.generic(
        first, second, int: Arithmetic.powInt, number: Arithmetic.powNumber)
    case .isNan: return .bool(try first.toNumber().isNaN)
    case .isFinite: return .bool(try first.toNumber().isFinite)
    case .makeSome, .makeOk, .makeErr, .makeMap, .min, .max, .print, .toString, .toNumber,
      .toBool, .typeOf, .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull,
      .isFunction, .len, .push, .pop, .first, .last, .slice, .reverse, .includes, .indexOf, .join,
      .zip, .range, .filled, .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every,
      .sum, .mean, .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs,
      .vecSqrt, .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace,
      .charCode, .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      preconditionFailure("\(builtin) is no math builtin of a fixed number of operands")
    }
  }

  static func abs(_ operand: Value) throws(TrapKind) -> Value {
    switch operand.numeric {
    case .int(let value): return Value(fitting: Int128(value.magnitude))
    case .number(let value): return .number(value.magnitude)
    case nil: throw .typeError
    }
  }

  static func sign(_ operand: Value) throws(TrapKind) -> Value {
    switch operand.numeric {
    case .int(let value): return .int(value.signum())
    case .number(let value):
      if value > 0 { return .number(1) }
      if value < 0 { return .number(-1) }
      return operand
    case nil: throw .typeError
    }
  }

  /// `floor ceil round`: an int stays, a number gives a number.
  static func rounded(
    _ operand: Value, _ rule: FloatingPointRoundingRule
  ) throws(TrapKind) -> Value {
    switch operand.numeric {
    case .int: return operand
    case .number(let value): return .number(value.rounded(rule))
    case nil: throw .typeError
    }
  }

  /// The least of one or more operands: an int if all are ints, else a number.
  static func minimum(_ operands: ArraySlice<Value>) throws(TrapKind) -> Value {
    try extreme(
      operands, int: { a, b in Swift.min(a, b) }, number: lesser)
  }

  /// NaN if either is; −0.0 is less than 0.0.
  static func lesser(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    if a == 0 && b == 0 { return a.sign == .minus ? a : b }
    return a < b ? a : b
  }

  /// The greatest of one or more operands: an int if all are ints, else a number.
  static func maximum(_ operands: ArraySlice<Value>) throws(TrapKind) -> Value {
    try extreme(
      operands, int: { a, b in Swift.max(a, b) }, number: greater)
  }

  /// NaN if either is; 0.0 is greater than −0.0.
  static func greater(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    if a == 0 && b == 0 { return a.sign == .plus ? a : b }
    return a > b ? a : b
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
