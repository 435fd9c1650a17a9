import Bytecode

/// What of two heap values that should be the same one differs.
enum CellDifference {
  /// The field of the first difference.
  ///
  /// - Precondition: the cells differ.
  static func field(_ expected: ObservedCell, _ actual: ObservedCell) -> DifferenceField {
    if expected.number != actual.number { return .cellIdentity }
    return field(expected.content, actual.content) { $0 == $1 } ?? .cellValue
  }

  /// The field of the first difference, nil if there is none.
  ///
  /// - Parameter matches: whether two values that cells hold are the same one.
  static func field(
    _ expected: ObservedCell.Content, _ actual: ObservedCell.Content,
    matching matches: (ObservedValue, ObservedValue) -> Bool
  ) -> DifferenceField? {
    if name(of: expected) != name(of: actual) { return .cellKind }
    let (one, other) = (Parts(expected), Parts(actual))
    if one.owner != other.owner { return .cellOwner }
    if one.keys != other.keys { return .cellKeys }
    if one.shape != other.shape { return .cellShape }
    return values(one.values, other.values, matches)
  }

  /// A cell of any kind, taken apart.
  private struct Parts {
    /// The schema of a record, the function of a closure.
    var owner: Int?
    var shape: Int?
    var keys: [ObservedValue] = []
    var values: [ObservedValue]

    init(_ content: ObservedCell.Content) {
      switch content {
      case .array(let elements): values = elements
      case .intArray(let elements): values = elements.map { .int($0) }
      case .floatArray(let elements): values = elements.map { .number(bitPattern: $0) }
      case .boolArray(let elements): values = elements.map { .bool($0) }
      case .object(let number, let names, let held):
        (shape, keys, values) = (number, names.map { .string($0) }, held)
      case .dictionary(let names, let held): (keys, values) = (names.map { .string($0) }, held)
      case .record(let schema, let fields): (owner, values) = (schema.position, fields)
      case .map(let entries, let held): (keys, values) = (entries, held)
      case .range(let start, let end, let isInclusive):
        values = [.int(start), .int(end), .bool(isInclusive)]
      case .some(let value), .ok(let value), .err(let value), .cell(let value): values = [value]
      case .closure(let function, let captures): (owner, values) = (function.position, captures)
      }
    }
  }

  /// Whether the first difference of what two cells hold is a number of values, which heap value
  /// stands somewhere, or a value; nil if there is none.
  private static func values(
    _ expected: [ObservedValue], _ actual: [ObservedValue],
    _ matches: (ObservedValue, ObservedValue) -> Bool
  ) -> DifferenceField? {
    if expected.count != actual.count { return .cellLength }
    for (one, other) in zip(expected, actual) where !matches(one, other) {
      if case .identity(let kind, _) = one, case .identity(let otherKind, _) = other,
        kind == otherKind
      {
        return .cellIdentity
      }
      return .cellValue
    }
    return nil
  }

  /// The kind of a cell as signatures name it.
  static func name(of content: ObservedCell.Content) -> String {
    switch content {
    case .array: ValueKind.array.name
    case .intArray: ValueKind.intArray.name
    case .floatArray: ValueKind.floatArray.name
    case .boolArray: ValueKind.boolArray.name
    case .object: ValueKind.object.name
    case .dictionary: "dictionary"
    case .record: ValueKind.record.name
    case .map: ValueKind.map.name
    case .range: ValueKind.range.name
    case .some: ValueKind.some.name
    case .ok: ValueKind.ok.name
    case .err: ValueKind.err.name
    case .closure: ValueKind.closure.name
    case .cell: ValueKind.cell.name
    }
  }
}
