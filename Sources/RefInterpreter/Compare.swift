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

  static func coalesce(_ left: Value, _ right: Value) -> Value {
    if case .null = left { right } else { left }
  }

  static func holds<Number: Comparable>(
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

/// Comparison of what may lie in the heap.
extension Heap {
  /// Generic `Gt Lt Gte Lte`: ints and numbers exactly, strings by bytes.
  func ordered(
    _ relation: Compare.Relation, _ left: Value, _ right: Value
  ) throws(TrapKind) -> Value {
    if case .string(let a) = left, case .string(let b) = right {
      return .bool(Compare.holds(relation, Text.Bytes(strings[a]), Text.Bytes(strings[b])))
    }
    if case .int(let a) = left, case .int(let b) = right {
      return .bool(Compare.holds(relation, a, b))
    }
    // An int is compared as the number it is, which is exact.
    return try Compare.numbers(relation, left, right)
  }

  /// Generic `Eq`: never traps; different kinds are unequal, int and number apart.
  ///
  /// Nesting has no limit, and one content leads to one content: a loop walks it.
  func areEqual(_ left: Value, _ right: Value) -> Bool {
    var (left, right) = (left, right)
    while let a = content(ofWrapper: left), let b = content(ofWrapper: right),
      left.kind == right.kind
    {
      (left, right) = (a, b)
    }
    return areEqualOutside(left, right)
  }

  /// What a `some(x)`, `ok(x)` or `err(x)` holds.
  private func content(ofWrapper value: Value) -> Value? {
    if case .some(let place) = value { return contents[place] }
    if case .ok(let place) = value { return contents[place] }
    if case .err(let place) = value { return contents[place] }
    return nil
  }

  /// `Eq` of values that are not both `some`, `ok` or `err`.
  private func areEqualOutside(_ left: Value, _ right: Value) -> Bool {
    if case .int(let a) = left, case .int(let b) = right { return a == b }
    // An int is compared as the number it is, which is exact.
    if let a = try? left.toNumber(), let b = try? right.toNumber() { return a == b }
    guard left.kind == right.kind else { return false }
    if case .bool(let a) = left, case .bool(let b) = right { return a == b }
    if case .string(let a) = left, case .string(let b) = right {
      return strings[a].utf8 == strings[b].utf8
    }
    if case .range(let a) = left, case .range(let b) = right { return ranges[a] == ranges[b] }
    if case .function(let a) = left, case .function(let b) = right { return a == b }
    // What is left is null, unit, or compared by identity.
    return left.place == right.place
  }
}

extension Text {
  /// A string as it is ordered: by bytes.
  struct Bytes: Comparable {
    let text: Text

    init(_ text: Text) { self.text = text }

    static func < (left: Bytes, right: Bytes) -> Bool {
      left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    static func == (left: Bytes, right: Bytes) -> Bool { left.text.utf8 == right.text.utf8 }
  }
}
