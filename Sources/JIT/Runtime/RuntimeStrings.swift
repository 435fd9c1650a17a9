import Bytecode
import CRuntime

/// Strings that instructions and builtins give: each is charged in full, whatever it is made of.
enum RuntimeStrings {
  /// Generic `Add` with at least one string: the concatenation; a number in its printed form.
  ///
  /// - Throws: TypeError if the other operand is neither a string nor numeric; `.outOfMemory`.
  static func add(_ left: Word, _ right: Word, _ state: RunState) throws(Stop) -> Word {
    if left.isString {
      if right.isString { return try concatenate(left, right.utf8, right.scalarCount, state) }
      guard right.isNumeric else { throw .typeError }
      var text = PrintedNumber()
      text.print(right)
      return try text.withBytes { (bytes) throws(Stop) in
        try concatenate(left, bytes, bytes.count, state)
      }
    }
    guard left.isNumeric, right.isString else { throw .typeError }
    var text = PrintedNumber()
    text.print(left)
    return try text.withBytes { (bytes) throws(Stop) in
      try state.chargeTested(AbstractSize.string(bytes.count + right.utf8.count))
      return state.heap.join(bytes, right)
    }
  }

  @inline(__always)
  private static func concatenate(
    _ left: Word, _ right: UnsafeBufferPointer<UInt8>, _ scalarCount: Int, _ state: RunState
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.string(left.utf8.count + right.count))
    return state.heap.concatenate(left, right, scalarCount)
  }

  /// A string of bytes that lie outside the heap or in a string that is reachable.
  ///
  /// - Precondition: the bytes are well-formed UTF-8.
  static func make(
    _ utf8: UnsafeBufferPointer<UInt8>, _ state: RunState
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.string(utf8.count))
    return uncharged(utf8, state)
  }

  /// The same without a charge.
  static func uncharged(_ utf8: UnsafeBufferPointer<UInt8>, _ state: RunState) -> Word {
    if utf8.count == 0 { return state.strings.empty }
    if utf8.count == 1 { return state.strings.ascii[Int(utf8[0])] }
    return state.heap.makeString(utf8)
  }

  /// A string of text that Swift code made.
  ///
  /// - Precondition: the text is well-formed UTF-8.
  static func make(_ text: [UInt8], _ state: RunState) throws(Stop) -> Word {
    try text.withUnsafeBufferPointer { (bytes) throws(Stop) in try make(bytes, state) }
  }

  /// The part of a string that a range of bytes is.
  ///
  /// - Precondition: the range begins and ends between scalars.
  static func part(
    of string: Word, _ range: Range<Int>, _ state: RunState
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.string(range.count))
    return range.count == string.utf8.count
      ? string : uncharged(UnsafeBufferPointer(rebasing: string.utf8[range]), state)
  }

  /// The string of one scalar of a string.
  ///
  /// - Precondition: the string has the scalar.
  static func scalar(
    of string: Word, at position: Int, _ state: RunState
  ) throws(Stop) -> Word {
    let first = string.byteOffset(ofScalar: position)
    let length = UTF8Text.scalarLength(string.utf8[first])
    return try part(of: string, first..<first + length, state)
  }
}

/// The printed form of a number or int, made without Swift's heap where that is easy.
struct PrintedNumber {
  /// Digits of an int from the last to the first, and its sign: at most 16 bytes.
  private var buffer: (UInt64, UInt64) = (0, 0)
  private var first = 16
  private var text: [UInt8] = []

  mutating func print(_ word: Word) {
    guard word.isInt else {
      NumberPrinting.append(word.number, to: &text)
      return
    }
    var rest = word.int.magnitude
    repeat {
      put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest != 0
    if word.int < 0 { put(UInt8(ascii: "-")) }
  }

  private mutating func put(_ byte: UInt8) {
    first -= 1
    let position = first
    withUnsafeMutableBytes(of: &buffer) { $0[position] = byte }
  }

  func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Stop) -> Result
  ) throws(Stop) -> Result {
    if first == 16 {
      return try text.withUnsafeBufferPointer { (bytes) throws(Stop) in try body(bytes) }
    }
    return try withUnsafeBytes(of: buffer) { (raw) throws(Stop) in
      let bytes = raw.assumingMemoryBound(to: UInt8.self)
      return try body(UnsafeBufferPointer(rebasing: bytes[first...]))
    }
  }
}
