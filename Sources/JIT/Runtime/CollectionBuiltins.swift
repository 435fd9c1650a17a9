import Bytecode

/// The builtins on arrays that have no instruction of their own.
extension RuntimeBuiltins {
  /// `first`, `last`: null if the array is empty.
  static func element(_ array: Word, atEnd isLast: Bool) throws(Stop) -> Word {
    guard array.isArray else { throw .typeError }
    let count = array.arrayCount
    return count == 0 ? .null : array.element(isLast ? count - 1 : 0)
  }

  /// `reverse`: a new array of the same kind.
  static func reversed(_ array: Word, _ state: RunState) throws(Stop) -> Word {
    guard array.isArray else { throw .typeError }
    let kind = ArrayKind(array)
    let count = array.arrayCount
    try state.chargeTested(AbstractSize.array(kind, count: count))
    let result = state.heap.makeArray(kind, capacity: count)
    for index in 0..<count { Heap.store(array.element(count - 1 - index), index, result, kind) }
    result.array.pointee.length = UInt64(count)
    return result
  }

  /// The position of the first element that is `Eq` to a value, −1 if none is.
  static func position(of value: Word, in array: Word) throws(Stop) -> Int64 {
    guard array.isArray else { throw .typeError }
    for index in 0..<array.arrayCount
    where RuntimeArithmetic.equals(array.element(index), value) {
      return Int64(index)
    }
    return -1
  }

  /// `join`: printed forms with a string between them.
  static func joined(_ array: Word, _ separator: Word, _ state: RunState) throws(Stop) -> Word {
    guard array.isArray, separator.isString else { throw .typeError }
    let limit = state.textLimit
    var text: [UInt8] = []
    for index in 0..<array.arrayCount where text.count <= limit {
      if index > 0 { text += separator.utf8 }
      ValuePrinting.append(array.element(index), state, limit: limit, to: &text)
    }
    return try RuntimeStrings.make(text, state)
  }

  /// `zip`: an array of pairs, as long as the shorter one.
  static func zipped(_ left: Word, _ right: Word, _ state: RunState) throws(Stop) -> Word {
    guard left.isArray, right.isArray else { throw .typeError }
    let count = min(left.arrayCount, right.arrayCount)
    let pairBytes = AbstractSize.array(.plain, count: 2)
    try state.chargeTested(AbstractSize.array(.plain, count: count) + count * pairBytes)
    let result = state.heap.makeArray(.plain, capacity: count)
    for index in 0..<count {
      let pair = state.heap.makePair(left.element(index), right.element(index))
      state.heap.append(pair, to: result)
    }
    return result
  }

  /// `range(n)` and `range(a, b)`: an IntArray.
  static func ints(
    _ arguments: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    let first = try arguments[0].toFittingInt()
    let (start, end) = arguments.count == 1 ? (0, first) : (first, try arguments[1].toFittingInt())
    let count = Int(max(0, end - start))
    try state.chargeTested(AbstractSize.array(.int, count: count))
    let array = state.heap.makeArray(.int, capacity: count)
    guard count > 0 else { return array }
    let elements = array.array.elements(Int64.self)
    for index in 0..<count { elements[index] = start + Int64(index) }
    array.array.pointee.length = UInt64(count)
    return array
  }

  /// `filled(n, v)`: packed as `NewTypedArray` would; empty if n is not positive.
  static func filled(_ count: Word, _ value: Word, _ state: RunState) throws(Stop) -> Word {
    let count = Int(max(0, try count.toFittingInt()))
    let kind = count == 0 ? .plain : RuntimeArrays.packedKind(value)
    try state.chargeTested(AbstractSize.array(kind, count: count))
    let array = state.heap.makeArray(kind, capacity: count)
    for index in 0..<count { Heap.store(value, index, array, kind) }
    array.array.pointee.length = UInt64(count)
    return array
  }
}
