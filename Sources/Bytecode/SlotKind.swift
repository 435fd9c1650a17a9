/// The kind a parameter, local, capture, binding or field declares.
public struct SlotKind: Hashable, Sendable {
  public enum Base: Hashable, Sendable {
    case int, number, bool, string
    case array, intArray, floatArray, boolArray
    case object, map, range
    /// Functions and closures.
    case function
    /// Records of one schema or struct.
    case schema(SchemaIndex)
  }

  public var base: Base
  /// Whether `null` is admitted too (`int?`).
  public var isNullable: Bool

  public init(_ base: Base, isNullable: Bool = false) {
    self.base = base
    self.isNullable = isNullable
  }

  /// The value kinds a slot of this kind may hold.
  public var kinds: KindSet {
    let own: KindSet =
      switch base {
      case .int: .int
      case .number: .number
      case .bool: .bool
      case .string: .string
      case .array: .array
      case .intArray: .intArray
      case .floatArray: .floatArray
      case .boolArray: .boolArray
      case .object: .object
      case .map: .map
      case .range: .range
      case .function: [.function, .closure]
      case .schema: .record
      }
    return isNullable ? own.union(.null) : own
  }
}

/// A machine number width of the width-typed instructions.
public enum NumericWidth: UInt8, CaseIterable, Hashable, Sendable {
  case i8, i16, i32, i64, u8, u16, u32
  /// Known to the text form so that it can be refused by name; no verified program holds it.
  case u64
  case f32, f64

  public var name: String {
    switch self {
    case .i8: "i8"
    case .i16: "i16"
    case .i32: "i32"
    case .i64: "i64"
    case .u8: "u8"
    case .u16: "u16"
    case .u32: "u32"
    case .u64: "u64"
    case .f32: "f32"
    case .f64: "f64"
    }
  }

  /// The eight integer widths, `i64` and `u64` included.
  public var isInteger: Bool {
    switch self {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: true
    case .f32, .f64: false
    }
  }
}

extension Program {
  /// The text form of a slot kind, such as `int?` or a schema's name.
  public func description(of kind: SlotKind) -> String {
    let base: String =
      switch kind.base {
      case .int: "int"
      case .number: "number"
      case .bool: "bool"
      case .string: "string"
      case .array: "array"
      case .intArray: "IntArray"
      case .floatArray: "FloatArray"
      case .boolArray: "BoolArray"
      case .object: "object"
      case .map: "map"
      case .range: "range"
      case .function: "function"
      case .schema(let index):
        index.position < schemas.count
          ? schemas[index.position].name : "schema #\(index.position)"
      }
    return kind.isNullable ? base + "?" : base
  }
}
