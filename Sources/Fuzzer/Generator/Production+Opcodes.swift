import Bytecode

extension Opcode {
  /// The ways to use the instruction that its kinds of operands alone decide; those of the numeric
  /// core, and those that name something, are generated elsewhere.
  var productions: [Production] {
    func rows(_ rows: ([Want], KindSet)...) -> [Production] {
      rows.map { Production(.opcode(self), $0.0, $0.1) }
    }
    switch self {
    case .add:
      return rows(
        ([.string, .string], .string), ([.string, .numeric], .string),
        ([.numeric, .string], .string))
    case .gt, .lt, .gte, .lte: return rows(([.string, .string], .bool))
    case .eq, .neq: return rows(([.any, .any], .bool), ([.string, .string], .bool))
    case .length:
      return rows(
        ([.string], .int), ([.anyArray], .int), ([.object], .int), ([.map], .int),
        ([.range], .int))
    case .arrayPush:
      return rows(
        ([.array, .any], .array), ([.intArray, .int], .intArray),
        ([.floatArray, .numeric], .floatArray), ([.boolArray, .bool], .boolArray))
    case .arrayPop:
      return [Want.array, .intArray, .floatArray, .boolArray].map {
        Production(.opcode(self), [$0], $0.elementOrNull)
      }
    case .sliceAccess:
      return [Want.string, .array, .intArray, .floatArray, .boolArray].map {
        Production(.opcode(self), [$0, .bound, .bound], $0.kinds)
      }
    case .makeRange: return rows(([.small, .small, .bool], .range))
    case .iterNext:
      return rows(
        ([.string, .small], [.string, .null]), ([.intArray, .small], [.int, .null]),
        ([.floatArray, .small], [.number, .null]), ([.boolArray, .small], [.bool, .null]),
        ([.range, .small], [.int, .null]), ([.map, .small], [.array, .null]),
        ([.array, .small], .anything))
    case .iterDone: return rows(([.iterable, .small], .bool))
    case .mergeObject: return rows(([.object, .object], .object))
    case .isOk, .isErr: return rows(([.any], .bool), ([.ok], .bool), ([.err], .bool))
    case .unwrapOk: return rows(([.ok], .anything))
    case .unwrapErr: return rows(([.err], .anything))
    case .unwrapOption: return rows(([.some], .anything), ([.int], .int), ([.string], .string))
    case .tryUnwrap:
      return rows(
        ([.some], .anything), ([.ok], .anything), ([.numeric], .numeric), ([.string], .string))
    case .pushConst, .pushNull, .pop, .dup, .swap, .loadLocal, .loadLocalTrusted, .storeLocal,
      .storeLocalTyped, .loadModuleBinding, .storeModuleBinding, .boxLocal, .boxModuleBinding,
      .makeClosure, .loadClosure, .storeClosure, .makeRef, .derefLoad, .derefStore, .setIndexRef,
      .addInt, .subInt, .mulInt, .divInt, .modInt, .powInt, .addNumber, .subNumber, .mulNumber,
      .divNumber, .modNumber, .powNumber, .sub, .mul, .div, .mod, .pow, .neg, .bitAnd, .bitOr,
      .bitXor, .bitNot, .bitShl, .bitShr, .addTyped, .subTyped, .mulTyped, .divTyped, .modTyped,
      .cmpTyped, .castWidth, .intToNumber, .numberToInt, .addIntTrusted, .subIntTrusted,
      .mulIntTrusted, .divIntTrusted, .addNumberTrusted, .subNumberTrusted, .mulNumberTrusted,
      .divNumberTrusted, .gtInt, .ltInt, .gteInt, .lteInt, .eqInt, .neqInt, .gtNumber, .ltNumber,
      .gteNumber, .lteNumber, .eqNumber, .neqNumber, .gtIntTrusted, .ltIntTrusted,
      .gteIntTrusted, .lteIntTrusted, .gtNumberTrusted, .ltNumberTrusted, .gteNumberTrusted,
      .lteNumberTrusted, .and, .or, .not, .nullCoalesce, .jump, .jumpIfFalse, .jumpIfTrue,
      .jumpIfFalseTrusted, .loopStart, .loopEnd, .break, .continue, .nop, .debug, .call,
      .callForeign, .callValue, .callMethod, .builtinCall, .return, .returnValue, .halt,
      .newArray, .newTypedArray, .newObject, .newTypedObject, .typedMergeObject, .getProp,
      .setProp, .getFieldTyped, .setFieldTyped, .arrayPushLocal, .setLocalIndex,
      .setModuleBindingIndex, .setupTry, .popHandler, .throw:
      return []
    }
  }
}
