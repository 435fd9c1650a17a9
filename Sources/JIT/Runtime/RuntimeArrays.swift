import Bytecode
import CRuntime

/// Makers of arrays, and instructions on whole sequences.
enum RuntimeArrays {
  /// `NewArray`.
  static func newArray(
    _ values: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    try make(.plain, values, state)
  }

  /// `NewTypedArray`: packed if all values are ints, all numeric, or all bools; an empty one is
  /// plain.
  static func newTypedArray(
    _ values: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    try make(packedKind(values), values, state)
  }

  /// The packed kind a value asks for, `plain` if none.
  static func packedKind(_ value: Word) -> ArrayKind {
    value.isInt ? .int : value.isNumber ? .float : value.isBool ? .bool : .plain
  }

  private static func packedKind(_ values: UnsafeBufferPointer<Word>) -> ArrayKind {
    guard let first = values.first else { return .plain }
    var kind = packedKind(first)
    for value in values {
      let other = packedKind(value)
      if other == kind { continue }
      guard other == .int || other == .float, kind == .int || kind == .float else { return .plain }
      kind = .float
    }
    return kind
  }

  /// - Precondition: the kind admits the values.
  private static func make(
    _ kind: ArrayKind, _ values: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.array(kind, count: values.count))
    let array = state.heap.makeArray(kind, capacity: values.count)
    for (index, value) in values.enumerated() {
      Heap.store(try Heap.admit(value, into: kind), index, array, kind)
    }
    array.array.pointee.length = UInt64(values.count)
    return array
  }

  /// `ArrayPush`.
  ///
  /// - Throws: TypeError for no array and for a value it does not take; `.outOfMemory`.
  static func push(_ array: Word, _ value: Word, _ state: RunState) throws(Stop) {
    guard array.isArray else { throw .typeError }
    let kind = ArrayKind(array)
    let admitted = try Heap.admit(value, into: kind)
    try state.chargeTested(kind.elementBytes)
    state.heap.append(admitted, to: array)
  }

  /// `ArrayPop`: the last element, which is removed; null if there is none.
  ///
  /// - Throws: TypeError for no array.
  static func pop(_ array: Word) throws(Stop) -> Word {
    guard array.isArray else { throw .typeError }
    let count = array.arrayCount
    if count == 0 { return .null }
    let value = array.element(count - 1)
    array.array.pointee.length = UInt64(count - 1)
    return value
  }

  /// `Length`: scalars, elements, keys, entries, or ints of a range.
  ///
  /// - Throws: TypeError for everything else.
  static func length(_ value: Word, _ state: RunState) throws(Stop) -> Word {
    Word(int: Int64(try count(value, state)))
  }

  private static func count(_ value: Word, _ state: RunState) throws(Stop) -> Int {
    if value.isArray { return value.arrayCount }
    if value.isString { return value.scalarCount }
    if value.isObject { return state.keyCount(value) }
    if value.isMap { return Int(value.map.pointee.count) }
    guard value.isCell(.range) else { throw .typeError }
    return value.rangeCount
  }

  /// `SliceAccess`: a part of an array, of the same kind, or of a string.
  ///
  /// - Throws: TypeError for other receivers and for bounds that are no index and not null;
  ///   `.outOfMemory`.
  static func slice(
    _ receiver: Word, _ start: Word, _ end: Word, _ state: RunState
  ) throws(Stop) -> Word {
    if receiver.isString {
      let scalars = try bounds(start, end, receiver.scalarCount)
      let first = receiver.byteOffset(ofScalar: scalars.lowerBound)
      let last = receiver.byteOffset(ofScalar: scalars.upperBound)
      return try RuntimeStrings.part(of: receiver, first..<last, state)
    }
    guard receiver.isArray else { throw .typeError }
    let range = try bounds(start, end, receiver.arrayCount)
    try state.chargeTested(AbstractSize.array(ArrayKind(receiver), count: range.count))
    return state.heap.slice(receiver, range)
  }

  /// The part of a sequence that two bounds name; the end is excluded.
  private static func bounds(
    _ start: Word, _ end: Word, _ count: Int
  ) throws(Stop) -> Range<Int> {
    let first = start == .null ? 0 : clamp(try start.toInt(), count)
    let last = end == .null ? count : clamp(try end.toInt(), count)
    return first..<max(first, last)
  }

  private static func clamp(_ bound: Int64, _ count: Int) -> Int {
    max(0, min(count, bound < 0 ? Int(bound) + count : Int(bound)))
  }

  /// `MakeRange`.
  ///
  /// - Throws: TypeError for bounds that are no ints, for a flag that is no bool, and for a length
  ///   that is no int.
  static func makeRange(
    _ start: Word, _ end: Word, _ isInclusive: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let first = try start.toFittingInt()
    let last = try end.toFittingInt()
    guard isInclusive.isBool else { throw .typeError }
    guard last - first + (isInclusive.bool ? 1 : 0) <= IntRange.maximum else { throw .typeError }
    state.charge(AbstractSize.range)
    return state.heap.makeRange(first, last, isInclusive: isInclusive.bool)
  }
}

// MARK: - Iteration

extension RuntimeArrays {
  /// `IterNext`: the element at an index, null past the end.
  ///
  /// - Throws: TypeError for what is not iterated and for an index that is no int ≥ 0;
  ///   `.outOfMemory` for the string of a scalar and the pair of an entry.
  static func iterNext(
    _ iterated: Word, _ index: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let count = try iterationCount(iterated)
    let position = try iterationIndex(index)
    if position >= count { return .null }
    if iterated.isArray { return iterated.element(position) }
    if iterated.isString { return try RuntimeStrings.scalar(of: iterated, at: position, state) }
    if iterated.isMap { return try pair(iterated, position, state) }
    return Word(int: iterated.range.pointee.start + Int64(position))
  }

  /// `IterDone`: whether an index is past the end.
  ///
  /// - Throws: TypeError as `iterNext`.
  static func iterDone(
    _ iterated: Word, _ index: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let count = try iterationCount(iterated)
    return Word(bool: try iterationIndex(index) >= count)
  }

  private static func iterationCount(_ iterated: Word) throws(Stop) -> Int {
    if iterated.isArray { return iterated.arrayCount }
    if iterated.isString { return iterated.scalarCount }
    if iterated.isMap { return Int(iterated.map.pointee.count) }
    guard iterated.isCell(.range) else { throw .typeError }
    return iterated.rangeCount
  }

  private static func iterationIndex(_ index: Word) throws(Stop) -> Int {
    guard index.isInt, index.int >= 0 else { throw .typeError }
    return Int(index.int)
  }

  /// A fresh array of the key and value of a map's n-th entry.
  private static func pair(
    _ map: Word, _ number: Int, _ state: RunState
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.array(.plain, count: 2))
    let entry = state.heap.entry(number, of: map.map)
    return state.heap.makePair(Word(bits: entry.key), Word(bits: entry.value))
  }
}

extension Word {
  /// The number of ints of a range.
  var rangeCount: Int {
    let range = range.pointee
    let isInclusive = range.header.flags & UInt8(JIT_RANGE_INCLUSIVE) != 0
    return max(0, Int(range.end - range.start) + (isInclusive ? 1 : 0))
  }

  /// `toInt` that fits int.
  ///
  /// - Throws: TypeError.
  func toFittingInt() throws(Stop) -> Int64 {
    let value = try toInt()
    guard IntRange.contains(value) else { throw .typeError }
    return value
  }
}
