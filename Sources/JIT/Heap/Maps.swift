import Bytecode
import CRuntime

/// The tables of maps, and of objects without a shape: entries in insertion order and an index.
///
/// Keys are canonical: ints, numbers that are no int, bools and strings. `key(_:)` makes them so.
extension Heap {
  /// The form in which a value is a key of a map.
  ///
  /// - Throws: TypeError for NaN and every kind that is no key.
  static func key(_ word: Word) throws(Stop) -> Word {
    if word.isInt || word.isBool || word.isString { return word }
    guard word.isNumber, word.number == word.number else { throw .typeError }
    let value = word.number
    let isInt =
      value >= Double(IntRange.minimum) && value <= Double(IntRange.maximum)
      && value.rounded(.towardZero) == value
    return isInt ? Word(int: Int64(value)) : word
  }

  /// An int is its own hash: keys that count up lie side by side in the index.
  private static func hash(_ key: Word) -> UInt64 {
    if key.isInt { return UInt64(bitPattern: key.int) }
    return key.isHeap ? UInt64(key.stringHash) : UTF8Text.mix(key.bits)
  }

  /// The places of an index in the order in which a key's are tried: soon far from each other, so
  /// that keys alike in their low bits part.
  ///
  /// - Source: the probe sequence of CPython's dictionaries (Objects/dictobject.c).
  private struct Probe {
    private var perturbation: UInt64
    private let mask: UInt64
    private(set) var position: Int

    @inline(__always)
    init(_ key: Word, _ map: UnsafeMutablePointer<JITMap>) {
      perturbation = Heap.hash(key)
      mask = map.pointee.index_mask
      position = Int(truncatingIfNeeded: perturbation & mask)
    }

    @inline(__always)
    mutating func next() {
      perturbation >>= 5
      let next = 5 &* UInt64(truncatingIfNeeded: position) &+ perturbation &+ 1
      position = Int(truncatingIfNeeded: next & mask)
    }
  }

  private static func areEqual(_ left: Word, _ right: Word) -> Bool {
    if left.bits == right.bits { return true }
    guard left.isHeap, right.isHeap else { return false }
    return Word.haveEqualBytes(left, right)
  }

  /// The position of a key's entry, nil if there is none.
  static func find(_ key: Word, in map: UnsafeMutablePointer<JITMap>) -> Int? {
    guard let index = map.pointee.index, let entries = map.pointee.entries else { return nil }
    var probe = Probe(key, map)
    while index[probe.position] != 0 {
      let entry = Int(index[probe.position]) - 1
      let candidate = entries[entry].key
      if candidate != UInt64.max, areEqual(Word(bits: candidate), key) { return entry }
      probe.next()
    }
    return nil
  }

  /// The value of a key, nil if there is none.
  static func value(_ key: Word, in map: UnsafeMutablePointer<JITMap>) -> Word? {
    find(key, in: map).map { Word(bits: map.pointee.entries[$0].value) }
  }

  /// Adds an entry at the end.
  ///
  /// - Precondition: the key is not there.
  func insert(_ key: Word, _ value: Word, into map: UnsafeMutablePointer<JITMap>) {
    if map.pointee.used == map.pointee.capacity { rebuild(map) }
    let position = Int(map.pointee.used)
    map.pointee.entries[position] = JITEntry(key: key.bits, value: value.bits)
    map.pointee.used += 1
    map.pointee.count += 1
    Heap.enter(position, key, map)
  }

  /// Notes an entry in the index.
  private static func enter(_ entry: Int, _ key: Word, _ map: UnsafeMutablePointer<JITMap>) {
    var probe = Probe(key, map)
    while map.pointee.index[probe.position] != 0 { probe.next() }
    map.pointee.index[probe.position] = UInt32(entry + 1)
  }

  /// Drops an entry; the others keep their order.
  static func remove(_ entry: Int, from map: UnsafeMutablePointer<JITMap>) {
    map.pointee.entries[entry] = JITEntry(key: UInt64.max, value: Word.null.bits)
    map.pointee.count -= 1
  }

  /// Makes room for twice the entries present, without deleted ones.
  private func rebuild(_ map: UnsafeMutablePointer<JITMap>) {
    let wanted = max(8, 2 * Int(map.pointee.count))
    let storage = makeStorage(.words, wanted * MemoryLayout<JITEntry>.stride)
    let entries = storage.start.assumingMemoryBound(to: JITEntry.self)
    let capacity = storage.byteCount / MemoryLayout<JITEntry>.stride
    // At most half full.
    var indexSize = 16
    while indexSize < 2 * capacity { indexSize *= 2 }
    let index = makeStorage(.bytes, 4 * indexSize).start.initializeMemory(
      as: UInt32.self, repeating: 0, count: indexSize)
    var count = 0
    for old in 0..<Int(map.pointee.used) where map.pointee.entries[old].key != UInt64.max {
      entries[count] = map.pointee.entries[old]
      count += 1
    }
    map.pointee.entries = entries
    map.pointee.index = index
    map.pointee.index_mask = UInt64(indexSize - 1)
    map.pointee.capacity = UInt64(capacity)
    map.pointee.used = UInt64(count)
    for entry in 0..<count { Heap.enter(entry, Word(bits: entries[entry].key), map) }
  }

  /// The entry that is the n-th of those present.
  ///
  /// Complexity: O(1), or O(entries) once after a deletion.
  func entry(_ number: Int, of map: UnsafeMutablePointer<JITMap>) -> JITEntry {
    if map.pointee.count != map.pointee.used { rebuild(map) }
    return map.pointee.entries[number]
  }
}
