import Bytecode
import CRuntime

/// The builtins on FloatArrays: element by element into a new one.
extension RuntimeBuiltins {
  /// `vec_abs` and `vec_sqrt`.
  ///
  /// - Throws: TypeError for no FloatArray; `.outOfMemory`.
  static func vector(
    _ builtin: Builtin, _ array: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let isRoot = builtin == .vecSqrt
    precondition(isRoot || builtin == .vecAbs, "the caller names one of two functions")
    guard array.isCell(.floatArray) else { throw .typeError }
    return try floats(array.arrayCount, state) { index in
      let value = array.float(index)
      return isRoot ? jit_math_sqrt(value) : value.magnitude
    }
  }

  /// The builtins on a FloatArray and another of its length or a number.
  ///
  /// - Throws: TypeError for other operands; `.outOfMemory`.
  static func vector(
    _ builtin: Builtin, _ left: Word, _ right: Word, _ state: RunState
  ) throws(Stop) -> Word {
    guard left.isCell(.floatArray) else { throw .typeError }
    let count = left.arrayCount
    if right.isCell(.floatArray) {
      guard right.arrayCount == count else { throw .typeError }
      return try vector(builtin, left, count, state) { right.float($0) }
    }
    let scalar = try right.toNumber()
    return try vector(builtin, left, count, state) { _ in scalar }
  }

  @inline(__always)
  private static func vector(
    _ builtin: Builtin, _ left: Word, _ count: Int, _ state: RunState, _ right: (Int) -> Double
  ) throws(Stop) -> Word {
    if builtin == .vecAdd { return try floats(count, state) { left.float($0) + right($0) } }
    if builtin == .vecSub { return try floats(count, state) { left.float($0) - right($0) } }
    if builtin == .vecMul { return try floats(count, state) { left.float($0) * right($0) } }
    if builtin == .vecDiv { return try floats(count, state) { left.float($0) / right($0) } }
    let isMaximum = builtin == .vecMax
    precondition(isMaximum || builtin == .vecMin, "the caller names one of six functions")
    return try floats(count, state) { extremum(left.float($0), right($0), isMaximum: isMaximum) }
  }

  @inline(__always)
  private static func floats(
    _ count: Int, _ state: RunState, _ value: (Int) -> Double
  ) throws(Stop) -> Word {
    try state.chargeTested(AbstractSize.array(.float, count: count))
    let result = state.heap.makeArray(.float, capacity: count)
    guard count > 0 else { return result }
    let elements = result.array.elements(Word.self)
    for index in 0..<count { elements[index] = Word(number: value(index)) }
    result.array.pointee.length = UInt64(count)
    return result
  }
}

extension Word {
  /// The element of a FloatArray that has it.
  @inline(__always)
  fileprivate func float(_ index: Int) -> Double { array.elements(Double.self)[index] }
}
