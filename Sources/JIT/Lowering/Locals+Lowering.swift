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
    case .string, .function: preconditionFailure("prepare refuses programs outside the core")
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
    push(value)
  }

  func lowerStoreLocal(_ local: LocalIndex) { store(pop(), in: local) }

  func lowerStoreLocalTyped(_ local: LocalIndex, _ width: NumericWidth) {
    store(cast(pop(), to: width), in: local)
  }

  private func store(_ value: Value, in local: LocalIndex) {
    locals[local.position] = admit(value, into: function.kind(of: local))
  }

  func lowerLoadBinding(_ binding: BindingIndex) {
    let representation = Representation(program.program.bindings[binding.position].kind)
    let word = build.load(types.i64, bindingAddress(binding), name("binding"))
    let boxed = Value.boxed(word, KindSet.core)
    switch representation {
    case .boxed(let kinds): push(.boxed(word, kinds))
    case .integer: push(.integer(provedInteger(boxed), .int))
    case .number: push(.number(provedNumber(boxed), isCanonical: true))
    case .bool: push(.bool(provedBool(boxed)))
    }
  }

  func lowerStoreBinding(_ binding: BindingIndex) {
    let kind = program.program.bindings[binding.position].kind
    let word = box(admit(pop(), into: kind))
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
    build.store(word, bindingAddress(binding))
  }

  private func bindingAddress(_ binding: BindingIndex) -> IRValue {
    let field = contextField(ContextOffset.bindings, "bindings.field")
    let base = build.load(types.pointer, field, name("bindings"))
    return build.offset(base, by: 8 * binding.position, name("binding.address"))
  }
}
