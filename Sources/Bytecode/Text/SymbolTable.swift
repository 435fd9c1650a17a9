/// Numbers the distinct names of a text, so that every later lookup is an array access.
///
/// The words of the language come first and have the same numbers in every text.
struct SymbolTable {
  private var slots: [Int32]
  private var hashes: [Int]
  /// Where each name lies: a word in `vocabulary`, any other name in the source.
  private var ranges: [Range<UInt32>]
  private let vocabularyCount: Int
  private let vocabulary: [UInt8]

  var count: Int { ranges.count }

  /// Makes the table that holds the words only.
  init(words: [String]) {
    var bytes: [UInt8] = []
    var found: [Range<UInt32>] = []
    for word in words {
      let start = UInt32(bytes.count)
      bytes.append(contentsOf: word.utf8)
      found.append(start..<UInt32(bytes.count))
    }
    var size = 16
    while size < 4 * words.count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    hashes = []
    ranges = []
    vocabulary = bytes
    vocabularyCount = words.count
    for range in found {
      let hash = Self.hash(bytes, Int(range.lowerBound), Int(range.upperBound))
      insert(range, hash: hash, slot: freeSlot(for: hash))
    }
  }

  /// The symbol of a name of the source, numbered now if it is new.
  ///
  /// - Complexity: O(length) on average, whatever the names: the hash is seeded per process.
  mutating func symbol(from start: Int, to end: Int, in source: [UInt8]) -> UInt32 {
    let hash = Self.hash(source, start, end)
    if let known = find(from: start, to: end, hash: hash, in: source) { return known }
    let symbol = UInt32(ranges.count)
    if 2 * (ranges.count + 1) > slots.count { grow() }
    insert(UInt32(start)..<UInt32(end), hash: hash, slot: freeSlot(for: hash))
    return symbol
  }

  /// The symbol of a name of the source if the text holds it as a whole name.
  func symbol(known start: Int, to end: Int, in source: [UInt8]) -> UInt32? {
    find(from: start, to: end, hash: Self.hash(source, start, end), in: source)
  }

  /// The name of a symbol.
  func name(of symbol: UInt32, in source: [UInt8]) -> String {
    let range = ranges[Int(symbol)]
    let bytes = Int(symbol) < vocabularyCount ? vocabulary : source
    return String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
  }

  private func find(from start: Int, to end: Int, hash: Int, in source: [UInt8]) -> UInt32? {
    let mask = slots.count - 1
    var slot = hash & mask
    while slots[slot] >= 0 {
      let symbol = Int(slots[slot])
      if hashes[symbol] == hash {
        let range = ranges[symbol]
        let isEqual =
          symbol < vocabularyCount
          ? Self.equal(vocabulary, range, source, start, end)
          : Self.equal(source, range, source, start, end)
        if isEqual { return UInt32(symbol) }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func freeSlot(for hash: Int) -> Int {
    let mask = slots.count - 1
    var slot = hash & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func insert(_ range: Range<UInt32>, hash: Int, slot: Int) {
    slots[slot] = Int32(ranges.count)
    ranges.append(range)
    hashes.append(hash)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    for (symbol, hash) in hashes.enumerated() { slots[freeSlot(for: hash)] = Int32(symbol) }
  }

  @inline(__always)
  private static func hash(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
    var hasher = Hasher()
    var word: UInt64 = 1
    for position in start..<end {
      if word >> 56 != 0 {
        hasher.combine(word)
        word = 1
      }
      word = word << 8 | UInt64(bytes[position])
    }
    hasher.combine(word)
    return hasher.finalize()
  }

  @inline(__always)
  private static func equal(
    _ left: [UInt8], _ range: Range<UInt32>, _ right: [UInt8], _ start: Int, _ end: Int
  ) -> Bool {
    guard range.count == end - start else { return false }
    var position = Int(range.lowerBound)
    for other in start..<end {
      if left[position] != right[other] { return false }
      position += 1
    }
    return true
  }
}
