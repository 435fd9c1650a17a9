import Bytecode

/// The numbers of heap values, in the order of first appearance.
struct Identities {
  struct Key: Hashable {
    let kind: ValueKind
    let place: Int
  }

  private var numbers: [Key: Int] = [:]

  /// How many values have a number.
  var count: Int { numbers.count }

  mutating func number(of key: Key) -> Int {
    if let number = numbers[key] { return number }
    let number = numbers.count
    numbers[key] = number
    return number
  }
}

/// What events, endings and the walk over the heap show of values.
extension Machine {
  /// A value as every engine reports it; this is where a NaN gets its one bit pattern.
  mutating func observe(_ value: Value) -> ObservedValue {
    switch value {
    case .null: return .null
    case .unit: return .unit
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .number(let value): return .number(bitPattern: Machine.bits(of: value))
    case .string(let place):
      recordedBytes += UInt64(heap.strings[place].utf8.count)
      return .string(Literal(decoding: heap.strings[place].utf8))
    case .function(let function): return .function(function)
    case .array(let place), .intArray(let place), .floatArray(let place), .boolArray(let place),
      .object(let place), .record(let place), .map(let place), .range(let place),
      .some(let place), .ok(let place), .err(let place), .closure(let place), .cell(let place):
      let key = Identities.Key(kind: value.kind, place: place)
      return .identity(value.kind, number: identities.number(of: key))
    case .reference: preconditionFailure("the verifier keeps references from being observed")
    }
  }

  mutating func observe(_ values: [Value]) -> [ObservedValue] { values.map { observe($0) } }

  private static func bits(of number: Double) -> UInt64 {
    number.isNaN ? canonicalNaN : number.bitPattern
  }

  /// A value and the heap reachable from it, breadth first.
  mutating func observeHeap(from value: Value) -> (value: ObservedValue, heap: [ObservedCell]) {
    let root = observe(value)
    return (root, observeHeap(from: [value]))
  }

  /// The heap reachable from some values, breadth first.
  mutating func observeHeap(from roots: [Value]) -> [ObservedCell] {
    var cells: [ObservedCell] = []
    var seen: Set<Identities.Key> = []
    var pending: [Value] = []
    func see(_ value: Value) {
      guard let place = value.place else { return }
      if seen.insert(Identities.Key(kind: value.kind, place: place)).inserted {
        pending.append(value)
      }
    }
    for root in roots { see(root) }
    var next = 0
    while next < pending.count {
      let value = pending[next]
      next += 1
      guard case .identity(_, let number) = observe(value), let content = content(of: value)
      else { preconditionFailure("only values with an identity are pending") }
      cells.append(ObservedCell(number: number, content: content))
      for part in parts(of: value) { see(part) }
    }
    return cells
  }

  /// The values a heap value holds, as the walk takes them; keys of a map are scalars.
  private func parts(of value: Value) -> [Value] {
    switch value {
    case .array(let place): heap.arrays[place]
    case .object(let place): heap.objects[place].values
    case .record(let place): heap.records[place].fields
    case .map(let place): heap.maps[place].values
    case .some(let place), .ok(let place), .err(let place): [heap.contents[place]]
    case .closure(let place): heap.closures[place].captures
    case .cell(let place): [heap.cells[place]]
    case .null, .unit, .bool, .int, .number, .string, .intArray, .floatArray, .boolArray, .range,
      .function, .reference:
      []
    }
  }

  /// What a heap value holds; nil for what has no identity.
  private mutating func content(of value: Value) -> ObservedCell.Content? {
    switch value {
    case .array(let place): return .array(observe(heap.arrays[place]))
    case .intArray(let place): return .intArray(heap.intArrays[place])
    case .floatArray(let place):
      return .floatArray(heap.floatArrays[place].map(Machine.bits(of:)))
    case .boolArray(let place): return .boolArray(heap.boolArrays[place])
    case .object(let place):
      let object = heap.objects[place]
      let keys = object.keys.map { Literal(decoding: shapes.names.texts[$0]) }
      let values = observe(object.values)
      guard let shape = object.shape else { return .dictionary(keys: keys, values: values) }
      return .object(shape: shape, keys: keys, values: values)
    case .record(let place):
      let record = heap.records[place]
      return .record(record.schema, observe(record.fields))
    case .map(let place):
      return .map(keys: observe(heap.maps[place].keys), values: observe(heap.maps[place].values))
    case .range(let place):
      let range = heap.ranges[place]
      return .range(start: range.start, end: range.end, isInclusive: range.isInclusive)
    case .some(let place): return .some(observe(heap.contents[place]))
    case .ok(let place): return .ok(observe(heap.contents[place]))
    case .err(let place): return .err(observe(heap.contents[place]))
    case .closure(let place):
      let closure = heap.closures[place]
      return .closure(closure.function, captures: observe(closure.captures))
    case .cell(let place): return .cell(observe(heap.cells[place]))
    case .null, .unit, .bool, .int, .number, .string, .function, .reference: return nil
    }
  }
}
