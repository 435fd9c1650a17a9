import Bytecode
import CRuntime

/// A handler in force: what a delivery restores.
struct TierZeroHandler: BitwiseCopyable {
  var base: UnsafeMutablePointer<Word>
  var calls: UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>
  var setup: UnsafeMutablePointer<TierZeroInstruction>
  /// Frames the context had left in the handler's frame.
  var framesLeft: UInt64
}

/// The handlers of all frames, innermost last.
///
/// Behind a pointer: the loop pushes and drops without a look at who else holds the run state.
struct HandlerStack {
  private struct Storage {
    var items: UnsafeMutablePointer<TierZeroHandler>
    var count = 0
    var capacity: Int
  }

  private let storage: UnsafeMutablePointer<Storage>

  init() {
    storage = .allocate(capacity: 1)
    let capacity = 64
    storage.initialize(to: Storage(items: .allocate(capacity: capacity), capacity: capacity))
  }

  func deallocate() {
    storage.pointee.items.deallocate()
    storage.deallocate()
  }

  var count: Int { storage.pointee.count }

  /// A handler by its place, the outermost first.
  ///
  /// - Precondition: there are so many.
  subscript(index: Int) -> TierZeroHandler { storage.pointee.items[index] }

  func push(_ handler: TierZeroHandler) {
    if storage.pointee.count == storage.pointee.capacity { grow() }
    (storage.pointee.items + storage.pointee.count).initialize(to: handler)
    storage.pointee.count += 1
  }

  private func grow() {
    let capacity = 2 * storage.pointee.capacity
    let items = UnsafeMutablePointer<TierZeroHandler>.allocate(capacity: capacity)
    items.initialize(from: storage.pointee.items, count: storage.pointee.count)
    storage.pointee.items.deallocate()
    storage.pointee.items = items
    storage.pointee.capacity = capacity
  }

  /// Drops the innermost handlers.
  ///
  /// - Precondition: there are so many.
  @inline(__always)
  func drop(_ count: Int) { storage.pointee.count &-= count }

  /// Removes the innermost handler.
  ///
  /// - Precondition: there is one.
  func pop() -> TierZeroHandler {
    storage.pointee.count -= 1
    return storage.pointee.items[storage.pointee.count]
  }

  func truncate(to count: Int) { storage.pointee.count = count }
}

/// What an activation of the loop found when it began, and leaves when it delivers a trap.
struct TierZeroActivation: BitwiseCopyable {
  /// Handlers below belong to others.
  let handlerCount: Int
  let stackTop: UnsafeMutablePointer<Word>
  let callsTop: UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>

  init(_ state: RunState) {
    handlerCount = state.handlers.count
    stackTop = state.stackTop
    callsTop = state.callsTop
  }
}

extension TierZeroSlowPaths {
  typealias Calls = UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>

  @inline(never)
  static func pushHandler(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ calls: Calls, _ state: RunState
  ) {
    state.handlers.push(
      TierZeroHandler(
        base: base, calls: calls, setup: position,
        framesLeft: state.context.pointee.frames_left))
  }

  /// `Throw`: raises the trap Thrown with a value.
  @inline(never)
  static func throwValue(_ value: Word, _ position: Position, _ state: RunState) {
    state.context.pointee.pending_payload = value.bits
    trap(.thrown, position, state)
  }

  /// Brings the pending trap to the innermost handler of an activation of the loop.
  ///
  /// A delivery is a fuel event of the raising instruction: its tests come first, and one that
  /// fails turns the trap into an exit.
  ///
  /// - Parameter base: the frame that raised, or called what did.
  /// - Returns: the registers at the handler; nil if the activation ends here.
  @inline(never)
  static func deliver(
    _ base: UnsafeMutablePointer<Word>, _ calls: Calls, _ activation: TierZeroActivation,
    _ state: RunState
  ) -> TierZeroRegisters? {
    let context = state.context
    // Code called from here has noted calls of its own that it left pending.
    let callsTop = max(calls, state.callsTop)
    state.callsTop = callsTop
    guard context.pointee.status == UInt32(JIT_STATUS_TRAPPED),
      state.handlers.count > activation.handlerCount
    else {
      state.handlers.truncate(to: activation.handlerCount)
      return nil
    }
    state.noteFrame(base)
    if context.pointee.heap_charged > context.pointee.heap_limit, !state.testHeapLimit() {
      context.pointee.status = UInt32(JIT_STATUS_OUT_OF_MEMORY)
    } else if context.pointee.fuel == 0 {
      context.pointee.status = UInt32(JIT_STATUS_OUT_OF_FUEL)
    }
    guard context.pointee.status == UInt32(JIT_STATUS_TRAPPED) else {
      state.handlers.truncate(to: activation.handlerCount)
      return nil
    }
    context.pointee.fuel -= 1
    let handler = state.handlers.pop()
    state.noteInterruption(from: handler.calls, to: callsTop, at: handler.setup)
    handler.base[Int(handler.setup.pointee.a)] = state.takePayload()
    context.pointee.frames_left = handler.framesLeft
    state.stackTop = activation.stackTop
    state.callsTop = activation.callsTop
    return TierZeroRegisters(
      position: handler.setup + handler.setup.pointee.distance, base: handler.base,
      calls: handler.calls)
  }
}

extension RunState {
  /// What a handler sees of the pending trap, which is over then.
  func takePayload() -> Word {
    context.pointee.status = UInt32(JIT_STATUS_RUNNING)
    guard let kind = TrapKind(rawValue: UInt8(truncatingIfNeeded: context.pointee.trap_kind)) else {
      preconditionFailure("trap number \(context.pointee.trap_kind) does not exist")
    }
    let payload = Word(bits: context.pointee.pending_payload)
    context.pointee.pending_payload = Word.null.bits
    return kind == .thrown ? payload : trapNames[Int(kind.rawValue)]
  }

  /// Notes for the count of instructions which ones did not go on to the next.
  fileprivate func noteInterruption(
    from first: TierZeroSlowPaths.Calls, to end: TierZeroSlowPaths.Calls,
    at setup: UnsafeMutablePointer<TierZeroInstruction>
  ) {
    var next = first
    while next < end {
      if let place = program.place(of: next.pointee) { stops[place, default: 0] += 1 }
      next += 1
    }
    if let interpretedRaise { stops[interpretedRaise, default: 0] += 1 }
    interpretedRaise = nil
    deliveries[program.handlerSite(of: setup), default: 0] += 1
  }
}

extension Word {
  /// What `TryUnwrap` goes on with; nil for null and err, which return from the function.
  var unwrapped: Word? {
    if isCell(.some) || isCell(.ok) { return content }
    return self == .null || isCell(.err) ? nil : self
  }
}
