import Bytecode

/// The machine registers of the loop, and what its instructions do with them.
///
/// The operations that compute return false, with nothing changed, if the operands are not those of
/// the path or the feedback has yet to record them; the path out of line then does it all.
///
/// Safety: positions in the frame were checked by the translator against the frame's size, which the
/// run state reserved for every frame the depth limit admits; targets are starts of blocks.
struct TierZeroRegisters {
  var position: UnsafeMutablePointer<TierZeroInstruction>
  var base: UnsafeMutablePointer<Word>
  /// Above the pending calls' instructions.
  var calls: UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>

  @inline(__always)
  var left: Word { base[Int(position.pointee.a)] }
  @inline(__always)
  var right: Word { base[Int(position.pointee.b)] }
  @inline(__always)
  var constant: Word { position.pointee.intConstant }
  @inline(__always)
  var shiftedConstant: Word { constant }

  /// Stores the result and goes on.
  @inline(__always)
  mutating func finish(_ result: Word) {
    base[Int(position.pointee.c)] = result
    position += 1
  }

  @inline(__always)
  func hasSeen(_ pair: OperandPairs) -> Bool {
    position.pointee.seen.rawValue & pair.rawValue != 0
  }

  @inline(__always)
  mutating func swap() {
    let (a, b) = (left, right)
    base[Int(position.pointee.a)] = b
    base[Int(position.pointee.b)] = a
    position += 1
  }
}

extension Word {
  /// Whether both words are ints.
  @inline(__always)
  static func areInts(_ left: Word, _ right: Word) -> Bool {
    ((left.bits ^ intTag &<< 48) | (right.bits ^ intTag &<< 48)) &>> 48 == 0
  }

  /// An int shifted to the top of the word: adding two overflows exactly when the sum does not fit.
  @inline(__always)
  var shiftedInt: Int64 { Int64(bitPattern: bits &<< 16) }

  /// The int that `shifted` holds in its top 48 bits.
  @inline(__always)
  init(shiftedInt shifted: Int64) {
    bits = Word.intTag &<< 48 | UInt64(bitPattern: shifted) &>> 16
  }

  /// ±0.0.
  @inline(__always)
  var isZeroNumber: Bool { bits &<< 1 == 0 }

  @inline(__always)
  var isTrueOrTruthy: Bool { isBool ? bool : isTruthyOutOfLine }

  @inline(never)
  private var isTruthyOutOfLine: Bool { isTruthy }
}

// MARK: - Arithmetic

extension TierZeroRegisters {
  @inline(__always)
  mutating func ints(
    _ left: Word, _ right: Word,
    _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Bool {
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    let (result, overflow) = operation(left.shiftedInt, right.shiftedInt)
    guard !overflow else { return false }
    finish(Word(shiftedInt: result))
    return true
  }

  @inline(__always)
  mutating func intsConstant(
    _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Bool {
    let left = left
    guard left.isInt, hasSeen(.intInt) else { return false }
    let (result, overflow) = operation(
      left.shiftedInt, Int64(bitPattern: position.pointee.immediate))
    guard !overflow else { return false }
    finish(Word(shiftedInt: result))
    return true
  }

  /// Division and remainder; divisors 0 and −1 trap or overflow out of line.
  @inline(__always)
  mutating func division(
    _ left: Word, _ right: Word, _ operation: (Int64, Int64) -> Int64
  ) -> Bool {
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    let divisor = right.int
    guard UInt64(bitPattern: divisor &+ 1) > 1 else { return false }
    finish(Word(int: operation(left.int, divisor)))
    return true
  }

  @inline(__always)
  mutating func bits(
    _ left: Word, _ right: Word, _ operation: (Int64, Int64) -> Int64
  ) -> Bool {
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    finish(Word(int: operation(left.int, right.int)))
    return true
  }

  @inline(__always)
  mutating func shiftLeft(_ left: Word, _ right: Word) -> Bool {
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    let result = left.int &<< (right.int & 63)
    guard Int64(result &<< 16) &>> 16 == result else { return false }
    finish(Word(int: result))
    return true
  }

  @inline(__always)
  mutating func numbers(_ operation: (Double, Double) -> Double) -> Bool {
    let (left, right) = (left, right)
    guard left.isNumber, right.isNumber, hasSeen(.numberNumber) else { return false }
    finish(Word(number: operation(left.number, right.number)))
    return true
  }

  /// Numbers and mixtures of an int and a number.
  @inline(__always)
  mutating func numeric(
    _ left: Word, _ right: Word, _ operation: (Double, Double) -> Double
  ) -> Bool {
    if left.isNumber {
      if right.isNumber, hasSeen(.numberNumber) {
        finish(Word(number: operation(left.number, right.number)))
        return true
      }
      if right.isInt, hasSeen(.numberInt) {
        finish(Word(number: operation(left.number, Double(right.int))))
        return true
      }
    } else if left.isInt, right.isNumber, hasSeen(.intNumber) {
      finish(Word(number: operation(Double(left.int), right.number)))
      return true
    }
    return false
  }

  /// A number and an int constant.
  @inline(__always)
  mutating func numberConstant(_ operation: (Double, Double) -> Double) -> Bool {
    let left = left
    guard left.isNumber, hasSeen(.numberInt) else { return false }
    finish(Word(number: operation(left.number, Double(constant.int))))
    return true
  }

  /// Leaves the loop for an instruction; false if it ended the run.
  @inline(__always)
  mutating func binary(_ state: RunState) -> Bool {
    finishOutOfLine(TierZeroSlowPaths.binary(position, left, right, state))
  }

  @inline(__always)
  mutating func binaryConstant(_ state: RunState) -> Bool {
    finishOutOfLine(TierZeroSlowPaths.binary(position, left, constant, state))
  }

  @inline(__always)
  private mutating func finishOutOfLine(_ result: Word) -> Bool {
    guard result != .sentinel else { return false }
    finish(result)
    return true
  }
}

// MARK: - Comparisons

extension TierZeroRegisters {
  @inline(__always)
  mutating func compareInts(
    _ left: Word, _ right: Word, _ relation: (Int64, Int64) -> Bool
  ) -> Bool {
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    finish(Word(bool: relation(left.shiftedInt, right.shiftedInt)))
    return true
  }

  @inline(__always)
  mutating func compareNumbers(_ relation: (Double, Double) -> Bool) -> Bool {
    let (left, right) = (left, right)
    guard left.isNumber, right.isNumber, hasSeen(.numberNumber) else { return false }
    finish(Word(bool: relation(left.number, right.number)))
    return true
  }

  @inline(__always)
  mutating func jumpInts(_ relation: (Int64, Int64) -> Bool) -> Bool {
    let (left, right) = (left, right)
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    branch(relation(left.shiftedInt, right.shiftedInt))
    return true
  }

  @inline(__always)
  mutating func jumpIntsConstant(_ relation: (Int64, Int64) -> Bool) -> Bool {
    let left = left
    guard left.isInt, hasSeen(.intInt) else { return false }
    let right = Int64(bitPattern: position.pointee.immediate)
    branchNarrow(relation(left.shiftedInt, right))
    return true
  }

  @inline(__always)
  mutating func jumpNumbers(_ relation: (Double, Double) -> Bool) -> Bool {
    let (left, right) = (left, right)
    guard left.isNumber, right.isNumber, hasSeen(.numberNumber) else { return false }
    branch(relation(left.number, right.number))
    return true
  }

  @inline(__always)
  mutating func compare(_ state: RunState) -> Bool {
    let taken = TierZeroSlowPaths.compare(position, left, right, state)
    guard taken != .sentinel else { return false }
    branch(taken.bool)
    return true
  }

  @inline(__always)
  mutating func compareConstant(_ state: RunState) -> Bool {
    let taken = TierZeroSlowPaths.compare(position, left, constant, state)
    guard taken != .sentinel else { return false }
    branchNarrow(taken.bool)
    return true
  }
}

// MARK: - Control

/// What a cell behind a conditional or backward jump counts in this run.
struct BranchCounters: BitwiseCopyable {
  var notTaken: UInt64
  var taken: UInt64
}

extension UnsafeMutablePointer<TierZeroInstruction> {
  /// The counters behind a conditional or backward jump.
  ///
  /// Cells and counters have the same size; a `counters` cell is never read as an instruction.
  @inline(__always)
  var branchCounters: UnsafeMutablePointer<BranchCounters> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: BranchCounters.self)
  }
}

extension TierZeroRegisters {
  @inline(__always)
  mutating func branch(_ taken: Bool) {
    if taken {
      position.branchCounters.pointee.taken &+= 1
      position += position.pointee.distance
    } else {
      position.branchCounters.pointee.notTaken &+= 1
      position += 2
    }
  }

  @inline(__always)
  mutating func branchNarrow(_ taken: Bool) {
    if taken {
      position.branchCounters.pointee.taken &+= 1
      position += position.pointee.narrowDistance
    } else {
      position.branchCounters.pointee.notTaken &+= 1
      position += 2
    }
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
    var slot = callee.pointee.parameterCount
    while slot < callee.pointee.slotCount {
      base[slot] = .null
      slot &+= 1
    }
    position = callee.pointee.entry
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
