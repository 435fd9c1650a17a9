import Bytecode
import CRuntime

/// The builtins on maps. Each traps TypeError for a receiver that is no map, then for a key that is
/// none.
extension RuntimeBuiltins {
  private static func table(_ map: Word) throws(Stop) -> UnsafeMutablePointer<JITMap> {
    guard map.isMap else { throw .typeError }
    return map.map
  }

  static func value(_ map: Word, _ key: Word) throws(Stop) -> Word {
    let table = try table(map)
    return Heap.value(try Heap.key(key), in: table) ?? .null
  }

  static func setValue(
    _ map: Word, _ key: Word, _ value: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let table = try table(map)
    let key = try Heap.key(key)
    if let entry = Heap.find(key, in: table) {
      table.pointee.entries[entry].value = value.bits
    } else {
      state.charge(AbstractSize.entry)
      state.heap.insert(key, value, into: table)
    }
    return map
  }

  static func hasKey(_ map: Word, _ key: Word) throws(Stop) -> Word {
    let table = try table(map)
    return Word(bool: Heap.find(try Heap.key(key), in: table) != nil)
  }

  static func deleteKey(_ map: Word, _ key: Word) throws(Stop) -> Word {
    let table = try table(map)
    guard let entry = Heap.find(try Heap.key(key), in: table) else { return .false }
    Heap.remove(entry, from: table)
    return .true
  }

  /// The keys of a map as an array, in insertion order.
  static func keys(_ map: Word, _ state: RunState) throws(Stop) -> Word {
    try column(map, state) { $0.key }
  }

  /// The values of a map as an array, in insertion order.
  static func values(_ map: Word, _ state: RunState) throws(Stop) -> Word {
    try column(map, state) { $0.value }
  }

  private static func column(
    _ map: Word, _ state: RunState, _ part: (JITEntry) -> UInt64
  ) throws(Stop) -> Word {
    let table = try table(map)
    let count = Int(table.pointee.count)
    try state.chargeTested(AbstractSize.array(.plain, count: count))
    let array = state.heap.makeArray(.plain, capacity: count)
    guard count > 0 else { return array }
    let elements = array.array.elements(Word.self)
    var position = 0
    for entry in UnsafeBufferPointer(start: table.pointee.entries, count: Int(table.pointee.used))
    where entry.key != UInt64.max {
      elements[position] = Word(bits: part(entry))
      position += 1
    }
    array.array.pointee.length = UInt64(count)
    return array
  }
}
