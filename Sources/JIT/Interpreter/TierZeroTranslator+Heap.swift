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

  /// The data cell behind a named access, which becomes a `PropertyCache` when all is translated.
  private mutating func appendCache() {
    code.append(TierZeroInstruction(.data, immediate: KindMask.anything.bits), site)
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
    let receiver = register(top - 2)
    emitKeyedStore(receiver, register(top - 1))
    items.removeLast(2)
  }

  /// The index and value on the stack go into the array or object at a position of the frame.
  private mutating func setIndex(of receiver: Int) {
    emitKeyedStore(receiver, register(items.count - 2))
    items.removeLast(2)
  }

  /// Stores the top of the stack.
  private mutating func emitKeyedStore(_ receiver: Int, _ key: Int) {
    let top = items.count - 1
    if let word = items[top].known {
      emit(
        TierZeroInstruction(.setKeyedConstant, a: receiver, b: key, immediate: word.bits))
    } else {
      emit(TierZeroInstruction(.setKeyed, a: receiver, b: key, c: register(top)))
    }
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
    if case .count(let count) = instruction.operand, instruction.opcode == .newObject,
      let keys = constantKeys(count)
    {
      emitObject(keys)
      return
    }
    guard let count = verified.program.popCount(of: instruction) else {
      preconditionFailure("the verifier checked the operand")
    }
    let first = items.count - count
    for depth in first..<items.count { materialize(depth) }
    items.removeLast(count)
    emitProducer(TierZeroInstruction(.runtime, a: slot(first), b: count, c: slot(first)))
  }

  /// The keys of a `NewObject`, if all are constants, each is there once and a shape can have them.
  private func constantKeys(_ count: Int) -> [Word]? {
    guard count > 0, count <= ShapeGraph.greatestKeyCount else { return nil }
    let first = items.count - 2 * count
    var keys: [Word] = []
    for index in 0..<count {
      guard let key = items[first + 2 * index].known, key.isString, !keys.contains(key) else {
        return nil
      }
      keys.append(key)
    }
    return keys
  }

  private mutating func emitObject(_ keys: [Word]) {
    let first = items.count - 2 * keys.count
    for index in keys.indices { materialize(first + 2 * index + 1) }
    items.removeLast(2 * keys.count)
    emitProducer(
      TierZeroInstruction(
        .makeObject, a: slot(first), b: keys.count, c: slot(first),
        immediate: UInt64(code.keyLists.count)))
    code.keyLists.append(keys)
    appendCache()
  }
}

extension VerifiedProgram {
  /// The constants that a function's frames keep behind the locals: the first few that it pushes.
  /// Ints have forms of instructions of their own, but as right operands only: they are worth the
  /// place where a loop runs them more often than calls make frames.
  func frameConstants(of index: FunctionIndex, _ strings: StaticStrings) -> [Word] {
    let function = program[index]
    var words: [Word] = []
    for offset in 0..<function.bodyLength where self[index].isReachable(offset) {
      let instruction = program.instructions[function.entryPoint + offset]
      guard instruction.opcode == .pushConst, case .constant(let constant) = instruction.operand
      else { continue }
      let word = Word(program.constants[constant.position], strings)
      if word.isInt, self[index].loopHeaders.isEmpty { continue }
      if !words.contains(word) { words.append(word) }
      if words.count == TierZeroFunction.greatestConstantCount { break }
    }
    return words
  }
}
