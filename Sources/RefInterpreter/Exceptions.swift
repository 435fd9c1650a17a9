import Bytecode

/// A handler in force.
struct Handler: BitwiseCopyable {
  /// Where it continues.
  let label: Int
  /// How many frames wait below the one it belongs to.
  let level: Int
  /// How many operands, of all frames, it leaves.
  let operandCount: Int
}

/// Handlers and the delivery of traps: section 6 of `Docs/bytecode.md`.
extension Machine {
  mutating func setUpHandler() {
    handlers.append(
      Handler(
        label: code.targets[frame.instructionPointer], level: callers.count,
        operandCount: operands.count))
  }

  /// Continues at the innermost handler in force above the callers of a foreign function.
  ///
  /// - Returns: whether there is one.
  /// - Throws: an exit, at the raising instruction: a delivery costs a unit of fuel.
  mutating func deliver(_ trap: Trap) throws(Stop) -> Bool {
    guard let handler = handlers.last, handler.level >= foreign.baseLevel else { return false }
    try chargeFuel()
    handlers.removeLast()
    if handler.level < callers.count {
      frame = callers[handler.level]
      callers.removeLast(callers.count - handler.level)
    }
    while let walk = walks.last, walk.level >= handler.level { walks.removeLast() }
    let end = frame.firstLocal + code.layouts[frame.function.position].slotCount
    locals.removeLast(locals.count - end)
    operands.removeLast(operands.count - handler.operandCount)
    operands.append(trap.payload)
    frame.instructionPointer = handler.label
    return true
  }

  /// Runs steps until the entry, or the callback of a foreign function, ends.
  mutating func run() -> End {
    let stepLimit = limits.referenceSteps ?? .max
    while true {
      do {
        while instructionCount < stepLimit {
          if clock >= checkpoints.dueClock { showCheckpointIfDue() }
          try step()
        }
        return .failed(.inconclusive("reference step limit"))
      } catch {
        if let end = end(of: error) { return end }
      }
    }
  }

  /// What a stop comes to; nil if a handler goes on.
  mutating func end(of stop: Stop) -> End? {
    let trap: Trap
    switch stop {
    case .finished(let value): return .finished(value)
    case .trapped(let kind):
      trap = Trap(kind: kind, payload: code.trapNames[Int(kind.rawValue)], raise: raise)
    case .thrown(let value): trap = Trap(kind: .thrown, payload: value, raise: raise)
    case .exited(let kind): return .exited(kind, at: raise)
    case .passedOn(.trapped(let passedOn)): trap = passedOn
    case .passedOn(let end): return end
    case .hostMemoryExhausted: return .failed(.inconclusive("the reference heap is full"))
    case .disproved:
      let opcode = code.instructions[frame.instructionPointer].opcode
      return .failed(
        .broken(
          "\(opcode.facts.name) at instruction \(frame.instructionPointer) met a kind that "
            + "verification ruled out"))
    }
    do {
      return try deliver(trap) ? nil : .trapped(trap)
    } catch {
      guard case .exited(let kind) = error else {
        return .failed(.inconclusive("the reference heap is full"))
      }
      return .exited(kind, at: trap.raise)
    }
  }

  // MARK: Results and options

  mutating func unwrap(_ opcode: Opcode) throws(Stop) {
    replaceOperands(1, by: try unwrapped(operand(1), by: opcode))
  }

  private func unwrapped(_ value: Value, by opcode: Opcode) throws(Stop) -> Value {
    if opcode == .isOk { return .bool(value.kind == .ok) }
    if opcode == .isErr { return .bool(value.kind == .err) }
    if opcode == .unwrapOk, case .ok(let place) = value { return heap.contents[place] }
    if opcode == .unwrapErr, case .err(let place) = value { return heap.contents[place] }
    if opcode == .unwrapOption {
      if case .some(let place) = value { return heap.contents[place] }
      if value.kind != .null { return value }
    }
    throw .trapped(.unwrapFailed)
  }

  /// Returns `err(x)` and null from the function, unwraps `ok(x)` and `some(x)`.
  mutating func tryUnwrap() throws(Stop) {
    let value = operand(1)
    switch value.kind {
    case .err, .null:
      try leave(with: value)
      return
    case .ok, .some, .unit, .bool, .int, .number, .string, .array, .intArray, .floatArray,
      .boolArray, .object, .record, .map, .range, .function, .closure, .reference, .cell:
      break
    }
    if case .ok(let place) = value { replaceOperands(1, by: heap.contents[place]) }
    if case .some(let place) = value { replaceOperands(1, by: heap.contents[place]) }
    frame.instructionPointer += 1
  }
}
