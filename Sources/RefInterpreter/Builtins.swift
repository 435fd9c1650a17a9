import Bytecode

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Calls of `print` and the math builtins.
extension Machine {
  /// Replaces the arguments on top of the operand stack by the builtin's result.
  mutating func callBuiltin(_ builtin: Builtin, argumentCount: Int) throws(Stop) {
    let arguments = operands.suffix(argumentCount)
    let result: Value
    do {
      result = builtin == .print ? .unit : try Machine.compute(builtin, arguments)
    } catch {
      throw .trapped(error)
    }
    if builtin == .print { write(arguments) }
    operands.removeLast(argumentCount)
    operands.append(result)
  }

  /// Prints a line, which is an event of the trace.
  private mutating func write(_ values: ArraySlice<Value>) {
    guard recordsEvents || output != nil else { return }
    let text = Printing.line(values)
    output?(text)
    if recordsEvents { events.append(.print(values: values.map(\.observed), text: text)) }
  }

  private static func compute(
    _ builtin: Builtin, _ arguments: ArraySlice<Value>
  ) throws(TrapKind) -> Value {
    let first = arguments[arguments.startIndex]
    var second: Value { arguments[arguments.startIndex + 1] }
    var third: Value { arguments[arguments.startIndex + 2] }
    switch builtin {
    case .abs: return try MathBuiltins.abs(first)
    case .sign: return try MathBuiltins.sign(first)
    case .floor: return try MathBuiltins.rounded(first, .down)
    case .ceil: return try MathBuiltins.rounded(first, .up)
    case .round: return try MathBuiltins.rounded(first, .toNearestOrAwayFromZero)
    case .min: return try MathBuiltins.minimum(arguments)
    case .max: return try MathBuiltins.maximum(arguments)
    case .clamp: return try MathBuiltins.clamp(first, second, third)
    case .gcd: return try MathBuiltins.gcd(first, second)
    case .lcm: return try MathBuiltins.lcm(first, second)
    case .sqrt: return try MathBuiltins.function({ $0.squareRoot() }, of: first)
    case .ln: return try MathBuiltins.function(log, of: first)
    case .exp: return try MathBuiltins.function(exp, of: first)
    case .log10: return try MathBuiltins.function(log10, of: first)
    case .sin: return try MathBuiltins.function(sin, of: first)
    case .cos: return try MathBuiltins.function(cos, of: first)
    case .tan: return try MathBuiltins.function(tan, of: first)
    case .asin: return try MathBuiltins.function(asin, of: first)
    case .acos: return try MathBuiltins.function(acos, of: first)
    case .atan: return try MathBuiltins.function(atan, of: first)
    case .hypot: return try MathBuiltins.hypotenuse(first, second)
    case .pow:
      return try Arithmetic.generic(
        first, second, int: Arithmetic.powInt, number: Arithmetic.powNumber)
    case .isNan: return .bool(try first.toNumber().isNaN)
    case .isFinite: return .bool(try first.toNumber().isFinite)
    case .print, .makeSome, .makeOk, .makeErr, .makeMap, .toString, .toNumber, .toBool, .typeOf,
      .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .len,
      .push, .pop, .first, .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range,
      .filled, .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every, .sum, .mean,
      .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt,
      .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode,
      .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      preconditionFailure("\(builtin) is no math builtin")
    }
  }
}
