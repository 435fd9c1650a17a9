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
    case .newArray:
      guard case .count(let count) = instruction.operand else { mismatch() }
      lowerNewArray(count)
    case .newTypedArray:
      guard case .count(let count) = instruction.operand else { mismatch() }
      lowerNewTypedArray(count)
    case .newObject:
      guard case .count(let count) = instruction.operand else { mismatch() }
      lowerNewObject(count)
    case .newTypedObject:
      guard case .schema(let schema) = instruction.operand else { mismatch() }
      lowerNewTypedObject(schema)
    case .mergeObject: lowerMergeObject()
    case .typedMergeObject:
      guard case .schema(let schema) = instruction.operand else { mismatch() }
      lowerTypedMergeObject(schema)
    case .getProp:
      guard case .property(let name) = instruction.operand else { mismatch() }
      if let name { lowerGetProp(name, constantWord(.string(name))) } else { lowerGetProp() }
    case .setProp:
      guard case .property(let name) = instruction.operand else { mismatch() }
      if let name { lowerSetProp(constantWord(.string(name))) } else { lowerSetProp() }
    case .getFieldTyped:
      guard case .field(let schema, let field) = instruction.operand else { mismatch() }
      lowerGetFieldTyped(schema, field)
    case .setFieldTyped:
      guard case .field(let schema, let field) = instruction.operand else { mismatch() }
      lowerSetFieldTyped(schema, field)
    case .length: lowerLength()
    case .arrayPush: lowerArrayPush()
    case .arrayPop: lowerArrayPop()
    case .sliceAccess: lowerSliceAccess()
    case .makeRange: lowerMakeRange()
    case .iterNext: lowerIterNext()
    case .iterDone: lowerIterDone()
    case .isOk: lowerIsOk()
    case .isErr: lowerIsErr()
    case .unwrapOk: lowerUnwrapOk()
    case .unwrapErr: lowerUnwrapErr()
    case .unwrapOption: lowerUnwrapOption()
    case .arrayPushLocal:
      guard case .local(let local) = instruction.operand else { mismatch() }
      let value = pop()
      lowerLoadLocal(local)
      append(value, to: made(pop()))
    case .setLocalIndex:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerLoadLocal(local)
      lowerSetIndex(of: made(pop()))
    case .setModuleBindingIndex:
      guard case .binding(let binding) = instruction.operand else { mismatch() }
      lowerLoadBinding(binding)
      lowerSetIndex(of: pop())
    case .boxLocal, .makeRef:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerBoxLocal(local)
    case .derefLoad:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerDerefLoad(local)
    case .derefStore:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerDerefStore(local)
    case .setIndexRef:
      guard case .local(let local) = instruction.operand else { mismatch() }
      lowerSetIndex(of: made(target(of: local)))
    case .boxModuleBinding:
      guard case .binding(let binding) = instruction.operand else { mismatch() }
      lowerBoxBinding(binding)
    case .loadClosure:
      guard case .capture(let capture) = instruction.operand else { mismatch() }
      lowerLoadCapture(capture)
    case .storeClosure:
      guard case .capture(let capture) = instruction.operand else { mismatch() }
      lowerStoreCapture(capture)
    case .makeClosure:
      guard case .function(let function) = instruction.operand else { mismatch() }
      lowerMakeClosure(function)
    case .setupTry, .popHandler: break
    case .throw: lowerThrow()
    case .tryUnwrap: lowerTryUnwrap()
    case .callForeign:
      guard case .foreign(let foreign) = instruction.operand else { mismatch() }
      lowerCallForeign(foreign)
    case .callValue:
      guard case .count(let count) = instruction.operand else { mismatch() }
      lowerCallValue(count)
    case .callMethod:
      guard case .method(let name, let count) = instruction.operand else { mismatch() }
      lowerCallMethod(name, count)
    }
  }

  private func mismatch() -> Never {
    preconditionFailure("operand kinds follow the opcode table")
  }
}
