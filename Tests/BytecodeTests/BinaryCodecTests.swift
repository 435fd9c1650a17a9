import Bytecode
import Testing

@Suite struct `Binary form` {
  static let start: [UInt8] = BinaryCodec.magic + [1]
  /// `main() { Halt }`: functions section 7, code section 8.
  static let smallest: [UInt8] =
    start + [7, 10, 1, 0, 4] + Array("main".utf8) + [0, 0, 0] + [8, 2, 1, 109]

  @Test func `reads and writes the smallest program`() throws {
    let program = try BinaryCodec.decode(Self.smallest)
    #expect(program.instructions == [Instruction(.halt)])
    #expect(program.main.name == "main" && program.main.bodyLength == 1)
    #expect(BinaryCodec.encode(program) == Self.smallest)
  }

  /// Bytes behind magic and version, with the offset and a word of the refusal.
  static let refusals: [([UInt8], Int, String)] = [
    ([], 5, "a section of functions"),
    ([99], 5, "the code of a section"),
    ([7, 200], 7, "the end"),
    ([7, 0x8A, 0x00], 6, "as few bytes"),
    ([2, 1, 0], 5, "empty section to be left out"),
    ([2, 3, 2, 0, 0], 9, "each constant once"),
    ([2, 10, 1, 5, 1, 0, 0, 0, 0, 0, 0xF8, 0x7F], 8, "canonical NaN"),
    ([2, 10, 1, 5, 1, 0, 0, 0, 0, 0, 0xF0, 0x7F], 8, "canonical NaN"),
    ([2, 2, 1, 9], 8, "the code of a constant"),
    ([2, 4, 0xFF, 0xFF, 0xFF, 0x7F], 7, "at most 65536 constants"),
    ([3, 3, 1, 1, 0xFF], 8, "UTF-8"),
    ([1, 2, 1, 0x31], 7, "to be a name"),
    ([1, 3, 1, 0x61, 0], 9, "found 1 more"),
    ([1, 2, 1, 0x61, 1, 2, 1, 0x61], 9, "ascending order"),
    ([8, 1, 0], 7, "functions ahead of the code"),
    ([6, 4, 1, 1, 0x61, 0xFE], 10, "the code of a kind"),
  ]

  @Test(arguments: refusals.indices)
  func `names the offset and what was expected`(index: Int) throws {
    let (bytes, offset, part) = Self.refusals[index]
    let error = #expect(throws: FormatError.self) { try BinaryCodec.decode(Self.start + bytes) }
    #expect(error?.offset == offset, "\(String(describing: error))")
    #expect(error?.reason.contains(part) == true, "\(String(describing: error))")
  }

  @Test func `refuses another version by name`() throws {
    var bytes = Self.smallest
    bytes[4] = 2
    let error = #expect(throws: FormatError.self) { try BinaryCodec.decode(bytes) }
    #expect(error?.offset == 4)
    #expect(error?.reason == "expected version 1, found version 2")
  }

  @Test func `refuses bytes behind the last section`() throws {
    let error = #expect(throws: FormatError.self) { try BinaryCodec.decode(Self.smallest + [0]) }
    #expect(error?.offset == Self.smallest.count)
  }

  @Test func `tells text from binary by content and says where either fails`() throws {
    let binary = #expect(throws: ProgramFileError.self) { try Program.read([0x8F, 0x53]) }
    #expect(
      binary?.sentence(file: "a.sbc")
        == "a.sbc: offset 2: format: expected the magic bytes of a binary program, found the end")
    let text = #expect(throws: ProgramFileError.self) { try Program.read(Array("maim".utf8)) }
    #expect(
      text?.sentence(file: "a.sasm")
        == "a.sasm:1:5: syntax: expected a `main(…) {` in the program")
  }
}
