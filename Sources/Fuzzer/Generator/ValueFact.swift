import Bytecode

/// What the generator knows of a value it has emitted.
struct ValueFact {
  /// A superset of what the verifier's inference gives; a single kind here is a proof for the
  /// trusted opcodes, as inference never gives the empty set for a reachable value.
  var known: KindSet
  /// The kinds the value can have at run time as long as nothing has trapped.
  var actual: KindSet
  /// If the numeric kinds of the value are integral: k with |value| ≤ 2^k. Nil if they may not be.
  var magnitude: Int?

  static let int = ValueFact(known: .int, actual: .int, magnitude: 47)
  static let number = ValueFact(known: .number, actual: .number, magnitude: nil)
  static let bool = ValueFact(known: .bool, actual: .bool, magnitude: nil)
  static let null = ValueFact(known: .null, actual: .null, magnitude: nil)

  /// A value of anything inference knows, actually of these kinds.
  static func unknown(_ actual: KindSet, magnitude: Int? = nil) -> ValueFact {
    ValueFact(
      known: .anything, actual: actual, magnitude: magnitude ?? (actual == .int ? 47 : nil))
  }

  /// The result of an Int-form instruction on integral operands: an int while it fits.
  static func intForm(magnitude: Int) -> ValueFact {
    ValueFact(
      known: .numeric, actual: magnitude <= 46 ? .int : .numeric, magnitude: magnitude)
  }

  /// Whether `toInt` takes it: an int, or an integral number below 2^63.
  var isIntegral: Bool {
    !actual.isEmpty && KindSet.numeric.isSuperset(of: actual)
      && (actual == .int || (magnitude ?? 64) <= 62)
  }

  /// 2^k bounds the absolute value of an integral one.
  var bound: Int { magnitude ?? 47 }

  func union(_ other: ValueFact) -> ValueFact {
    let bound: Int? =
      if let one = magnitude, let two = other.magnitude { max(one, two) } else { nil }
    return ValueFact(
      known: known.union(other.known), actual: actual.union(other.actual), magnitude: bound)
  }
}

/// A slot the generator may load, and store into if `isWritable`.
struct SlotFact {
  var fact: ValueFact
  var declared: SlotKind?
  var isWritable: Bool
}

/// What an expression must give.
enum Want: CaseIterable {
  /// An int at run time.
  case int
  /// What `toInt` takes.
  case integral
  case number
  /// An int or a number.
  case numeric
  case bool
  /// Any core value.
  case any

  /// Whether a value with the fact serves.
  func accepts(_ fact: ValueFact) -> Bool {
    switch self {
    case .int: fact.actual == .int
    case .integral: fact.isIntegral
    case .number: fact.actual == .number
    case .numeric: !fact.actual.isEmpty && KindSet.numeric.isSuperset(of: fact.actual)
    case .bool: fact.actual == .bool
    case .any: true
    }
  }
}

/// A function that is complete and may be called.
struct CallableFunction {
  var index: FunctionIndex
  var parameters: [SlotFact]
  var result: ValueFact
  /// Fuel units one call costs at most, its own included.
  var cost: Int
  /// Bytecode frames a call needs at most.
  var frames: Int
  /// The parameter that bounds a recursion: it must be given a constant in this range.
  var recursionBound: (parameter: Int, range: ClosedRange<Int>)?
}
