import Bytecode

/// What tier 0 has seen of one function up to a moment, by the offset of the instruction it belongs
/// to.
struct FunctionFeedback: Equatable, Sendable {
  let arithmetic: [FeedbackEntries<KindPair>?]
  let callees: [FeedbackEntries<CalleeEntry>?]
  let properties: [FeedbackEntries<PropertyEntry>?]
  let elements: [FeedbackEntries<ElementEntry>?]
  let methods: [FeedbackEntries<MethodEntry>?]
  let branches: [FeedbackVector.Branch?]
  let loops: [UInt64?]
  /// Guards that failed so often that they are not to be made again.
  var refuted: Set<RefutedGuard> = []

  init(_ vector: FeedbackVector) {
    arithmetic = vector.arithmetic
    callees = vector.callees
    properties = vector.properties
    elements = vector.elements
    methods = vector.methods
    branches = vector.branches
    loops = vector.loops
  }

  /// Whether a kind of guard may stand at an offset.
  func admits(_ kind: Schedule.GuardKind, at offset: Int) -> Bool {
    !refuted.contains(RefutedGuard(kind: kind, offset: offset))
  }
}

/// A kind of guard at an instruction that has failed too often.
struct RefutedGuard: Hashable, Sendable {
  let kind: Schedule.GuardKind
  let offset: Int
}
