import Bytecode
import CRuntime
import LLVM

/// Points at which frames may leave compiled code.
extension FunctionLowering {
  /// Before the instruction: leaves for tier 0 if that is forced.
  ///
  /// All it costs where nothing is forced is a test of one byte; no value is computed for it.
  func lowerSafepoint() {
    let number = nextPoint
    let isArmed = isArmed(number)
    let stopping = coldBlock("safepoint")
    let next = hotBlock("running")
    build.br(isArmed, stopping, next)
    build.position(atEndOf: stopping)
    spill(number, .forced)
    let answer = build.call(
      scope.callee(.safepoint),
      [context, scope.version, types.constant32(UInt32(number))], name("answer"))
    leaveFrame(if: answer, else: next)
    build.position(atEndOf: next)
  }

  /// Goes on where a condition holds; elsewhere the frame leaves for tier 0 before the instruction,
  /// which must have had no effect so far.
  ///
  /// - Parameters:
  ///   - site: the offset of the instruction whose feedback the guard rests on; this one if nil.
  ///   - operand: which operand of the instruction is tested, 0 or 1, the lowest first.
  func require(
    _ holds: IRValue, _ kind: Schedule.GuardKind, at site: Int? = nil, operand: Int,
    _ predicate: Guard.Predicate
  ) {
    let record = Guard(
      kind: kind, site: Site(index, offset: site ?? offset), chain: callSites, operand: operand,
      predicate: predicate)
    decide(making: kind, operand: operand)
    let number = nextPoint
    let failing = coldBlock(kind.failingBlock)
    let next = hotBlock("guarded")
    if isHooked {
      let isFree = build.xor(isArmed(number), types.constant(true), name("is.free"))
      build.br(build.and(holds, isFree, name("passes")), next, failing)
    } else {
      build.br(holds, next, failing)
    }
    build.position(atEndOf: failing)
    spill(number, .guardFailed(kind), record)
    if isHooked {
      let bit = build.zext(holds, to: types.i32, name("bit"))
      let answer = build.call(
        scope.callee(.stopAtGuard),
        [context, scope.version, types.constant32(UInt32(number)), bit], name("answer"))
      leaveFrame(if: answer, else: next)
    } else {
      leaveFrame()
    }
    build.position(atEndOf: next)
  }

  /// Before an instruction that another one has led to: leaves for tier 0 if something is broken that
  /// the code rests on.
  func leaveIfInvalid(before next: Int) {
    guard !commitsIfInvalid(.validityNotTested), !missesDiscard(before: next) else { return }
    let (kept, keptBefore) = (offset, stackBefore)
    (offset, stackBefore) = (next, stack)
    let number = nextPoint
    let leaving = coldBlock("discarded")
    let valid = hotBlock("valid")
    build.br(isValid, valid, leaving)
    build.position(atEndOf: leaving)
    spill(number, .discarded)
    leaveFrame()
    build.position(atEndOf: valid)
    (offset, stackBefore) = (kept, keptBefore)
  }

  /// Whether everything holds that the code rests on.
  var isValid: IRValue {
    let field = build.offset(scope.version, by: VersionOffset.valid, name("valid.field"))
    return build.icmp(
      .ne, build.load(types.i64, field, name("valid")), types.constant(bits: 0), name("is.valid"))
  }

  /// The number of the next point: those of inlined code are the whole code's.
  private var nextPoint: Int { root.firstPoint + root.points.count }

  /// Whether the harness wants to hear of a point.
  private func isArmed(_ number: Int) -> IRValue {
    let armedField = build.offset(scope.version, by: VersionOffset.armed, name("armed.field"))
    let armed = build.load(types.pointer, armedField, name("armed"))
    let byte = build.load(
      types.i8, build.offset(armed, by: number, name("armed.byte")), name("byte"))
    return build.icmp(
      .ne, build.zext(byte, to: types.i64, name("byte")), types.constant(bits: 0), name("is.armed"))
  }

  /// Ends the current block: leaves if the runtime's answer is so.
  private func leaveFrame(if answer: IRValue, else next: IRBlock) {
    let leaves = build.icmp(.ne, answer, types.constant(bits: 0), name("leaves"))
    let leaving = coldBlock("leave")
    build.br(leaves, leaving, next)
    build.position(atEndOf: leaving)
    leaveFrame()
  }

  /// Ends the current block: the frame, which is stored, is tier 0's from here on.
  private func leaveFrame() {
    build.store(
      types.constant32(UInt32(JIT_STATUS_DEOPTIMIZED)),
      contextField(ContextOffset.status, "status.field"))
    if let callback {
      build.br(callback.leavingAlone())
      return
    }
    root.build.position(atEndOf: build.block)
    root.leave(
      with: types.constant(bits: Word.sentinel.bits),
      signal: types.constant32(UInt32(JIT_SIGNAL_DEOPTIMIZED)))
  }

  /// Stores the frame as it is before the instruction, and notes which point it is at.
  private func spill(
    _ number: Int, _ reason: DeoptimizationPoint.Reason, _ record: Guard? = nil
  ) {
    storeFuel()
    build.store(scope.version, contextField(ContextOffset.deoptimizedVersion, "version.field"))
    build.store(
      types.constant32(UInt32(number)),
      contextField(ContextOffset.deoptimizationPoint, "point.field"))
    let field = contextField(ContextOffset.deoptimizationBuffer, "buffer.field")
    var spill = FrameSpill(
      buffer: build.load(types.pointer, field, name("buffer")), virtuals: virtuals)
    let frames =
      waitingFrames(build, &spill) + [frame(.before(offset), build, &spill)]
    root.points.append(
      DeoptimizationPoint(
        identifier: number, reason: reason, frames: frames,
        virtualObjects: spill.objects.map(\.object), guardRecord: record))
  }

  /// The frames that wait for this code and leave with it, outermost first: a walk goes on without
  /// its callback.
  private func waitingFrames(
    _ build: borrowing InstructionBuilder, _ spill: inout FrameSpill
  ) -> [DeoptimizationPoint.Frame] {
    guard let caller, !isCallback || goesPastWalk(build) else { return [] }
    return caller.waitingFrames(build, &spill)
      + [caller.frame(.afterCall(caller.offset), build, &spill)]
  }

  private func frame(
    _ position: DeoptimizationPoint.Position, _ build: borrowing InstructionBuilder,
    _ spill: inout FrameSpill
  ) -> DeoptimizationPoint.Frame {
    let (live, operands) =
      switch position {
      case .before: (program.liveLocals(of: index, at: offset), stackBefore)
      case .afterCall: (program.liveLocalsAwaiting(callAt: offset, of: index), stack)
      }
    self.build.position(atEndOf: build.block)
    return DeoptimizationPoint.Frame(
      function: index, position: position, handlers: plan.chains.setups(of: chain),
      closure: closureValue.map { store($0, &spill) },
      locals: locals.enumerated().map { slot, value in
        guard isHeld(slot, live), let value else { return .dead }
        return store(value, &spill)
      },
      operands: operands.map { store($0, &spill) })
  }

  /// The buffer a frame goes to, and how much of it is used.
  private struct FrameSpill {
    let buffer: IRValue
    /// The heap values that are not made there.
    let virtuals: VirtualObjects
    var used = 0
    /// Those that slots lead to, in the order they are met.
    var objects: [(identifier: VirtualID, object: DeoptimizationPoint.VirtualObject)] = []
  }

  private func store(
    _ value: Value, _ spill: inout FrameSpill
  ) -> DeoptimizationPoint.Source {
    let value = spill.virtuals.resolved(value)
    if case .virtual(let identifier, _) = value { return describe(identifier, &spill) }
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
    case .virtual: preconditionFailure("described above")
    }
  }

  /// Stores the fields of a virtual object, unless another slot has led to it.
  private func describe(
    _ identifier: VirtualID, _ spill: inout FrameSpill
  ) -> DeoptimizationPoint.Source {
    if let known = spill.objects.firstIndex(where: { $0.identifier == identifier }) {
      return .virtual(known)
    }
    guard let object = spill.virtuals.object(identifier) else {
      preconditionFailure("what is held is known")
    }
    let place = spill.objects.count
    // Its own fields may lead to it.
    spill.objects.append((identifier, object.layout.described))
    spill.objects[place].object.fields = object.fields.map { store($0, &spill) }
    return .virtual(place)
  }
}

extension Schedule.GuardKind {
  /// The role of the block that a guard of the kind fails to.
  fileprivate var failingBlock: StaticString {
    switch self {
    case .kind: "guard.kind"
    case .intRange: "guard.intRange"
    case .shape: "guard.shape"
    case .schema: "guard.schema"
    case .arrayKind: "guard.arrayKind"
    case .bounds: "guard.bounds"
    case .callee: "guard.callee"
    case .receiver: "guard.receiver"
    case .notNull: "guard.notNull"
    case .branchNotTaken: "guard.branchNotTaken"
    case .tripCount: "guard.tripCount"
    }
  }
}
