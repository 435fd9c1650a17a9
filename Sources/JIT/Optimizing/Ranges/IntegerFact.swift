import Bytecode

/// Something that facts of a function's values are about.
enum IntegerTerm: Hashable, Sendable {
  /// The value of the local in a slot.
  case local(Int)
  /// The number of elements of the array in a slot.
  case length(Int)

  /// The slot that it is about.
  var slot: Int {
    switch self {
    case .local(let slot), .length(let slot): slot
    }
  }
}

/// What is known of a value where control has come to: of its size if it is an int, of its length if
/// it is an array.
///
/// The facts are conditional: those on ints say nothing of other values. So what a local of unknown
/// kind is compared with is known already where a test of kinds has yet to come.
struct ValueFact: Equatable, Sendable {
  /// What an int lies in.
  var range = ClosedRange<Int64>.int
  /// What an int, compared with ints, does not exceed; with whether it is less, by term.
  var limits: [IntegerTerm: Bool] = [:]
  /// What the value is, until that changes.
  var term: IntegerTerm?
  /// The local that an int was computed from by adding constants.
  var base: Int?
  /// How many elements an array has at least.
  var leastCount: Int64 = 0
  /// The int that an array has as many elements as, if it is not negative.
  var count: IntegerTerm?
  /// What it means that the value is true.
  var test: RelationTest?

  static let anything = ValueFact()

  init(range: ClosedRange<Int64> = .int, term: IntegerTerm? = nil) {
    self.range = range
    self.term = term
  }

  /// Adds a limit; the stricter of two of a term holds.
  mutating func limit(by term: IntegerTerm, strictly isStrict: Bool) {
    limits[term] = isStrict || limits[term] == true
  }

  /// All that an int does not exceed, itself under its name included.
  var allLimits: [IntegerTerm: Bool] {
    guard let term, limits[term] == nil else { return limits }
    var all = limits
    all[term] = false
    return all
  }

  /// Forgets what is about terms that change.
  mutating func forget(_ changes: (IntegerTerm) -> Bool) {
    if !limits.isEmpty { limits = limits.filter { !changes($0.key) } }
    if let known = term, changes(known) { term = nil }
    if let known = count, changes(known) { count = nil }
    if let known = base, changes(.local(known)) { base = nil }
    test?.left.forget(changes)
    test?.right.forget(changes)
  }

  /// Forgets all lengths.
  mutating func forgetLengths() {
    leastCount = 0
    count = nil
    forget { if case .length = $0 { true } else { false } }
  }

  /// Keeps what another fact says as well.
  ///
  /// - Parameters:
  ///   - widens: whether a bound that moves is given up, so that rounds of a loop end.
  ///   - missesFalls: whether the least int is kept instead, by mistake.
  mutating func join(_ other: ValueFact, widens: Bool, missesFalls: Bool = false) {
    var low = min(range.lowerBound, other.range.lowerBound)
    var high = max(range.upperBound, other.range.upperBound)
    if widens, low < range.lowerBound { low = missesFalls ? range.lowerBound : IntRange.minimum }
    if widens, high > range.upperBound { high = IntRange.maximum }
    range = low...high
    var common: [IntegerTerm: Bool] = [:]
    for (term, isStrict) in limits {
      if let others = other.limits[term] { common[term] = isStrict && others }
    }
    limits = common
    if term != other.term { term = nil }
    if base != other.base { base = nil }
    if count != other.count { count = nil }
    if other.leastCount < leastCount { leastCount = widens ? 0 : other.leastCount }
    if test != other.test { test = nil }
  }
}

/// A comparison of two values, as it was when it was made.
struct RelationTest: Equatable, Sendable {
  let relation: Relation
  /// Boxed in arrays of one, because facts hold tests.
  private var sides: [ValueFact]
  /// Whether both sides are ints whatever happens.
  let isOfInts: Bool

  init(_ relation: Relation, _ left: ValueFact, _ right: ValueFact, isOfInts: Bool) {
    self.relation = relation
    sides = [left, right]
    self.isOfInts = isOfInts
  }

  var left: ValueFact {
    get { sides[0] }
    set { sides[0] = newValue }
  }

  var right: ValueFact {
    get { sides[1] }
    set { sides[1] = newValue }
  }
}

// MARK: - Arithmetic

extension ValueFact {
  /// The int that an operation gives, if it gives one.
  ///
  /// - Parameter mistake: what is to be got wrong; nil if nothing is.
  static func result(
    of operation: ArithmeticOperation, _ left: ValueFact, _ right: ValueFact,
    mistake: CompilerMistake? = nil
  ) -> ValueFact {
    switch operation {
    case .add: return sum(left, right, isTooNarrow: mistake == .sumTooNarrow)
    case .subtract:
      let (x, y) = (left.range, right.range)
      let subtracted = mistake == .differenceTooNarrow ? y.lowerBound : y.upperBound
      var result = ValueFact(
        bounds: x.lowerBound - subtracted, x.upperBound - y.lowerBound)
      result.carry(left, plus: -y.lowerBound)
      if y.lowerBound == y.upperBound { result.base = left.origin }
      return result
    case .multiply: return product(left.range, right.range)
    case .divide:
      guard left.range.lowerBound >= 0, right.range.lowerBound > 0 else { return .anything }
      var result = ValueFact(bounds: 0, left.range.upperBound / right.range.lowerBound)
      result.carry(left, plus: 0)
      return result
    case .remainder:
      guard right.range.lowerBound > 0 else { return .anything }
      let least = left.range.lowerBound < 0 ? 1 - right.range.upperBound : 0
      var result = ValueFact(bounds: least, right.range.upperBound - 1)
      result.carry(right, plus: -1)
      return result
    case .and:
      guard let mask = [left, right].first(where: { $0.range.lowerBound >= 0 }) else {
        return .anything
      }
      var result = ValueFact(bounds: 0, mask.range.upperBound)
      result.carry(mask, plus: 0)
      return result
    case .power, .or, .xor, .shiftLeft, .shiftRight: return .anything
    }
  }

  private static func sum(
    _ left: ValueFact, _ right: ValueFact, isTooNarrow: Bool
  ) -> ValueFact {
    let (x, y) = (left.range, right.range)
    let added = isTooNarrow ? y.lowerBound : y.upperBound
    var result = ValueFact(bounds: x.lowerBound + y.lowerBound, x.upperBound + added)
    result.carry(left, plus: added)
    result.carry(right, plus: x.upperBound)
    if y.lowerBound == y.upperBound { result.base = left.origin }
    return result
  }

  private static func product(_ x: ClosedRange<Int64>, _ y: ClosedRange<Int64>) -> ValueFact {
    let (low, high) = productBounds(x, y)
    return ValueFact(bounds: low, high)
  }

  /// What products lie between; the least or greatest machine integer stands for all beyond.
  private static func productBounds(
    _ x: ClosedRange<Int64>, _ y: ClosedRange<Int64>
  ) -> (low: Int64, high: Int64) {
    let corners = [x.lowerBound, x.upperBound].flatMap { a in
      [y.lowerBound, y.upperBound].map { b in
        let (low, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? ((a < 0) == (b < 0) ? Int64.max : Int64.min) : low
      }
    }
    return (corners.min() ?? .min, corners.max() ?? .max)
  }

  /// Whether the sum, difference or product of two ints is an int, whichever they are; true of other
  /// operations.
  static func staysInRange(
    _ operation: ArithmeticOperation, _ left: ValueFact, _ right: ValueFact
  ) -> Bool {
    let (x, y) = (left.range, right.range)
    let (low, high): (Int64, Int64)
    switch operation {
    case .add: (low, high) = (x.lowerBound + y.lowerBound, x.upperBound + y.upperBound)
    case .subtract: (low, high) = (x.lowerBound - y.upperBound, x.upperBound - y.lowerBound)
    case .multiply: (low, high) = productBounds(x, y)
    case .divide, .remainder, .power, .and, .or, .xor, .shiftLeft, .shiftRight: return true
    }
    return low >= IntRange.minimum && high <= IntRange.maximum
  }

  /// An int between two integers: of those outside ints nothing is said.
  private init(bounds low: Int64, _ high: Int64) {
    let (low, high) = (max(low, IntRange.minimum), min(high, IntRange.maximum))
    self.init(range: low <= high ? low...high : .int)
  }

  /// The local that an int is, or was computed from.
  var origin: Int? {
    if case .local(let slot) = term { slot } else { base }
  }

  /// Takes over limits of another int that this one exceeds by at most so much.
  private mutating func carry(_ other: ValueFact, plus most: Int64) {
    guard most <= 1 else { return }
    for (term, isStrict) in other.allLimits {
      if most < 0 {
        limit(by: term, strictly: true)
      } else if most == 0 {
        limit(by: term, strictly: isStrict)
      } else if isStrict {
        limit(by: term, strictly: false)
      }
    }
  }
}
