/// Takes the elements of the binary form from bytes, refusing every form but the one
/// `BinaryWriter` writes.
struct BinaryReader {
  private let bytes: [UInt8]
  /// The byte read next.
  private(set) var offset: Int
  /// The end of what may be read.
  private(set) var end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  var isAtEnd: Bool { offset == end }
  var remaining: Int { end - offset }

  func error(_ reason: String, at place: Int? = nil) -> FormatError {
    FormatError(offset: place ?? offset, reason: reason)
  }

  mutating func readByte(_ what: String) throws(FormatError) -> UInt8 {
    guard offset < end else { throw error("expected \(what), found the end") }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func readFlag(_ what: String) throws(FormatError) -> Bool {
    switch try readByte(what) {
    case 0: return false
    case 1: return true
    case let other: throw error("expected 0 or 1 for \(what), found \(other)", at: offset - 1)
    }
  }

  /// Reads a LEB128 number of the fewest bytes.
  mutating func readNumber(_ what: String, upTo limit: UInt64 = .max) throws(FormatError) -> UInt64
  {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try readByte(what)
      if shift == 63, byte > 1 { throw error("expected a number of 64 bits", at: start) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        if byte == 0, shift > 0 {
          throw error("expected a number in as few bytes as it needs", at: start)
        }
        break
      }
      shift += 7
    }
    guard value <= limit else {
      throw error("expected \(what) of at most \(limit), found \(value)", at: start)
    }
    return value
  }

  mutating func readSigned(_ what: String, within limit: Int64) throws(FormatError) -> Int64 {
    let start = offset
    let raw = try readNumber(what)
    let value = Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    guard value >= -limit, value <= limit else {
      throw error("expected \(what) in ±\(limit), found \(value)", at: start)
    }
    return value
  }

  mutating func readOrdinal(_ what: String) throws(FormatError) -> Int {
    Int(try readNumber(what, upTo: UInt64(ProgramLimits.ordinal)))
  }

  mutating func readIndex<Space>(_ what: String) throws(FormatError) -> TypedIndex<Space> {
    TypedIndex(Int(try readNumber(what, upTo: UInt64(UInt32.max))))
  }

  /// Reads a count of elements that take `size` bytes or more each, so that nothing is reserved
  /// that the input cannot fill.
  mutating func readCount(
    _ what: String, upTo limit: Int, size: Int = 1
  ) throws(FormatError) -> Int {
    let start = offset
    let count = try readNumber(what)
    guard count <= UInt64(limit) else {
      throw error("expected at most \(limit) \(what), found \(count)", at: start)
    }
    guard Int(count) * size <= remaining else {
      throw error("expected \(count) \(what), found \(remaining) bytes left", at: start)
    }
    return Int(count)
  }

  mutating func readFixed(_ what: String) throws(FormatError) -> UInt64 {
    guard remaining >= 8 else { throw error("expected 8 bytes of \(what)") }
    var value: UInt64 = 0
    for place in 0..<8 { value |= UInt64(bytes[offset + place]) << UInt64(8 * place) }
    offset += 8
    return value
  }

  mutating func readBytes(_ what: String) throws(FormatError) -> ArraySlice<UInt8> {
    let start = offset
    let count = try readNumber(what)
    guard count <= UInt64(remaining) else {
      throw error("expected \(count) bytes of \(what), found \(remaining)", at: start)
    }
    offset += Int(count)
    return bytes[offset - Int(count)..<offset]
  }

  mutating func readLiteral(_ what: String) throws(FormatError) -> Literal {
    let start = offset
    guard let literal = Literal(validating: Array(try readBytes(what))) else {
      throw error("expected well-formed UTF-8 in \(what)", at: start)
    }
    return literal
  }

  mutating func readName(_ what: String, isField: Bool = false) throws(FormatError) -> String {
    let start = offset
    let name = try readBytes(what)
    guard isField ? Names.isFieldName(name) : Names.isName(name) else {
      throw error("expected \(what) to be a name", at: start)
    }
    return String(decoding: name, as: UTF8.self)
  }

  mutating func readArray<Element>(
    _ what: String, upTo limit: Int, size: Int = 1,
    _ read: (inout BinaryReader) throws(FormatError) -> Element
  ) throws(FormatError) -> [Element] {
    let count = try readCount(what, upTo: limit, size: size)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  mutating func readOptional<Element>(
    _ what: String, _ read: (inout BinaryReader) throws(FormatError) -> Element
  ) throws(FormatError) -> Element? {
    try readFlag("whether there is \(what)") ? try read(&self) : nil
  }

  /// Reads an enumeration's code.
  mutating func readCode<Code: RawRepresentable>(
    _ what: String
  ) throws(FormatError) -> Code where Code.RawValue == UInt8 {
    let raw = try readByte(what)
    guard let code = Code(rawValue: raw) else {
      throw error("expected the code of \(what), found \(raw)", at: offset - 1)
    }
    return code
  }

  /// Confines reading to a section of stated length; gives the end to return to.
  mutating func enterSection(_ what: String) throws(FormatError) -> Int {
    let length = try readCount(what, upTo: .max >> 1)
    let outerEnd = end
    end = offset + length
    return outerEnd
  }

  /// Ends a section, which must be used up.
  mutating func leaveSection(_ what: String, to outerEnd: Int) throws(FormatError) {
    guard isAtEnd else { throw error("expected the end of \(what), found \(remaining) more bytes") }
    end = outerEnd
  }
}
