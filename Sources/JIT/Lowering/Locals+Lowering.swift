import Bytecode
import LLVM

/// The operand stack, locals and bindings.
extension FunctionLowering {
  func push(_ value: Value) { stack.append(value) }

  func pop() -> Value {
    guard let value = stack.popLast() else {
      preconditionFailure("the verifier proved the stack depth")
    }
    return value
  }

  func lowerPushConst(_ index: ConstantIndex) {
    switch program.program.constants[index.position] {
    case .int(let value): push(.integer(types.constant(value), value...value))
    case .bool(let value): push(.bool(types.constant(value)))
    case .number(let bits): push(.number(numberConstant(bits, index), isCanonical: true))
    case .null: push(.boxed(types.constant(bits: Word.null.bits), .null))
    case .unit: push(.boxed(types.constant(bits: Word.unit.bits), .unit))
    case .string:
      let word = constantWord(.constant(index))
      stringConstants[word] = index
      push(.boxed(word, .string))
    case .function(let function):
      push(.boxed(types.constant(bits: Word(function: function).bits), .function))
    }
  }

  /// Kernels take their numbers from the pool they are called with.
  private func numberConstant(_ bits: UInt64, _ index: ConstantIndex) -> IRValue {
    switch form {
    case .function: return types.constant(Double(bitPattern: bits))
    case .kernel:
      let address = build.offset(code.parameter(1), by: 8 * index.position, name("constant"))
      return build.load(types.double, address, name("constant"))
    }
  }

  /// A word that differs between runs or processes.
  func constantWord(_ key: ConstantKey) -> IRValue {
    build.load(types.i64, scope.constantAddress(key), name("constant"))
  }

  func lowerPushNull() { push(.boxed(types.constant(bits: Word.null.bits), .null)) }

  func lowerDup() {
    let value = pop()
    push(value)
    push(value)
  }

  func lowerSwap() {
    let top = pop()
    let below = pop()
    push(top)
    push(below)
  }

  func lowerLoadLocal(_ local: LocalIndex) {
    guard let value = locals[local.position] else {
      preconditionFailure("a local that is read is live")
    }
    push(isShared(local) ? content(of: value, function.kind(of: local)) : value)
  }

  func lowerStoreLocal(_ local: LocalIndex) { store(pop(), in: local) }

  func lowerStoreLocalTyped(_ local: LocalIndex, _ width: NumericWidth) {
    store(cast(pop(), to: width), in: local)
  }

  private func store(_ value: Value, in local: LocalIndex) {
    let admitted = admit(value, into: function.kind(of: local))
    if isShared(local) { return setContent(of: local, admitted) }
    locals[local.position] = admitted
  }

  func lowerLoadBinding(_ binding: BindingIndex) {
    if let fact = speculation?.bindingFact(at: offset) {
      return push(value(of: binding, fact))
    }
    let kind = program.program.bindings[binding.position].kind
    let word = build.load(types.i64, bindingAddress(binding), name("binding"))
    push(
      scope.isShared(binding) ? content(of: .boxed(word, .cell), kind) : unpacked(word, kind))
  }

  func lowerStoreBinding(_ binding: BindingIndex) {
    let kind = program.program.bindings[binding.position].kind
    let word = box(admit(pop(), into: kind))
    // As in tier 0, code is discarded before the trace has the store.
    if !scope.isShared(binding) { noteStore(binding, word) }
    let field = contextField(ContextOffset.recordsEvents, "records.field")
    let records = build.load(types.i64, field, name("records"))
    let isRecorded = build.icmp(.ne, records, types.constant(bits: 0), name("is.recorded"))
    let recording = coldBlock("record")
    let next = hotBlock("recorded")
    build.br(isRecorded, recording, next)
    build.position(atEndOf: recording)
    build.call(
      scope.callee(.recordStore), [context, types.constant32(binding.rawValue), word],
      name("record"))
    build.br(next)
    build.position(atEndOf: next)
    let address = bindingAddress(binding)
    guard scope.isShared(binding) else {
      build.store(word, address)
      return
    }
    let cell = build.load(types.i64, address, name("binding"))
    build.store(word, contentAddress(cell))
  }

  /// Tells the runtime of a store that is to come, if it watches the binding.
  private func noteStore(_ binding: BindingIndex, _ word: IRValue) {
    let watches = build.load(
      types.pointer, contextField(ContextOffset.bindingWatches, "watches.field"), name("watches"))
    let watch = build.zext(
      build.load(
        types.i8, build.offset(watches, by: binding.position, name("watch.address")),
        name("watch")), to: types.i64, name("watch"))
    let noting = coldBlock("note")
    let next = hotBlock("noted")
    build.br(
      build.icmp(.ne, watch, types.constant(bits: 0), name("is.watched")), noting, next)
    build.position(atEndOf: noting)
    build.call(
      scope.callee(.noteStore), [context, types.constant32(binding.rawValue), word], name("note"))
    build.br(next)
    build.position(atEndOf: next)
    mayHaveBrokenFacts = true
  }

  func bindingAddress(_ binding: BindingIndex) -> IRValue {
    let field = contextField(ContextOffset.bindings, "bindings.field")
    let base = build.load(types.pointer, field, name("bindings"))
    return build.offset(base, by: 8 * binding.position, name("binding.address"))
  }
}

// MARK: - Shared cells

extension FunctionLowering {
  /// Whether the value of a local is in a cell of its own.
  private func isShared(_ local: LocalIndex) -> Bool { facts.cellLocals[local.position] }

  /// `BoxLocal`, and `MakeRef`: a reference is the cell it refers to.
  func lowerBoxLocal(_ local: LocalIndex) {
    guard let cell = locals[local.position] else {
      preconditionFailure("a shared local is live")
    }
    push(cell)
  }

  func lowerBoxBinding(_ binding: BindingIndex) {
    push(.boxed(build.load(types.i64, bindingAddress(binding), name("binding")), .cell))
  }

  func lowerDerefLoad(_ local: LocalIndex) { push(target(of: local)) }

  /// What a reference parameter refers to.
  func target(of local: LocalIndex) -> Value {
    guard let reference = locals[local.position] else {
      preconditionFailure("a reference parameter is live")
    }
    return content(of: reference, function.kind(of: local))
  }

  func lowerDerefStore(_ local: LocalIndex) {
    setContent(of: local, admit(pop(), into: function.kind(of: local)))
  }

  func lowerMakeClosure(_ function: FunctionIndex) {
    let captures = program.program[function].captures.count
    let row = popRow(captures)
    let word = build.call(
      scope.callee(.makeClosure), [context, types.constant32(function.rawValue), row],
      name("closure"))
    push(.boxed(checked(word), .closure))
  }

  func lowerLoadCapture(_ capture: CaptureIndex) {
    let declared = function.captures[capture.position]
    if let captured = virtualCapture(capture) {
      return push(declared.isMutable ? content(of: captured, declared.kind) : captured)
    }
    let word = build.load(types.i64, captureAddress(capture), name("capture"))
    push(
      declared.isMutable
        ? content(of: .boxed(word, .cell), declared.kind) : unpacked(word, declared.kind))
  }

  func lowerStoreCapture(_ capture: CaptureIndex) {
    let declared = function.captures[capture.position]
    let value = admit(pop(), into: declared.kind)
    if let captured = virtualCapture(capture) { return setContent(ofCell: captured, value) }
    let cell = build.load(types.i64, captureAddress(capture), name("capture"))
    build.store(box(value), contentAddress(cell))
  }

  private func captureAddress(_ capture: CaptureIndex) -> IRValue {
    guard let value = closureValue else {
      preconditionFailure("a function with captures has a closure")
    }
    return build.offset(
      cell(of: box(value)), by: CellOffset.fields + 8 * capture.position, name("capture.address"))
  }

  /// The content of a cell whose local, capture or binding declares a kind.
  private func content(of cell: Value, _ kind: SlotKind?) -> Value {
    if let content = virtualContent(of: cell) { return content }
    return unpacked(
      build.load(types.i64, contentAddress(box(virtuals.resolved(cell))), name("content")), kind)
  }

  private func setContent(of local: LocalIndex, _ value: Value) {
    guard let cell = locals[local.position] else {
      preconditionFailure("a shared local is live")
    }
    setContent(ofCell: cell, value)
  }

  private func setContent(ofCell cell: Value, _ value: Value) {
    if setVirtualContent(of: cell, value) { return }
    build.store(box(made(value)), contentAddress(box(virtuals.resolved(cell))))
  }

  private func contentAddress(_ cell: IRValue) -> IRValue {
    build.offset(self.cell(of: cell), by: CellOffset.content, name("content.address"))
  }

  /// A word that a declared slot holds, in the representation its kind gives.
  private func unpacked(_ word: IRValue, _ kind: SlotKind?) -> Value {
    let representation = Representation(kind)
    let boxed = Value.boxed(word, kind?.kinds ?? .anything)
    switch representation {
    case .boxed(let kinds): return .boxed(word, kinds)
    case .integer: return .integer(provedInteger(boxed), .int)
    case .number: return .number(provedNumber(boxed), isCanonical: true)
    case .bool: return .bool(provedBool(boxed))
    }
  }
}
