import Bytecode

/// What of two heap values that should be the same one differs.
enum CellDifference {
  /// The field of the first difference.
  ///
  /// - Precondition: the cells differ.
  static func field(_ expected: ObservedCell, _ actual: ObservedCell) -> DifferenceField {
    if expected.number != actual.number { return .cellIdentity }
    let (one, other) = (Parts(expected.content), Parts(actual.content))
    if name(of: expected.content) != name(of: actual.content) { return .cellKind }
    if one.owner != other.owner { return .cellOwner }
    if one.keys != other.keys { return .cellKeys }
    if one.shape != other.shape { return .cellShape }
    return values(one.values, other.values)
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
  /// stands somewhere, or a value.
  private static func values(
    _ expected: [ObservedValue], _ actual: [ObservedValue]
  ) -> DifferenceField {
    if expected.count != actual.count { return .cellLength }
    for (one, other) in zip(expected, actual) where one != other {
      if case .identity(let kind, _) = one, case .identity(let otherKind, _) = other,
        kind == otherKind
      {
        return .cellIdentity
      }
      return .cellValue
    }
    return .cellValue
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
