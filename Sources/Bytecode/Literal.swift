/// Text of a program, compared byte by byte and never by Swift's canonical equivalence.
public struct Literal: Hashable, Comparable, Sendable {
  /// Well-formed UTF-8.
  public let utf8: [UInt8]

  public init(_ string: String) { utf8 = Array(string.utf8) }

  /// Makes a literal of bytes that must be well-formed UTF-8; nil if they are not.
  public init?(validating bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    utf8 = bytes
  }

  /// Text of bytes as they are shown: what is not well-formed becomes U+FFFD.
  public init(decoding bytes: [UInt8]) { self.init(String(decoding: bytes, as: UTF8.self)) }

  public var string: String { String(decoding: utf8, as: UTF8.self) }

  public static func < (left: Literal, right: Literal) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

/// A constant of the pool; constants are equal if kind and bits are.
public enum Constant: Hashable, Sendable {
  case null, unit
  case bool(Bool)
  /// In `IntRange.minimum ... IntRange.maximum`.
  case int(Int64)
  /// The bits of a binary64; a NaN is the canonical one.
  case number(bitPattern: UInt64)
  case string(Literal)
  case function(FunctionIndex)

  /// A number constant; every NaN becomes the canonical one.
  public static func number(_ value: Double) -> Constant {
    .number(bitPattern: value.isNaN ? canonicalNaN : value.bitPattern)
  }

  /// The kind of the value it stands for.
  public var kind: ValueKind {
    switch self {
    case .null: .null
    case .unit: .unit
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .string: .string
    case .function: .function
    }
  }
}

/// The bits of the one observable NaN.
public let canonicalNaN: UInt64 = 0x7FF8_0000_0000_0000

/// The range of the `int` kind: signed 48-bit.
public enum IntRange {
  public static let minimum: Int64 = -(1 << 47)
  public static let maximum: Int64 = (1 << 47) - 1

  @inlinable
  public static func contains(_ value: Int64) -> Bool { value >= -(1 << 47) && value < (1 << 47) }
}
