/// The codes of constants in the binary form: append only.
enum ConstantCode: UInt8 {
  case null, unit, `false`, `true`, int, number, string, function
}

/// The codes of declared kinds in the binary form: append only; 0 is "none declared".
enum SlotKindCode: UInt8 {
  case int = 1
  case number, bool, string, array, intArray, floatArray, boolArray, object, map, range
  case function, schema

  init(_ base: SlotKind.Base) {
    switch base {
    case .int: self = .int
    case .number: self = .number
    case .bool: self = .bool
    case .string: self = .string
    case .array: self = .array
    case .intArray: self = .intArray
    case .floatArray: self = .floatArray
    case .boolArray: self = .boolArray
    case .object: self = .object
    case .map: self = .map
    case .range: self = .range
    case .function: self = .function
    case .schema: self = .schema
    }
  }
}

/// The codes of C types in the binary form: append only.
enum ForeignTypeCode: UInt8 {
  case i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, pointer, cString, structure, callback

  init(_ type: ForeignType) {
    switch type {
    case .i8: self = .i8
    case .i16: self = .i16
    case .i32: self = .i32
    case .i64: self = .i64
    case .u8: self = .u8
    case .u16: self = .u16
    case .u32: self = .u32
    case .u64: self = .u64
    case .f32: self = .f32
    case .f64: self = .f64
    case .bool: self = .bool
    case .pointer: self = .pointer
    case .cString: self = .cString
    case .structure: self = .structure
    case .callback: self = .callback
    }
  }
}

/// The codes of schedule lines in the binary form: append only.
enum DirectiveCode: UInt8 {
  case tier, deoptimizeOrdinal, deoptimizeSite, exit, onStackReplacement, feedback
  case invalidateBinding, invalidateShape, delay, collect, chaos
}

/// The codes of feedback claims in the binary form: append only.
enum FeedbackClaimCode: UInt8 {
  case none, megamorphic, entries
}

/// The codes of feedback entries in the binary form: append only.
enum FeedbackEntryCode: UInt8 {
  case arithmetic, call, shapeProperty, schemaProperty, dictionary, method, element, branch, loop
  case kind
}
