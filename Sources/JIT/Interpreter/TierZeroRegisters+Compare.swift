import Bytecode

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
