import Bytecode

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

  /// Truncates toward zero, without a division: the divisor is a power of two.
  @inline(__always)
  mutating func dividePowerOfTwo() -> Bool {
    let left = left
    guard left.isInt, hasSeen(.intInt) else { return false }
    let divisor = constant.int
    // A negative dividend is rounded up by adding what the shift would cut off.
    let bias = left.int &>> 63 & (divisor &- 1)
    finish(Word(int: (left.int &+ bias) &>> Int64(divisor.trailingZeroBitCount)))
    return true
  }

  /// The remainder has the dividend's sign.
  @inline(__always)
  mutating func remainderPowerOfTwo() -> Bool {
    let left = left
    guard left.isInt, hasSeen(.intInt) else { return false }
    let mask = constant.int &- 1
    let sign = left.int &>> 63
    let magnitude = (left.int ^ sign) &- sign
    finish(Word(int: ((magnitude & mask) ^ sign) &- sign))
    return true
  }

  @inline(__always)
  mutating func intToNumber() -> Bool {
    let operand = left
    if operand.isInt {
      finish(Word(number: Double(operand.int)))
      return true
    }
    guard operand.isNumber else { return false }
    finish(operand)
    return true
  }

  @inline(__always)
  mutating func negate() -> Bool {
    let operand = left
    if operand.isNumber {
      finish(Word(number: -operand.number))
      return true
    }
    guard operand.isInt, operand.int != IntRange.minimum else { return false }
    finish(Word(int: -operand.int))
    return true
  }

  /// Leaves the loop for an instruction of one operand; false if it ended the run.
  @inline(__always)
  mutating func unary(_ state: RunState) -> Bool {
    finishOutOfLine(TierZeroSlowPaths.unary(position, left, state))
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

  /// Two numbers, or mixtures as `numeric` takes them.
  @inline(__always)
  mutating func numbers(_ operation: (Double, Double) -> Double) -> Bool {
    let (left, right) = (left, right)
    if left.isNumber, right.isNumber, hasSeen(.numberNumber) {
      finish(Word(number: operation(left.number, right.number)))
      return true
    }
    return numeric(left, right, operation)
  }

  /// Division; a zero divisor traps out of line.
  @inline(__always)
  mutating func divideNumbers() -> Bool {
    let right = right
    if right.isZeroNumber || right.isInt && right.int == 0 { return false }
    return numbers { $0 / $1 }
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
    finishOutOfLine(TierZeroSlowPaths.binary(position, left, right, base, state))
  }

  @inline(__always)
  mutating func binaryConstant(_ state: RunState) -> Bool {
    finishOutOfLine(TierZeroSlowPaths.binary(position, left, constant, base, state))
  }

  @inline(__always)
  private mutating func finishOutOfLine(_ result: Word) -> Bool {
    guard result != .sentinel else { return false }
    finish(result)
    return true
  }
}
