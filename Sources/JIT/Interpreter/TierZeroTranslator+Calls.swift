import Bytecode

/// Calls, returns and what leaves a frame.
extension TierZeroTranslator {
  mutating func translateCall(_ instruction: Instruction) {
    switch instruction.operand {
    case .function(let callee):
      let first = beginCall(verified.program[callee].parameters.count)
      emit(TierZeroInstruction(.call, a: first, immediate: UInt64(callee.rawValue)))
      endCall()
    case .builtin(let builtin, let count):
      if builtin.takesCallback {
        let first = beginCall(count)
        emit(TierZeroInstruction(.callWalk, a: first, immediate: UInt64(builtin.rawValue)))
        endCall()
      } else {
        emitBuiltin(builtin, count)
      }
    case .foreign(let foreign):
      let count = verified.program.foreignFunctions[foreign.position].parameters.count
      let first = beginCall(count)
      emit(
        TierZeroInstruction(
          .callForeign, a: first, b: count, c: first, immediate: UInt64(foreign.rawValue)))
      endCall()
    case .count(let count):
      // The callee lies below the arguments; the result takes its place.
      let callee = beginCall(count + 1)
      emit(TierZeroInstruction(.callValue, a: callee + 1, b: count))
      emit(TierZeroInstruction(.move, a: callee + 1, c: callee))
      endCall()
    case .method(let name, let count):
      let receiver = beginCall(count + 1)
      let literal = verified.program.strings[name.position]
      let method = MethodName(name, Builtin.named(literal.string))
      emit(
        TierZeroInstruction(.callMethod, a: receiver + 1, b: count, immediate: method.bits))
      emit(TierZeroInstruction(.move, a: receiver + 1, c: receiver))
      endCall()
    case .none, .constant, .local, .localWidth, .width, .binding, .capture, .schema, .field,
      .jump, .loop, .property:
      preconditionFailure("the verifier checked the operand's kind")
    }
  }

  /// Makes the frame whole before a call and takes its operands off the stack.
  ///
  /// - Returns: the frame position of the first operand, where the result goes.
  private mutating func beginCall(_ operandCount: Int) -> Int {
    materializeAll()
    items.removeLast(operandCount)
    // Where a block starts or a call ended before, it is whole already.
    if layout.resume[offset] < 0 { markWhole(at: offset) }
    producer = nil
    return slot(items.count)
  }

  private mutating func endCall() {
    items.append(.slot)
    // Every path ends in an instruction that does not go on, so there is a next one.
    markWhole(at: offset + 1)
  }

  private mutating func emitBuiltin(_ builtin: Builtin, _ count: Int) {
    for depth in (items.count - count)..<items.count { materialize(depth) }
    items.removeLast(count)
    emitProducer(
      TierZeroInstruction(
        .callBuiltin, a: slot(items.count), b: count, c: slot(items.count),
        immediate: UInt64(builtin.rawValue)))
  }

  mutating func emitReturn(_ item: Item) {
    // A constant or a local is there already; so is the top of the stack.
    dropHandlers()
    switch item {
    case .slot, .written: emit(TierZeroInstruction(.returnRegister, a: slot(items.count - 1)))
    case .local(let local): emit(TierZeroInstruction(.returnRegister, a: local))
    case .constant(let word):
      emit(TierZeroInstruction(.returnConstant, immediate: word.bits))
    }
    endBlock()
  }

  /// Leaving a function drops its handlers.
  private mutating func dropHandlers() {
    let count = Int(facts.handlerDepths[offset])
    if count > 0 { emit(TierZeroInstruction(.popHandlers, immediate: UInt64(count))) }
  }

  mutating func translateTryUnwrap() {
    let top = items.count - 1
    let operand = register(top)
    items.removeLast()
    layout.branches.append((offset, code.instructions.count))
    emit(
      TierZeroInstruction(
        .tryUnwrap, a: operand, b: Int(facts.handlerDepths[offset]), c: slot(top)))
    emit(TierZeroInstruction(.data))
    items.append(.slot)
  }
}
