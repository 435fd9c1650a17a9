import Bytecode

/// What the builtins give.
enum BuiltinResult {
  /// The kinds a builtin's result may be of; inference does not use them, so a join forgets.
  static func kinds(of builtin: Builtin, _ arguments: ArraySlice<Value>) -> KindSet {
    switch builtin {
    case .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot, .toNumber:
      .number
    case .isNan, .isFinite, .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull,
      .isFunction, .toBool, .includes, .contains, .startsWith, .endsWith, .has, .delete:
      .bool
    case .abs, .sign, .floor, .ceil, .round, .clamp, .gcd, .lcm, .pow: .numeric
    // Of an empty array they give null.
    case .min, .max: arguments.count == 1 ? [.int, .number, .null] : .numeric
    case .sum: .numeric
    case .mean, .std, .variance: [.number, .null]
    case .len, .indexOf, .charCode: .int
    case .print: .unit
    case .toString, .typeOf, .join, .upper, .lower, .trim, .replace, .fromCharCode: .string
    case .makeSome: .some
    case .makeOk: .ok
    case .makeErr: .err
    case .makeMap, .set: .map
    case .zip, .split, .keys, .values: .array
    case .range: .intArray
    case .reverse, .filled: .arrays
    case .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt: .floatArray
    case .push: arguments.first?.kinds ?? .arrays
    case .slice: KindSet.arrays.union(.string)
    case .pop, .first, .last, .get, .map, .filter, .reduce, .forEach, .find, .findIndex, .some,
      .every:
      .anything
    }
  }
}
