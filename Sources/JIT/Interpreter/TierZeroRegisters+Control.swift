import Bytecode
import CRuntime

/// What a cell behind a conditional or backward jump counts in this run.
struct BranchCounters: BitwiseCopyable {
  var notTaken: UInt64
  var taken: UInt64
}

extension UnsafeMutablePointer<TierZeroInstruction> {
  /// The counters behind a conditional or backward jump.
  ///
  /// Cells and counters have the same size; a `data` cell is never read as an instruction.
  @inline(__always)
  var branchCounters: UnsafeMutablePointer<BranchCounters> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: BranchCounters.self)
  }
}

extension TierZeroRegisters {
  /// Goes on behind a conditional jump; false, with nothing changed, if that is a fuel event whose
  /// tests are to be made out of line.
  @inline(__always)
  mutating func branch(_ taken: Bool, _ context: UnsafeMutablePointer<JITContext>) -> Bool {
    branch(taken, by: position.pointee.distance, context)
  }

  /// The same where the distance is the narrow one.
  @inline(__always)
  mutating func branchNarrow(_ taken: Bool, _ context: UnsafeMutablePointer<JITContext>) -> Bool {
    branch(taken, by: position.pointee.narrowDistance, context)
  }

  @inline(__always)
  private mutating func branch(
    _ taken: Bool, by distance: Int, _ context: UnsafeMutablePointer<JITContext>
  ) -> Bool {
    if taken, distance <= 0 {
      guard context.pointee.fuel != 0,
        context.pointee.heap_charged <= context.pointee.heap_limit
      else { return false }
      context.pointee.fuel &-= 1
    }
    branchCharged(taken, by: distance)
    return true
  }

  /// Goes on behind a conditional jump that has been paid for.
  @inline(__always)
  mutating func branchCharged(_ taken: Bool, by distance: Int) {
    if taken {
      position.branchCounters.pointee.taken &+= 1
      position += distance
    } else {
      position.branchCounters.pointee.notTaken &+= 1
      position += 2
    }
  }

  /// Tests a condition that is any value.
  @inline(__always)
  mutating func branchOnTruth(
    ifTrue: Bool, _ context: UnsafeMutablePointer<JITContext>, _ state: RunState
  ) -> Bool {
    let taken = left.isTrueOrTruthy == ifTrue
    if branch(taken, context) { return true }
    guard TierZeroSlowPaths.chargeJump(position, base, state) else { return false }
    branchCharged(taken, by: position.pointee.distance)
    return true
  }

  /// Goes backward; the fuel has been charged.
  @inline(__always)
  mutating func jumpBack() {
    position.branchCounters.pointee.taken &+= 1
    position += position.pointee.distance
  }

  /// Enters a function whose arguments lie at the end of the caller's frame.
  @inline(__always)
  mutating func enter(
    _ callee: UnsafeMutablePointer<TierZeroFunction>, _ arguments: UnsafeMutablePointer<Word>
  ) {
    callee.pointee.calls &+= 1
    calls.pointee = position
    calls += 1
    base = arguments
    callee.pointee.begin(base)
    position = callee.pointee.entry
  }

  /// Enters the walk of a builtin that calls back; its arguments become the walk's first words.
  @inline(__always)
  mutating func enterWalk(_ start: UnsafeMutablePointer<TierZeroInstruction>) {
    calls.pointee = position
    calls += 1
    base += Int(position.pointee.a)
    position = start
  }

  /// The index of the function a value calls, −1 if it calls none.
  @inline(__always)
  func callee(_ value: Word) -> Int {
    if value.isFunction { return value.function.position }
    if value.isCell(.closure) { return Int(value.cell.pointee.auxiliary) }
    return -1
  }

  /// The closure whose function runs: it lies below the first argument, where the call found it.
  @inline(__always)
  var closure: Word { base[-1] }

  /// Checks a call whose callee and number of arguments are right, and charges it.
  ///
  /// - Returns: false if it raised a trap or exit.
  @inline(__always)
  func admitCall(
    _ callee: UnsafeMutablePointer<TierZeroFunction>, _ arguments: UnsafeMutablePointer<Word>,
    _ context: UnsafeMutablePointer<JITContext>, _ state: RunState
  ) -> Bool {
    if callee.pointee.checksArguments, !callee.pointee.admits(arguments) {
      TierZeroSlowPaths.trap(.typeError, position, state)
      return false
    }
    guard context.pointee.frames_left != 0 else {
      TierZeroSlowPaths.trap(.stackOverflow, position, state)
      return false
    }
    if context.pointee.heap_charged > context.pointee.heap_limit,
      !TierZeroSlowPaths.testHeapLimit(position, base, state)
    {
      return false
    }
    guard context.pointee.fuel != 0 else {
      TierZeroSlowPaths.outOfFuel(position, state)
      return false
    }
    context.pointee.frames_left &-= 1
    context.pointee.fuel &-= 1
    return true
  }

  /// Returns a value to the pending call.
  @inline(__always)
  mutating func leave(_ result: Word) {
    base.pointee = result
    calls -= 1
    position = calls.pointee
    base -= Int(position.pointee.a)
    position += 1
  }
}

extension TierZeroFunction {
  @inline(__always)
  func admits(_ arguments: UnsafeMutablePointer<Word>) -> Bool {
    if parameterCount == 1, masks.pointee == .int { return arguments.pointee.isInt }
    return TierZeroSlowPaths.admits(arguments, masks, parameterCount)
  }
}
