import Bytecode
import CRuntime

/// Elements of the four kinds of array.
extension Word {
  /// The element of an array.
  ///
  /// - Precondition: the index is within the array's length.
  func element(_ index: Int) -> Word {
    let array = array
    switch ArrayKind(self) {
    case .plain: return array.elements(Word.self)[index]
    case .int: return Word(int: array.elements(Int64.self)[index])
    case .float: return Word(bits: array.elements(UInt64.self)[index])
    case .bool: return Word(bool: array.elements(UInt8.self)[index] != 0)
    }
  }

  /// The length of an array.
  var arrayCount: Int { array.count }
}

extension Heap {
  /// The form a value takes in an array, so that storing it cannot fail any more.
  ///
  /// - Throws: TypeError for a misfit: an IntArray takes `toInt` results that fit int, a FloatArray
  ///   `toNumber`, a BoolArray bools.
  static func admit(_ value: Word, into kind: ArrayKind) throws(Stop) -> Word {
    switch kind {
    case .plain: return value
    case .int:
      let integer = try value.toInt()
      guard IntRange.contains(integer) else { throw .typeError }
      return Word(int: integer)
    case .float: return Word(number: try value.toNumber())
    case .bool:
      guard value.isBool else { throw .typeError }
      return value
    }
  }

  /// Overwrites an element with a value the kind has admitted.
  static func store(_ value: Word, _ index: Int, _ array: Word, _ kind: ArrayKind) {
    switch kind {
    case .plain: array.array.elements(Word.self)[index] = value
    case .int: array.array.elements(Int64.self)[index] = value.int
    case .float: array.array.elements(UInt64.self)[index] = value.bits
    case .bool: array.array.elements(UInt8.self)[index] = value.bool ? 1 : 0
    }
  }

  /// Appends a value the array's kind has admitted; grows by doubling.
  func append(_ value: Word, to array: Word) {
    let kind = ArrayKind(array)
    let count = array.arrayCount
    if count == Int(array.array.pointee.capacity) {
      reserve(array.array, kind, max(4, 2 * count))
    }
    Heap.store(value, count, array, kind)
    array.array.pointee.length += 1
  }

  /// A plain array of two values.
  func makePair(_ first: Word, _ second: Word) -> Word {
    let pair = makeArray(.plain, capacity: 2)
    let elements = pair.array.elements(Word.self)
    elements[0] = first
    elements[1] = second
    pair.array.pointee.length = 2
    return pair
  }

  /// A new array of the same kind with a part of another's elements.
  ///
  /// - Precondition: the range lies within the array.
  func slice(_ array: Word, _ range: Range<Int>) -> Word {
    let kind = ArrayKind(array)
    let result = makeArray(kind, capacity: range.count)
    guard let source = array.array.pointee.elements, let target = result.array.pointee.elements
    else { return result }
    target.copyMemory(
      from: source + range.lowerBound * kind.elementBytes,
      byteCount: range.count * kind.elementBytes)
    result.array.pointee.length = UInt64(range.count)
    return result
  }
}
