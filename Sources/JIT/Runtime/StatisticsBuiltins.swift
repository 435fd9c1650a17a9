import Bytecode
import CRuntime

/// The builtins that reduce an array of numbers: left to right, never fused or reassociated.
extension RuntimeBuiltins {
  /// Calls a body with each element widened.
  ///
  /// - Throws: TypeError for no array, for a BoolArray, and at the first element that is no number.
  private static func forEachNumber(
    _ array: Word, _ body: (Double) -> Void
  ) throws(Stop) {
    guard array.isArray else { throw .typeError }
    let count = array.arrayCount
    switch ArrayKind(array) {
    case .plain:
      for index in 0..<count { body(try array.array.elements(Word.self)[index].toNumber()) }
    case .int:
      for index in 0..<count { body(Double(array.array.elements(Int64.self)[index])) }
    case .float:
      for index in 0..<count { body(array.array.elements(Double.self)[index]) }
    case .bool: throw .typeError
    }
  }

  private static func total(_ array: Word) throws(Stop) -> Double {
    var sum = 0.0
    try forEachNumber(array) { sum += $0 }
    return sum
  }

  /// `sum`: an IntArray by `AddInt` from 0, all others as numbers from 0.0.
  static func sum(_ array: Word) throws(Stop) -> Word {
    guard array.isCell(.intArray) else { return Word(number: try total(array)) }
    var sum = Word(int: 0)
    for index in 0..<array.arrayCount {
      sum = try RuntimeArithmetic.int(.add, sum, array.element(index))
    }
    return sum
  }

  /// `mean`: null if there is no element.
  static func mean(_ array: Word) throws(Stop) -> Word {
    let total = try total(array)
    let count = array.arrayCount
    return count == 0 ? .null : Word(number: total / Double(count))
  }

  /// `variance`: of the population, in two passes; null if there is no element.
  static func variance(_ array: Word) throws(Stop) -> Word {
    guard let variance = try squares(array) else { return .null }
    return Word(number: variance)
  }

  /// `std`: null if there is no element.
  static func standardDeviation(_ array: Word) throws(Stop) -> Word {
    guard let variance = try squares(array) else { return .null }
    return Word(number: jit_math_sqrt(variance))
  }

  private static func squares(_ array: Word) throws(Stop) -> Double? {
    let total = try total(array)
    let count = array.arrayCount
    if count == 0 { return nil }
    let mean = total / Double(count)
    var sum = 0.0
    try forEachNumber(array) { sum += ($0 - mean) * ($0 - mean) }
    return sum / Double(count)
  }
}
