import Bytecode

/// The builtins that call no function of the program.
enum RuntimeBuiltins {
  /// Calls a builtin; the dispatch table of all of them.
  ///
  /// - Precondition: the verifier admits the number of arguments; the builtin takes no callback.
  static func call(
    _ builtin: Builtin, _ arguments: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    let first = arguments.isEmpty ? Word.null : arguments[0]
    switch builtin {
    case .makeSome: return box(.some, first, state)
    case .makeOk: return box(.ok, first, state)
    case .makeErr: return box(.err, first, state)
    case .makeMap:
      state.charge(AbstractSize.map)
      return state.heap.makeMap()
    case .print:
      state.print(arguments)
      return .unit
    case .abs, .sign, .floor, .ceil, .round, .min, .max, .clamp, .gcd, .lcm, .sqrt, .ln, .exp,
      .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot, .pow, .isNan, .isFinite:
      return try math(builtin, arguments)
    case .toString: return try string(of: first, state)
    case .toNumber: return try number(of: first)
    case .toBool: return Word(bool: first.isTruthy)
    case .typeOf: return try typeName(of: first, state)
    case .isNumber: return Word(bool: first.isNumeric)
    case .isInt: return Word(bool: first.isInt)
    case .isString: return Word(bool: first.isString)
    case .isBool: return Word(bool: first.isBool)
    case .isArray: return Word(bool: first.isArray)
    case .isObject: return Word(bool: first.isObject || first.isRecord)
    case .isNull: return Word(bool: first == .null)
    case .isFunction: return Word(bool: first.isCallable)
    case .len: return try RuntimeArrays.length(first, state)
    case .push:
      try RuntimeArrays.push(first, arguments[1], state)
      return first
    case .pop: return try RuntimeArrays.pop(first)
    case .first: return try element(first, atEnd: false)
    case .last: return try element(first, atEnd: true)
    case .slice: return try RuntimeArrays.slice(first, arguments[1], arguments[2], state)
    case .reverse: return try reversed(first, state)
    case .includes: return Word(bool: try position(of: arguments[1], in: first) >= 0)
    case .indexOf: return Word(int: try position(of: arguments[1], in: first))
    case .join: return try joined(first, arguments[1], state)
    case .zip: return try zipped(first, arguments[1], state)
    case .range: return try ints(arguments, state)
    case .filled: return try filled(first, arguments[1], state)
    case .sum: return try sum(first)
    case .mean: return try mean(first)
    case .variance: return try variance(first)
    case .std: return try standardDeviation(first)
    case .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin:
      return try vector(builtin, first, arguments[1], state)
    case .vecAbs, .vecSqrt: return try vector(builtin, first, state)
    case .upper: return try mapped(first, isUpper: true, state)
    case .lower: return try mapped(first, isUpper: false, state)
    case .trim: return try trimmed(first, state)
    case .split: return try split(first, arguments[1], state)
    case .contains: return try contains(first, arguments[1])
    case .startsWith: return try hasPrefix(first, arguments[1])
    case .endsWith: return try hasSuffix(first, arguments[1])
    case .replace: return try replaced(first, arguments[1], arguments[2], state)
    case .charCode: return try scalarCode(first, arguments.count > 1 ? arguments[1] : Word(int: 0))
    case .fromCharCode: return try string(ofScalar: first, state)
    case .get: return try value(first, arguments[1])
    case .set: return try setValue(first, arguments[1], arguments[2], state)
    case .has: return try hasKey(first, arguments[1])
    case .delete: return try deleteKey(first, arguments[1])
    case .keys: return try keys(first, state)
    case .values: return try values(first, state)
    case .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every:
      preconditionFailure("the interpreter walks for the builtins that call back")
    }
  }

  private static func box(_ kind: CellKind, _ content: Word, _ state: RunState) -> Word {
    state.charge(AbstractSize.box)
    return state.heap.makeBox(kind, content)
  }
}
