/// The binary form of programs (`.sbc`).
///
/// Magic, version, then the sections in ascending order of their numbers, each its number, its
/// length and its content; an empty one is left out. Every element has exactly one encoding and
/// every other is refused: `decode(encode(p)) == p` and `encode(decode(b)) == b`.
///
/// - Source: LEB128 as in DWARF 5, section 7.6; signed numbers are zigzag-coded.
public enum BinaryCodec {
  /// The first bytes of every binary program; the first of them begins no text.
  public static let magic: [UInt8] = [0x8F, 0x53, 0x42, 0x43]
  /// The version written, and the only one read.
  public static let version: UInt64 = 1

  enum Section: UInt8, CaseIterable {
    case name = 1
    case constants, strings, schemas, foreignFunctions, bindings, functions, code, labels, lines
    case schedule
  }

  /// Encodes a program.
  ///
  /// - Precondition: the functions' regions tile the instructions, counts and offsets are not
  ///   negative, `lines` is empty or has an entry for each instruction, and a struct's field kinds
  ///   are those of its layout.
  /// - Complexity: O(size of the program).
  public static func encode(_ program: Program) -> [UInt8] {
    var writer = BinaryWriter()
    writer.write(bytes: magic)
    writer.write(version)
    let encoder = ProgramEncoder(program: program)
    for section in Section.allCases where encoder.has(section) {
      var content = BinaryWriter()
      encoder.encode(section, into: &content)
      writer.write(section.rawValue)
      writer.write(content.bytes.count)
      writer.write(bytes: content.bytes)
    }
    return writer.bytes
  }

  /// Decodes a program; nothing about it is checked but its form.
  ///
  /// - Throws: the first error by offset.
  /// - Complexity: O(bytes); what is allocated is at most proportional to the bytes.
  public static func decode(_ bytes: [UInt8]) throws(FormatError) -> Program {
    var reader = BinaryReader(bytes)
    for expected in magic {
      let byte = try reader.readByte("the magic bytes of a binary program")
      guard byte == expected else {
        throw reader.error("expected the magic bytes of a binary program", at: reader.offset - 1)
      }
    }
    let place = reader.offset
    let found = try reader.readNumber("a version")
    guard found == version else {
      throw reader.error("expected version \(version), found version \(found)", at: place)
    }
    var decoder = ProgramDecoder(reader)
    return try decoder.decode()
  }
}
