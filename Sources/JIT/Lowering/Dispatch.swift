import Bytecode
import LLVM

extension FunctionLowering {
  /// Lowers one instruction.
  func lower(_ instruction: Instruction) {
    switch Operation(instruction.opcode) {
    case .arithmetic(let operation, let form): lowerBinary(operation, form)
    case .relation(let relation, let form): lowerRelation(relation, form)
    case .typedComparison: lowerTypedComparison()
    case .and: lowerAnd()
    case .or: lowerOr()
    case .nullCoalesce: lowerNullCoalesce()
    case .negate: lowerNegate()
    case .not: lowerNot()
    case .bitNot: lowerBitNot()
    case .cast:
      guard case .width(let width) = instruction.operand else { mismatch() }
      lowerCast(to: width)
    case .intToNumber: lowerIntToNumber()
    case .numberToInt: lowerNumberToInt()
    case .none: lowerOther(instruction)
    }
  }

  private func lowerOther(_ instruction: Instruction) {
    switch instruction.opcode {
    case .pushConst:
      guard case .constant(let constant) = instruction.operand else { mismatch() }
      lowerPushConst(constant)
    case .pushNull: lowerPushNull()
    case .pop: _ = pop()
    case .dup: lowerDup()
    case .swap: lowerSwap()
    case .loadLocal, .loadLocalTrusted:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerLoadLocal(local)
    case .storeLocal:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerStoreLocal(local)
    case .storeLocalTyped:
      guard case .localWidth(let local, let width) = instruction.operand else { mismatch() }
      lowerStoreLocalTyped(local, width)
    case .loadModuleBinding:
      guard case .binding(let binding) = instruction.operand else { mismatch() }
      lowerLoadBinding(binding)
    case .storeModuleBinding:
      guard case .binding(let binding) = instruction.operand else { mismatch() }
      lowerStoreBinding(binding)
    case .jump, .break, .continue: lowerJump()
    case .jumpIfFalse, .jumpIfFalseTrusted: lowerConditionalJump(ifTrue: false)
    case .jumpIfTrue: lowerConditionalJump(ifTrue: true)
    case .loopStart, .loopEnd, .nop: break
    case .call:
      guard case .function(let callee) = instruction.operand else { mismatch() }
      lowerCall(callee)
    case .builtinCall:
      guard case .builtin(let builtin, let count) = instruction.operand else { mismatch() }
      lowerBuiltin(builtin, argumentCount: count)
    case .return: lowerReturn()
    case .returnValue: lowerReturnValue()
    case .halt: lowerHalt()
    case .debug: preconditionFailure("a function with Debug is declined")
    case .addInt, .subInt, .mulInt, .divInt, .modInt, .powInt, .addNumber, .subNumber, .mulNumber,
      .divNumber, .modNumber, .powNumber, .add, .sub, .mul, .div, .mod, .pow, .neg, .bitAnd,
      .bitOr, .bitXor, .bitNot, .bitShl, .bitShr, .addTyped, .subTyped, .mulTyped, .divTyped,
      .modTyped, .cmpTyped, .castWidth, .intToNumber, .numberToInt, .addIntTrusted,
      .subIntTrusted, .mulIntTrusted, .divIntTrusted, .addNumberTrusted, .subNumberTrusted,
      .mulNumberTrusted, .divNumberTrusted, .gtInt, .ltInt, .gteInt, .lteInt, .eqInt, .neqInt,
      .gtNumber, .ltNumber, .gteNumber, .lteNumber, .eqNumber, .neqNumber, .gt, .lt, .gte, .lte,
      .eq, .neq, .gtIntTrusted, .ltIntTrusted, .gteIntTrusted, .lteIntTrusted, .gtNumberTrusted,
      .ltNumberTrusted, .gteNumberTrusted, .lteNumberTrusted, .and, .or, .not, .nullCoalesce:
      preconditionFailure("an operation")
    case .boxLocal, .boxModuleBinding, .makeClosure, .loadClosure, .storeClosure, .makeRef,
      .derefLoad, .derefStore, .setIndexRef, .callForeign, .callValue, .callMethod, .newArray,
      .newTypedArray, .newObject, .newTypedObject, .mergeObject, .typedMergeObject, .getProp,
      .setProp, .getFieldTyped, .setFieldTyped, .length, .arrayPush, .arrayPushLocal, .arrayPop,
      .setLocalIndex, .setModuleBindingIndex, .sliceAccess, .makeRange, .iterNext, .iterDone,
      .setupTry, .popHandler, .throw, .isOk, .isErr, .unwrapOk, .unwrapErr, .unwrapOption,
      .tryUnwrap:
      preconditionFailure("prepare refuses programs outside the core")
    }
  }

  private func mismatch() -> Never {
    preconditionFailure("operand kinds follow the opcode table")
  }
}
