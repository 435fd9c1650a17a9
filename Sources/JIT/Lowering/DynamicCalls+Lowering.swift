import Bytecode
import LLVM

/// Calls whose callee is known when they run: of values, of methods and by builtins that call back.
extension FunctionLowering {
  /// `CallValue`.
  func lowerCallValue(_ count: Int) {
    callDynamically(scope.callValue(count), count + 1)
  }

  /// `CallMethod`.
  func lowerCallMethod(_ name: StringIndex, _ count: Int) {
    let literal = program.program.strings[name.position]
    let method = MethodName(name, Builtin.named(literal.string))
    if let helper = scope.callMethod(method, count) { return callDynamically(helper, count + 1) }
    let operands = takeOperands(count + 1)
    // The receiver of a walk is its array.
    let callback =
      method.builtin?.takesCallback == true && count > 0
      ? callback(of: operands[1]) : build.inttoptr(types.constant(bits: 0), self.name("nothing"))
    let row = store(operands)
    beforeRuntimeCall()
    let word = build.call(
      scope.callee(.callMethod),
      [
        context, types.constant32(UInt32(count)), types.constant(bits: method.bits), row, callback,
      ],
      self.name("call"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// A `BuiltinCall` that calls back.
  func lowerWalk(_ builtin: Builtin, _ count: Int) {
    let operands = takeOperands(count)
    let callback = callback(of: operands[1])
    let row = store(operands)
    beforeRuntimeCall()
    let word = build.call(
      scope.callee(.walk),
      [context, types.constant32(UInt32(builtin.rawValue)), row, callback], name("walk"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// Calls a helper of the module with operands off the stack.
  private func callDynamically(_ helper: IRFunction, _ count: Int) {
    let operands = takeOperands(count)
    beforeRuntimeCall()
    let word = build.call(helper, [context] + operands, name("call"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  private func callback(of callee: IRValue) -> IRValue {
    build.call(scope.callbackSelector, [callee], name("callback"))
  }

  private func takeOperands(_ count: Int) -> [IRValue] {
    let operands = stack.suffix(count).map(box)
    stack.removeLast(count)
    return operands
  }

  /// Puts operands in a row in the frame.
  private func store(_ operands: [IRValue]) -> IRValue {
    guard let buffer = argumentBuffer else {
      preconditionFailure("the prologue makes room for operands in a row")
    }
    for (position, operand) in operands.enumerated() {
      build.store(operand, build.offset(buffer, by: 8 * position, name("operand.address")))
    }
    return buffer
  }
}
