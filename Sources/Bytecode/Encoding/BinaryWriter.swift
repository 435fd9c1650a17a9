/// Appends the elements of the binary form.
struct BinaryWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ byte: UInt8) { bytes.append(byte) }

  mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Writes a number in the fewest bytes of seven bits, lowest first (LEB128).
  mutating func write(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Writes a count, index or offset.
  ///
  /// - Precondition: it is not negative.
  mutating func write(_ value: Int) { write(UInt64(value)) }

  mutating func write<Space>(_ index: TypedIndex<Space>) { write(UInt64(index.rawValue)) }

  /// Writes a number that may be negative, small magnitudes in few bytes.
  mutating func write(signed value: Int64) {
    write(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func write(fixed value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  mutating func write(_ literal: Literal) {
    write(literal.utf8.count)
    bytes.append(contentsOf: literal.utf8)
  }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write<Element>(
    _ elements: [Element], _ write: (inout BinaryWriter, Element) -> Void
  ) {
    self.write(elements.count)
    for element in elements { write(&self, element) }
  }

  /// Writes nil as 0 and a value behind a 1.
  mutating func write<Element>(
    optional value: Element?, _ write: (inout BinaryWriter, Element) -> Void
  ) {
    self.write(value != nil)
    if let value { write(&self, value) }
  }
}
