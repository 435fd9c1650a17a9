import Bytecode
import CRuntime

/// How tier 0 enters compiled code, and finishes what that hands back to it.
extension RunState {
  typealias PublicEntry =
    @convention(c) (UnsafeMutablePointer<JITContext>, UnsafeRawPointer?) -> UInt64

  /// Whether compiled code has native stack to run on; without, calls stay in tier 0, since going
  /// to and fro between tiers uses some for each.
  var hasNativeStack: Bool { jit_stack_position() > context.pointee.stack_limit }

  /// Runs a public entry on the context's arguments; a callee that leaves compiled code is finished
  /// in tier 0.
  ///
  /// The call has been charged, and `stackTop` and `callsTop` lie above all frames of the run.
  ///
  /// - Parameter closure: a word that means nothing if the function has no captures.
  /// - Returns: the result, or the sentinel with the context's status set.
  func enterCompiled(_ entry: UnsafeRawPointer, closure: Word) -> Word {
    context.pointee.closure = closure.bits
    noteStackTop()
    let (stackTop, callsTop) = (stackTop, callsTop)
    let bits = unsafeBitCast(entry, to: PublicEntry.self)(context, nil)
    guard bits == Word.sentinel.bits, hasDeoptimized else { return Word(bits: bits) }
    self.stackTop = stackTop
    self.callsTop = callsTop
    return finishDeoptimized()
  }

  /// Whether compiled code has just left its frames in the deoptimization buffer.
  var hasDeoptimized: Bool { context.pointee.status == UInt32(JIT_STATUS_DEOPTIMIZED) }

  /// Runs a body for compiled code, which may go on after a raise: the frames of what raised are
  /// gone then.
  func withCallsRestored(_ body: () -> Word) -> Word {
    let (stackTop, callsTop) = (stackTop, callsTop)
    let result = body()
    self.stackTop = stackTop
    self.callsTop = callsTop
    noteStackTop()
    return result
  }

  /// Runs the frames that compiled code has left in the deoptimization buffer until the outermost
  /// returns.
  ///
  /// The caller gives that frame back after a value.
  ///
  /// - Returns: the result, or the sentinel with the context's status set.
  func finishDeoptimized() -> Word {
    requireStacks()
    let activation = TierZeroActivation(self)
    let base = stackTop + 1
    base[-1] = .null
    callsTop.pointee = program.instructions
    let registers = rebuildFrames(at: base, callsTop + 1)
    return run(registers, activation, entersCompiledCode: hasNativeStack)
  }

  /// Makes tier 0's frames of those in the deoptimization buffer, whose words are free then.
  ///
  /// - Parameter base: where the outermost frame goes, above the closure of its function.
  /// - Parameter calls: above the record of the call that entered it.
  /// - Returns: where the innermost frame goes on.
  func rebuildFrames(
    at base: UnsafeMutablePointer<Word>, _ calls: TierZeroSlowPaths.Calls
  ) -> TierZeroRegisters {
    noteNativeStack()
    let (version, point, pointOfCode) = deoptimizationPoint
    if let pointOfCode, point.guardRecord != nil {
      context.pointee.canary_reached &+= 1
      if point != pointOfCode { context.pointee.canary_triggered &+= 1 }
    }
    if let record = point.guardRecord {
      safepoints.leave(record, guardStop) {
        CheckpointObserver(state: self, point: point).checkpoint()
      }
      if !guardStop.holds { tiering?.noteFailure(at: point, of: version) }
      guardStop = .failed
    } else if point.reason == .discarded {
      safepoints.leaveDiscarded { CheckpointObserver(state: self, point: point).checkpoint() }
      tiering?.noteDiscardedExit(at: point)
    }
    var rebuilder = FrameRebuilder(state: self, point: point)
    let registers = rebuilder.rebuild(at: base, calls)
    context.pointee.deoptimized_version = nil
    context.pointee.status = UInt32(JIT_STATUS_RUNNING)
    return registers
  }

  /// The version that is being left, the point of it, and what that was before a decorator saw it.
  private var deoptimizationPoint:
    (any CompiledVersion, DeoptimizationPoint, ofCode: DeoptimizationPoint?)
  {
    guard let version = context.pointee.deoptimized_version else {
      preconditionFailure("code that leaves names its version")
    }
    let number = Int(context.pointee.deoptimization_point)
    let compiled = version.compiledVersion
    return (compiled, compiled.deoptimizationPoints[number], compiled.pointsOfCode?[number])
  }
}

extension UnsafePointer<JITVersion> {
  /// The object that describes the version.
  var compiledVersion: any CompiledVersion {
    guard let host = pointee.host,
      let version = Unmanaged<AnyObject>.fromOpaque(host).takeUnretainedValue()
        as? any CompiledVersion
    else { preconditionFailure("every version of code has an object that describes it") }
    return version
  }
}
