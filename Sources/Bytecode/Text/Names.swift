/// The names a program may give to what it declares.
enum Names {
  /// Whether the bytes match `[A-Za-z_][A-Za-z0-9_.]*`.
  static func isName(_ bytes: some Collection<UInt8>) -> Bool {
    guard let first = bytes.first, isStart(first) else { return false }
    return bytes.dropFirst().allSatisfy(isPart)
  }

  /// Whether the bytes are a name without a dot, as a field's must be: `S.f` splits at the last dot.
  static func isFieldName(_ bytes: some Collection<UInt8>) -> Bool {
    isName(bytes) && !bytes.contains(UInt8(ascii: "."))
  }

  @inline(__always)
  static func isStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  @inline(__always)
  static func isPart(_ byte: UInt8) -> Bool {
    isStart(byte) || isDigit(byte) || byte == UInt8(ascii: ".")
  }

  /// Names no schema may have, because they are kinds or C types where a schema's name may stand.
  static let reservedForKinds: Set<String> = Set(
    ValueKind.allCases.map(\.name) + SlotKind.Base.named.map(\.name)
      + ForeignType.named.map(\.name))
}

extension SlotKind.Base {
  /// Every base but schemas, with its name in text form.
  static let named: [(name: String, base: SlotKind.Base)] = [
    ("int", .int), ("number", .number), ("bool", .bool), ("string", .string), ("array", .array),
    ("IntArray", .intArray), ("FloatArray", .floatArray), ("BoolArray", .boolArray),
    ("object", .object), ("map", .map), ("range", .range), ("function", .function),
  ]
}

extension ForeignType {
  /// Every C type but structs and callbacks, with its name in text form.
  static let named: [(name: String, type: ForeignType)] = [
    ("i8", .i8), ("i16", .i16), ("i32", .i32), ("i64", .i64), ("u8", .u8), ("u16", .u16),
    ("u32", .u32), ("u64", .u64), ("f32", .f32), ("f64", .f64), ("bool", .bool),
    ("ptr", .pointer), ("cstring", .cString),
  ]

  /// The slot kind of a struct's field of this type; nil for a type no field may have.
  var fieldKind: SlotKind? {
    switch self {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: SlotKind(.int)
    case .f32, .f64: SlotKind(.number)
    case .bool: SlotKind(.bool)
    case .pointer: SlotKind(.int, isNullable: true)
    case .structure(let index): SlotKind(.schema(index))
    case .cString, .callback: nil
    }
  }

  /// Whether a callback may take or give the type.
  var isCallbackType: Bool {
    switch self {
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer: true
    case .cString, .structure, .callback: false
    }
  }
}
