import Bytecode
import CRuntime
import LLVM

/// Points at which frames may leave compiled code.
extension FunctionLowering {
  /// Before the instruction: leaves for tier 0 if that is forced.
  ///
  /// All it costs where nothing is forced is a test of one byte; no value is computed for it.
  func lowerSafepoint() {
    let armedField = build.offset(scope.version, by: VersionOffset.armed, name("armed.field"))
    let armed = build.load(types.pointer, armedField, name("armed"))
    let number = firstPoint + points.count
    let byte = build.load(
      types.i8, build.offset(armed, by: number, name("armed.byte")), name("byte"))
    let isArmed = build.icmp(
      .ne, build.zext(byte, to: types.i64, name("byte")), types.constant(bits: 0), name("is.armed"))
    let stopping = coldBlock("safepoint")
    let next = hotBlock("running")
    build.br(isArmed, stopping, next)
    build.position(atEndOf: stopping)
    spill(number)
    let answer = build.call(
      scope.callee(.safepoint),
      [context, scope.version, types.constant32(UInt32(number))], name("answer"))
    let leaves = build.icmp(.ne, answer, types.constant(bits: 0), name("leaves"))
    let leaving = coldBlock("leave")
    build.br(leaves, leaving, next)
    build.position(atEndOf: leaving)
    build.store(
      types.constant32(UInt32(JIT_STATUS_DEOPTIMIZED)),
      contextField(ContextOffset.status, "status.field"))
    leave(
      with: types.constant(bits: Word.sentinel.bits),
      signal: types.constant32(UInt32(JIT_SIGNAL_DEOPTIMIZED)))
    build.position(atEndOf: next)
  }

  /// Stores the frame and notes which point it is at.
  private func spill(_ number: Int) {
    storeFuel()
    build.store(scope.version, contextField(ContextOffset.deoptimizedVersion, "version.field"))
    build.store(
      types.constant32(UInt32(number)),
      contextField(ContextOffset.deoptimizationPoint, "point.field"))
    let field = contextField(ContextOffset.deoptimizationBuffer, "buffer.field")
    var spill = FrameSpill(buffer: build.load(types.pointer, field, name("buffer")))
    let live = program.liveLocals(of: index, at: offset)
    let frame = DeoptimizationPoint.Frame(
      function: index, position: .before(offset), handlers: plan.chains.setups(of: chain),
      closure: closure.map { store(.boxed($0, .closure), &spill) },
      locals: locals.enumerated().map { slot, value in
        guard isHeld(slot, live), let value else { return .dead }
        return store(value, &spill)
      },
      operands: stack.map { store($0, &spill) })
    points.append(
      DeoptimizationPoint(
        identifier: number, reason: .forced, frames: [frame], virtualObjects: []))
  }

  /// The buffer a frame goes to, and how much of it is used.
  private struct FrameSpill {
    let buffer: IRValue
    var used = 0
  }

  private func store(
    _ value: Value, _ spill: inout FrameSpill
  ) -> DeoptimizationPoint.Source {
    let position = spill.used
    spill.used += 1
    let address = build.offset(spill.buffer, by: 8 * position, name("spill.address"))
    switch value {
    case .integer(let integer, let range) where range.fitsInt:
      build.store(integer, address)
      return .integer(position)
    case .number(let number, _):
      build.store(number, address)
      return .number(position)
    case .bool(let bool):
      build.store(build.zext(bool, to: types.i64, name("bit")), address)
      return .bool(position)
    case .boxed, .integer, .product:
      build.store(box(value), address)
      return .word(position)
    }
  }
}
