extension Builtin {
  /// The kinds on which the builtin is a method of its own name; none if it is no method.
  ///
  /// `CallMethod m n` on such a receiver is the `BuiltinCall` with n + 1 arguments, the receiver
  /// first; a number of arguments that call does not take is an ArityMismatch. Records and objects
  /// have the methods their programs give them.
  public var methodReceivers: KindSet {
    switch self {
    case .len: [.string, .array, .intArray, .floatArray, .boolArray, .map]
    case .slice: [.string, .array, .intArray, .floatArray, .boolArray]
    case .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode:
      .string
    case .push, .pop, .first, .last, .reverse, .includes, .indexOf, .join, .zip, .map, .filter,
      .reduce, .forEach, .find, .findIndex, .some, .every, .sum, .mean, .min, .max, .std,
      .variance:
      .arrays
    case .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt: .floatArray
    case .get, .set, .has, .delete, .keys, .values: .map
    case .makeSome, .makeOk, .makeErr, .makeMap, .abs, .sign, .floor, .ceil, .round, .clamp, .gcd,
      .lcm, .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot, .pow,
      .isNan, .isFinite, .print, .toString, .toNumber, .toBool, .typeOf, .isNumber, .isInt,
      .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .range, .filled,
      .fromCharCode:
      []
    }
  }

  /// The builtin a method name stands for on a receiver of the kind, nil if there is none.
  public static func method(_ name: Literal, on kind: ValueKind) -> Builtin? {
    guard let builtin = methodsByName[name], builtin.methodReceivers.contains(KindSet(kind))
    else { return nil }
    return builtin
  }

  private static let methodsByName: [Literal: Builtin] = Dictionary(
    uniqueKeysWithValues: allCases.filter { !$0.methodReceivers.isEmpty }
      .map { (Literal($0.facts.name), $0) })

  /// Whether the builtin calls a function it is given.
  public var takesCallback: Bool { facts.category == .callback }

  /// How many parameters the function may have that a builtin calls back, at most.
  public var callbackParameters: Int { self == .reduce ? 3 : 2 }
}
