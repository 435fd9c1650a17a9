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
  var isTrueOrTruthy: Bool { isBool ? bool : isInt ? int != 0 : isTruthyOutOfLine }

  @inline(never)
  private var isTruthyOutOfLine: Bool { isTruthy }
}
