import Bytecode

/// Loads and stores of locals and module bindings.
extension Machine {
  mutating func load(_ local: LocalIndex) {
    operands.append(locals[frame.firstLocal + local.position])
  }

  /// Stores a value made of the top operand, which it drops.
  mutating func store(_ value: Value, in local: LocalIndex) throws(Stop) {
    let firstSlot = code.layouts[frame.function.position].firstSlot
    guard code.admittedKinds[firstSlot + local.position].contains(value.kind) else {
      throw .trapped(.typeError)
    }
    locals[frame.firstLocal + local.position] = value
    operands.removeLast()
  }

  func cast(_ value: Value, to width: NumericWidth) throws(Stop) -> Value {
    do { return try TypedArithmetic.cast(value, to: width) } catch { throw .trapped(error) }
  }

  /// Stores the top operand, which is an event of the trace.
  mutating func store(in binding: BindingIndex) throws(Stop) {
    let value = operands[operands.count - 1]
    guard code.admittedBindingKinds[binding.position].contains(value.kind) else {
      throw .trapped(.typeError)
    }
    bindings[binding.position] = value
    operands.removeLast()
    if recordsEvents { events.append(.storeBinding(binding, value.observed)) }
  }
}
