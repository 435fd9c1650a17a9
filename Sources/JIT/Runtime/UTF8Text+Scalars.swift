import CRuntime

/// Scalars and substrings in well-formed UTF-8.
extension UTF8Text {
  /// The scalar that begins at an offset, and its bytes.
  static func scalar(
    _ utf8: UnsafeBufferPointer<UInt8>, at offset: Int
  ) -> (scalar: UnicodeScalar, length: Int) {
    let first = utf8[offset]
    let length = scalarLength(first)
    if length == 1 { return (UnicodeScalar(first), 1) }
    // The leading byte holds 5, 4 or 3 bits, each other byte 6.
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in 1..<length { value = value << 6 | UInt32(utf8[offset + index] & 0x3F) }
    guard let scalar = UnicodeScalar(value) else { preconditionFailure("strings are well-formed") }
    return (scalar, length)
  }

  /// An ASCII scalar in upper or lower case.
  @inline(__always)
  static func mapped(_ byte: UInt8, isUpper: Bool) -> UInt8 {
    let first = UInt8(ascii: isUpper ? "a" : "A")
    return byte &- first < 26 ? byte ^ 0x20 : byte
  }

  /// What is left without the White_Space at both ends.
  static func trimmed(_ utf8: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var (start, end) = (0, utf8.count)
    while start < end {
      let (scalar, length) = scalar(utf8, at: start)
      guard scalar.properties.isWhitespace else { break }
      start += length
    }
    while start < end {
      var last = end - 1
      while utf8[last] & 0xC0 == 0x80 { last -= 1 }
      guard scalar(utf8, at: last).scalar.properties.isWhitespace else { break }
      end = last
    }
    return start..<end
  }

  /// Whether a pattern stands at an offset, which may lie outside the text.
  static func matches(
    _ pattern: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, at offset: Int
  ) -> Bool {
    guard offset >= 0, offset + pattern.count <= text.count else { return false }
    return areEqual(UnsafeBufferPointer(rebasing: text[offset..<offset + pattern.count]), pattern)
  }

  /// Where a pattern first stands at or behind an offset; an empty one at the offset.
  ///
  /// In well-formed text a pattern of whole scalars stands only where a scalar begins.
  ///
  /// Complexity: that of the C library, linear.
  static func find(
    _ pattern: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from offset: Int
  ) -> Int? {
    guard let sought = pattern.baseAddress, pattern.count > 0 else { return offset }
    guard let start = text.baseAddress, offset < text.count else { return nil }
    guard
      let found =
        jit_find_bytes(start + offset, text.count - offset, sought, pattern.count)
    else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start)
  }
}
