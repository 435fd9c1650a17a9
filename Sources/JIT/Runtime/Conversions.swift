import Bytecode

extension Word {
  /// 2^63, the bound below which an integral number converts to an exact integer.
  private static let integerBound = 0x1p63

  /// `toInt`: an int, or a finite integral number of magnitude below 2^63; else TypeError.
  func toInt() throws(TrapKind) -> Int64 {
    if isInt { return int }
    guard isNumber else { throw .typeError }
    let value = number
    guard value.magnitude < Word.integerBound, value.rounded(.towardZero) == value else {
      throw .typeError
    }
    return Int64(value)
  }

  /// `toNumber`: a number, or an int widened exactly; else TypeError.
  func toNumber() throws(TrapKind) -> Double {
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

  /// False for null, unit, false, int 0, ±0.0 and NaN; true for everything else.
  var isTruthy: Bool {
    if isBool { return bool }
    if isInt { return int != 0 }
    if isNumber { return !(number == 0) && number == number }
    return self != .null && self != .unit
  }

  /// The kind of a value of the numeric core.
  var kind: ValueKind {
    if isNumber { return .number }
    if isInt { return .int }
    if isBool { return .bool }
    if self == .null { return .null }
    precondition(self == .unit, "a word of the numeric core is one of five kinds")
    return .unit
  }

  /// Boxes a constant of the numeric core.
  ///
  /// - Precondition: the constant is no string and no function.
  init(_ constant: Constant) {
    switch constant {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = Word(bool: value)
    case .int(let value): self = Word(int: value)
    case .number(let bits): self = Word(number: Double(bitPattern: bits))
    case .string, .function: preconditionFailure("prepare refuses programs outside the core")
    }
  }

  /// Boxes a value given to a run.
  init(_ value: ObservedValue) {
    switch value {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = Word(bool: value)
    case .int(let value): self = Word(int: value)
    case .number(let bits): self = Word(number: Double(bitPattern: bits))
    case .string, .function, .identity:
      preconditionFailure("prepare refuses programs outside the core")
    }
  }

  /// The value a run reports; the bits of a number are kept as they are.
  var observed: ObservedValue {
    switch kind {
    case .null: .null
    case .unit: .unit
    case .bool: .bool(bool)
    case .int: .int(int)
    case .number: .number(bitPattern: bits)
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range,
      .some, .ok, .err, .function, .closure, .reference, .cell:
      preconditionFailure("a word of the numeric core is one of five kinds")
    }
  }
}
