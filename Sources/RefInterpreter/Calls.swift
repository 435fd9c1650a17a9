import Bytecode

/// Calls of bytecode functions and returns from them.
extension Machine {
  /// Whether the operands from a place on fit the parameters' slot kinds.
  func areAdmitted(argumentsFrom place: Int, by layout: Code.Layout) -> Bool {
    for position in 0..<layout.parameterCount {
      let argument = operands[place + position]
      // The verifier has compared what a ref parameter and the local behind it declare.
      if case .reference = argument { continue }
      guard admits(argument, code.slots[layout.firstSlot + position]) else { return false }
    }
    return true
  }

  /// Enters a function with its arguments on top of the operand stack.
  ///
  /// Checked in this order: arity, argument kinds, depth, fuel; all raised at the call.
  ///
  /// - Parameter below: how many operands below the arguments go with them.
  mutating func enter(
    _ callee: Callee, argumentCount: Int, below: Int, origin: Origin
  ) throws(Stop) {
    let layout = code.layouts[callee.function.position]
    guard argumentCount == layout.parameterCount else { throw .trapped(.arityMismatch) }
    let firstArgument = operands.count - argumentCount
    guard areAdmitted(argumentsFrom: firstArgument, by: layout) else {
      throw .trapped(.typeError)
    }
    guard depth < limits.depth else { throw .trapped(.stackOverflow) }
    try chargeFuel()
    guard locals.count + operands.count < Machine.greatestSlotCount else {
      throw .hostMemoryExhausted
    }
    callCount += 1
    control?.noteCall(of: callee.function)
    if recordsEvents {
      switch origin {
      case .entry, .call: break
      case .walk, .foreign: events.append(.callBack(callee.function))
      }
    }
    let firstLocal = locals.count
    for place in firstArgument..<operands.count { locals.append(operands[place]) }
    operands.removeLast(argumentCount + below)
    callers.append(frame)
    frame = Frame(
      callee: callee, instructionPointer: layout.entryPoint, firstLocal: firstLocal,
      firstOperand: operands.count, firstHandler: handlers.count, origin: origin,
      activation: callCount)
    makeLocals(of: layout)
  }

  /// Values in frames at which a run ends inconclusive: the host's memory has an end.
  private static let greatestSlotCount = 1 << 26

  /// Makes the locals behind the running frame's parameters, and cells where they are boxed.
  mutating func makeLocals(of layout: Code.Layout) {
    for _ in layout.parameterCount..<layout.slotCount { locals.append(.null) }
    for position in layout.firstCell..<layout.firstCell + layout.cellCount {
      let place = frame.firstLocal + code.cellLocals[position]
      chargeFixed(Size.content)
      locals[place] = heap.make(cell: locals[place])
    }
  }

  mutating func call(_ callee: FunctionIndex) throws(Stop) {
    try enter(
      Callee(function: callee, closure: -1),
      argumentCount: code.layouts[callee.position].parameterCount, below: 0, origin: .call)
  }

  /// The function or closure a value is, nil for any other kind.
  func callee(_ value: Value) -> Callee? {
    if case .function(let function) = value { return Callee(function: function, closure: -1) }
    guard case .closure(let place) = value else { return nil }
    return Callee(function: heap.closures[place].function, closure: place)
  }

  mutating func callValue(argumentCount: Int) throws(Stop) {
    guard let callee = callee(operand(argumentCount + 1)) else { throw .trapped(.typeError) }
    try enter(callee, argumentCount: argumentCount, below: 1, origin: .call)
  }

  /// Calls a method: a function of a record's schema, what an object holds under the name, or a
  /// builtin.
  mutating func callMethod(_ name: StringIndex, argumentCount: Int) throws(Stop) {
    let receiver = operand(argumentCount + 1)
    if case .record(let place) = receiver {
      let schema = heap.records[place].schema
      guard let function = code.schemas[schema.position].methods[name] else {
        throw .trapped(.unknownMember)
      }
      try enter(
        Callee(function: function, closure: -1), argumentCount: argumentCount + 1, below: 0,
        origin: .call)
    } else if case .object(let place) = receiver {
      let key = code.nameNumbers[name.position]
      guard let position = heap.objects[place].position(of: key) else {
        throw .trapped(.unknownMember)
      }
      guard let callee = callee(heap.objects[place].values[position]) else {
        throw .trapped(.typeError)
      }
      try enter(callee, argumentCount: argumentCount, below: 1, origin: .call)
    } else {
      guard let builtin = code.methods[name.position],
        builtin.methodReceivers.contains(KindSet(receiver.kind))
      else { throw .trapped(.unknownMember) }
      guard builtin.facts.argumentCounts.contains(argumentCount + 1) else {
        throw .trapped(.arityMismatch)
      }
      try callBuiltin(builtin, argumentCount: argumentCount + 1)
    }
  }

  /// Leaves the running function; its handlers, and operands left below the result, are dropped.
  mutating func leave(with result: Value) throws(Stop) {
    guard let caller = callers.popLast() else { throw .finished(result) }
    let origin = frame.origin
    locals.removeLast(locals.count - frame.firstLocal)
    operands.removeLast(operands.count - frame.firstOperand)
    handlers.removeLast(handlers.count - frame.firstHandler)
    frame = caller
    switch origin {
    case .call:
      operands.append(result)
      frame.instructionPointer += 1
    case .walk: try endTurn(with: result)
    case .entry, .foreign: throw .finished(result)
    }
  }
}
