import Bytecode
import CRuntime

/// Decides which activations leave tier 0 at a loop header for compiled code.
protocol StackReplacementPolicy: AnyObject {
  /// The code an activation goes on in, `(context, unused) -> word`; nil if it stays.
  ///
  /// The code takes over the frame: its locals, then its operands, lie at the start of the
  /// deoptimization buffer, its closure is the context's, and it has the handlers in force there
  /// for its own. It returns what the function returns.
  ///
  func entry(_ arrival: LoopArrival) -> UnsafeRawPointer?
}

/// An activation of tier 0 at a loop header.
struct LoopArrival {
  let header: Site
  /// The arrivals there in tier 0 in this run before this one, of all activations together.
  let earlierCount: UInt64
  /// The iteration of the activation's visit of the loop; nil if that began in compiled code.
  let iteration: UInt64?
  /// The activation's locals; nil where there is none, and only its counts are asked about.
  var locals: UnsafePointer<Word>?
}

/// How an activation goes on from a loop header.
enum LoopContinuation {
  case goOn
  /// Compiled code has run it to its end.
  case finish(Word)
  /// Compiled code has given it back.
  case resume(TierZeroRegisters)
  /// A trap or exit was raised, and the frame's handlers are gone.
  case raised
}

extension TierZeroSlowPaths {
  /// Counts an arrival at a loop header, where the frame is whole, and leaves for compiled code if
  /// the policy says so and there is native stack.
  @inline(never)
  static func arrive(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ calls: Calls,
    _ activation: TierZeroActivation, _ state: RunState
  ) -> LoopContinuation {
    let earlierCount = position.branchCounters.pointee.taken
    position.branchCounters.pointee.taken &+= 1
    // Code that is observed before every instruction has no visits.
    var iteration: UInt64?
    if position.pointee.b != 0 {
      let visit = base + Int(position.pointee.a)
      let count = visit.pointee.int + 1
      visit.pointee = Word(int: count)
      iteration = UInt64(exactly: count)
    }
    guard let policy = state.stackReplacement, state.hasNativeStack else { return .goOn }
    let arrival = LoopArrival(
      header: state.site(of: position).place, earlierCount: earlierCount, iteration: iteration,
      locals: UnsafePointer(base))
    guard let entry = policy.entry(arrival) else { return .goOn }
    position.branchCounters.pointee.notTaken &+= 1
    state.safepoints.note(arrival, in: state.program.verified)
    return replace(arrival.header, base, calls, entry, activation, state)
  }

  private static func replace(
    _ place: Site, _ base: UnsafeMutablePointer<Word>, _ calls: Calls, _ entry: UnsafeRawPointer,
    _ activation: TierZeroActivation, _ state: RunState
  ) -> LoopContinuation {
    let function = state.functions + place.function.position
    let facts = state.program.verified[place.function]
    let buffer = UnsafeMutableRawPointer(state.deoptimizationBuffer)
      .assumingMemoryBound(to: Word.self)
    let slotCount = function.pointee.slotCount
    buffer.update(from: base, count: slotCount)
    (buffer + slotCount).update(
      from: base + slotCount + function.pointee.constantCount,
      count: Int(facts.stackDepths[place.offset]))
    state.handlers.drop(Int(facts.handlerDepths[place.offset]))
    // The frame is the code's now: what it calls may have its place.
    state.stackTop = base
    state.callsTop = calls
    state.context.pointee.closure = base[-1].bits
    state.noteStackTop()
    let bits = unsafeBitCast(entry, to: RunState.PublicEntry.self)(state.context, nil)
    if bits == Word.sentinel.bits, !state.hasDeoptimized { return .raised }
    state.stackTop = activation.stackTop
    state.callsTop = activation.callsTop
    if bits != Word.sentinel.bits { return .finish(Word(bits: bits)) }
    return .resume(state.rebuildFrames(at: base, calls))
  }
}
