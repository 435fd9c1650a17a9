/// How the harness drives the tiers over a program: the `schedule` block.
///
/// Names are indices here; the text form spells them. Ordinals of guards and safepoints are taken
/// modulo their number in a fuzz input; in a replayed file one that does not exist is an error.
public struct Schedule: Hashable, Sendable {
  /// Argument tuples of `main`, run in order; bindings, heap and clock start anew for each.
  public var arguments: [[Constant]]
  /// Fuel units of each run.
  public var fuel: UInt64?
  /// Bytes a run may allocate, by abstract size.
  public var heapBytes: UInt64?
  /// Bytecode frames a run may nest.
  public var depth: Int?
  /// Everything else, in the order written.
  public var directives: [Directive]

  public init(
    arguments: [[Constant]] = [], fuel: UInt64? = nil, heapBytes: UInt64? = nil,
    depth: Int? = nil, directives: [Directive] = []
  ) {
    self.arguments = arguments
    self.fuel = fuel
    self.heapBytes = heapBytes
    self.depth = depth
    self.directives = directives
  }

  /// A call in an inlined chain: the offset of the call in its function.
  public struct ChainLink: Hashable, Sendable {
    public var function: FunctionIndex
    public var offset: Int

    public init(function: FunctionIndex, offset: Int) {
      self.function = function
      self.offset = offset
    }
  }

  /// The tiers a `tier` line may name.
  public enum Tier: UInt8, CaseIterable, Hashable, Sendable {
    case interpreter, baseline, optimizing

    public var name: String {
      switch self {
      case .interpreter: "interpreter"
      case .baseline: "baseline"
      case .optimizing: "optimizing"
      }
    }
  }

  /// The kinds of guard a `deopt` line may name.
  public enum GuardKind: UInt8, CaseIterable, Hashable, Sendable {
    case kind, intRange, shape, schema, arrayKind, bounds, callee, receiver, notNull
    case branchNotTaken, tripCount

    public var name: String {
      switch self {
      case .kind: "kind"
      case .intRange: "intRange"
      case .shape: "shape"
      case .schema: "schema"
      case .arrayKind: "arrayKind"
      case .bounds: "bounds"
      case .callee: "callee"
      case .receiver: "receiver"
      case .notNull: "notNull"
      case .branchNotTaken: "branchNotTaken"
      case .tripCount: "tripCount"
      }
    }
  }

  /// The guard a `deopt` line means.
  public enum GuardReference: Hashable, Sendable {
    /// The ordinal in the compiled function.
    case ordinal(Int)
    /// The guard's site: offset in the function, chain of inlined calls (outermost first), guard
    /// kind if given, and operand (0 or 1) if given.
    case site(offset: Int, chain: [ChainLink], kind: GuardKind?, operand: Int?)
  }

  /// What an `invalidate` line breaks.
  public enum Fact: Hashable, Sendable {
    case binding(BindingIndex)
    /// The shape with these keys in order.
    case shape([StringIndex])
  }

  /// A directive other than arguments and limits.
  public enum Directive: Hashable, Sendable {
    /// `tier F TIER after N`: from the function's call number N + 1 on.
    case tier(FunctionIndex, Tier, after: UInt64)
    /// `deopt F …  occurrence N`: the guard fails although it holds.
    case deoptimize(FunctionIndex, GuardReference, occurrence: UInt64)
    /// `exit F at OFFSET occurrence N`: forced exit before a safepoint's instruction.
    case exit(FunctionIndex, offset: Int, occurrence: UInt64)
    /// `osr F loop L iteration K`
    case onStackReplacement(FunctionIndex, loop: Int, iteration: UInt64)
    /// `feedback F at OFFSET = …`: the slot claims these entries.
    case feedback(FunctionIndex, offset: Int, FeedbackClaim)
    /// `invalidate … at CLOCK`
    case invalidate(Fact, clock: UInt64)
    /// `delay F UNITS`: a compile is installed so many clock units late.
    case delay(FunctionIndex, units: UInt64)
    /// `collect at CLOCK`
    case collect(clock: UInt64)
    /// `chaos N seed S`: how many marked compiler decisions may be perturbed.
    case chaos(budget: UInt64, seed: UInt64)
  }

  /// What a `feedback` line claims a slot has seen.
  public enum FeedbackClaim: Hashable, Sendable {
    case none
    case megamorphic
    /// One entry per alternative, 1 … 4.
    case entries([FeedbackEntry])
  }

  /// One alternative of a feedback slot.
  public enum FeedbackEntry: Hashable, Sendable {
    /// `(int, number)`: the operand kinds of an arithmetic or comparison site.
    case arithmetic(ValueKind, ValueKind)
    /// `@f`: the function called, for a closure its function.
    case call(FunctionIndex)
    /// `{a, b}.a`; a nil property is `?`, missing.
    case shapeProperty([StringIndex], property: StringIndex?)
    /// `S.x`; a nil property is `?`, missing.
    case schemaProperty(SchemaIndex, property: StringIndex?)
    /// `dictionary`
    case dictionary
    /// `string.upper`: a method of a built-in receiver.
    case method(ValueKind, StringIndex)
    /// `IntArray[int]`: receiver kind and index kind.
    case element(ValueKind, ValueKind)
    /// `taken N not M`
    case branch(taken: UInt64, notTaken: UInt64)
    /// `loop count N`
    case loop(count: UInt64)
    /// A kind's name alone: a receiver or callee that will trap.
    case kind(ValueKind)
  }
}
