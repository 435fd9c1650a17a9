import Bytecode

/// Closures and their captures, and references.
extension Machine {
  /// Pops the function's captures; a plain value given for a `mut` one goes into a fresh cell.
  mutating func makeClosure(of function: FunctionIndex) throws(Stop) {
    let layout = code.layouts[function.position]
    let first = operands.count - layout.captureCount
    for position in 0..<layout.captureCount {
      let value = operands[first + position]
      // The verifier has compared the kinds of a capture and of the slot behind a cell.
      if case .cell = value { continue }
      guard admits(value, code.captures[layout.firstCapture + position].admission) else {
        throw .trapped(.typeError)
      }
    }
    chargeFixed(Size.slots(layout.captureCount))
    var captures: [Value] = []
    for position in 0..<layout.captureCount {
      var value = operands[first + position]
      if code.captures[layout.firstCapture + position].isMutable, value.kind != .cell {
        chargeFixed(Size.content)
        value = heap.make(cell: value)
      }
      captures.append(value)
    }
    heap.closures.append(ClosureCell(function: function, captures: captures))
    operands.removeLast(layout.captureCount)
    operands.append(.closure(heap.closures.count - 1))
  }

  mutating func loadCapture(_ capture: CaptureIndex) {
    let closure = heap.closures[frame.callee.closure]
    operands.append(heap.content(of: closure.captures[capture.position]))
  }

  /// Stores the top operand in a `mut` capture.
  mutating func storeCapture(_ capture: CaptureIndex) throws(Stop) {
    let firstCapture = code.layouts[frame.function.position].firstCapture
    let value = operand(1)
    guard admits(value, code.captures[firstCapture + capture.position].admission) else {
      throw .trapped(.typeError)
    }
    let closure = heap.closures[frame.callee.closure]
    guard case .cell(let cell) = closure.captures[capture.position] else {
      preconditionFailure("a mut capture is a cell")
    }
    heap.cells[cell] = value
    operands.removeLast()
  }

  // MARK: References

  /// Pushes a reference to a local, or the one a ref parameter holds.
  mutating func makeReference(to local: LocalIndex) {
    let place = frame.firstLocal + local.position
    if case .reference = locals[place] {
      operands.append(locals[place])
    } else {
      operands.append(.reference(place))
    }
  }

  /// The place in `locals` that a ref parameter refers to.
  private func targetPlace(of parameter: LocalIndex) -> Int {
    guard case .reference(let place) = locals[frame.firstLocal + parameter.position] else {
      preconditionFailure("a ref parameter holds a reference")
    }
    return place
  }

  func target(of parameter: LocalIndex) -> Value {
    heap.content(of: locals[targetPlace(of: parameter)])
  }

  /// Stores the top operand in what a ref parameter refers to, which declares the same kind.
  mutating func storeTarget(of parameter: LocalIndex) throws(Stop) {
    let firstSlot = code.layouts[frame.function.position].firstSlot
    let value = operand(1)
    guard admits(value, code.slots[firstSlot + parameter.position]) else {
      throw .trapped(.typeError)
    }
    store(value, at: targetPlace(of: parameter))
    operands.removeLast()
  }
}
