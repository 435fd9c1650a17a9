import Bytecode
import CRuntime

/// The paths of tier 0 that leave the loop: everything that records, converts, traps or calls out.
///
/// A path that ends the run has set the context's status and returns the sentinel.
enum TierZeroSlowPaths {
  typealias Position = UnsafeMutablePointer<TierZeroInstruction>

  /// Records operands, computes a binary instruction and checks a store fused to it.
  @inline(never)
  static func binary(
    _ position: Position, _ left: Word, _ right: Word, _ base: UnsafeMutablePointer<Word>,
    _ state: RunState
  ) -> Word {
    let site = state.site(of: position)
    record(position, site, left, right, state)
    do throws(Stop) {
      if case .arithmetic(.add, .generic) = site.operation, left.isString || right.isString {
        state.noteFrame(base)
        return checkStore(try RuntimeStrings.add(left, right, state), site, state)
      }
      let result = try RuntimeArithmetic.binary(site.operation, site.width, left, right)
      return checkStore(result, site, state)
    } catch {
      return raise(error, site, state)
    }
  }

  /// Computes a unary instruction and checks a store fused to it.
  @inline(never)
  static func unary(_ position: Position, _ operand: Word, _ state: RunState) -> Word {
    let site = state.site(of: position)
    do throws(Stop) {
      let result = try RuntimeArithmetic.unary(site.operation, site.width, operand)
      return checkStore(result, site, state)
    } catch {
      return raise(error, site, state)
    }
  }

  /// Decides a comparison fused with a conditional jump, and pays for a backward one.
  ///
  /// - Returns: true or false as words, whether the jump is taken; or the sentinel.
  @inline(never)
  static func compare(
    _ position: Position, _ left: Word, _ right: Word, _ base: UnsafeMutablePointer<Word>,
    isBackward: Bool, _ state: RunState
  ) -> Word {
    let site = state.site(of: position)
    record(position, site, left, right, state)
    guard case .relation(let relation, let form) = site.operation else {
      preconditionFailure("only relations are fused with jumps")
    }
    do throws(Stop) {
      let holds = try RuntimeArithmetic.compare(relation, form, left, right)
      let taken = holds == site.jumpsIfTrue
      if taken, isBackward, !chargeJump(position, base, state) { return .sentinel }
      return Word(bool: taken)
    } catch {
      return raise(error, site, state)
    }
  }

  /// Pays for a backward conditional jump; false if that ends the run.
  @inline(never)
  static func chargeJump(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Bool {
    let site = state.site(of: position)
    let place = Site(FunctionIndex(Int(site.function)), offset: Int(site.fusedOffset))
    state.noteFrame(base)
    let context = state.context
    if context.pointee.heap_charged > context.pointee.heap_limit, !state.testHeapLimit() {
      state.exitOutOfMemory(at: place)
    } else if context.pointee.fuel == 0 {
      state.exitOutOfFuel(at: place)
    } else {
      context.pointee.fuel -= 1
      return true
    }
    state.interpretedRaise = place
    return false
  }

  /// Calls a builtin and checks a store fused to it.
  @inline(never)
  static func builtin(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Word {
    state.noteFrame(base)
    let site = state.site(of: position)
    let arguments = base + Int(position.pointee.a)
    guard let builtin = Builtin(rawValue: UInt8(position.pointee.immediate)) else {
      preconditionFailure("the translator wrote a builtin's number")
    }
    let buffer = UnsafeBufferPointer(
      start: UnsafePointer(arguments), count: Int(position.pointee.b))
    do throws(Stop) {
      return checkStore(try RuntimeBuiltins.call(builtin, buffer, state), site, state)
    } catch {
      return raise(error, site, state)
    }
  }

  static func checkStore(_ result: Word, _ site: TierZeroSite, _ state: RunState) -> Word {
    if result.isAdmitted(by: site.storeMask) { return result }
    let place = Site(FunctionIndex(Int(site.function)), offset: Int(site.fusedOffset))
    state.raise(.typeError, at: place)
    state.interpretedRaise = place
    return .sentinel
  }

  /// Notes why an instruction gave no value; the loop goes on to the handler or ends the run.
  static func raise(_ stop: Stop, _ site: TierZeroSite, _ state: RunState) -> Word {
    switch stop {
    case .trap(let kind): state.raise(kind, at: site.place)
    case .exit(.outOfFuel): state.exitOutOfFuel(at: site.place)
    case .exit(.outOfMemory): state.exitOutOfMemory(at: site.place)
    }
    state.interpretedRaise = site.place
    return .sentinel
  }

  /// Raises a trap at an instruction.
  @inline(never)
  static func trap(_ kind: TrapKind, _ position: Position, _ state: RunState) {
    let place = state.site(of: position).place
    state.raise(kind, at: place)
    state.interpretedRaise = place
  }

  /// Ends the run at a backward jump or call the fuel does not pay for.
  @inline(never)
  static func outOfFuel(_ position: Position, _ state: RunState) {
    let place = state.site(of: position).place
    state.exitOutOfFuel(at: place)
    state.interpretedRaise = place
  }
}

extension TierZeroSlowPaths {
  /// What a fuel event does that finds more charged than the context's limit; false if it ended the
  /// run.
  @inline(never)
  static func testHeapLimit(
    _ position: Position, _ base: UnsafeMutablePointer<Word>, _ state: RunState
  ) -> Bool {
    state.noteFrame(base)
    if state.testHeapLimit() { return true }
    _ = raise(.outOfMemory, state.site(of: position), state)
    return false
  }
}

// MARK: - Feedback

extension TierZeroSlowPaths {
  /// Records operand kinds, and which paths of the loop have nothing left to record.
  private static func record(
    _ position: Position, _ site: TierZeroSite, _ left: Word, _ right: Word, _ state: RunState
  ) {
    switch site.operation {
    case .arithmetic, .relation, .typedComparison: break
    case .and, .or, .nullCoalesce, .negate, .not, .bitNot, .cast, .intToNumber, .numberToInt,
      .none:
      return
    }
    let pair = OperandPairs(left, right)
    if !pair.isEmpty, position.pointee.seen.contains(pair) { return }
    if position.pointee.seen == .all { return }
    let entries = state.program.feedback[Int(site.function)].record(
      KindPair(left: left.kind, right: right.kind), at: Int(site.offset))
    position.pointee.seen = entries.isMegamorphic ? .all : position.pointee.seen.union(pair)
  }

  /// Records the callee of a call.
  @inline(never)
  static func recordCall(_ position: Position, _ state: RunState) {
    let site = state.site(of: position)
    state.program.feedback[Int(site.function)].record(
      CalleeEntry.function(FunctionIndex(Int(position.pointee.immediate))), at: Int(site.offset))
    position.pointee.seen = .all
  }
}

extension OperandPairs {
  /// The pair of two operands, empty if it has no path of its own.
  init(_ left: Word, _ right: Word) {
    if left.isInt {
      self = right.isInt ? .intInt : right.isNumber ? .intNumber : []
    } else if left.isNumber {
      self = right.isNumber ? .numberNumber : right.isInt ? .numberInt : []
    } else if left.isString, right.isString {
      self = .stringString
    } else {
      self = []
    }
  }
}

// MARK: - Calls

extension TierZeroSlowPaths {
  /// Whether every argument has the kind its parameter declares.
  @inline(never)
  static func admits(
    _ arguments: UnsafeMutablePointer<Word>, _ masks: UnsafeMutablePointer<KindMask>, _ count: Int
  ) -> Bool {
    for index in 0..<count where !arguments[index].isAdmitted(by: masks[index]) { return false }
    return true
  }

  /// Enters compiled code; the call has been charged.
  ///
  /// - Parameter position: the instruction that calls, a pending call until the callee returns.
  @inline(never)
  static func callCompiled(
    _ entry: UnsafeRawPointer, _ number: Int, _ position: Position,
    _ arguments: UnsafeMutablePointer<Word>, _ calls: UnsafeMutablePointer<Position>,
    _ state: RunState
  ) -> Word {
    state.arguments.update(from: arguments, count: state.functions[number].parameterCount)
    let (stackTop, callsTop) = (state.stackTop, state.callsTop)
    state.stackTop = arguments
    calls.pointee = position
    state.callsTop = calls + 1
    state.context.pointee.callee = UInt32(truncatingIfNeeded: number)
    // Where a function called is no closure's, the word below its arguments means nothing.
    let result = state.enterCompiled(entry, closure: arguments[-1])
    if result == .sentinel { return .sentinel }
    state.stackTop = stackTop
    state.callsTop = callsTop
    state.context.pointee.frames_left += 1
    return result
  }
}
