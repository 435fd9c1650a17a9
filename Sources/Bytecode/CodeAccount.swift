/// What a version of optimized code says of itself: the feedback it was made from, and at each
/// instruction that has some, the guard that rests on it or what took the guard's place.
///
/// From the program, the feedback and these records alone it can be told whether each guard has its
/// feedback and all feedback its guard.
public final class CodeAccount: Sendable {
  /// A stretch of instructions laid out under a chain of handlers.
  public struct Block: Hashable, Sendable {
    /// Offsets of the instructions.
    public var offsets: Range<Int>
    /// The `SetupTry`s of the handlers in force at the start, outermost first.
    public var handlers: [Int]

    public init(offsets: Range<Int>, handlers: [Int]) {
      self.offsets = offsets
      self.handlers = handlers
    }
  }

  /// The code of one function: the one compiled, or one whose code stands in the place of a call.
  public struct Activation: Hashable, Sendable {
    /// The call whose place the code takes.
    public struct Call: Hashable, Sendable {
      /// The caller's place among the activations.
      public var activation: Int
      /// The block of the caller that the call is in.
      public var block: Int
      /// The call's offset.
      public var offset: Int

      public init(activation: Int, block: Int, offset: Int) {
        self.activation = activation
        self.block = block
        self.offset = offset
      }
    }

    public var function: FunctionIndex
    /// Nil for the code as a whole.
    public var call: Call?
    /// Where control enters: 0, or a loop header.
    public var start: Int
    /// The handlers a frame has there, outermost first.
    public var handlers: [Int]
    /// All that was laid out.
    public var blocks: [Block]

    public init(
      function: FunctionIndex, call: Call?, start: Int, handlers: [Int], blocks: [Block]
    ) {
      self.function = function
      self.call = call
      self.start = start
      self.handlers = handlers
      self.blocks = blocks
    }
  }

  /// An instruction as it is laid out.
  public struct Origin: Hashable, Sendable {
    /// The activation's place among those of the account.
    public var activation: Int
    /// The block's place in its activation.
    public var block: Int
    public var offset: Int

    public init(activation: Int, block: Int, offset: Int) {
      self.activation = activation
      self.block = block
      self.offset = offset
    }
  }

  /// What became of one guard that feedback asks for.
  public struct Decision: Hashable, Sendable {
    /// The activation's place among those of the account.
    public var activation: Int
    /// The block's place in its activation.
    public var block: Int
    public var offset: Int
    public var need: GuardNeed
    public var means: GuardMeans

    public init(activation: Int, block: Int, offset: Int, need: GuardNeed, means: GuardMeans) {
      self.activation = activation
      self.block = block
      self.offset = offset
      self.need = need
      self.means = means
    }
  }

  /// The code as a whole first; a caller before what is inlined into it.
  public let activations: [Activation]
  /// In the order in which the code was made.
  public let decisions: [Decision]
  /// In the order of their ordinals.
  public let guards: [Guard]
  /// In the order of first use.
  public let dependencies: [CodeDependency]
  /// Of the functions of the activations, by function and offset; slots that are empty are left out.
  public let feedback: [FunctionIndex: [Int: [FeedbackSlot]]]
  /// Guards that were not to be made again, because such a one had failed.
  public let refuted: Set<GuardRefutation>

  public init(
    activations: [Activation], decisions: [Decision], guards: [Guard],
    dependencies: [CodeDependency], feedback: [FunctionIndex: [Int: [FeedbackSlot]]],
    refuted: Set<GuardRefutation>
  ) {
    self.activations = activations
    self.decisions = decisions
    self.guards = guards
    self.dependencies = dependencies
    self.feedback = feedback
    self.refuted = refuted
  }

  /// Calls inlined in each other, at most.
  ///
  /// - Complexity: O(activations).
  public var inlineDepth: Int {
    var depths: [Int] = []
    for activation in activations {
      depths.append(activation.call.map { depths[$0.activation] + 1 } ?? 0)
    }
    return depths.max() ?? 0
  }
}

/// A kind of guard that is not made at an instruction any more, because one has failed there.
public struct GuardRefutation: Hashable, Sendable {
  public let kind: Schedule.GuardKind
  public let site: Site

  public init(kind: Schedule.GuardKind, site: Site) {
    self.kind = kind
    self.site = site
  }
}

/// What the feedback of an instruction asks code to make sure of.
public enum GuardNeed: UInt8, CaseIterable, Hashable, Sendable {
  /// The kind of the first and of the second operand of an operation or comparison.
  case leftKind, rightKind
  /// That the result of two ints is an int.
  case range
  /// What a call enters.
  case callee
  /// The shape, schema or kind of a receiver whose member is looked for.
  case layout
  /// Of an array accessed by an index: its kind, the index's, and that there is such an element.
  case arrayKind, indexKind, bounds
  /// The receiver of a method call.
  case receiver
  /// The way that a conditional jump goes.
  case way
}

/// How code meets a need.
public enum GuardMeans: Hashable, Sendable {
  /// By a guard of this ordinal.
  case made(ordinal: Int)
  /// The guard of this ordinal, which stands on every way here, has tested the same value.
  case dominated(ordinal: Int)
  /// The value is of these kinds, or the result in range, whatever happens.
  case proved(KindSet)
  /// The receiver is what this instruction makes, on every way here, as the code itself has seen to.
  case allocated(CodeAccount.Origin)
  /// The index lies inside the array where the guards of these ordinals have passed: those at loops
  /// around that prove it, one for each way into such a loop; none if it always does.
  case inductive(ordinals: [Int])
  /// The code rests on a fact, the one in this place among its dependencies.
  case dependency(Int)
  /// Not at all: the code takes what comes.
  case declined(GuardDecline)
}

/// Why code does without a guard that feedback asks for; there are no other reasons.
public enum GuardDecline: String, CaseIterable, Hashable, Sendable {
  /// Such a guard has failed there.
  case refuted
  /// Nothing is gained by knowing the kinds, callees or receivers that were met.
  case kinds
  /// The operation has no form that gains by it.
  case operation
  /// What is called takes another number of arguments.
  case arity
  /// The member is found on the stack, or the receiver lacks it.
  case member
  /// Several kinds of arrays were met, or keys beside indices.
  case variety
  /// The callee is found by other means than as an operand: by a method, or by a C function.
  case callback
  /// An array takes no such value as is stored.
  case value
  /// The jump leaves the function.
  case returns
}

/// What was seen at an instruction, of one aspect; no entries stand for too many.
public enum FeedbackSlot: Hashable, Sendable {
  /// The operands of an operation or comparison.
  public struct Operands: Hashable, Sendable {
    public var left: ValueKind
    public var right: ValueKind

    public init(left: ValueKind, right: ValueKind) {
      self.left = left
      self.right = right
    }
  }

  public enum Callee: Hashable, Sendable {
    /// For a closure its function.
    case function(FunctionIndex)
    case kind(ValueKind)
  }

  public enum Receiver: Hashable, Sendable {
    /// An object's keys in order; nil where the slot does not tell them.
    case shape([Literal]?)
    case schema(SchemaIndex)
    case dictionary
    case kind(ValueKind)
  }

  /// An access by a key that is no string.
  public struct Element: Hashable, Sendable {
    public var receiver: ValueKind
    public var index: ValueKind

    public init(receiver: ValueKind, index: ValueKind) {
      self.receiver = receiver
      self.index = index
    }
  }

  case operands([Operands])
  case callees([Callee])
  case properties([Receiver])
  case elements([Element])
  case methods([Receiver])
  /// The only way that a conditional jump went.
  case way(isTaken: Bool)
  /// A backward jump came there.
  case loop
}
