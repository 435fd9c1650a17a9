import Bytecode

/// A value as the judge holds it: an enum of its own, so that no error of the judged engines'
/// encoding can hide.
///
/// What lies in the heap is named by its place in the heap's list of its kind.
enum Value: BitwiseCopyable {
  case null, unit
  case bool(Bool)
  /// In the range of the `int` kind.
  case int(Int64)
  /// Any binary64; the payload of a NaN is never looked at.
  case number(Double)
  case string(Int)
  case array(Int)
  case intArray(Int)
  case floatArray(Int)
  case boolArray(Int)
  case object(Int)
  case record(Int)
  case map(Int)
  case range(Int)
  case some(Int)
  case ok(Int)
  case err(Int)
  case function(FunctionIndex)
  case closure(Int)
  /// The place of a local in the machine's `locals`.
  case reference(Int)
  case cell(Int)
}

/// An int or a number, for the many operations that take nothing else.
enum Numeric: BitwiseCopyable {
  case int(Int64)
  case number(Double)
}

/// An array of any of the four kinds, by its place in the heap's list of its kind.
enum ArrayPlace: Hashable, BitwiseCopyable {
  case plain(Int)
  case ints(Int)
  case numbers(Int)
  case bools(Int)

  var value: Value {
    switch self {
    case .plain(let place): .array(place)
    case .ints(let place): .intArray(place)
    case .numbers(let place): .floatArray(place)
    case .bools(let place): .boolArray(place)
    }
  }
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

  var kind: ValueKind {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .string: .string
    case .array: .array
    case .intArray: .intArray
    case .floatArray: .floatArray
    case .boolArray: .boolArray
    case .object: .object
    case .record: .record
    case .map: .map
    case .range: .range
    case .some: .some
    case .ok: .ok
    case .err: .err
    case .function: .function
    case .closure: .closure
    case .reference: .reference
    case .cell: .cell
    }
  }

  /// The int or number the value is, nil for every other kind.
  @inline(__always)
  var numeric: Numeric? {
    switch self {
    case .int(let value): .int(value)
    case .number(let value): .number(value)
    case .null, .unit, .bool, .string, .array, .intArray, .floatArray, .boolArray, .object,
      .record, .map, .range, .some, .ok, .err, .function, .closure, .reference, .cell:
      nil
    }
  }

  /// The array the value is, nil for every other kind.
  var array: ArrayPlace? {
    switch self {
    case .array(let place): .plain(place)
    case .intArray(let place): .ints(place)
    case .floatArray(let place): .numbers(place)
    case .boolArray(let place): .bools(place)
    case .null, .unit, .bool, .int, .number, .string, .object, .record, .map, .range, .some, .ok,
      .err, .function, .closure, .reference, .cell:
      nil
    }
  }

  /// The place of a value with an identity, nil for every other one.
  var place: Int? {
    switch self {
    case .array(let place), .intArray(let place), .floatArray(let place), .boolArray(let place),
      .object(let place), .record(let place), .map(let place), .range(let place),
      .some(let place), .ok(let place), .err(let place), .closure(let place), .cell(let place):
      place
    case .null, .unit, .bool, .int, .number, .string, .function, .reference: nil
    }
  }

  /// `toInt`: an int, or a finite integral number of magnitude below 2^63 as that exact integer.
  func toInt() throws(TrapKind) -> Int64 {
    switch numeric {
    case .int(let value):
      return value
    case .number(let value):
      guard value.magnitude < 0x1p63, value == value.rounded(.towardZero) else { throw .typeError }
      return Int64(value)
    case nil:
      throw .typeError
    }
  }

  /// `toInt` whose result fits the `int` kind, as bounds and counts need it.
  func toFittingInt() throws(TrapKind) -> Int64 {
    let value = try toInt()
    guard IntRange.contains(value) else { throw .typeError }
    return value
  }

  /// `toNumber`: a number, or an int widened, which is exact.
  func toNumber() throws(TrapKind) -> Double {
    switch numeric {
    case .int(let value): return Double(value)
    case .number(let value): return value
    case nil: throw .typeError
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
