import Bytecode

/// Ranges, and iteration over them and over arrays, strings and maps.
extension Machine {
  mutating func makeRange() throws(Stop) {
    let start = try checked { () throws(TrapKind) in try operand(3).toFittingInt() }
    let end = try checked { () throws(TrapKind) in try operand(2).toFittingInt() }
    guard case .bool(let isInclusive) = operand(1) else { throw .trapped(.typeError) }
    let range = RangeCell(start: start, end: end, isInclusive: isInclusive)
    guard IntRange.contains(Int64(range.count)) else { throw .trapped(.typeError) }
    chargeFixed(Size.range)
    heap.ranges.append(range)
    replaceOperands(3, by: .range(heap.ranges.count - 1))
  }

  /// How many turns an iteration takes.
  private func turnCount(of receiver: Value) throws(Stop) -> Int {
    if receiver.kind == .object { throw .trapped(.typeError) }
    return try length(of: receiver)
  }

  private func turn(_ index: Value) throws(Stop) -> Int {
    guard case .int(let turn) = index, turn >= 0 else { throw .trapped(.typeError) }
    return Int(turn)
  }

  func isDone(_ receiver: Value, atTurn index: Value) throws(Stop) -> Value {
    let count = try turnCount(of: receiver)
    return .bool(try turn(index) >= count)
  }

  /// The element of an array, scalar of a string, int of a range, or key and value of a map; null
  /// past the end.
  mutating func element(of receiver: Value, atTurn index: Value) throws(Stop) -> Value {
    let count = try turnCount(of: receiver)
    let turn = try turn(index)
    guard turn < count else { return .null }
    if let array = receiver.array { return heap.element(turn, of: array) }
    if case .string(let place) = receiver {
      return try makeString(heap.strings[place].scalar(at: turn) ?? [])
    }
    if case .range(let place) = receiver { return .int(heap.ranges[place].start + Int64(turn)) }
    guard case .map(let place) = receiver else { preconditionFailure("only these have turns") }
    try chargeTested(Size.slots(2))
    let map = heap.maps[place]
    return heap.make(array: [map.keys[turn], map.values[turn]])
  }
}
