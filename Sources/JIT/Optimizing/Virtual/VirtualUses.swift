import Bytecode

/// What an instruction does with operands that are virtual objects.
enum VirtualUse {
  /// It puts them elsewhere, or nowhere.
  case moves
  /// It stores one into a local, or into the cell that is there.
  case stores
  /// It gives the lower one if that is not null.
  case chooses
  /// It makes what may be virtual itself, of operands that may be.
  case allocates
  /// It reads or stores a part of the lowest operand by name.
  case accesses
  /// It looks at the kind of the operand, or inside.
  case opens(Opening)
  /// It tests the kind of the operand.
  case tests
  /// It enters a function with them.
  case calls
  /// It needs words.
  case needsWords

  /// How it looks at some, ok and err.
  enum Opening {
    case isOk, isErr, unwrapOk, unwrapErr, unwrapOption, tryUnwrap
  }
}

extension Instruction {
  /// What it does with virtual objects.
  var virtualUse: VirtualUse {
    switch opcode {
    case .pop, .dup, .swap, .loadLocal, .loadLocalTrusted, .boxLocal, .makeRef, .derefLoad,
      .loadClosure, .returnValue, .halt:
      .moves
    case .storeLocal, .derefStore: .stores
    case .nullCoalesce: .chooses
    case .newTypedObject, .newObject, .makeClosure: .allocates
    case .getFieldTyped, .setFieldTyped, .getProp, .setProp: .accesses
    case .isOk: .opens(.isOk)
    case .isErr: .opens(.isErr)
    case .unwrapOk: .opens(.unwrapOk)
    case .unwrapErr: .opens(.unwrapErr)
    case .unwrapOption: .opens(.unwrapOption)
    case .tryUnwrap: .opens(.tryUnwrap)
    case .call, .callValue, .callMethod: .calls
    case .builtinCall: builtinUse
    case .pushConst, .pushNull, .storeLocalTyped, .loadModuleBinding, .storeModuleBinding,
      .boxModuleBinding, .storeClosure, .setIndexRef, .addInt, .subInt, .mulInt, .divInt, .modInt,
      .powInt,
      .addNumber, .subNumber, .mulNumber, .divNumber, .modNumber, .powNumber, .add, .sub, .mul,
      .div, .mod, .pow, .neg, .bitAnd, .bitOr, .bitXor, .bitNot, .bitShl, .bitShr, .addTyped,
      .subTyped, .mulTyped, .divTyped, .modTyped, .cmpTyped, .castWidth, .intToNumber,
      .numberToInt, .addIntTrusted, .subIntTrusted, .mulIntTrusted, .divIntTrusted,
      .addNumberTrusted, .subNumberTrusted, .mulNumberTrusted, .divNumberTrusted, .gtInt, .ltInt,
      .gteInt, .lteInt, .eqInt, .neqInt, .gtNumber, .ltNumber, .gteNumber, .lteNumber, .eqNumber,
      .neqNumber, .gt, .lt, .gte, .lte, .eq, .neq, .gtIntTrusted, .ltIntTrusted, .gteIntTrusted,
      .lteIntTrusted, .gtNumberTrusted, .ltNumberTrusted, .gteNumberTrusted, .lteNumberTrusted,
      .and, .or, .not, .jump, .jumpIfFalse, .jumpIfTrue, .jumpIfFalseTrusted, .loopStart, .loopEnd,
      .break, .continue, .nop, .debug, .callForeign, .return, .newArray, .newTypedArray,
      .mergeObject, .typedMergeObject, .length, .arrayPush, .arrayPop,
      .arrayPushLocal, .setLocalIndex, .setModuleBindingIndex, .sliceAccess, .makeRange, .iterNext,
      .iterDone,
      .setupTry, .popHandler, .throw:
      .needsWords
    }
  }

  private var builtinUse: VirtualUse {
    guard case .builtin(let builtin, let count) = operand else { return .needsWords }
    switch builtin {
    case .makeSome, .makeOk, .makeErr: return count == 1 ? .allocates : .needsWords
    case .isNull, .isInt, .isNumber, .isBool, .isString, .isArray, .isObject: return .tests
    case .print, .makeMap, .toString, .toNumber, .toBool, .typeOf, .isFunction, .isNan, .isFinite,
      .len, .push, .pop, .first, .last, .slice, .reverse, .includes, .indexOf, .join, .zip, .range,
      .filled, .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every, .sum, .mean,
      .std, .variance, .vecAdd, .vecSub, .vecMul, .vecDiv, .vecMax, .vecMin, .vecAbs, .vecSqrt,
      .upper, .lower, .trim, .split, .contains, .startsWith, .endsWith, .replace, .charCode,
      .fromCharCode, .get, .set, .has, .delete, .keys, .values, .sqrt, .ln, .exp, .log10, .sin,
      .cos, .tan, .asin, .acos, .atan, .hypot, .abs, .floor, .ceil, .min, .max, .sign, .round,
      .clamp, .gcd, .lcm, .pow:
      return .needsWords
    }
  }
}
