import Bytecode

extension TierZeroOpcode {
  /// The form of a binary operation with both operands in the frame.
  static func form(of operation: Operation) -> TierZeroOpcode {
    switch operation {
    case .arithmetic(let operation, let form): arithmeticForm(operation, form)
    case .relation(let relation, let form): comparisonForm(relation, form)
    case .typedComparison, .and, .or, .nullCoalesce: .binary
    case .negate: .negate
    case .not: .not
    case .intToNumber: .intToNumber
    case .bitNot, .cast, .numberToInt: .unary
    case .none: preconditionFailure("no arithmetic, comparison or logic")
    }
  }

  private static func arithmeticForm(
    _ operation: ArithmeticOperation, _ form: ArithmeticForm
  ) -> TierZeroOpcode {
    switch (operation, form) {
    case (.add, .int): .addInt
    case (.subtract, .int): .subtractInt
    case (.multiply, .int): .multiplyInt
    case (.divide, .int), (.divide, .generic): .divideInt
    case (.remainder, .int), (.remainder, .generic): .remainderInt
    case (.add, .generic): .add
    case (.subtract, .generic): .subtract
    case (.multiply, .generic): .multiply
    case (.add, .number): .addNumber
    case (.subtract, .number): .subtractNumber
    case (.multiply, .number): .multiplyNumber
    case (.divide, .number): .divideNumber
    case (.and, .bits): .bitAnd
    case (.or, .bits): .bitOr
    case (.xor, .bits): .bitXor
    case (.shiftLeft, .bits): .shiftLeft
    case (.shiftRight, .bits): .shiftRight
    case (_, .typed), (.power, _), (.remainder, .number), (_, .bits), (.and, _), (.or, _),
      (.xor, _), (.shiftLeft, _), (.shiftRight, _):
      .binary
    }
  }

  private static func comparisonForm(
    _ relation: Relation, _ form: ArithmeticForm
  ) -> TierZeroOpcode {
    switch (relation, form) {
    case (.greater, .number): .greaterNumber
    case (.less, .number): .lessNumber
    case (.greaterOrEqual, .number): .greaterOrEqualNumber
    case (.lessOrEqual, .number): .lessOrEqualNumber
    case (.equal, .number): .equalNumber
    case (.notEqual, .number): .notEqualNumber
    case (.greater, _): .greaterInt
    case (.less, _): .lessInt
    case (.greaterOrEqual, _): .greaterOrEqualInt
    case (.lessOrEqual, _): .lessOrEqualInt
    case (.equal, _): .equalInt
    case (.notEqual, _): .notEqualInt
    }
  }
}

extension TierZeroOpcode {
  /// The form with an int constant as right operand, nil if there is none.
  func withIntConstant(_ value: Int64) -> TierZeroOpcode? {
    let isPowerOfTwo = value > 0 && value.nonzeroBitCount == 1
    return switch self {
    case .addInt: .addIntConstant
    case .subtractInt: .subtractIntConstant
    case .multiplyInt: .multiplyIntConstant
    case .divideInt: isPowerOfTwo ? .dividePowerOfTwo : .divideIntConstant
    case .remainderInt: isPowerOfTwo ? .remainderPowerOfTwo : .remainderIntConstant
    case .bitAnd: .bitAndConstant
    case .bitOr: .bitOrConstant
    case .bitXor: .bitXorConstant
    case .shiftLeft: .shiftLeftConstant
    case .shiftRight: .shiftRightConstant
    case .add: .addConstant
    case .subtract: .subtractConstant
    case .multiply: .multiplyConstant
    case .greaterInt: .greaterIntConstant
    case .lessInt: .lessIntConstant
    case .greaterOrEqualInt: .greaterOrEqualIntConstant
    case .lessOrEqualInt: .lessOrEqualIntConstant
    case .equalInt: .equalIntConstant
    case .notEqualInt: .notEqualIntConstant
    case .move, .loadConstant, .storeChecked, .swap, .loadBinding, .storeBinding,
      .addIntConstant, .subtractIntConstant, .multiplyIntConstant, .divideIntConstant,
      .remainderIntConstant, .dividePowerOfTwo, .remainderPowerOfTwo, .negate, .not, .intToNumber,
      .bitAndConstant, .bitOrConstant, .bitXorConstant,
      .shiftLeftConstant, .shiftRightConstant, .addNumber, .subtractNumber, .multiplyNumber,
      .divideNumber, .addConstant, .subtractConstant, .multiplyConstant, .binary, .unary,
      .greaterIntConstant, .lessIntConstant, .greaterOrEqualIntConstant, .lessOrEqualIntConstant,
      .equalIntConstant, .notEqualIntConstant, .greaterNumber, .lessNumber,
      .greaterOrEqualNumber, .lessOrEqualNumber, .equalNumber, .notEqualNumber,
      .jumpIfGreaterInt, .jumpIfLessInt, .jumpIfGreaterOrEqualInt, .jumpIfLessOrEqualInt,
      .jumpIfEqualInt, .jumpIfNotEqualInt, .jumpIfGreaterIntConstant, .jumpIfLessIntConstant,
      .jumpIfGreaterOrEqualIntConstant, .jumpIfLessOrEqualIntConstant, .jumpIfEqualIntConstant,
      .jumpIfNotEqualIntConstant, .jumpIfGreaterNumber, .jumpIfLessNumber,
      .jumpIfGreaterOrEqualNumber, .jumpIfLessOrEqualNumber, .jumpIfEqualNumber,
      .jumpIfNotEqualNumber, .jumpUnlessGreaterNumber, .jumpUnlessLessNumber,
      .jumpUnlessGreaterOrEqualNumber, .jumpUnlessLessOrEqualNumber, .jumpUnlessEqualNumber,
      .jumpUnlessNotEqualNumber, .jump, .jumpBack, .jumpIfTrue, .jumpIfFalse, .call,
      .callBuiltin, .returnRegister, .returnConstant, .leave, .data,
      .makeCell, .loadCell, .storeCell, .loadBindingCell, .storeBindingCell, .loadCapture,
      .loadCaptureCell, .storeCapture, .getKeyed, .setKeyed, .setKeyedConstant, .makeObject,
      .getNamed, .setNamed, .getField,
      .setField, .length, .push, .runtime, .callValue, .callMethod, .callForeign, .callWalk,
      .walkStart, .walkCall, .walkNext, .setupTry, .popHandlers, .throwValue, .tryUnwrap,
      .loopHeader,
      .addIntConstantJumpIfLessInt, .addIntConstantJumpIfLessOrEqualInt,
      .addIntConstantJumpIfLessIntConstant, .multiplyNumberAddNumber, .multiplyNumberSubtractNumber,
      .multiplyNumberMultiplyNumber, .getNamedAddNumber, .getKeyedGetKeyed, .getFieldMultiplyNumber,
      .moveMove, .moveAddIntConstant, .remainderPowerOfTwoBranch, .remainderIntBranch,
      .dividePowerOfTwoJump, .multiplyIntAddInt, .multiplyIntAddIntConstant,
      .multiplyIntJumpIfLessInt, .multiplyIntJumpIfLessOrEqualInt, .addIntJumpIfLessInt,
      .addIntGetKeyed, .addIntConstantJumpIfNotEqualIntConstant, .addIntConstantMultiplyInt,
      .setKeyedConstantAddInt, .subtractNumberAddNumber, .addNumberMove,
      .addNumberJumpIfGreaterNumber:
      nil
    }
  }

  /// Whether it compares and leaves a bool.
  var isComparison: Bool { resultKinds == .bool && self != .not }

  /// The comparison that jumps instead, and whether its distance is the narrow one.
  ///
  /// Two ints are always ordered, so "jump unless less" is "jump if greater or equal"; numbers need
  /// both. The path out of line goes by the bytecode instructions.
  ///
  /// - Precondition: `isComparison`.
  func fused(ifTrue: Bool) -> (opcode: TierZeroOpcode, isNarrow: Bool) {
    switch self {
    case .greaterInt:
      (ifTrue ? .jumpIfGreaterInt : .jumpIfLessOrEqualInt, false)
    case .lessInt:
      (ifTrue ? .jumpIfLessInt : .jumpIfGreaterOrEqualInt, false)
    case .greaterOrEqualInt:
      (ifTrue ? .jumpIfGreaterOrEqualInt : .jumpIfLessInt, false)
    case .lessOrEqualInt:
      (ifTrue ? .jumpIfLessOrEqualInt : .jumpIfGreaterInt, false)
    case .equalInt:
      (ifTrue ? .jumpIfEqualInt : .jumpIfNotEqualInt, false)
    case .notEqualInt:
      (ifTrue ? .jumpIfNotEqualInt : .jumpIfEqualInt, false)
    case .greaterIntConstant:
      (ifTrue ? .jumpIfGreaterIntConstant : .jumpIfLessOrEqualIntConstant, true)
    case .lessIntConstant:
      (ifTrue ? .jumpIfLessIntConstant : .jumpIfGreaterOrEqualIntConstant, true)
    case .greaterOrEqualIntConstant:
      (ifTrue ? .jumpIfGreaterOrEqualIntConstant : .jumpIfLessIntConstant, true)
    case .lessOrEqualIntConstant:
      (ifTrue ? .jumpIfLessOrEqualIntConstant : .jumpIfGreaterIntConstant, true)
    case .equalIntConstant:
      (ifTrue ? .jumpIfEqualIntConstant : .jumpIfNotEqualIntConstant, true)
    case .notEqualIntConstant:
      (ifTrue ? .jumpIfNotEqualIntConstant : .jumpIfEqualIntConstant, true)
    case .greaterNumber:
      (ifTrue ? .jumpIfGreaterNumber : .jumpUnlessGreaterNumber, false)
    case .lessNumber:
      (ifTrue ? .jumpIfLessNumber : .jumpUnlessLessNumber, false)
    case .greaterOrEqualNumber:
      (ifTrue ? .jumpIfGreaterOrEqualNumber : .jumpUnlessGreaterOrEqualNumber, false)
    case .lessOrEqualNumber:
      (ifTrue ? .jumpIfLessOrEqualNumber : .jumpUnlessLessOrEqualNumber, false)
    case .equalNumber:
      (ifTrue ? .jumpIfEqualNumber : .jumpUnlessEqualNumber, false)
    case .notEqualNumber:
      (ifTrue ? .jumpIfNotEqualNumber : .jumpUnlessNotEqualNumber, false)
    case .move, .loadConstant, .storeChecked, .swap, .loadBinding, .storeBinding, .addInt,
      .subtractInt, .multiplyInt, .divideInt, .remainderInt, .addIntConstant,
      .subtractIntConstant, .multiplyIntConstant, .divideIntConstant, .remainderIntConstant,
      .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .bitAndConstant, .bitOrConstant,
      .bitXorConstant, .shiftLeftConstant, .shiftRightConstant, .addNumber, .subtractNumber,
      .multiplyNumber, .divideNumber, .add, .subtract, .multiply, .addConstant,
      .subtractConstant, .multiplyConstant, .binary, .unary, .intToNumber, .negate, .not,
      .dividePowerOfTwo, .remainderPowerOfTwo, .jumpIfGreaterInt, .jumpIfLessInt,
      .jumpIfGreaterOrEqualInt, .jumpIfLessOrEqualInt, .jumpIfEqualInt, .jumpIfNotEqualInt,
      .jumpIfGreaterIntConstant, .jumpIfLessIntConstant, .jumpIfGreaterOrEqualIntConstant,
      .jumpIfLessOrEqualIntConstant, .jumpIfEqualIntConstant, .jumpIfNotEqualIntConstant,
      .jumpIfGreaterNumber, .jumpIfLessNumber, .jumpIfGreaterOrEqualNumber,
      .jumpIfLessOrEqualNumber, .jumpIfEqualNumber, .jumpIfNotEqualNumber,
      .jumpUnlessGreaterNumber, .jumpUnlessLessNumber, .jumpUnlessGreaterOrEqualNumber,
      .jumpUnlessLessOrEqualNumber, .jumpUnlessEqualNumber, .jumpUnlessNotEqualNumber, .jump,
      .jumpBack, .jumpIfTrue, .jumpIfFalse, .call, .callBuiltin, .returnRegister,
      .returnConstant, .leave, .data,
      .makeCell, .loadCell, .storeCell, .loadBindingCell, .storeBindingCell, .loadCapture,
      .loadCaptureCell, .storeCapture, .getKeyed, .setKeyed, .setKeyedConstant, .makeObject,
      .getNamed, .setNamed, .getField,
      .setField, .length, .push, .runtime, .callValue, .callMethod, .callForeign, .callWalk,
      .walkStart, .walkCall, .walkNext, .setupTry, .popHandlers, .throwValue, .tryUnwrap,
      .loopHeader,
      .addIntConstantJumpIfLessInt, .addIntConstantJumpIfLessOrEqualInt,
      .addIntConstantJumpIfLessIntConstant, .multiplyNumberAddNumber, .multiplyNumberSubtractNumber,
      .multiplyNumberMultiplyNumber, .getNamedAddNumber, .getKeyedGetKeyed, .getFieldMultiplyNumber,
      .moveMove, .moveAddIntConstant, .remainderPowerOfTwoBranch, .remainderIntBranch,
      .dividePowerOfTwoJump, .multiplyIntAddInt, .multiplyIntAddIntConstant,
      .multiplyIntJumpIfLessInt, .multiplyIntJumpIfLessOrEqualInt, .addIntJumpIfLessInt,
      .addIntGetKeyed, .addIntConstantJumpIfNotEqualIntConstant, .addIntConstantMultiplyInt,
      .setKeyedConstantAddInt, .subtractNumberAddNumber, .addNumberMove,
      .addNumberJumpIfGreaterNumber:
      preconditionFailure("no comparison")
    }
  }

  /// The kinds the paths in the loop compute, nil if they may be any.
  ///
  /// Paths out of line may compute others: they check.
  var resultKinds: KindMask? {
    switch self {
    case .addInt, .subtractInt, .multiplyInt, .divideInt, .remainderInt, .addIntConstant,
      .subtractIntConstant, .multiplyIntConstant, .divideIntConstant, .remainderIntConstant,
      .dividePowerOfTwo, .remainderPowerOfTwo,
      .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .bitAndConstant, .bitOrConstant,
      .bitXorConstant, .shiftLeftConstant, .shiftRightConstant:
      .int
    case .addNumber, .subtractNumber, .multiplyNumber, .divideNumber: .number
    case .greaterInt, .lessInt, .greaterOrEqualInt, .lessOrEqualInt, .equalInt, .notEqualInt,
      .greaterIntConstant, .lessIntConstant, .greaterOrEqualIntConstant, .lessOrEqualIntConstant,
      .equalIntConstant, .notEqualIntConstant, .greaterNumber, .lessNumber,
      .greaterOrEqualNumber, .lessOrEqualNumber, .equalNumber, .notEqualNumber:
      .bool
    // Computed out of line, where every store is checked.
    case .binary, .unary, .callBuiltin, .callForeign, .runtime, .makeObject: .nothing
    case .intToNumber: .number
    case .not: .bool
    // The paths in the loop check the mask too.
    case .getKeyed, .getNamed: .nothing
    case .length: .int
    case .move, .loadConstant, .storeChecked, .swap, .loadBinding, .storeBinding, .negate, .add,
      .subtract, .multiply, .addConstant, .subtractConstant, .multiplyConstant,
      .jumpIfGreaterInt, .jumpIfLessInt, .jumpIfGreaterOrEqualInt, .jumpIfLessOrEqualInt,
      .jumpIfEqualInt, .jumpIfNotEqualInt, .jumpIfGreaterIntConstant, .jumpIfLessIntConstant,
      .jumpIfGreaterOrEqualIntConstant, .jumpIfLessOrEqualIntConstant, .jumpIfEqualIntConstant,
      .jumpIfNotEqualIntConstant, .jumpIfGreaterNumber, .jumpIfLessNumber,
      .jumpIfGreaterOrEqualNumber, .jumpIfLessOrEqualNumber, .jumpIfEqualNumber,
      .jumpIfNotEqualNumber, .jumpUnlessGreaterNumber, .jumpUnlessLessNumber,
      .jumpUnlessGreaterOrEqualNumber, .jumpUnlessLessOrEqualNumber, .jumpUnlessEqualNumber,
      .jumpUnlessNotEqualNumber, .jump, .jumpBack, .jumpIfTrue, .jumpIfFalse, .call,
      .returnRegister, .returnConstant, .leave, .data,
      .makeCell, .loadCell, .storeCell, .loadBindingCell, .storeBindingCell, .loadCapture,
      .loadCaptureCell, .storeCapture, .setKeyed, .setKeyedConstant, .setNamed, .getField,
      .setField, .push, .callValue, .callMethod, .callWalk,
      .walkStart, .walkCall, .walkNext, .setupTry, .popHandlers, .throwValue, .tryUnwrap,
      .loopHeader,
      .addIntConstantJumpIfLessInt, .addIntConstantJumpIfLessOrEqualInt,
      .addIntConstantJumpIfLessIntConstant, .multiplyNumberAddNumber, .multiplyNumberSubtractNumber,
      .multiplyNumberMultiplyNumber, .getNamedAddNumber, .getKeyedGetKeyed, .getFieldMultiplyNumber,
      .moveMove, .moveAddIntConstant, .remainderPowerOfTwoBranch, .remainderIntBranch,
      .dividePowerOfTwoJump, .multiplyIntAddInt, .multiplyIntAddIntConstant,
      .multiplyIntJumpIfLessInt, .multiplyIntJumpIfLessOrEqualInt, .addIntJumpIfLessInt,
      .addIntGetKeyed, .addIntConstantJumpIfNotEqualIntConstant, .addIntConstantMultiplyInt,
      .setKeyedConstantAddInt, .subtractNumberAddNumber, .addNumberMove,
      .addNumberJumpIfGreaterNumber:
      nil
    }
  }
}
