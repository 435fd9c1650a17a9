/// The kind of a value, as section 1 of `Docs/bytecode.md` lists them.
public enum ValueKind: UInt8, CaseIterable, Hashable, Sendable {
  case null, unit, bool, int, number, string
  case array, intArray, floatArray, boolArray
  case object, record, map, range
  case some, ok, err
  case function, closure
  /// A reference to a local of a live frame; confined by the verifier.
  case reference
  /// The shared cell of a boxed local or binding; confined by the verifier.
  case cell

  /// The name `type_of` gives and messages use.
  public var name: String {
    switch self {
    case .null: "null"
    case .unit: "unit"
    case .bool: "bool"
    case .int: "int"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .intArray: "IntArray"
    case .floatArray: "FloatArray"
    case .boolArray: "BoolArray"
    case .object: "object"
    case .record: "record"
    case .map: "map"
    case .range: "range"
    case .some: "some"
    case .ok: "ok"
    case .err: "err"
    case .function: "function"
    case .closure: "closure"
    case .reference: "ref"
    case .cell: "cell"
    }
  }
}

/// A set of value kinds: what inference knows of a slot.
public struct KindSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public init(_ kind: ValueKind) { rawValue = 1 << UInt32(kind.rawValue) }

  public static let null = KindSet(.null)
  public static let unit = KindSet(.unit)
  public static let bool = KindSet(.bool)
  public static let int = KindSet(.int)
  public static let number = KindSet(.number)
  public static let string = KindSet(.string)
  public static let array = KindSet(.array)
  public static let intArray = KindSet(.intArray)
  public static let floatArray = KindSet(.floatArray)
  public static let boolArray = KindSet(.boolArray)
  public static let object = KindSet(.object)
  public static let record = KindSet(.record)
  public static let map = KindSet(.map)
  public static let range = KindSet(.range)
  public static let some = KindSet(.some)
  public static let ok = KindSet(.ok)
  public static let err = KindSet(.err)
  public static let function = KindSet(.function)
  public static let closure = KindSet(.closure)
  public static let reference = KindSet(.reference)
  public static let cell = KindSet(.cell)

  public static let numeric: KindSet = [.int, .number]
  public static let arrays: KindSet = [.array, .intArray, .floatArray, .boolArray]

  /// Every kind an ordinary slot may hold: all but references and cells.
  public static let anything = KindSet(
    rawValue: (1 << UInt32(ValueKind.allCases.count)) - 1
  ).subtracting([.reference, .cell])

  /// The kinds in the set, in declaration order.
  public var kinds: [ValueKind] { ValueKind.allCases.filter { contains(KindSet($0)) } }

  /// The single kind of a set that has exactly one.
  public var only: ValueKind? {
    rawValue.nonzeroBitCount == 1 ? ValueKind(rawValue: UInt8(rawValue.trailingZeroBitCount)) : nil
  }
}
