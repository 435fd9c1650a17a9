import Bytecode
import CRuntime

/// The number of a property key; equal keys have equal numbers.
typealias PropertyKey = UInt32

/// Strings that live as long as a session, outside the heap: constants, names, keys of shapes,
/// strings of one ASCII scalar. Each content is there once and has a number as a property key.
final class StaticStrings {
  /// By property key.
  private(set) var words: [Word] = []
  /// Bytes of all contents.
  private(set) var byteCount = 0
  /// Open addressing, a power of two; positions + 1, 0 where empty.
  private var table: [UInt32] = Array(repeating: 0, count: 512)

  /// The string of one ASCII scalar by its code.
  let ascii: UnsafeMutablePointer<Word>
  private(set) var empty: Word
  /// The key `length`.
  let length: PropertyKey

  init() {
    ascii = .allocate(capacity: 128)
    empty = .null
    length = 0
    ascii.initialize(repeating: .null, count: 128)
    let key = intern(Literal("length"))
    precondition(key == length, "the first key has number 0")
    empty = word(Literal(""))
    for code in 0..<128 { ascii[code] = word(Literal(String(UnicodeScalar(UInt8(code))))) }
  }

  deinit {
    for word in words { word.address.deallocate() }
    ascii.deallocate()
  }

  /// The number of a content, which is added if it is new.
  func intern(_ literal: Literal) -> PropertyKey {
    literal.utf8.withUnsafeBufferPointer { intern($0, hash: UTF8Text.hash($0)) }
  }

  /// The static string of a content.
  func word(_ literal: Literal) -> Word { words[Int(intern(literal))] }

  /// The number of a string as a key, which is added if it is new.
  func intern(_ string: Word) -> PropertyKey {
    if let key = string.staticKey { return key }
    return intern(string.utf8, hash: string.stringHash)
  }

  /// The number of a string as a key; nil if nothing has that key, so no shape has it either.
  func key(of string: Word) -> PropertyKey? {
    if let key = string.staticKey { return key }
    let position = slot(string.utf8, hash: string.stringHash)
    return table[position] == 0 ? nil : table[position] - 1
  }

  func literal(_ key: PropertyKey) -> Literal { words[Int(key)].literal }

  private func intern(_ utf8: UnsafeBufferPointer<UInt8>, hash: UInt32) -> PropertyKey {
    let position = slot(utf8, hash: hash)
    if table[position] != 0 { return table[position] - 1 }
    let key = PropertyKey(words.count)
    words.append(make(utf8, hash: hash, key: key))
    byteCount += utf8.count
    table[position] = key + 1
    if 2 * words.count > table.count { grow() }
    return key
  }

  /// Where a content is in the table, or where it would go.
  private func slot(_ utf8: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
    let mask = table.count - 1
    var position = Int(hash) & mask
    while table[position] != 0 {
      let candidate = words[Int(table[position] - 1)]
      if candidate.cell.pointee.auxiliary == hash, UTF8Text.areEqual(candidate.utf8, utf8) {
        break
      }
      position = (position + 1) & mask
    }
    return position
  }

  private func grow() {
    table = Array(repeating: 0, count: 2 * table.count)
    let mask = table.count - 1
    for (key, word) in words.enumerated() {
      var position = Int(word.stringHash) & mask
      while table[position] != 0 { position = (position + 1) & mask }
      table[position] = UInt32(key) + 1
    }
  }

  private func make(
    _ utf8: UnsafeBufferPointer<UInt8>, hash: UInt32, key: PropertyKey
  ) -> Word {
    let header = MemoryLayout<JITStaticString>.size
    let cell = UnsafeMutableRawPointer.allocate(
      byteCount: header + utf8.count, alignment: Int(JIT_GRANULE))
    let bytes = (cell + header).assumingMemoryBound(to: UInt8.self)
    if let source = utf8.baseAddress { bytes.update(from: source, count: utf8.count) }
    let flags = UInt8(JIT_STRING_STATIC)
    cell.assumingMemoryBound(to: JITStaticString.self).initialize(
      to: JITStaticString(
        string: JITString(
          header: JITCell(
            kind: CellKind.string.rawValue, flags: flags, small: 0, auxiliary: hash),
          byte_count: UInt32(utf8.count), scalar_count: UInt32(UTF8Text.scalarCount(utf8)),
          bytes: bytes), key: UInt64(key)))
    return Word(cell: cell)
  }
}

extension Word {
  /// The property key of a static string, nil for a string of the heap.
  fileprivate var staticKey: PropertyKey? {
    guard cell.pointee.flags & UInt8(JIT_STRING_STATIC) != 0 else { return nil }
    let string = address.assumingMemoryBound(to: JITStaticString.self)
    return PropertyKey(truncatingIfNeeded: string.pointee.key)
  }
}
