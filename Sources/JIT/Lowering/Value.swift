import Bytecode
import LLVM

/// A value of the program while code is made, in the representation that is at hand.
enum Value {
  /// A NaN-boxed word known to be of these kinds.
  case boxed(IRValue, KindSet)
  /// An exact integer inside a range whose bounds are of magnitude at most 2^53.
  ///
  /// It stands for the int if it fits int, and otherwise for the number of that value: what the
  /// Int form of an addition gives. Below 2^53 `toInt` of that number is the integer again, so a
  /// chain of Int forms needs no test between its instructions.
  case integer(IRValue, ClosedRange<Int64>)
  /// A product of two such integers: an int, `low`, if `fits`, else the number nearest to the
  /// exact product.
  case product(low: IRValue, fits: IRValue, left: IRValue, right: IRValue)
  /// A number whose NaN may be any; canonical if the flag says so.
  case number(IRValue, isCanonical: Bool)
  case bool(IRValue)
  /// A heap value that has not been made, as far as `FunctionLowering.virtuals` knows.
  case virtual(VirtualID, ValueKind)

  /// The kinds it may be of.
  var kinds: KindSet {
    switch self {
    case .boxed(_, let kinds): kinds
    case .integer(_, let range): range.fitsInt ? .int : .numeric
    case .product: .numeric
    case .number: .number
    case .bool: .bool
    case .virtual(_, let kind): KindSet(kind)
    }
  }
}

/// How a value is held where control flow joins, in parameters and in declared slots.
enum Representation: Hashable {
  case boxed(KindSet)
  /// An int as a sign-extended machine integer.
  case integer
  case number
  case bool

  /// The representation of a slot or stack entry that holds values of these kinds.
  init(_ kinds: KindSet) {
    switch kinds {
    case .int: self = .integer
    case .number: self = .number
    case .bool: self = .bool
    case let several: self = .boxed(several)
    }
  }

  /// The representation of a declared slot; of an undeclared one if nil.
  init(_ kind: SlotKind?) { self.init(kind?.kinds ?? .anything) }

  func type(in types: IRTypes) -> IRType {
    switch self {
    case .boxed, .integer: types.i64
    case .number: types.double
    case .bool: types.i1
    }
  }

  /// The value that a machine value of this representation is.
  func value(_ value: IRValue) -> Value {
    switch self {
    case .boxed(let kinds): .boxed(value, kinds)
    case .integer: .integer(value, .int)
    case .number: .number(value, isCanonical: false)
    case .bool: .bool(value)
    }
  }
}

extension ClosedRange<Int64> {
  /// The range of the int kind.
  static let int: ClosedRange<Int64> = IntRange.minimum...IntRange.maximum
  /// Integers that are exact as numbers.
  static let exact: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

  var fitsInt: Bool { isSubset(of: .int) }
  var fitsExact: Bool { isSubset(of: .exact) }

  /// The greatest magnitude in it.
  var magnitude: Int64 { Swift.max(abs(lowerBound), abs(upperBound)) }

  func isSubset(of other: ClosedRange<Int64>) -> Bool {
    lowerBound >= other.lowerBound && upperBound <= other.upperBound
  }
}
