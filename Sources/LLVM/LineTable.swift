/// Which line each stretch of machine code comes from, read from an object file; the C API has no
/// reader.
///
/// The line number program of DWARF 5, section 6.2, <https://dwarfstd.org/doc/DWARF5.pdf>; a
/// sequence begins in one section and stays there.
struct LineTable {
  struct Row {
    let section: Int
    /// Bytes from the start of the section.
    let address: Int
    /// From 1; nil where code comes from no line, and behind the end of a sequence.
    let line: Int?
  }

  /// In order of section and address.
  private(set) var rows: [Row] = []

  init(_ image: ELFImage) {
    guard let position = image.section(named: ".debug_line") else { return }
    let symbols = image.symbols
    var addresses: [Int: (section: Int, address: Int)] = [:]
    for section in image.sections
    where section.type == ELFImage.typeRelocations && section.info == position {
      for relocation in image.relocations(in: section) {
        let symbol = symbols[relocation.symbol]
        addresses[relocation.offset] = (symbol.section, symbol.value + relocation.addend)
      }
    }
    var cursor = Cursor(
      bytes: UnsafeRawBufferPointer(
        rebasing: image.bytes[
          image.sections[position].content]))
    while !cursor.isAtEnd { readUnit(&cursor, addresses) }
    rows.sort { ($0.section, $0.address) < ($1.section, $1.address) }
  }

  /// Reads one line number program with its header.
  private mutating func readUnit(
    _ cursor: inout Cursor, _ addresses: [Int: (section: Int, address: Int)]
  ) {
    let length = Int(cursor.word32())
    let end = cursor.position + length
    let version = cursor.word16()
    precondition(version == 5, "the compile unit asks for DWARF 5")
    cursor.position += 2  // Sizes of addresses and segment selectors.
    let headerLength = Int(cursor.word32())
    let program = cursor.position + headerLength
    let unit = Int(cursor.byte())
    cursor.position += 2  // Operations per instruction, and whether lines start statements.
    let lineBase = Int(Int8(bitPattern: cursor.byte()))
    let lineRange = Int(cursor.byte())
    let opcodeBase = Int(cursor.byte())
    let operandCounts = (1..<opcodeBase).map { _ in Int(cursor.byte()) }
    cursor.position = program
    var state = State()
    while cursor.position < end {
      let opcode = Int(cursor.byte())
      if opcode >= opcodeBase {
        state.address += (opcode - opcodeBase) / lineRange * unit
        state.line += lineBase + (opcode - opcodeBase) % lineRange
        append(state)
        continue
      }
      switch opcode {
      case 0: readExtended(&cursor, &state, addresses)
      case 1: append(state)
      case 2: state.address += cursor.unsigned() * unit
      case 3: state.line += cursor.signed()
      case 8: state.address += (255 - opcodeBase) / lineRange * unit
      case 9: state.address += Int(cursor.word16())
      default:
        // File, column, statements, ends of prologues: of no interest here.
        for _ in 0..<operandCounts[opcode - 1] { _ = cursor.unsigned() }
      }
    }
    cursor.position = end
  }

  private mutating func readExtended(
    _ cursor: inout Cursor, _ state: inout State,
    _ addresses: [Int: (section: Int, address: Int)]
  ) {
    let length = cursor.unsigned()
    let end = cursor.position + length
    switch cursor.byte() {
    case 1:
      rows.append(Row(section: state.section, address: state.address, line: nil))
      state = State()
    case 2:
      guard let place = addresses[cursor.position] else {
        preconditionFailure("a sequence of a relocatable object begins at a relocation")
      }
      (state.section, state.address) = place
    default: break
    }
    cursor.position = end
  }

  private mutating func append(_ state: State) {
    let row = Row(
      section: state.section, address: state.address, line: state.line == 0 ? nil : state.line)
    // A later row of the same address replaces an empty one.
    if let last = rows.last, last.section == row.section, last.address == row.address {
      rows.removeLast()
    }
    rows.append(row)
  }

  private struct State {
    var section = 0
    var address = 0
    var line = 1
  }
}

extension LineTable {
  /// The stretches of one line in a range of a section, in order, adjoining and without gaps.
  ///
  /// - Complexity: O(rows).
  func runs(in section: Int, _ range: Range<Int>) -> [CodeRun] {
    var runs: [CodeRun] = []
    func append(_ start: Int, _ line: Int?) {
      let offset = max(start, range.lowerBound) - range.lowerBound
      if runs.last?.offset == offset { runs.removeLast() }
      if let last = runs.last, last.line == line { return }
      runs.append(CodeRun(offset: offset, line: line))
    }
    append(range.lowerBound, nil)
    for row in rows where row.section == section && row.address < range.upperBound {
      append(row.address, row.line)
    }
    return runs
  }
}

/// A stretch of machine code that comes from one line; it ends where the next one begins.
public struct CodeRun: Hashable, Sendable {
  /// Bytes from the start of the function.
  public let offset: Int
  /// From 1; nil for code that comes from no line.
  public let line: Int?
}

/// Reads the encodings of DWARF.
private struct Cursor {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  var isAtEnd: Bool { position >= bytes.count }

  mutating func byte() -> UInt8 {
    defer { position += 1 }
    return bytes[position]
  }

  mutating func word16() -> UInt16 {
    defer { position += 2 }
    return bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self)
  }

  mutating func word32() -> UInt32 {
    defer { position += 4 }
    return bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
  }

  /// An unsigned LEB128 number.
  mutating func unsigned() -> Int {
    var value = 0
    var shift = 0
    while true {
      let next = byte()
      value |= Int(next & 0x7F) << shift
      shift += 7
      if next & 0x80 == 0 { return value }
    }
  }

  /// A signed LEB128 number.
  mutating func signed() -> Int {
    var value = 0
    var shift = 0
    while true {
      let next = byte()
      value |= Int(next & 0x7F) << shift
      shift += 7
      if next & 0x80 == 0 { return next & 0x40 == 0 || shift >= 64 ? value : value - (1 << shift) }
    }
  }
}
