/// A position in one of a program's tables; positions in different tables are different types.
public struct TypedIndex<Space>: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  /// Makes the index of an entry.
  ///
  /// - Precondition: `position` is in `0 ... 2^32 − 1`.
  @inlinable
  public init(_ position: Int) {
    rawValue = UInt32(position)
  }

  /// The zero-based position as an array index.
  @inlinable
  public var position: Int { Int(rawValue) }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

public enum ConstantSpace {}
public enum LocalSpace {}
public enum CaptureSpace {}
public enum BindingSpace {}
public enum FunctionSpace {}
public enum ForeignSpace {}
public enum SchemaSpace {}
public enum StringSpace {}

/// A constant of the program's pool.
public typealias ConstantIndex = TypedIndex<ConstantSpace>
/// A parameter (first) or local (after the parameters, in order) of one function.
public typealias LocalIndex = TypedIndex<LocalSpace>
/// A capture of one function, numbered apart from its locals.
public typealias CaptureIndex = TypedIndex<CaptureSpace>
/// A module binding.
public typealias BindingIndex = TypedIndex<BindingSpace>
/// A function of the program, `main` included.
public typealias FunctionIndex = TypedIndex<FunctionSpace>
/// A foreign function declaration.
public typealias ForeignIndex = TypedIndex<ForeignSpace>
/// A schema or struct declaration.
public typealias SchemaIndex = TypedIndex<SchemaSpace>
/// A property or method name in the program's string table.
public typealias StringIndex = TypedIndex<StringSpace>
