import Bytecode
import LLVM

/// What optimized loops know of the headers of their arrays.
///
/// The block that a round of a loop begins with reads the headers of the arrays that it accesses,
/// all of them before anything that may leave. So they are read whenever the loop is entered, and
/// LLVM moves the reads out of loops in which nothing changes a header.
extension FunctionLowering {
  /// Reads the headers of the arrays that a block accesses.
  func readArrayHeaders(of block: BlockPlan.Block) {
    arrayHeaders.removeAll(keepingCapacity: true)
    guard speculation != nil, block.hasLaterPredecessor else { return }
    for offset in block.offsets {
      self.offset = offset
      let instruction = instruction
      guard keepsArrayHeaders else { break }
      guard case .local(let local) = instruction.operand,
        instruction.opcode == .loadLocal || instruction.opcode == .setLocalIndex,
        case .boxed(let word, let kinds)? = locals[local.position], let kind = kinds.only,
        KindSet(kind).isSubset(of: .arrays), arrayHeaders[word] == nil
      else { continue }
      let array = CellView(address: cell(of: word), kind: nil)
      arrayHeaders[word] = ArrayHeader(
        length: arrayLength(array), elements: arrayElements(array))
    }
    self.offset = block.offsets.lowerBound
  }

  /// Forgets what the instruction may change.
  func updateArrayHeaders() {
    guard !keepsArrayHeaders, !keepsOldHeaders() else { return }
    arrayHeaders.removeAll(keepingCapacity: true)
  }

  /// Whether the instruction leaves the lengths and storage of all arrays as they are.
  var keepsArrayHeaders: Bool {
    switch instruction.opcode {
    case .setProp, .setLocalIndex:
      // Inside the bounds, whatever is stored.
      guard case .element(let element)? = speculation?.access(at: offset) else { return false }
      return element.isGuardedInBounds || isProvedInBounds
    case .pushConst, .pushNull, .pop, .dup, .swap, .loadLocal, .loadLocalTrusted, .storeLocal,
      .storeLocalTyped, .loadModuleBinding, .loadClosure, .derefLoad, .addInt, .subInt, .mulInt,
      .divInt, .modInt, .powInt, .addNumber, .subNumber, .mulNumber, .divNumber, .modNumber,
      .powNumber, .add, .sub, .mul, .div, .mod, .pow, .neg, .bitAnd, .bitOr, .bitXor, .bitNot,
      .bitShl, .bitShr, .addTyped, .subTyped, .mulTyped, .divTyped, .modTyped, .cmpTyped,
      .castWidth, .intToNumber, .numberToInt, .addIntTrusted, .subIntTrusted, .mulIntTrusted,
      .divIntTrusted, .addNumberTrusted, .subNumberTrusted, .mulNumberTrusted, .divNumberTrusted,
      .gtInt, .ltInt, .gteInt, .lteInt, .eqInt, .neqInt, .gtNumber, .ltNumber, .gteNumber,
      .lteNumber, .eqNumber, .neqNumber, .gt, .lt, .gte, .lte, .eq, .neq, .gtIntTrusted,
      .ltIntTrusted, .gteIntTrusted, .lteIntTrusted, .gtNumberTrusted, .ltNumberTrusted,
      .gteNumberTrusted, .lteNumberTrusted, .and, .or, .not, .nullCoalesce, .jump, .jumpIfFalse,
      .jumpIfTrue, .jumpIfFalseTrusted, .loopStart, .loopEnd, .break, .continue, .nop, .getProp,
      .getFieldTyped, .length:
      return true
    case .storeModuleBinding, .boxLocal, .boxModuleBinding, .makeClosure, .storeClosure, .makeRef,
      .derefStore, .setIndexRef, .debug, .call, .callForeign, .callValue, .callMethod,
      .builtinCall, .return, .returnValue, .halt, .newArray, .newTypedArray, .newObject,
      .newTypedObject, .mergeObject, .typedMergeObject, .setFieldTyped, .arrayPush,
      .arrayPushLocal, .arrayPop, .setModuleBindingIndex, .sliceAccess, .makeRange, .iterNext,
      .iterDone, .setupTry, .popHandler, .throw, .isOk, .isErr, .unwrapOk, .unwrapErr,
      .unwrapOption, .tryUnwrap:
      return false
    }
  }
}
