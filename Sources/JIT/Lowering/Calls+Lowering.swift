import Bytecode
import LLVM

/// Calls of functions of the program, in the direct convention.
extension FunctionLowering {
  /// Checks argument kinds, depth and fuel in this order, charges, and calls.
  ///
  /// - Parameters:
  ///   - closure: the closure's word, if the callee has captures.
  ///   - virtualClosure: the closure of a callee that is inlined, if it has not been made.
  ///   - admitted: how many arguments are known to be of the kinds their parameters declare.
  ///   - walk: what a builtin makes of the result, if it is one that calls back.
  func lowerCall(
    _ callee: FunctionIndex, closure: IRValue? = nil, virtualClosure: Value? = nil,
    admitted admittedCount: Int = 0, for walk: WalkResult? = nil
  ) {
    let target = program.program[callee]
    let count = target.parameters.count
    let values = stack.suffix(count)
    let isInlined = inlines(callee)
    let admitted = zip(target.parameters, values).enumerated().map { position, argument in
      let (parameter, value) = argument
      // What a reference refers to was checked when it was stored there.
      let admitted =
        parameter.isReference
        ? value
        : position < admittedCount
          ? known(value, toBe: parameter.kind) : admit(value, into: parameter.kind)
      guard !isInlined else { return admitted }
      let representation = parameter.representation
      return representation.value(machineValue(admitted, as: representation))
    }
    stack.removeLast(count)
    chargeDepth()
    chargeFuel(walk == nil ? "call.fuel" : "callback.fuel")
    beforeRuntimeCall()
    let depth = storeCallDepth(walk == nil ? "call.depth" : "callback.depth")
    if walk != nil { recordCallback(callee) }
    if isInlined {
      return inline(
        callee, closure: closure, virtualClosure: virtualClosure, admitted, framesLeft: depth,
        for: walk)
    }
    var arguments: [IRValue] = [context]
    arguments.reserveCapacity(count + 2)
    if let closure { arguments.append(closure) }
    for (parameter, value) in zip(target.parameters, admitted) {
      arguments.append(machineValue(value, as: parameter.representation))
    }
    mayHaveBrokenFacts = true
    let result = build.call(scope.direct(callee), arguments, name("call"))
    let word = build.extractvalue(result, 0, name("value"))
    let signal = build.extractvalue(result, 1, name("signal"))
    let value = Value.boxed(afterCall(word, signal), .anything)
    push(walk.map { self.result($0, of: value) } ?? value)
  }

  /// A value that a test has found to be of a kind, in words: inference of an inlined callee takes the
  /// kinds of its parameters for granted.
  private func known(_ value: Value, toBe kind: SlotKind?) -> Value {
    guard let kinds = kind?.kinds else { return value }
    if case .virtual = value { return value }
    let common = value.kinds.intersection(kinds)
    // Where the test contradicts what is proved, control never comes.
    return .boxed(box(value), common.isEmpty ? kinds : common)
  }

  private func chargeDepth() {
    guard let framesLeft else { preconditionFailure("a function that calls holds its depth") }
    let isFull = build.icmp(.eq, framesLeft, types.constant(bits: 0), name("depth.full"))
    trap(.stackOverflow, if: isFull, "trap.depth")
  }

  /// - Returns: the frames left to the callee.
  private func storeCallDepth(_ role: StaticString) -> IRValue {
    guard let framesLeft else { preconditionFailure("a function that calls holds its depth") }
    let rest = build.sub(framesLeft, types.constant(bits: 1), name(role))
    build.store(rest, contextField(ContextOffset.framesLeft, "frames"))
    return rest
  }

  /// Goes on with the result of a direct call: with that of tier 0, if the callee has left its frame
  /// to it; a callee that ended has recorded why.
  private func afterCall(_ word: IRValue, _ signal: IRValue) -> IRValue {
    let from = build.block
    let isUnusual = build.icmp(.ne, signal, types.constant32(0), name("is.unusual"))
    let unusual = coldBlock("unusual")
    let next = hotBlock("returned")
    build.br(isUnusual, unusual, next)
    build.position(atEndOf: unusual)
    let finished = build.call(scope.callee(.finishCallee), [context], name("finished"))
    let hasEnded = build.icmp(
      .eq, finished, types.constant(bits: Word.sentinel.bits), name("has.ended"))
    // A callee that ended has left the fuel in the context.
    build.br(hasEnded, raising(types.constant(bits: Word.sentinel.bits)), next)
    build.position(atEndOf: next)
    let result = build.phi(types.i64, name("value"))
    build.addIncoming(word, from: from, to: result)
    build.addIncoming(finished, from: unusual, to: result)
    restoreFramesLeft()
    reloadFuel()
    return result
  }

  /// Calls a C function; the runtime converts, and callbacks may run.
  func lowerCallForeign(_ foreign: ForeignIndex) {
    let count = program.program.foreignFunctions[foreign.position].parameters.count
    let buffer = popRow(count)
    let site = UInt64(index.rawValue) << 32 | UInt64(offset)
    beforeRuntimeCall()
    let word = build.call(
      scope.callee(.callForeign),
      [context, types.constant32(foreign.rawValue), buffer, types.constant(bits: site)],
      name("foreign"))
    push(.boxed(afterRuntimeCall(word), .anything))
  }

  /// Before something is called that may use fuel.
  func beforeRuntimeCall() {
    storeFuel()
    isFuelStored = true
  }

  /// Behind it: goes on with a word unless it is a trap word.
  func afterRuntimeCall(_ word: IRValue) -> IRValue {
    reloadFuel()
    mayHaveBrokenFacts = true
    return checked(word)
  }
}
