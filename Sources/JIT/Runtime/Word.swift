import Bytecode

/// A NaN-boxed value: one 64-bit word.
///
///     0x0000… – 0xFFF8…   a binary64; the one NaN is 0x7FF8000000000000
///     0xFFF9 | 48 bits    an int, two's complement
///     0xFFFA | 0 … 3      null, unit, false, true
///     0xFFFB | 48 bits    a heap value: the address of its cell
///     0xFFFC | 32 bits    a function by its index
///     0xFFFD, 0xFFFE      never a value
///     0xFFFF…FFFF         never a value: the sentinel of calls that did not return one
///
/// The hardware's own default NaN (0xFFF8000000000000) is no boxed value: every double is made
/// canonical when it is boxed.
struct Word: Hashable, BitwiseCopyable, Sendable {
  var bits: UInt64

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  static let intTag: UInt64 = 0xFFF9
  static let specialTag: UInt64 = 0xFFFA
  static let heapTag: UInt64 = 0xFFFB
  static let functionTag: UInt64 = 0xFFFC
  /// Words below this, unsigned, are numbers.
  static let firstNonNumber: UInt64 = 0xFFF9_0000_0000_0000
  static let payloadMask: UInt64 = 0x0000_FFFF_FFFF_FFFF

  static let null = Word(bits: 0xFFFA_0000_0000_0000)
  static let unit = Word(bits: 0xFFFA_0000_0000_0001)
  static let `false` = Word(bits: 0xFFFA_0000_0000_0002)
  static let `true` = Word(bits: 0xFFFA_0000_0000_0003)
  static let sentinel = Word(bits: .max)

  /// Boxes an int.
  ///
  /// - Precondition: the value is in the 48-bit range.
  @inline(__always)
  init(int value: Int64) {
    bits = 0xFFF9_0000_0000_0000 | (UInt64(bitPattern: value) & 0x0000_FFFF_FFFF_FFFF)
  }

  /// Boxes a number, making a NaN canonical.
  @inline(__always)
  init(number value: Double) {
    bits = value == value ? value.bitPattern : 0x7FF8_0000_0000_0000
  }

  @inline(__always)
  init(bool value: Bool) { bits = 0xFFFA_0000_0000_0002 | (value ? 1 : 0) }

  /// Boxes a cell.
  @inline(__always)
  init(cell: UnsafeMutableRawPointer) {
    bits = 0xFFFB_0000_0000_0000 | UInt64(UInt(bitPattern: cell))
  }

  /// Boxes a function without captures.
  @inline(__always)
  init(function: FunctionIndex) { bits = 0xFFFC_0000_0000_0000 | UInt64(function.rawValue) }

  @inline(__always)
  var isNumber: Bool { bits < 0xFFF9_0000_0000_0000 }
  @inline(__always)
  var isInt: Bool { bits &>> 48 == 0xFFF9 }
  @inline(__always)
  var isBool: Bool { bits | 1 == 0xFFFA_0000_0000_0003 }

  /// The int of a word that is one.
  @inline(__always)
  var int: Int64 { Int64(bitPattern: bits &<< 16) &>> 16 }
  /// The number of a word that is one.
  @inline(__always)
  var number: Double { Double(bitPattern: bits) }
  /// The bool of a word that is one.
  @inline(__always)
  var bool: Bool { bits & 1 == 1 }
  @inline(__always)
  var isHeap: Bool { bits &>> 48 == 0xFFFB }
  @inline(__always)
  var isFunction: Bool { bits &>> 48 == 0xFFFC }
  /// The function of a word that is one.
  @inline(__always)
  var function: FunctionIndex { FunctionIndex(Int(UInt32(truncatingIfNeeded: bits))) }
}
