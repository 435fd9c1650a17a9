/// A test in optimized code of something that feedback suggests and nothing proves: where it does
/// not hold, the frames leave for tier 0.
public struct Guard: Hashable, Sendable {
  /// What holds where a guard passes, said so that every engine can evaluate it on the operands of
  /// the instruction that the guard stands before.
  public enum Predicate: Hashable, Sendable {
    /// An operand is of one of these kinds.
    case kinds(KindSet)
    /// The result of two ints is in the range of ints.
    case fitsInt
    /// An operand is an object with these keys in this order.
    case shape([Literal])
    /// An operand is a record of this schema.
    case schema(SchemaIndex)
    /// An operand is an array of this kind.
    case array(ValueKind)
    /// An int operand is an index of the array, counted from its end if negative.
    case inBounds
    /// An operand is this function, or a closure of it.
    case callee(FunctionIndex)
    /// An operand is truthy, or is not.
    case truth(Bool)
    /// A local of the frame is an int, and not negative.
    case isNotNegative(LocalIndex)
    /// A local of the frame is an int, and not greater than this one.
    case isAtMost(LocalIndex, Int64)
    /// A local of the frame is an array of this kind, with so many elements at least.
    case spans(LocalIndex, ValueKind, Extent)
  }

  /// A number of elements.
  public enum Extent: Hashable, Sendable {
    case constant(Int64)
    /// As many as the int in a local; none if it is negative.
    case local(LocalIndex)
    /// One more than that.
    case including(LocalIndex)
  }

  public var kind: Schedule.GuardKind
  /// The instruction whose feedback it rests on.
  public var site: Site
  /// The calls that the site's code takes the place of, outermost first; empty for code that is not
  /// inlined.
  public var chain: [Site]
  /// Which operand of the instruction, 0 or 1, the lowest first.
  public var operand: Int
  public var predicate: Predicate

  public init(
    kind: Schedule.GuardKind, site: Site, chain: [Site] = [], operand: Int, predicate: Predicate
  ) {
    self.kind = kind
    self.site = site
    self.chain = chain
    self.operand = operand
    self.predicate = predicate
  }
}

/// Guards named as a schedule names them, in every version of code that has them, which fail although
/// they hold.
public struct GuardSelection: Hashable, Sendable {
  /// The function compiled for an ordinal, the function of the guard's site for a site.
  public var function: FunctionIndex
  /// An ordinal is taken modulo the number of guards; a site without a chain means every copy.
  public var reference: Schedule.GuardReference
  /// Which execution of each guard, from 1, per run and code version.
  public var occurrence: UInt64

  public init(
    function: FunctionIndex, reference: Schedule.GuardReference, occurrence: UInt64
  ) {
    self.function = function
    self.reference = reference
    self.occurrence = occurrence
  }
}

extension Guard {
  /// Whether a site that a schedule names is the guard's; without a chain every copy's is.
  public func matches(_ reference: Schedule.GuardReference, in function: FunctionIndex) -> Bool {
    guard case .site(let offset, let chain, let kind, let operand) = reference else {
      return false
    }
    return site == Site(function, offset: offset) && (chain.isEmpty || chain == links)
      && (kind ?? self.kind) == self.kind && (operand ?? self.operand) == self.operand
  }

  /// The function whose code it stands in, inlined or not.
  public var compiledFunction: FunctionIndex { chain.first?.function ?? site.function }

  /// How a schedule names the guard.
  public var reference: Schedule.GuardReference {
    .site(offset: site.offset, chain: links, kind: kind, operand: operand)
  }

  private var links: [Schedule.ChainLink] {
    chain.map { Schedule.ChainLink(function: $0.function, offset: $0.offset) }
  }
}
