import Bytecode
import LLVM

/// Prologues: the direct entry of compiled functions, of interpreted ones, and the public entry.
extension FunctionLowering {
  /// Lowers a whole function behind its direct entry.
  func lowerFunction() {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: code) }
    build.position(atEndOf: start)
    let probe = build.alloca(types.i8, name("stack.probe"))
    if let count = builtinArgumentCount {
      argumentBuffer = build.alloca(types.i64.array(count: max(count, 1)), name("arguments"))
    }
    guardStack(probe)
    if plan.makesCalls {
      framesLeft = build.load(
        types.i64, contextField(ContextOffset.framesLeft, "frames"), name("frames.left"))
    }
    if plan.hasBackwardJump {
      fuel = build.load(
        types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
    }
    for (position, parameter) in function.parameters.enumerated() {
      locals[position] = Representation(parameter.kind).value(code.parameter(position + 1))
    }
    for position in function.parameters.count..<function.slotCount {
      locals[position] = .boxed(types.constant(bits: Word.null.bits), .null)
    }
    lowerBody()
  }

  /// Below the stack limit the call runs in tier 0, whose frames are on the heap.
  private func guardStack(_ probe: IRValue) {
    let address = build.ptrtoint(probe, to: types.i64, name("stack.address"))
    let field = contextField(ContextOffset.stackLimit, "limit.field")
    let limit = build.load(types.i64, field, name("stack.limit"))
    let isLow = build.icmp(.ult, address, limit, name("stack.low"))
    let deep = coldBlock("deep")
    let start = hotBlock("start")
    build.br(isLow, deep, start)
    build.position(atEndOf: deep)
    runInterpreted()
    build.position(atEndOf: start)
  }

  /// The direct entry of a function that stays interpreted.
  func lowerInterpreted() {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: code) }
    build.position(atEndOf: start)
    runInterpreted()
    finishExits()
  }

  /// Runs this activation in tier 0 and returns its result.
  private func runInterpreted() {
    for (position, parameter) in function.parameters.enumerated() {
      let value = Representation(parameter.kind).value(code.parameter(position + 1))
      let address = contextField(ContextOffset.arguments + 8 * position, "argument.address")
      build.store(box(value), address)
    }
    let word = build.call(
      scope.callee(.interpret), [context, types.constant32(index.rawValue)], name("interpreted"))
    let hasEnded = build.icmp(
      .eq, word, types.constant(bits: .max), name("has.ended"))
    leave(with: word, signal: build.zext(hasEnded, to: types.i32, name("signal")))
  }

  /// The public entry `(context, unused) -> word`: arguments in the context's area.
  func lowerPublicEntry(into entry: IRFunction) {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: entry) }
    build.position(atEndOf: start)
    let context = entry.parameter(0)
    let counter = build.offset(
      context, by: ContextOffset.compiledEntries, name("entries.field"))
    let entries = build.load(types.i64, counter, name("entries"))
    build.store(build.add(entries, types.constant(bits: 1), name("entered")), counter)
    var arguments = [context]
    for (position, parameter) in function.parameters.enumerated() {
      let address = build.offset(
        context, by: ContextOffset.arguments + 8 * position, name("argument.address"))
      let word = build.load(types.i64, address, name("argument"))
      arguments.append(
        machineValue(.boxed(word, .core), as: Representation(parameter.kind)))
    }
    let frames = build.offset(context, by: ContextOffset.framesLeft, name("frames"))
    let framesLeft = build.load(types.i64, frames, name("frames.left"))
    let result = build.call(code, arguments, name("call"))
    // A callee leaves the count as its last call left it; the caller expects what it passed.
    build.store(framesLeft, frames)
    build.ret(build.extractvalue(result, 0, name("value")))
  }
}
