import Bytecode
import CRuntime

extension RuntimeBuiltins {
  /// Calls a math builtin: no state, no effect.
  static func math(
    _ builtin: Builtin, _ arguments: UnsafeBufferPointer<Word>
  ) throws(Stop) -> Word {
    switch builtin {
    case .abs: return try absolute(arguments[0])
    case .sign: return try sign(arguments[0])
    case .floor, .ceil, .round: return try rounded(builtin, arguments[0])
    case .min, .max: return try extremum(arguments, isMaximum: builtin == .max)
    case .clamp: return try clamp(arguments[0], arguments[1], arguments[2])
    case .gcd: return try greatestCommonDivisor(arguments[0], arguments[1])
    case .lcm: return try leastCommonMultiple(arguments[0], arguments[1])
    case .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan:
      return Word(number: function(builtin, try arguments[0].toNumber()))
    case .hypot:
      let x = try arguments[0].toNumber()
      return Word(number: jit_math_hypot(x, try arguments[1].toNumber()))
    case .pow: return try RuntimeArithmetic.generic(.power, arguments[0], arguments[1])
    case .isNan:
      let x = try arguments[0].toNumber()
      return Word(bool: x != x)
    case .isFinite: return Word(bool: (try arguments[0].toNumber()).isFinite)
    case .print, .makeSome, .makeOk, .makeErr, .makeMap, .toString, .toNumber, .toBool, .typeOf,
      .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .len,
      .push, .pop, .first, .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range,
      .filled, .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every, .sum, .mean,
      .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt,
      .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode,
      .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      preconditionFailure("no math builtin")
    }
  }

  private static func absolute(_ x: Word) throws(Stop) -> Word {
    x.isInt ? .fit(abs(x.int)) : Word(number: (try x.toNumber()).magnitude)
  }

  private static func sign(_ x: Word) throws(Stop) -> Word {
    if x.isInt { return Word(int: x.int.signum()) }
    let value = try x.toNumber()
    return value > 0 ? Word(number: 1) : value < 0 ? Word(number: -1) : x
  }

  private static func rounded(_ builtin: Builtin, _ x: Word) throws(Stop) -> Word {
    if x.isInt { return x }
    let value = try x.toNumber()
    if builtin == .floor { return Word(number: value.rounded(.down)) }
    if builtin == .ceil { return Word(number: value.rounded(.up)) }
    return Word(number: value.rounded(.toNearestOrAwayFromZero))
  }

  /// The greatest or least of 1 … 255 arguments, or of the elements of one array.
  private static func extremum(
    _ arguments: UnsafeBufferPointer<Word>, isMaximum: Bool
  ) throws(Stop) -> Word {
    if arguments.count == 1, arguments[0].isArray {
      return try extremum(of: arguments[0], isMaximum: isMaximum)
    }
    var best = arguments[0]
    if !best.isInt { best = Word(number: try best.toNumber()) }
    for index in 1..<max(arguments.count, 1) {
      best = try extremum(best, arguments[index], isMaximum: isMaximum)
    }
    return best
  }

  /// The greatest or least element of an array, null if it is empty.
  private static func extremum(of array: Word, isMaximum: Bool) throws(Stop) -> Word {
    guard !array.isCell(.boolArray) else { throw .typeError }
    if array.arrayCount == 0 { return .null }
    var best = array.element(0)
    if !best.isInt { best = Word(number: try best.toNumber()) }
    for index in 1..<array.arrayCount {
      best = try extremum(best, array.element(index), isMaximum: isMaximum)
    }
    return best
  }

  /// The greater or lesser of two: an int if both are, else a number, NaN if one is.
  private static func extremum(
    _ left: Word, _ right: Word, isMaximum: Bool
  ) throws(Stop) -> Word {
    if left.isInt, right.isInt {
      return Word(int: isMaximum ? max(left.int, right.int) : min(left.int, right.int))
    }
    let a = try left.toNumber()
    return Word(number: extremum(a, try right.toNumber(), isMaximum: isMaximum))
  }

  /// The greater or lesser of two numbers, NaN if one is.
  static func extremum(_ a: Double, _ b: Double, isMaximum: Bool) -> Double {
    if a != a || b != b { return .nan }
    if a == b {
      // Equal numbers differ at most in the sign of zero: −0.0 is the lesser.
      let aIsLesser = a.sign == .minus
      return aIsLesser == isMaximum ? b : a
    }
    return (a > b) == isMaximum ? a : b
  }

  /// max(low, min(x, high)).
  private static func clamp(_ x: Word, _ low: Word, _ high: Word) throws(Stop) -> Word {
    try extremum(low, try extremum(x, high, isMaximum: false), isMaximum: true)
  }

  private static func greatestCommonDivisor(_ left: Word, _ right: Word) throws(Stop) -> Word {
    let a = try left.toInt()
    return .fit(Int64(divisor(a.magnitude, (try right.toInt()).magnitude)))
  }

  /// Euclid's algorithm. Complexity: O(log min(a, b)).
  private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  private static func leastCommonMultiple(_ left: Word, _ right: Word) throws(Stop) -> Word {
    let a = (try left.toInt()).magnitude
    let b = (try right.toInt()).magnitude
    guard a != 0, b != 0 else { return Word(int: 0) }
    // Arguments and their divisors widen exactly (a divisor of m · 2^k has no more bits than m),
    // so one IEEE multiplication rounds the exact multiple once.
    return .fit(integral: Double(a / divisor(a, b)) * Double(b))
  }

  private static func function(_ builtin: Builtin, _ x: Double) -> Double {
    if builtin == .sqrt { return jit_math_sqrt(x) }
    if builtin == .ln { return jit_math_log(x) }
    if builtin == .exp { return jit_math_exp(x) }
    if builtin == .log10 { return jit_math_log10(x) }
    if builtin == .sin { return jit_math_sin(x) }
    if builtin == .cos { return jit_math_cos(x) }
    if builtin == .tan { return jit_math_tan(x) }
    if builtin == .asin { return jit_math_asin(x) }
    if builtin == .acos { return jit_math_acos(x) }
    precondition(builtin == .atan, "the caller names one of ten functions")
    return jit_math_atan(x)
  }
}
