import Bytecode

/// The builtins of arrays that call nothing back.
extension Machine {
  func first(of value: Value) throws(Stop) -> Value {
    let array = try array(value)
    return heap.count(of: array) == 0 ? .null : heap.element(0, of: array)
  }

  func last(of value: Value) throws(Stop) -> Value {
    let array = try array(value)
    let count = heap.count(of: array)
    return count == 0 ? .null : heap.element(count - 1, of: array)
  }

  mutating func reversed(_ value: Value) throws(Stop) -> Value {
    let array = try array(value)
    let count = heap.count(of: array)
    try chargeTested(Size.array(like: array, count: count))
    return heap.makeArray(like: array, of: (0..<count).reversed())
  }

  /// The first position of an element that is `Eq`.
  func index(of element: Value, in value: Value) throws(Stop) -> Int? {
    let array = try array(value)
    return (0..<heap.count(of: array)).first { position in
      heap.areEqual(heap.element(position, of: array), element)
    }
  }

  /// Pairs as `NewArray 2` makes them, as many as the shorter array has elements.
  mutating func pairs(of left: Value, and right: Value) throws(Stop) -> Value {
    let (a, b) = (try array(left), try array(right))
    let count = min(heap.count(of: a), heap.count(of: b))
    try chargeTested(Size.slots(count) + count * Size.slots(2))
    let pairs = (0..<count).map { position in
      heap.make(array: [heap.element(position, of: a), heap.element(position, of: b)])
    }
    return heap.make(array: pairs)
  }

  /// The ints from a first one on, without the end.
  mutating func range(from start: Value, to end: Value) throws(Stop) -> Value {
    let first = try checked { () throws(TrapKind) in try start.toFittingInt() }
    let last = try checked { () throws(TrapKind) in try end.toFittingInt() }
    let ints = first..<max(first, last)
    try chargeTested(Size.slots(ints.count))
    return heap.make(intArray: Array(ints))
  }

  /// A value so many times, packed as `NewTypedArray` would.
  mutating func filled(_ count: Value, with value: Value) throws(Stop) -> Value {
    let count = max(0, Int(try checked { () throws(TrapKind) in try count.toFittingInt() }))
    try chargeTested(Size.typedArray(of: count == 0 ? [] : [value], count: count))
    return heap.makeTypedArray(of: Array(repeating: value, count: count))
  }
}
