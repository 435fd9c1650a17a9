import Bytecode

extension Word {
  /// 2^63, the bound below which an integral number converts to an exact integer.
  private static let integerBound = 0x1p63

  /// `toInt`: an int, or a finite integral number of magnitude below 2^63; else TypeError.
  func toInt() throws(Stop) -> Int64 {
    if isInt { return int }
    guard isNumber else { throw .typeError }
    let value = number
    guard value.magnitude < Word.integerBound, value.rounded(.towardZero) == value else {
      throw .typeError
    }
    return Int64(value)
  }

  /// `toNumber`: a number, or an int widened exactly; else TypeError.
  func toNumber() throws(Stop) -> Double {
    if isNumber { return number }
    guard isInt else { throw .typeError }
    return Double(int)
  }

  /// Truncates toward zero; NaN gives 0, what lies outside Int64 the nearer end.
  static func saturate(_ value: Double) -> Int64 {
    if value != value { return 0 }
    if value >= integerBound { return .max }
    if value < -integerBound { return .min }
    return Int64(value)
  }

  /// An int if the value fits the 48-bit range, else the nearest number, ties to even.
  static func fit(_ value: Int64) -> Word {
    IntRange.contains(value) ? Word(int: value) : Word(number: Double(value))
  }

  /// An int if an integral value fits the 48-bit range, else the number as it is.
  ///
  /// - Precondition: the value is finite and integral.
  static func fit(integral value: Double) -> Word {
    value >= Double(IntRange.minimum) && value <= Double(IntRange.maximum)
      ? Word(int: Int64(value)) : Word(number: value)
  }

  /// False for null, unit, false, int 0, ±0.0, NaN, an empty string, array or map, and err; true
  /// for everything else.
  var isTruthy: Bool {
    if isBool { return bool }
    if isInt { return int != 0 }
    if isNumber { return !(number == 0) && number == number }
    switch kind {
    case .null, .unit, .err: return false
    case .string: return string.pointee.byte_count != 0
    case .array, .intArray, .floatArray, .boolArray: return array.pointee.length != 0
    case .map: return map.pointee.count != 0
    case .object, .record, .range, .some, .ok, .function, .closure: return true
    case .bool, .int, .number: preconditionFailure("tested before")
    case .reference, .cell: preconditionFailure("the verifier confines references and cells")
    }
  }

  /// The kind of a value.
  var kind: ValueKind {
    if isNumber { return .number }
    if isInt { return .int }
    if isBool { return .bool }
    if self == .null { return .null }
    if isFunction { return .function }
    if self == .unit { return .unit }
    guard isHeap, let kind = ValueKind(rawValue: cell.pointee.kind), kind != .null else {
      preconditionFailure("word \(String(bits, radix: 16)) is no value")
    }
    return kind
  }

  /// Boxes a constant.
  init(_ constant: Constant, _ strings: StaticStrings) {
    switch constant {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = Word(bool: value)
    case .int(let value): self = Word(int: value)
    case .number(let bits): self = Word(number: Double(bitPattern: bits))
    case .string(let literal): self = strings.word(literal)
    case .function(let index): self = Word(function: index)
    }
  }

  /// Boxes a value given to a run.
  ///
  /// - Precondition: the value has no identity: none exists before a run.
  init(_ value: ObservedValue, _ strings: StaticStrings) {
    switch value {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = Word(bool: value)
    case .int(let value): self = Word(int: value)
    case .number(let bits): self = Word(number: Double(bitPattern: bits))
    case .string(let literal): self = strings.word(literal)
    case .function(let index): self = Word(function: index)
    case .identity: preconditionFailure("no heap value exists before a run")
    }
  }

  /// Whether the word is a value of any kind.
  var isValue: Bool {
    isNumber || isInt || isBool || self == .null || self == .unit || isFunction || isHeap
  }
}
