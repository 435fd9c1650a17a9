import Bytecode

extension RuntimeArithmetic {
  /// Runs a comparison other than `CmpTyped`.
  ///
  /// - Throws: `.typeError` for an operand the form does not take; generic equality never.
  static func compare(
    _ relation: Relation, _ form: ArithmeticForm, _ left: Word, _ right: Word
  ) throws(Stop) -> Bool {
    switch form {
    case .int:
      let a = try left.toInt()
      return relation.holds(a, try right.toInt())
    case .number:
      let a = try left.toNumber()
      return relation.holds(a, try right.toNumber())
    case .generic:
      switch relation {
      case .equal: return equals(left, right)
      case .notEqual: return !equals(left, right)
      case .greater, .less, .greaterOrEqual, .lessOrEqual:
        if left.isString, right.isString {
          return relation.holds(UTF8Text.order(left.utf8, right.utf8), 0)
        }
        // An int has 48 bits: widening it is exact, and so is the comparison.
        let a = try left.toNumber()
        return relation.holds(a, try right.toNumber())
      }
    case .bits, .typed: preconditionFailure("no comparison has this form")
    }
  }
}

extension Relation {
  @inline(__always)
  func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .greater: left > right
    case .less: left < right
    case .greaterOrEqual: left >= right
    case .lessOrEqual: left <= right
    case .equal: left == right
    case .notEqual: left != right
    }
  }
}
