import Bytecode

/// What a binary arithmetic instruction computes.
enum ArithmeticOperation: UInt8, Sendable {
  case add, subtract, multiply, divide, remainder, power
  case and, or, xor, shiftLeft, shiftRight
}

/// Which operands a binary arithmetic instruction takes and how its result is rounded.
enum ArithmeticForm: UInt8, Sendable {
  /// `toInt` both.
  case int
  /// `toNumber` both.
  case number
  /// Two ints as `int`, else `number`.
  case generic
  /// Ints only.
  case bits
  /// By the instruction's width.
  case typed
}

enum Relation: UInt8, Sendable {
  case greater, less, greaterOrEqual, lessOrEqual, equal, notEqual
}

/// How arithmetic, comparison and logic instructions fall apart into operation and operand form.
///
/// A trusted instruction is its guarded twin: the tests it need not make succeed.
enum Operation: Sendable {
  case arithmetic(ArithmeticOperation, ArithmeticForm)
  /// `.generic` relations other than equality need two numeric operands; equality never traps.
  case relation(Relation, ArithmeticForm)
  case typedComparison
  case and, or, nullCoalesce
  case negate, not, bitNot, cast, intToNumber, numberToInt
  /// No arithmetic, comparison or logic.
  case none

  init(_ opcode: Opcode) {
    switch opcode {
    case .addInt, .addIntTrusted: self = .arithmetic(.add, .int)
    case .subInt, .subIntTrusted: self = .arithmetic(.subtract, .int)
    case .mulInt, .mulIntTrusted: self = .arithmetic(.multiply, .int)
    case .divInt, .divIntTrusted: self = .arithmetic(.divide, .int)
    case .modInt: self = .arithmetic(.remainder, .int)
    case .powInt: self = .arithmetic(.power, .int)
    case .addNumber, .addNumberTrusted: self = .arithmetic(.add, .number)
    case .subNumber, .subNumberTrusted: self = .arithmetic(.subtract, .number)
    case .mulNumber, .mulNumberTrusted: self = .arithmetic(.multiply, .number)
    case .divNumber, .divNumberTrusted: self = .arithmetic(.divide, .number)
    case .modNumber: self = .arithmetic(.remainder, .number)
    case .powNumber: self = .arithmetic(.power, .number)
    case .add: self = .arithmetic(.add, .generic)
    case .sub: self = .arithmetic(.subtract, .generic)
    case .mul: self = .arithmetic(.multiply, .generic)
    case .div: self = .arithmetic(.divide, .generic)
    case .mod: self = .arithmetic(.remainder, .generic)
    case .pow: self = .arithmetic(.power, .generic)
    case .bitAnd: self = .arithmetic(.and, .bits)
    case .bitOr: self = .arithmetic(.or, .bits)
    case .bitXor: self = .arithmetic(.xor, .bits)
    case .bitShl: self = .arithmetic(.shiftLeft, .bits)
    case .bitShr: self = .arithmetic(.shiftRight, .bits)
    case .addTyped: self = .arithmetic(.add, .typed)
    case .subTyped: self = .arithmetic(.subtract, .typed)
    case .mulTyped: self = .arithmetic(.multiply, .typed)
    case .divTyped: self = .arithmetic(.divide, .typed)
    case .modTyped: self = .arithmetic(.remainder, .typed)
    case .gtInt, .gtIntTrusted: self = .relation(.greater, .int)
    case .ltInt, .ltIntTrusted: self = .relation(.less, .int)
    case .gteInt, .gteIntTrusted: self = .relation(.greaterOrEqual, .int)
    case .lteInt, .lteIntTrusted: self = .relation(.lessOrEqual, .int)
    case .eqInt: self = .relation(.equal, .int)
    case .neqInt: self = .relation(.notEqual, .int)
    case .gtNumber, .gtNumberTrusted: self = .relation(.greater, .number)
    case .ltNumber, .ltNumberTrusted: self = .relation(.less, .number)
    case .gteNumber, .gteNumberTrusted: self = .relation(.greaterOrEqual, .number)
    case .lteNumber, .lteNumberTrusted: self = .relation(.lessOrEqual, .number)
    case .eqNumber: self = .relation(.equal, .number)
    case .neqNumber: self = .relation(.notEqual, .number)
    case .gt: self = .relation(.greater, .generic)
    case .lt: self = .relation(.less, .generic)
    case .gte: self = .relation(.greaterOrEqual, .generic)
    case .lte: self = .relation(.lessOrEqual, .generic)
    case .eq: self = .relation(.equal, .generic)
    case .neq: self = .relation(.notEqual, .generic)
    case .cmpTyped: self = .typedComparison
    case .and: self = .and
    case .or: self = .or
    case .nullCoalesce: self = .nullCoalesce
    case .neg: self = .negate
    case .not: self = .not
    case .bitNot: self = .bitNot
    case .castWidth: self = .cast
    case .intToNumber: self = .intToNumber
    case .numberToInt: self = .numberToInt
    case .pushConst, .pushNull, .pop, .dup, .swap, .loadLocal, .loadLocalTrusted, .storeLocal,
      .storeLocalTyped, .loadModuleBinding, .storeModuleBinding, .boxLocal, .boxModuleBinding,
      .makeClosure, .loadClosure, .storeClosure, .makeRef, .derefLoad, .derefStore, .setIndexRef,
      .jump, .jumpIfFalse, .jumpIfTrue, .jumpIfFalseTrusted, .loopStart, .loopEnd, .break,
      .continue, .nop, .debug, .call, .callForeign, .callValue, .callMethod, .builtinCall, .return,
      .returnValue, .halt, .newArray, .newTypedArray, .newObject, .newTypedObject, .mergeObject,
      .typedMergeObject, .getProp, .setProp, .getFieldTyped, .setFieldTyped, .length, .arrayPush,
      .arrayPushLocal, .arrayPop, .setLocalIndex, .setModuleBindingIndex, .sliceAccess,
      .makeRange, .iterNext, .iterDone, .setupTry, .popHandler, .throw, .isOk, .isErr, .unwrapOk,
      .unwrapErr, .unwrapOption, .tryUnwrap:
      self = .none
    }
  }
}
