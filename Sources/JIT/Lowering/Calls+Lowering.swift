import Bytecode
import LLVM

/// Calls of functions of the program, in the direct convention.
extension FunctionLowering {
  /// Checks argument kinds, depth and fuel in this order, charges, and calls.
  func lowerCall(_ callee: FunctionIndex) {
    let target = program.program[callee]
    let count = target.parameters.count
    let values = stack.suffix(count)
    var arguments: [IRValue] = [context]
    arguments.reserveCapacity(count + 1)
    for (parameter, value) in zip(target.parameters, values) {
      let admitted = admit(value, into: parameter.kind)
      arguments.append(machineValue(admitted, as: Representation(parameter.kind)))
    }
    stack.removeLast(count)
    chargeDepth()
    chargeFuel("call.fuel")
    storeFuel()
    let result = build.call(callees[callee.position], arguments, name("call"))
    let word = build.extractvalue(result, 0, name("value"))
    let signal = build.extractvalue(result, 1, name("signal"))
    reloadFuel()
    endAfterCall(signal)
    push(.boxed(word, .core))
  }

  private func chargeDepth() {
    guard let framesLeft else { preconditionFailure("a function that calls holds its depth") }
    let isFull = build.icmp(.eq, framesLeft, types.constant(bits: 0), name("depth.full"))
    trap(.stackOverflow, if: isFull, "trap.depth")
    let rest = build.sub(framesLeft, types.constant(bits: 1), name("call.depth"))
    build.store(rest, contextField(ContextOffset.framesLeft, "frames"))
  }

  private func reloadFuel() {
    guard fuel != nil else { return }
    fuel = build.load(
      types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
  }

  /// A callee that ended the run has recorded why; its caller only returns.
  private func endAfterCall(_ signal: IRValue) {
    end(if: build.icmp(.ne, signal, types.constant32(0), name("has.ended")))
  }
}
