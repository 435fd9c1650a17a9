import Bytecode

/// A value as the judge holds it: an enum of its own, so that no error of the judged engines'
/// encoding can hide.
enum Value: BitwiseCopyable {
  case null, unit
  case bool(Bool)
  /// In the range of the `int` kind.
  case int(Int64)
  /// Any binary64; the payload of a NaN is never looked at.
  case number(Double)
}

extension Value {
  /// The int if the exact integer fits, else the nearest number, ties to even.
  init(fitting exact: Int128) {
    if exact >= Int128(IntRange.minimum) && exact <= Int128(IntRange.maximum) {
      self = .int(Int64(exact))
    } else {
      self = .number(nearestNumber(to: exact))
    }
  }

  init(_ constant: Constant) {
    switch constant {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .number(let bits): self = .number(Double(bitPattern: bits))
    case .string, .function:
      preconditionFailure("constants outside the numeric core are refused when preparing")
    }
  }

  /// What a declared or undeclared module binding holds at the start of a run.
  init(initialOf kind: SlotKind?) {
    guard let kind, !kind.isNullable else {
      self = .null
      return
    }
    switch kind.base {
    case .int: self = .int(0)
    case .number: self = .number(0)
    case .bool: self = .bool(false)
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function,
      .schema:
      preconditionFailure("slot kinds outside the numeric core are refused when preparing")
    }
  }

  var kind: KindSet {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool: .bool
    case .int: .int
    case .number: .number
    }
  }

  var isTruthy: Bool {
    switch self {
    case .null, .unit: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .number(let value): !(value == 0 || value.isNaN)
    }
  }

  /// `toInt`: an int, or a finite integral number of magnitude below 2^63 as that exact integer.
  func toInt() throws(TrapKind) -> Int64 {
    switch self {
    case .int(let value):
      return value
    case .number(let value):
      guard value.magnitude < 0x1p63, value == value.rounded(.towardZero) else { throw .typeError }
      return Int64(value)
    case .null, .unit, .bool:
      throw .typeError
    }
  }

  /// `toNumber`: a number, or an int widened, which is exact.
  func toNumber() throws(TrapKind) -> Double {
    switch self {
    case .int(let value): return Double(value)
    case .number(let value): return value
    case .null, .unit, .bool: throw .typeError
    }
  }

  /// The value as every engine reports it; this is where a NaN gets its one bit pattern.
  var observed: ObservedValue {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .number(let value): .number(bitPattern: value.isNaN ? canonicalNaN : value.bitPattern)
    }
  }

  /// An argument of a run; nil for an int outside the range of its kind.
  init?(_ observed: ObservedValue) {
    switch observed {
    case .null: self = .null
    case .unit: self = .unit
    case .bool(let value): self = .bool(value)
    case .int(let value):
      guard IntRange.contains(value) else { return nil }
      self = .int(value)
    case .number(let bits): self = .number(Double(bitPattern: bits))
    case .string, .function, .identity: return nil
    }
  }
}

/// The binary64 nearest to an exact integer, ties to even.
///
/// The integer's magnitude is cut to its 53 leading bits; what was cut off decides the rounding.
func nearestNumber(to exact: Int128) -> Double {
  let magnitude = exact.magnitude
  let bitCount = UInt128.bitWidth - magnitude.leadingZeroBitCount
  guard bitCount > 53 else {
    return exact < 0 ? -Double(UInt64(magnitude)) : Double(UInt64(magnitude))
  }
  let cutBits = bitCount - 53
  var leading = UInt64(magnitude >> UInt128(cutBits))
  let cut = magnitude - UInt128(leading) << UInt128(cutBits)
  let half = UInt128(1) << UInt128(cutBits - 1)
  if cut > half || (cut == half && leading % 2 == 1) { leading += 1 }
  // Both factors are exact: 54 bits at most with an even last one, and a power of two.
  let rounded = Double(leading) * Double(sign: .plus, exponent: cutBits, significand: 1)
  return exact < 0 ? -rounded : rounded
}
