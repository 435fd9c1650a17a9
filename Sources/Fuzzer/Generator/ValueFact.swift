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
  /// The schema of a value that is a record for sure.
  var schema: SchemaIndex?
  /// The parameters of a value that is a function for sure and takes arguments of any kinds.
  var arity: Int?

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
      known: known.union(other.known), actual: actual.union(other.actual), magnitude: bound,
      schema: schema == other.schema ? schema : nil, arity: arity == other.arity ? arity : nil)
  }

  /// A record of a schema, of which inference knows nothing.
  static func record(_ schema: SchemaIndex) -> ValueFact {
    ValueFact(known: .anything, actual: .record, magnitude: nil, schema: schema)
  }

  /// A function that takes so many arguments, of any kinds.
  static func function(arity: Int) -> ValueFact {
    ValueFact(
      known: .anything, actual: [.function, .closure], magnitude: nil, arity: arity)
  }

  /// The fact of the value where it is not null.
  var withoutNull: ValueFact {
    var fact = self
    fact.known.remove(.null)
    fact.actual.remove(.null)
    return fact
  }
}

/// A slot the generator may load, and store into if `isWritable`.
struct SlotFact {
  var fact: ValueFact
  var declared: SlotKind?
  var isWritable: Bool
  /// Whether `BoxLocal` or `MakeRef` may name it: it is no slot of trusted loads then.
  var isShared = false
  /// Whether it is a reference parameter; the fact is that of its target.
  var isReference = false
}

/// What an expression must give.
enum Want: Hashable {
  /// An int at run time.
  case int
  /// What `toInt` takes.
  case integral
  case number
  /// An int or a number.
  case numeric
  case bool
  /// Any value; in a program of the numeric core, any core value.
  case any
  // What follows is wanted in programs of the whole language only.
  case string
  /// A string that is not empty.
  case text
  /// An array that is not packed.
  case array
  case intArray, floatArray, boolArray
  /// An array, packed or not.
  case anyArray
  case object, map, range
  /// What `IterNext` takes.
  case iterable
  case record(SchemaIndex)
  case some, ok, err
  /// A function or closure that takes so many arguments, of any kinds.
  case function(Int)
  /// An int from 0 to 8.
  case small
  /// An int near 0, or null: the bound of a slice.
  case bound
  /// What a map takes as a key.
  case key

  /// Whether a value with the fact serves.
  func accepts(_ fact: ValueFact) -> Bool {
    switch self {
    case .int: fact.actual == .int
    case .integral: fact.isIntegral
    case .number: fact.actual == .number
    case .any: !fact.actual.isEmpty
    case .record(let schema): fact.actual == .record && fact.schema == schema
    case .function(let arity):
      fact.arity == arity && fact.isWithin([.function, .closure])
    // The fact says nothing of length or size.
    case .text, .small, .bound: false
    case .numeric, .bool, .string, .array, .intArray, .floatArray, .boolArray, .anyArray, .object,
      .map, .range, .iterable, .some, .ok, .err, .key:
      fact.isWithin(kinds)
    }
  }

  /// The kinds a value that serves may have.
  var kinds: KindSet {
    switch self {
    case .int, .small: .int
    case .integral, .numeric: .numeric
    case .number: .number
    case .bool: .bool
    case .any: .anything
    case .string, .text: .string
    case .array: .array
    case .intArray: .intArray
    case .floatArray: .floatArray
    case .boolArray: .boolArray
    case .anyArray: .arrays
    case .object: .object
    case .map: .map
    case .range: .range
    case .iterable: KindSet.arrays.union([.string, .map, .range])
    case .record: .record
    case .some: .some
    case .ok: .ok
    case .err: .err
    case .function: [.function, .closure]
    case .bound: [.int, .null]
    // A number may be NaN, which is no key.
    case .key: [.int, .bool, .string]
    }
  }
}

extension Want {
  /// The kind a slot declares that holds what serves; nil if several would do, or none.
  var slotBase: SlotKind.Base? {
    switch self {
    case .int, .small: .int
    case .number: .number
    case .bool: .bool
    case .string, .text: .string
    case .array: .array
    case .intArray: .intArray
    case .floatArray: .floatArray
    case .boolArray: .boolArray
    case .object: .object
    case .map: .map
    case .range: .range
    case .record(let schema): .schema(schema)
    case .integral, .numeric, .any, .anyArray, .iterable, .some, .ok, .err, .function, .bound,
      .key:
      nil
    }
  }
}

extension ValueFact {
  /// Whether the value is of one of the kinds for sure.
  func isWithin(_ kinds: KindSet) -> Bool { !actual.isEmpty && kinds.isSuperset(of: actual) }
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
  /// The parameters that take references.
  var references: Set<Int> = []
  var captures: [CaptureFact] = []
  /// Whether a call may end in a trap although its arguments are right.
  var mayTrap = false
  /// Whether it calls itself until the depth limit stops it.
  var isBottomless = false
  /// The schema and name under which records find it.
  var method: (schema: SchemaIndex, name: Literal)?
  /// The schema of the records it takes in order to change them.
  var changes: SchemaIndex?

  /// Whether it may be named by `Call`.
  var isCallable: Bool { captures.isEmpty }

  /// Whether it may be a value: its call takes plain arguments only.
  var isValue: Bool { references.isEmpty && recursionBound == nil }

  /// Whether arguments of any kinds are right.
  var takesAnything: Bool {
    isValue && parameters.allSatisfy { $0.fact.actual.isSuperset(of: .anything) }
  }
}

extension CallableFunction {
  /// Whether no argument its call lets through surprises its body.
  var checksArguments: Bool {
    isValue
      && parameters.allSatisfy {
        $0.fact.arity == nil
          && ($0.declared != nil || $0.fact.actual.isSuperset(of: .anything))
      }
  }
}

/// What a function captures.
struct CaptureFact {
  var slot: SlotFact
  var isMutable: Bool
}
