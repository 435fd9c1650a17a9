import Bytecode

/// Calls of bytecode functions and returns from them.
extension Machine {
  /// Whether the values fit the parameters' slot kinds.
  func areAdmitted(_ arguments: ArraySlice<Value>, by layout: Code.Layout) -> Bool {
    for (position, argument) in arguments.enumerated()
    where !code.admittedKinds[layout.firstSlot + position].contains(argument.kind) {
      return false
    }
    return true
  }

  /// Enters a function with its arguments on top of the operand stack.
  ///
  /// Checked in this order: argument kinds, depth, fuel; all raised at the call.
  mutating func call(_ callee: FunctionIndex) throws(Stop) {
    let layout = code.layouts[callee.position]
    let arguments = operands.suffix(layout.parameterCount)
    guard areAdmitted(arguments, by: layout) else { throw .trapped(.typeError) }
    guard depth < limits.depth else { throw .trapped(.stackOverflow) }
    try charge()
    callCount += 1
    let firstLocal = locals.count
    locals += arguments
    locals += repeatElement(.null, count: layout.slotCount - layout.parameterCount)
    operands.removeLast(layout.parameterCount)
    callers.append(frame)
    frame = Frame(
      function: callee, instructionPointer: layout.entryPoint, firstLocal: firstLocal,
      firstOperand: operands.count)
  }

  /// Leaves the running function; operands left below the result are dropped.
  mutating func leave(with result: Value) throws(Stop) {
    guard let caller = callers.popLast() else { throw .finished(result) }
    locals.removeLast(locals.count - frame.firstLocal)
    operands.removeLast(operands.count - frame.firstOperand)
    operands.append(result)
    frame = caller
    frame.instructionPointer += 1
  }
}
