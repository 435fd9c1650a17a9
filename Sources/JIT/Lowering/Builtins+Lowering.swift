import Bytecode
import LLVM

/// Builtins that call no function of the program: inline where an instruction or the processor
/// does the same, else through the runtime, with the arguments in a row.
extension FunctionLowering {
  func lowerBuiltin(_ builtin: Builtin, argumentCount: Int) {
    switch builtin {
    case .len: lowerLength()
    case .push: lowerArrayPush()
    case .pop: lowerArrayPop()
    case .slice: lowerSliceAccess()
    case .isNull: lowerTest(of: .null)
    case .isInt: lowerTest(of: .int)
    case .isNumber: lowerTest(of: .numeric)
    case .isBool: lowerTest(of: .bool)
    case .isString: lowerTest(of: .string)
    case .isArray: lowerTest(of: .arrays)
    case .isObject: lowerTest(of: [.object, .record])
    case .isNan: lowerIsNaN()
    case .isFinite: lowerIsFinite()
    case .sqrt: lowerFunction(scope.intrinsic(.sqrt))
    case .ln: lowerFunction(scope.callee(.ln))
    case .exp: lowerFunction(scope.callee(.exp))
    case .log10: lowerFunction(scope.callee(.log10))
    case .sin: lowerFunction(scope.callee(.sin))
    case .cos: lowerFunction(scope.callee(.cos))
    case .tan: lowerFunction(scope.callee(.tan))
    case .asin: lowerFunction(scope.callee(.asin))
    case .acos: lowerFunction(scope.callee(.acos))
    case .atan: lowerFunction(scope.callee(.atan))
    case .hypot: lowerHypotenuse()
    case .abs: lowerAbsolute()
    case .floor: lowerRounding(builtin, .floor)
    case .ceil: lowerRounding(builtin, .ceiling)
    case .min, .max:
      if let value = extremum(argumentCount, isMaximum: builtin == .max) {
        push(value)
      } else {
        lowerMath(builtin, argumentCount)
      }
    case .sign, .round, .clamp, .gcd, .lcm, .pow: lowerMath(builtin, argumentCount)
    case .makeSome, .makeOk, .makeErr, .makeMap, .print, .toString, .toNumber, .toBool, .typeOf,
      .isFunction, .first, .last, .reverse, .includes, .indexOf, .join, .zip,
      .range, .filled, .sum, .mean, .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax,
      .vecMin, .vecAbs, .vecSqrt, .upper, .lower, .trim, .split, .contains, .startsWith,
      .endsWith, .replace, .charCode, .fromCharCode, .get, .set, .has, .delete, .keys, .values:
      callBuiltin(builtin, argumentCount)
    case .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every:
      lowerWalk(builtin, argumentCount)
    }
  }

  /// Any builtin through the runtime.
  private func callBuiltin(_ builtin: Builtin, _ count: Int) {
    let kinds = BuiltinResult.kinds(of: builtin, stack.suffix(count))
    let row = popRow(count)
    let arguments = [
      context, types.constant32(UInt32(builtin.rawValue)), types.constant32(UInt32(count)), row,
    ]
    push(runtime(.builtin, arguments, kinds))
  }

  /// A math builtin through the runtime: it needs no context, so kernels have it too.
  func lowerMath(_ builtin: Builtin, _ count: Int) {
    let kinds = BuiltinResult.kinds(of: builtin, stack.suffix(count))
    let row = popRow(count)
    let code = types.constant32(UInt32(builtin.rawValue))
    let word = build.call(
      scope.callee(.math), [code, types.constant32(UInt32(count)), row], name("builtin"))
    push(unpacked(checked(word), kinds))
  }

  /// A word of known kinds in the representation those give.
  func unpacked(_ word: IRValue, _ kinds: KindSet) -> Value {
    let boxed = Value.boxed(word, kinds)
    let representation = Representation(kinds)
    return representation.value(machineValue(boxed, as: representation))
  }
}
