import Bytecode

/// Cells, references and captures.
extension TierZeroTranslator {
  mutating func translateCell(_ instruction: Instruction) {
    let top = slot(items.count)
    switch instruction.operand {
    case .local(let local):
      if instruction.opcode == .derefLoad {
        emitProducer(TierZeroInstruction(.loadCell, a: local.position, c: top))
      } else if instruction.opcode == .derefStore {
        storeCell(register(items.count - 1), in: local, KindMask(function.kind(of: local)))
        items.removeLast()
      } else {
        // `BoxLocal` and `MakeRef` push the slot's cell, which never changes.
        items.append(.local(local.position))
      }
    case .binding(let binding):
      emitProducer(
        TierZeroInstruction(.loadBinding, c: top, immediate: UInt64(binding.rawValue)))
    case .capture(let capture):
      let declaration = function.captures[capture.position]
      if instruction.opcode == .loadClosure {
        emitProducer(
          TierZeroInstruction(
            declaration.isMutable ? .loadCaptureCell : .loadCapture, b: capture.position, c: top))
      } else {
        let source = register(items.count - 1)
        items.removeLast()
        emit(
          TierZeroInstruction(
            .storeCapture, a: source, b: capture.position,
            immediate: KindMask(declaration.kind).bits))
      }
    case .none, .constant, .localWidth, .width, .function, .foreign, .schema, .field, .jump,
      .loop, .count, .builtin, .method, .property:
      preconditionFailure("the verifier checked the operand's kind")
    }
  }
}

/// Accesses to parts of heap values.
extension TierZeroTranslator {
  mutating func translateAccess(_ instruction: Instruction) {
    switch instruction.operand {
    case .property(let name): translateProperty(name, isStore: instruction.opcode == .setProp)
    case .field(let schema, let field):
      let immediate = UInt64(schema.rawValue) << 32 | UInt64(field)
      if instruction.opcode == .getFieldTyped {
        emitLoad(.getField, immediate)
      } else {
        emitStore(.setField, immediate)
      }
    case .local(let local):
      if instruction.opcode == .arrayPushLocal {
        let array = held(by: local, isReference: false)
        emit(TierZeroInstruction(.push, a: array, b: register(items.count - 1)))
        items.removeLast()
      } else {
        setIndex(of: held(by: local, isReference: instruction.opcode == .setIndexRef))
      }
    case .binding(let binding):
      let temporary = slot(items.count)
      emit(load(of: binding, into: temporary))
      setIndex(of: temporary)
    case .none:
      if instruction.opcode == .length {
        emitLoad(.length, 0)
      } else {
        precondition(instruction.opcode == .arrayPush, "the last access without operand")
        emitStore(.push, 0)
      }
    case .constant, .localWidth, .width, .capture, .function, .foreign, .schema, .jump, .loop,
      .count, .builtin, .method:
      preconditionFailure("the verifier checked the operand's kind")
    }
  }

  private mutating func translateProperty(_ name: StringIndex?, isStore: Bool) {
    guard let name else {
      return isStore ? setKeyed() : emitKeyedLoad()
    }
    let key = strings.intern(verified.program.strings[name.position])
    if isStore {
      emitStore(.setNamed, UInt64(key))
      appendCache()
    } else {
      emitLoad(.getNamed, UInt64(key))
      // It belongs to the load, which stays the producer.
      appendCache()
    }
  }

  /// The data cell behind a named access; laid out as a `PropertyCache`.
  private mutating func appendCache() {
    var cell = TierZeroInstruction(.data, immediate: KindMask.anything.bits)
    withUnsafeMutableBytes(of: &cell) { bytes in
      bytes.storeBytes(
        of: PropertyCache(shape: PropertyCache.none, slot: 0, mask: .anything),
        as: PropertyCache.self)
    }
    code.append(cell, site)
  }

  /// An instruction that computes a part of the top of the stack in its place.
  private mutating func emitLoad(_ opcode: TierZeroOpcode, _ immediate: UInt64) {
    let top = items.count - 1
    let receiver = register(top)
    items.removeLast()
    emitProducer(TierZeroInstruction(opcode, a: receiver, c: slot(top), immediate: immediate))
  }

  private mutating func emitKeyedLoad() {
    let receiver = items.count - 2
    let (a, b) = (register(receiver), register(receiver + 1))
    items.removeLast(2)
    emitProducer(
      TierZeroInstruction(
        .getKeyed, a: a, b: b, c: slot(receiver), immediate: KindMask.anything.bits))
  }

  /// An instruction that stores the top of the stack into the value below, which stays.
  private mutating func emitStore(_ opcode: TierZeroOpcode, _ immediate: UInt64) {
    let top = items.count - 1
    let (a, b) = (register(top - 1), register(top))
    items.removeLast()
    emit(TierZeroInstruction(opcode, a: a, b: b, immediate: immediate))
  }

  private mutating func setKeyed() {
    let top = items.count - 1
    let (a, b, c) = (register(top - 2), register(top - 1), register(top))
    items.removeLast(2)
    emit(TierZeroInstruction(.setKeyed, a: a, b: b, c: c))
  }

  /// The index and value on the stack go into the array or object at a position of the frame.
  private mutating func setIndex(of receiver: Int) {
    let top = items.count - 1
    let (b, c) = (register(top - 1), register(top))
    items.removeLast(2)
    emit(TierZeroInstruction(.setKeyed, a: receiver, b: b, c: c))
  }

  /// The position of what a local holds; what lies in a cell is loaded above the stack.
  private mutating func held(by local: LocalIndex, isReference: Bool) -> Int {
    guard isReference || facts.cellLocals[local.position] else { return local.position }
    let temporary = slot(items.count)
    emit(TierZeroInstruction(.loadCell, a: local.position, c: temporary))
    return temporary
  }
}

/// Instructions whose operands lie in a row.
extension TierZeroTranslator {
  mutating func translateRuntime(_ instruction: Instruction) {
    guard let count = verified.program.popCount(of: instruction) else {
      preconditionFailure("the verifier checked the operand")
    }
    let first = items.count - count
    for depth in first..<items.count { materialize(depth) }
    items.removeLast(count)
    emitProducer(TierZeroInstruction(.runtime, a: slot(first), b: count, c: slot(first)))
  }
}
