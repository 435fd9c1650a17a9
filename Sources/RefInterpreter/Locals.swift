import Bytecode

/// Loads and stores of locals and module bindings.
///
/// A place that holds a cell was made one for a `BoxLocal` or `BoxModuleBinding`: all loads and
/// stores go through it.
extension Machine {
  func admits(_ value: Value, _ admission: Code.Admission) -> Bool {
    guard admission.kinds.contains(KindSet(value.kind)) else { return false }
    guard admission.schema >= 0, case .record(let place) = value else { return true }
    return heap.records[place].schema.position == admission.schema
  }

  mutating func load(_ local: LocalIndex) {
    operands.append(heap.content(of: locals[frame.firstLocal + local.position]))
  }

  /// Stores a value made of the top operand, which it drops.
  mutating func store(_ value: Value, in local: LocalIndex) throws(Stop) {
    let firstSlot = code.layouts[frame.function.position].firstSlot
    guard admits(value, code.slots[firstSlot + local.position]) else {
      throw .trapped(.typeError)
    }
    store(value, at: frame.firstLocal + local.position)
    operands.removeLast()
  }

  /// Stores in a place of `locals`.
  mutating func store(_ value: Value, at place: Int) {
    if case .cell(let cell) = locals[place] {
      heap.cells[cell] = value
    } else {
      locals[place] = value
    }
  }

  func cast(_ value: Value, to width: NumericWidth) throws(Stop) -> Value {
    try checked { () throws(TrapKind) in try TypedArithmetic.cast(value, to: width) }
  }

  mutating func load(_ binding: BindingIndex) {
    operands.append(heap.content(of: bindings[binding.position]))
  }

  /// Stores the top operand, which is an event of the trace.
  mutating func store(in binding: BindingIndex) throws(Stop) {
    let value = operand(1)
    guard admits(value, code.bindings[binding.position]) else { throw .trapped(.typeError) }
    if case .cell(let cell) = bindings[binding.position] {
      heap.cells[cell] = value
    } else {
      bindings[binding.position] = value
    }
    operands.removeLast()
    if recordsEvents {
      events.append(.storeBinding(binding, observe(value)))
      try testHostMemory()
    }
  }
}
