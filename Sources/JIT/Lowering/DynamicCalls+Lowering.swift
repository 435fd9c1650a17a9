import Bytecode
import LLVM

/// Calls whose callee is known when they run: of values, of methods and by builtins that call back.
extension FunctionLowering {
  /// `CallValue`.
  func lowerCallValue(_ count: Int) {
    guard !lowerGuardedCallValue(count) else { return }
    makeOperands()
    callHelper(scope.callValue(count), count + 1)
  }

  /// `CallMethod`.
  func lowerCallMethod(_ name: StringIndex, _ count: Int) {
    guard !lowerGuardedMethod(name, count) else { return }
    makeOperands()
    let literal = program.program.strings[name.position]
    let method = MethodName(name, Builtin.named(literal.string))
    if let helper = scope.callMethod(method, count) { return callHelper(helper, count + 1) }
    guard let builtin = method.builtin, builtin.facts.argumentCounts.contains(count + 1) else {
      return callMethod(method, count)
    }
    let place = stack.count - count - 1
    let receiver = stack[place]
    let receivers = inlineReceivers(builtin, receiver.kinds)
    if receiver.kinds.isSubset(of: builtin.methodReceivers) {
      lowerBuiltin(builtin, argumentCount: count + 1)
    } else if builtin.takesCallback
      ? knowsCallback(of: builtin, count + 1) : isHeapPathWorthwhile(receiver, receivers)
    {
      // On both paths the fuel is in the context.
      beforeRuntimeCall()
      let operands = stack
      let fast = hotBlock("builtin")
      let slow = coldBlock("method")
      build.br(isCell(receiver, of: receivers), fast, slow)
      build.position(atEndOf: fast)
      stack[place] = .boxed(box(receiver), receiver.kinds.intersection(receivers))
      lowerBuiltin(builtin, argumentCount: count + 1)
      let result = rejoin(pop(), .anything, slow: slow) {
        stack = operands
        callMethod(method, count)
        return pop()
      }
      reloadFuel()
      push(result)
    } else {
      callMethod(method, count)
    }
  }

  /// Kinds of cells that the receiver of a builtin's method is tested for at once.
  private func inlineReceivers(_ builtin: Builtin, _ possible: KindSet) -> KindSet {
    let sequences = builtin.methodReceivers.subtracting(.map)
    return possible.isDisjoint(with: sequences) ? builtin.methodReceivers : sequences
  }

  /// A `BuiltinCall` that calls back.
  func lowerWalk(_ builtin: Builtin, _ count: Int) {
    guard !lowerKnownWalk(builtin, count) else { return }
    let operands = popRow(count)
    beforeRuntimeCall()
    let word = build.call(
      scope.callee(.walk),
      [context, types.constant32(UInt32(builtin.rawValue)), operands, callbackAddress], name("walk")
    )
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// Calls a method through the runtime.
  private func callMethod(_ method: MethodName, _ count: Int) {
    // The receiver of a walk is its array.
    let takesCallback = count > 0 && method.builtin?.takesCallback == true
    let callback = takesCallback ? callbackAddress : nothing
    let operands = popRow(count + 1)
    beforeRuntimeCall()
    let word = build.call(
      scope.callee(.callMethod),
      [
        context, types.constant32(UInt32(count)), types.constant(bits: method.bits), operands,
        callback,
      ],
      name("call"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// Calls a helper of the module with operands off the stack.
  private func callHelper(_ helper: IRFunction, _ count: Int) {
    let operands = stack.suffix(count).map(box)
    stack.removeLast(count)
    beforeRuntimeCall()
    let word = build.call(helper, [context] + operands, name("call"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// What walks call back; null leaves that to the runtime.
  var callbackAddress: IRValue { scope.callback?.address ?? nothing }

  private var nothing: IRValue { build.inttoptr(types.constant(bits: 0), name("nothing")) }
}
