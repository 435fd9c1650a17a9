import Bytecode

/// Arrays and slices: section 5 of `Docs/bytecode.md`.
extension Machine {
  mutating func newArray(of count: Int) throws(Stop) {
    try chargeTested(Size.slots(count))
    let elements = Array(operands.suffix(count))
    operands.removeLast(count)
    operands.append(heap.make(array: elements))
  }

  mutating func newTypedArray(of count: Int) throws(Stop) {
    let elements = Array(operands.suffix(count))
    try chargeTested(Size.typedArray(of: elements, count: count))
    operands.removeLast(count)
    operands.append(heap.makeTypedArray(of: elements))
  }

  /// The array a value is.
  func array(_ value: Value) throws(Stop) -> ArrayPlace {
    guard let array = value.array else { throw .trapped(.typeError) }
    return array
  }

  /// `Length`: of a string in scalars, of an object in keys.
  func length(of value: Value) throws(Stop) -> Int {
    if let array = value.array { return heap.count(of: array) }
    if case .string(let place) = value { return heap.strings[place].scalarCount }
    if case .object(let place) = value { return heap.objects[place].keys.count }
    if case .map(let place) = value { return heap.maps[place].keys.count }
    if case .range(let place) = value { return heap.ranges[place].count }
    throw .trapped(.typeError)
  }

  // MARK: Both ends

  mutating func arrayPush() throws(Stop) {
    let receiver = operand(2)
    try push(operand(1), to: receiver)
    replaceOperands(2, by: receiver)
  }

  mutating func arrayPush(toLocal local: LocalIndex) throws(Stop) {
    try push(operand(1), to: heap.content(of: locals[frame.firstLocal + local.position]))
    operands.removeLast()
  }

  mutating func push(_ value: Value, to receiver: Value) throws(Stop) {
    let array = try array(receiver)
    let element = try checked { () throws(TrapKind) in try heap.element(value, fitting: array) }
    try chargeTested(Size.element(of: array))
    heap.append(element, to: array)
  }

  mutating func popElement(of receiver: Value) throws(Stop) -> Value {
    let array = try array(receiver)
    return heap.count(of: array) == 0 ? .null : heap.removeLast(of: array)
  }

  // MARK: Elements

  /// The position an index names; a negative one counts from the end.
  func position(_ index: Value, in count: Int) throws(Stop) -> Int {
    let index = Int(try checked { () throws(TrapKind) in try index.toInt() })
    let position = index < 0 ? index + count : index
    guard position >= 0 && position < count else { throw .trapped(.indexOutOfBounds) }
    return position
  }

  /// Stores the top operand at the index below it, and drops both.
  mutating func storeElement(of receiver: Value) throws(Stop) {
    try setProperty(operand(2), of: receiver, to: operand(1))
    operands.removeLast(2)
  }

  // MARK: Slices

  mutating func slice(
    _ receiver: Value, from start: Value, to end: Value
  ) throws(Stop) -> Value {
    guard case .string(let place) = receiver else {
      let array = try array(receiver)
      let positions = try bounds(from: start, to: end, in: heap.count(of: array))
      try chargeTested(Size.array(like: array, count: positions.count))
      return heap.makeArray(like: array, of: positions)
    }
    let text = heap.strings[place]
    let positions = try bounds(from: start, to: end, in: text.scalarCount)
    let first = text.offset(ofScalar: positions.lowerBound)
    let last = text.offset(ofScalar: positions.upperBound)
    return try makeString(Array(text.utf8[first..<last]))
  }

  private func bounds(
    from start: Value, to end: Value, in count: Int
  ) throws(Stop) -> Range<Int> {
    let first = try bound(start, in: count, or: 0)
    let last = try bound(end, in: count, or: count)
    return first..<max(first, last)
  }

  private func bound(_ value: Value, in count: Int, or absent: Int) throws(Stop) -> Int {
    if case .null = value { return absent }
    let bound = Int(try checked { () throws(TrapKind) in try value.toInt() })
    return min(max(bound < 0 ? bound + count : bound, 0), count)
  }
}
