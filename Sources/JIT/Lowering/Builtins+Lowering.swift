import Bytecode
import LLVM

/// Builtins: all through the runtime, arguments in a buffer of the frame.
extension FunctionLowering {
  func lowerBuiltin(_ builtin: Builtin, argumentCount: Int) {
    guard let buffer = argumentBuffer else {
      preconditionFailure("the prologue makes room for the arguments of builtins")
    }
    for (position, value) in stack.suffix(argumentCount).enumerated() {
      build.store(
        box(value), build.offset(buffer, by: 8 * position, name("argument.address")))
    }
    stack.removeLast(argumentCount)
    let count = types.constant32(UInt32(argumentCount))
    if builtin == .print {
      build.call(scope.callee(.print), [context, count, buffer], name("print"))
      return push(.boxed(types.constant(bits: Word.unit.bits), .unit))
    }
    let code = types.constant32(UInt32(builtin.rawValue))
    let word = build.call(scope.callee(.math), [code, count, buffer], name("builtin"))
    let kinds = BuiltinResult.kinds(of: builtin)
    push(unpacked(checked(word), kinds))
  }

  /// A word of known kinds in the representation those give.
  private func unpacked(_ word: IRValue, _ kinds: KindSet) -> Value {
    let boxed = Value.boxed(word, kinds)
    let representation = Representation(kinds)
    return representation.value(machineValue(boxed, as: representation))
  }

  /// The most arguments any builtin of the body takes.
  var builtinArgumentCount: Int? {
    var most: Int?
    for (offset, instruction) in program.program.body(of: index).enumerated()
    where facts.isReachable(offset) {
      if case .builtin(_, let count) = instruction.operand { most = max(most ?? 0, count) }
    }
    return most
  }
}

/// What the math builtins give.
enum BuiltinResult {
  /// The kinds a math builtin's result may be of; inference does not use them, so a join forgets.
  static func kinds(of builtin: Builtin) -> KindSet {
    switch builtin {
    case .sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .hypot: .number
    case .isNan, .isFinite: .bool
    case .abs, .sign, .floor, .ceil, .round, .min, .max, .clamp, .gcd, .lcm, .pow: .numeric
    case .print: .unit
    case .makeSome, .makeOk, .makeErr, .makeMap, .toString, .toNumber, .toBool, .typeOf,
      .isNumber, .isInt, .isString, .isBool, .isArray, .isObject, .isNull, .isFunction, .len,
      .push, .pop, .first, .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range,
      .filled, .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every, .sum, .mean,
      .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt,
      .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode,
      .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      .core
    }
  }
}
