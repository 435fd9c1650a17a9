import Bytecode
import CRuntime

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
  mutating func jumpInts(
    _ context: UnsafeMutablePointer<JITContext>, _ relation: (Int64, Int64) -> Bool
  ) -> Bool {
    let (left, right) = (left, right)
    guard Word.areInts(left, right), hasSeen(.intInt) else { return false }
    return branch(relation(left.shiftedInt, right.shiftedInt), context)
  }

  @inline(__always)
  mutating func jumpIntsConstant(
    _ context: UnsafeMutablePointer<JITContext>, _ relation: (Int64, Int64) -> Bool
  ) -> Bool {
    let left = left
    guard left.isInt, hasSeen(.intInt) else { return false }
    let right = Int64(bitPattern: position.pointee.immediate)
    return branchNarrow(relation(left.shiftedInt, right), context)
  }

  @inline(__always)
  mutating func jumpNumbers(
    _ context: UnsafeMutablePointer<JITContext>, _ relation: (Double, Double) -> Bool
  ) -> Bool {
    let (left, right) = (left, right)
    guard left.isNumber, right.isNumber, hasSeen(.numberNumber) else { return false }
    return branch(relation(left.number, right.number), context)
  }

  @inline(__always)
  mutating func compare(_ state: RunState) -> Bool {
    compare(right, by: position.pointee.distance, state)
  }

  @inline(__always)
  mutating func compareConstant(_ state: RunState) -> Bool {
    compare(constant, by: position.pointee.narrowDistance, state)
  }

  @inline(__always)
  private mutating func compare(_ right: Word, by distance: Int, _ state: RunState) -> Bool {
    let taken = TierZeroSlowPaths.compare(
      position, left, right, base, isBackward: distance <= 0, state)
    guard taken != .sentinel else { return false }
    branchCharged(taken.bool, by: distance)
    return true
  }
}
