import Bytecode

/// A key of a map, comparable as keys are: an integral number that fits int is that int.
enum MapKey: Hashable {
  case bool(Bool)
  case int(Int64)
  case number(Double)
  case string([UInt8])
}

/// A map: its entries in the order of insertion.
struct MapCell {
  private(set) var keys: [Value] = []
  private(set) var values: [Value] = []
  private var positions: [MapKey: Int] = [:]

  func position(of key: MapKey) -> Int? { positions[key] }

  mutating func overwrite(at position: Int, with value: Value) { values[position] = value }

  mutating func append(_ key: MapKey, spelled keyValue: Value, _ value: Value) {
    positions[key] = keys.count
    keys.append(keyValue)
    values.append(value)
  }

  /// - Complexity: O(entries): those behind the entry move up.
  mutating func remove(_ key: MapKey) -> Bool {
    guard let removed = positions.removeValue(forKey: key) else { return false }
    keys.remove(at: removed)
    values.remove(at: removed)
    for (key, position) in positions where position > removed { positions[key] = position - 1 }
    return true
  }
}

/// The builtins of maps.
extension Machine {
  mutating func makeMap() -> Value {
    chargeFixed(Size.map)
    heap.maps.append(MapCell())
    return .map(heap.maps.count - 1)
  }

  private func map(_ value: Value) throws(Stop) -> Int {
    guard case .map(let place) = value else { throw .trapped(.typeError) }
    return place
  }

  /// A key, and the value `keys` gives for it.
  private func key(_ value: Value) throws(Stop) -> (key: MapKey, spelled: Value) {
    if case .bool(let bool) = value { return (.bool(bool), value) }
    if case .string(let place) = value { return (.string(heap.strings[place].utf8), value) }
    switch value.numeric {
    case .int(let int): return (.int(int), value)
    case .number(let number):
      if number.isNaN { throw .trapped(.typeError) }
      guard let exact = Int64(exactly: number), IntRange.contains(exact) else {
        return (.number(number), value)
      }
      return (.int(exact), .int(exact))
    case nil: throw .trapped(.typeError)
    }
  }

  func get(from receiver: Value, _ key: Value) throws(Stop) -> Value {
    let map = heap.maps[try map(receiver)]
    return map.position(of: try self.key(key).key).map { map.values[$0] } ?? .null
  }

  mutating func set(in receiver: Value, _ key: Value, _ value: Value) throws(Stop) -> Value {
    let place = try map(receiver)
    let (key, spelled) = try self.key(key)
    if let position = heap.maps[place].position(of: key) {
      heap.maps[place].overwrite(at: position, with: value)
    } else {
      chargeFixed(Size.entry)
      heap.maps[place].append(key, spelled: spelled, value)
    }
    return receiver
  }

  func has(_ receiver: Value, _ key: Value) throws(Stop) -> Value {
    let place = try map(receiver)
    return .bool(heap.maps[place].position(of: try self.key(key).key) != nil)
  }

  mutating func delete(from receiver: Value, _ key: Value) throws(Stop) -> Value {
    let place = try map(receiver)
    let key = try self.key(key).key
    return .bool(heap.maps[place].remove(key))
  }

  mutating func keys(of receiver: Value) throws(Stop) -> Value {
    let keys = heap.maps[try map(receiver)].keys
    try chargeTested(Size.slots(keys.count))
    return heap.make(array: keys)
  }

  mutating func values(of receiver: Value) throws(Stop) -> Value {
    let values = heap.maps[try map(receiver)].values
    try chargeTested(Size.slots(values.count))
    return heap.make(array: values)
  }
}
