import Bytecode

extension TierZeroTranslator {
  /// Translates the instruction at `offset`.
  mutating func translate(_ instruction: Instruction) {
    switch instruction.opcode {
    case .pushConst, .pushNull, .pop, .dup, .swap, .loadLocal, .loadLocalTrusted, .storeLocal,
      .storeLocalTyped, .loadModuleBinding, .storeModuleBinding:
      translateData(instruction)
    case .addInt, .subInt, .mulInt, .divInt, .modInt, .powInt, .addNumber, .subNumber, .mulNumber,
      .divNumber, .modNumber, .powNumber, .add, .sub, .mul, .div, .mod, .pow, .bitAnd, .bitOr,
      .bitXor, .bitShl, .bitShr, .addTyped, .subTyped, .mulTyped, .divTyped, .modTyped, .cmpTyped,
      .addIntTrusted, .subIntTrusted, .mulIntTrusted, .divIntTrusted, .addNumberTrusted,
      .subNumberTrusted, .mulNumberTrusted, .divNumberTrusted, .gtInt, .ltInt, .gteInt, .lteInt,
      .eqInt, .neqInt, .gtNumber, .ltNumber, .gteNumber, .lteNumber, .eqNumber, .neqNumber, .gt,
      .lt, .gte, .lte, .eq, .neq, .gtIntTrusted, .ltIntTrusted, .gteIntTrusted, .lteIntTrusted,
      .gtNumberTrusted, .ltNumberTrusted, .gteNumberTrusted, .lteNumberTrusted, .and, .or,
      .nullCoalesce:
      translateBinary(Operation(instruction.opcode))
    case .neg, .bitNot, .castWidth, .intToNumber, .numberToInt, .not:
      let top = items.count - 1
      let operand = register(top)
      items.removeLast()
      let form = TierZeroOpcode.form(of: Operation(instruction.opcode))
      emitProducer(TierZeroInstruction(form, a: operand, c: slot(top)))
    case .jump, .break, .continue: emitJump(to: Int(facts.targets[offset]))
    case .jumpIfFalse, .jumpIfFalseTrusted:
      emitConditionalJump(to: Int(facts.targets[offset]), ifTrue: false)
    case .jumpIfTrue: emitConditionalJump(to: Int(facts.targets[offset]), ifTrue: true)
    case .loopStart, .loopEnd, .nop, .debug: break
    case .call, .builtinCall, .callForeign, .callValue, .callMethod: translateCall(instruction)
    case .return: emitReturn(.constant(.unit))
    case .returnValue: emitReturn(items[items.count - 1])
    case .halt: emitReturn(items.last ?? .constant(.unit))
    case .boxLocal, .boxModuleBinding, .makeRef, .loadClosure, .storeClosure, .derefLoad,
      .derefStore:
      translateCell(instruction)
    case .getProp, .setProp, .getFieldTyped, .setFieldTyped, .setIndexRef, .setLocalIndex,
      .setModuleBindingIndex, .length, .arrayPush, .arrayPushLocal:
      translateAccess(instruction)
    case .makeClosure, .newArray, .newTypedArray, .newObject, .newTypedObject, .mergeObject,
      .typedMergeObject, .arrayPop, .sliceAccess, .makeRange, .iterNext, .iterDone, .isOk, .isErr,
      .unwrapOk, .unwrapErr, .unwrapOption:
      translateRuntime(instruction)
    case .setupTry: emitSetup(to: Int(facts.targets[offset]))
    case .popHandler: emit(TierZeroInstruction(.popHandlers, immediate: 1))
    case .throw:
      emit(TierZeroInstruction(.throwValue, a: register(items.count - 1)))
      endBlock()
    case .tryUnwrap: translateTryUnwrap()
    }
  }

  private mutating func translateBinary(_ operation: Operation) {
    let left = items.count - 2
    let form = TierZeroOpcode.form(of: operation)
    if let word = items[left + 1].known, word.isInt,
      let withConstant = form.withIntConstant(word.int)
    {
      let a = register(left)
      items.removeLast(2)
      emitProducer(
        TierZeroInstruction(
          withConstant, a: a, c: slot(left), immediate: word.bits &<< 16))
      return
    }
    let a = register(left)
    let b = register(left + 1)
    items.removeLast(2)
    emitProducer(TierZeroInstruction(form, a: a, b: b, c: slot(left)))
  }
}

// MARK: - Data

extension TierZeroTranslator {
  private mutating func translateData(_ instruction: Instruction) {
    switch instruction.operand {
    case .constant(let constant):
      items.append(.constant(Word(verified.program.constants[constant.position], strings)))
    case .local(let local):
      if instruction.opcode == .storeLocal {
        store(into: local)
      } else if facts.cellLocals[local.position] {
        emitProducer(TierZeroInstruction(.loadCell, a: local.position, c: slot(items.count)))
      } else {
        items.append(.local(local.position))
      }
    case .localWidth(let local, _):
      let top = items.count - 1
      let operand = register(top)
      items.removeLast()
      var cast = site
      cast.operation = .cast
      emitProducer(TierZeroInstruction(.unary, a: operand, c: slot(top)), cast)
      store(into: local)
    case .binding(let binding):
      if instruction.opcode == .loadModuleBinding {
        emitProducer(load(of: binding, into: slot(items.count)))
      } else {
        storeBinding(binding)
      }
    case .none: translateStack(instruction.opcode)
    case .width, .capture, .function, .foreign, .schema, .field, .jump, .loop, .count, .builtin,
      .method, .property:
      preconditionFailure("the verifier checked the operand's kind")
    }
  }

  private mutating func translateStack(_ opcode: Opcode) {
    let top = items.count - 1
    if opcode == .pushNull {
      items.append(.constant(.null))
    } else if opcode == .pop {
      items.removeLast()
      producer = nil
    } else if opcode == .dup {
      if let word = items[top].known {
        items.append(.constant(word))
      } else if items[top] == .slot {
        emitProducer(TierZeroInstruction(.move, a: slot(top), c: slot(top + 1)))
      } else {
        items.append(items[top])
      }
    } else {
      precondition(opcode == .swap, "the last stack instruction without operand")
      producer = nil
      if items[top].isInSlot || items[top - 1].isInSlot {
        materialize(top - 1)
        materialize(top)
        emit(TierZeroInstruction(.swap, a: slot(top - 1), b: slot(top)))
      }
      items.swapAt(top - 1, top)
    }
  }

  /// `StoreLocal` of the top of the stack.
  private mutating func store(into local: LocalIndex) {
    let mask = KindMask(function.kind(of: local))
    let top = items.count - 1
    if facts.cellLocals[local.position] {
      storeCell(register(top), in: local, mask)
      items.removeLast()
      return
    }
    let item = items[top]
    if item == .slot, let producer, admits(mask, code.instructions[producer]) {
      saveBelow(top, local.position, before: producer)
      guard let producer = self.producer else { preconditionFailure("it has moved, not gone") }
      items.removeLast()
      code.instructions[producer].c = UInt16(local.position)
      code.sites[producer].fusedOffset = UInt32(offset)
      code.sites[producer].storeMask = mask
      setMask(mask, ofProducer: producer)
      self.producer = nil
      return
    }
    items.removeLast()
    release(local.position)
    items.append(item)
    if case .constant(let word) = item, word.isAdmitted(by: mask) {
      items.removeLast()
      emit(TierZeroInstruction(.loadConstant, c: local.position, immediate: word.bits))
      return
    }
    let source = register(top)
    items.removeLast()
    if mask == .anything {
      emit(TierZeroInstruction(.move, a: source, c: local.position))
    } else {
      emit(
        TierZeroInstruction(
          .storeChecked, a: source, c: local.position, immediate: mask.bits))
    }
  }

  /// Writes items below the top that name a local to their slots before an instruction computes the
  /// local anew: it reads none of these slots.
  private mutating func saveBelow(_ top: Int, _ local: Int, before producer: Int) {
    for depth in 0..<top where items[depth] == .local(local) {
      code.insert(TierZeroInstruction(.move, a: local, c: slot(depth)), site, at: producer)
      items[depth] = .slot
      self.producer? += 1
    }
  }

  /// Whether a store of what the instruction computes may be folded into it: the paths of the loop
  /// store unchecked, those out of line check the mask.
  private func admits(_ mask: KindMask, _ instruction: TierZeroInstruction) -> Bool {
    mask == .anything
      || instruction.opcode.resultKinds.map { $0.bits & ~mask.bits == 0 } ?? false
  }

  /// Gives a load whose path in the loop checks the store fused to it what that admits.
  private mutating func setMask(_ mask: KindMask, ofProducer producer: Int) {
    let opcode = code.instructions[producer].opcode
    if opcode == .getKeyed {
      code.instructions[producer].immediate = mask.bits
    } else if opcode == .getNamed {
      code.instructions[producer + 1].immediate = mask.bits
    }
  }

  private mutating func storeBinding(_ binding: BindingIndex) {
    let top = items.count - 1
    let source = register(top)
    items.removeLast()
    emit(
      TierZeroInstruction(
        boxedBindings[binding.position] ? .storeBindingCell : .storeBinding, a: source,
        immediate: UInt64(binding.rawValue)))
  }

  /// The load of what a binding holds.
  func load(of binding: BindingIndex, into slot: Int) -> TierZeroInstruction {
    TierZeroInstruction(
      boxedBindings[binding.position] ? .loadBindingCell : .loadBinding, c: slot,
      immediate: UInt64(binding.rawValue))
  }

  mutating func storeCell(_ source: Int, in local: LocalIndex, _ mask: KindMask) {
    emit(
      TierZeroInstruction(.storeCell, a: source, c: local.position, immediate: mask.bits))
  }
}
