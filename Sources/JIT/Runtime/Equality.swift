import Bytecode
import CRuntime

extension RuntimeArithmetic {
  /// `Eq`: numeric across int and number, strings, ranges, some, ok and err by content, the rest by
  /// value or identity; different kinds are unequal.
  ///
  /// Never traps: contents nest as deep as a program makes them, but each has only one.
  static func equals(_ left: Word, _ right: Word) -> Bool {
    var (left, right) = (left, right)
    while true {
      if left.isNumeric, right.isNumeric {
        let a = left.isInt ? Double(left.int) : left.number
        let b = right.isInt ? Double(right.int) : right.number
        return a == b
      }
      guard left.isHeap, right.isHeap, left.cell.pointee.kind == right.cell.pointee.kind else {
        return left == right
      }
      switch left.kind {
      case .string: return Word.haveEqualBytes(left, right)
      case .range:
        let (a, b) = (left.range.pointee, right.range.pointee)
        return a.start == b.start && a.end == b.end && a.header.flags == b.header.flags
      case .some, .ok, .err: (left, right) = (left.content, right.content)
      case .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .closure:
        return left == right
      case .null, .unit, .bool, .int, .number, .function:
        preconditionFailure("no heap values")
      case .reference, .cell: preconditionFailure("the verifier confines references and cells")
      }
    }
  }
}
