/// The sections and symbols of a 64-bit little-endian ELF file that LLVM has just written.
///
/// Valid only as long as the bytes are.
struct ELFImage {
  struct Section {
    let nameOffset: Int
    let type: UInt32
    let flags: UInt64
    let content: Range<Int>
    /// The section of the names of a symbol table; the symbol table of relocations.
    let link: Int
    /// The section that relocations apply to.
    let info: Int
  }

  struct Symbol {
    let name: String
    let isFunction: Bool
    /// The position of its section; of none for symbols defined elsewhere.
    let section: Int
    /// Bytes from the start of its section.
    let value: Int
    let size: Int
  }

  static let typeSymbolTable: UInt32 = 2
  static let typeStringTable: UInt32 = 3
  static let typeRelocations: UInt32 = 4
  static let typeNoBits: UInt32 = 8
  static let flagAllocated: UInt64 = 2
  static let flagExecutable: UInt64 = 4
  private static let symbolSize = 24

  let bytes: UnsafeRawBufferPointer
  let sections: [Section]
  /// The section of the sections' names.
  private let names: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    let header = Int(bytes.loadUnaligned(fromByteOffset: 0x28, as: UInt64.self))
    let entrySize = Int(bytes.loadUnaligned(fromByteOffset: 0x3A, as: UInt16.self))
    let count = Int(bytes.loadUnaligned(fromByteOffset: 0x3C, as: UInt16.self))
    names = Int(bytes.loadUnaligned(fromByteOffset: 0x3E, as: UInt16.self))
    sections = (0..<count).map { position in
      let start = header + position * entrySize
      func word32(_ offset: Int) -> UInt32 {
        bytes.loadUnaligned(fromByteOffset: start + offset, as: UInt32.self)
      }
      func word(_ offset: Int) -> UInt64 {
        bytes.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
      }
      let offset = Int(word(0x18))
      return Section(
        nameOffset: Int(word32(0)), type: word32(4), flags: word(8),
        content: offset..<offset + Int(word(0x20)), link: Int(word32(0x28)),
        info: Int(word32(0x2C)))
    }
  }

  /// The symbols of the symbol table in its order.
  var symbols: [Symbol] {
    guard let table = sections.first(where: { $0.type == Self.typeSymbolTable }) else { return [] }
    let names = sections[table.link].content.lowerBound
    return stride(
      from: table.content.lowerBound, to: table.content.upperBound, by: Self.symbolSize
    ).map { start in
      let name = Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
      let section = bytes.loadUnaligned(fromByteOffset: start + 6, as: UInt16.self)
      let value = bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self)
      let size = bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt64.self)
      return Symbol(
        name: text(at: names + name), isFunction: bytes[start + 4] & 0xF == 2,
        section: Int(section), value: Int(value), size: Int(size))
    }
  }

  /// Where in the file the names of the symbols of a name start.
  func nameOffsets(of name: String) -> Set<Int> {
    guard let table = sections.first(where: { $0.type == Self.typeSymbolTable }) else { return [] }
    let names = sections[table.link].content.lowerBound
    let starts = stride(
      from: table.content.lowerBound, to: table.content.upperBound, by: Self.symbolSize
    ).map { names + Int(bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)) }
    return Set(starts.filter { text(at: $0) == name })
  }

  /// The position of the section of a name, nil if there is none.
  func section(named name: String) -> Int? {
    let start = sections[names].content.lowerBound
    return sections.firstIndex { text(at: start + $0.nameOffset) == name }
  }

  /// The text up to the zero byte.
  private func text(at start: Int) -> String {
    var end = start
    while bytes[end] != 0 { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// A place that the loader is to fill with an address.
struct ELFRelocation {
  /// Where, in bytes from the start of the section it applies to.
  let offset: Int
  /// The position of the symbol meant.
  let symbol: Int
  /// How the address goes in; a number of the machine's.
  let type: UInt32
  /// What is added to the symbol's address.
  let addend: Int
}

extension ELFImage {
  private static let relocationSize = 24

  /// The relocations a section holds, in its order.
  func relocations(in section: Section) -> [ELFRelocation] {
    stride(
      from: section.content.lowerBound, to: section.content.upperBound, by: Self.relocationSize
    ).map { start in
      let offset = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      let info = bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self)
      let addend = bytes.loadUnaligned(fromByteOffset: start + 16, as: Int64.self)
      return ELFRelocation(
        offset: Int(offset), symbol: Int(info >> 32), type: UInt32(truncatingIfNeeded: info),
        addend: Int(addend))
    }
  }
}
