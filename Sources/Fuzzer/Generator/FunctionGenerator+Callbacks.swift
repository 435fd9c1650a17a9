import Bytecode

extension FunctionGenerator {
  /// Walks an array with a callback by a builtin whose result serves, if it can be afforded.
  mutating func callback(_ want: Want, level: Int) -> ValueFact? {
    let array = entropy.pick([Want.array, .intArray, .array, .floatArray, .boolArray])
    let builtins = Builtin.allCases.filter { builtin in
      guard let kinds = builtin.walkResult(of: array) else { return false }
      let fact = ValueFact.unknown(kinds)
      return want.accepts(fact) || want.accepts(fact.withoutNull)
    }
    guard !builtins.isEmpty else { return nil }
    let builtin = entropy.pick(builtins)
    let candidates = callables(walking: array, by: builtin)
    guard !candidates.isEmpty else { return nil }
    let callee = entropy.pick(candidates)
    let isMethod = entropy.chance(2, in: 5)
    _ = expression(array, level: level - 1)
    if isMethod { declareReceiver(array) }
    pushFunction(callee)
    if builtin == .reduce { _ = expression(.any, level: level - 1) }
    call(builtin, count: builtin == .reduce ? 3 : 2, asMethod: isMethod)
    account(for: callee, calls: Self.callsPerWalk)
    return settled(.unknown(builtin.walkResult(of: array) ?? .anything), want)
  }

  /// The functions that take what the builtin passes, and can be afforded.
  func callables(walking array: Want, by builtin: Builtin) -> [CallableFunction] {
    var element = array.elementOrNull
    if array != .array { element.remove(.null) }
    let passed: [KindSet] = builtin == .reduce ? [.anything, element, .int] : [element, .int]
    return environment.callables.filter { callable in
      callable.isValue && callable.parameters.count <= passed.count
        && affords(callable.cost * Self.callsPerWalk) && (!callable.mayTrap || mayRisk)
        && zip(callable.parameters, passed).allSatisfy {
          $0.fact.actual.isSuperset(of: $1) && $0.fact.schema == nil && $0.fact.arity == nil
        }
    }
  }

  /// Replaces null where the value may be null and that does not serve.
  mutating func settled(_ fact: ValueFact, _ want: Want) -> ValueFact {
    if want.accepts(fact) { return fact }
    let other = construct(want, level: 0)
    emit(.nullCoalesce, pops: 2, pushes: 1)
    return fact.withoutNull.union(other)
  }
}

extension Builtin {
  /// What a callback builtin gives for an array; nil for the other builtins.
  func walkResult(of array: Want) -> KindSet? {
    switch self {
    case .map: .array
    case .filter: array.kinds
    case .reduce: .anything
    case .forEach: .unit
    case .find: array.elementOrNull
    case .findIndex: .int
    case .some, .every: .bool
    case .makeSome, .makeOk, .makeErr, .makeMap, .abs, .sign, .floor, .ceil, .round, .min, .max,
      .clamp, .gcd, .lcm, .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot,
      .pow, .isNan, .isFinite, .print, .toString, .toNumber, .toBool, .typeOf, .isNumber, .isInt,
      .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .len, .push, .pop, .first,
      .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range, .filled, .sum, .mean,
      .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt,
      .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode,
      .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      nil
    }
  }
}
