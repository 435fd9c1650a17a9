import Bytecode

/// Section 3 of `Docs/bytecode.md`: comparison and logic.
enum Compare {
  enum Relation {
    case greater, less, greaterOrEqual, lessOrEqual, equal, notEqual
  }

  static func ints(
    _ relation: Relation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    let (a, b) = (try left.toInt(), try right.toInt())
    return .bool(holds(relation, a, b))
  }

  static func numbers(
    _ relation: Relation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    let (a, b) = (try left.toNumber(), try right.toNumber())
    return .bool(holds(relation, a, b))
  }

  /// Generic `Gt Lt Gte Lte`: an int is compared as the number it is, which is exact.
  static func ordered(
    _ relation: Relation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): return .bool(holds(relation, a, b))
    case (.int, .number), (.number, .int), (.number, .number):
      return try numbers(relation, left, right)
    case (.null, _), (.unit, _), (.bool, _), (_, .null), (_, .unit), (_, .bool): throw .typeError
    }
  }

  /// Generic `Eq`: never traps; different kinds are unequal, int and number apart.
  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null), (.unit, .unit): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.int(let a), .number(let b)): Double(a) == b
    case (.number(let a), .int(let b)): a == Double(b)
    case (.number(let a), .number(let b)): a == b
    case (.null, _), (.unit, _), (.bool, _), (.int, _), (.number, _): false
    }
  }

  static func and(_ left: Value, _ right: Value) -> Value {
    .bool(left.isTruthy && right.isTruthy)
  }

  static func or(_ left: Value, _ right: Value) -> Value {
    .bool(left.isTruthy || right.isTruthy)
  }

  static func coalesce(_ left: Value, _ right: Value) -> Value {
    if case .null = left { right } else { left }
  }

  private static func holds<Number: Comparable>(
    _ relation: Relation, _ a: Number, _ b: Number
  ) -> Bool {
    switch relation {
    case .greater: a > b
    case .less: a < b
    case .greaterOrEqual: a >= b
    case .lessOrEqual: a <= b
    case .equal: a == b
    case .notEqual: a != b
    }
  }
}
