import Bytecode

/// What tier 0 has seen of one function up to a moment, by the offset of the instruction it belongs
/// to.
///
/// Nothing in it depends on the session: shapes are their keys.
struct FunctionFeedback: Equatable, Sendable {
  var arithmetic: [FeedbackEntries<KindPair>?]
  var callees: [FeedbackEntries<CalleeEntry>?]
  var properties: [FeedbackEntries<PropertyFeedback>?]
  var elements: [FeedbackEntries<ElementEntry>?]
  var methods: [FeedbackEntries<MethodEntry>?]
  /// The only way that a conditional jump went; nil if it went both, or was never reached. How often
  /// it did decides nothing, and code is shared by those whose feedback is equal.
  var ways: [BranchWay?]
  /// Whether a backward jump ever came there; how often decides nothing.
  var loops: [Bool]
  /// Guards that failed so often that they are not to be made again.
  var refuted: Set<RefutedGuard> = []
  /// By the offset of an instruction that loads a binding, what may be taken for granted of it.
  var bindings: [Int: BindingFact] = [:]
  /// Shapes that objects keep, as far as anything is known, which several accesses have met.
  var childless: Set<[Literal]> = []

  /// What nobody has seen anything of.
  init(bodyLength: Int) {
    arithmetic = Array(repeating: nil, count: bodyLength)
    callees = Array(repeating: nil, count: bodyLength)
    properties = Array(repeating: nil, count: bodyLength)
    elements = Array(repeating: nil, count: bodyLength)
    methods = Array(repeating: nil, count: bodyLength)
    ways = Array(repeating: nil, count: bodyLength)
    loops = Array(repeating: false, count: bodyLength)
  }

  /// - Parameter source: of the session whose shapes the vector names.
  init(_ vector: FeedbackVector, _ source: FeedbackSource) {
    arithmetic = vector.arithmetic
    callees = vector.callees
    properties = vector.properties.map { slot in
      slot.map { $0.map { PropertyFeedback($0, source) } }
    }
    elements = vector.elements
    methods = vector.methods
    ways = vector.branches.map { $0?.onlyWay }
    loops = vector.loops.map { $0 != nil && $0 != 0 }
  }

  /// Whether a kind of guard may stand at an offset.
  func admits(_ kind: Schedule.GuardKind, at offset: Int) -> Bool {
    !refuted.contains(RefutedGuard(kind: kind, offset: offset))
  }
}

extension FunctionFeedback {
  /// The keys of the shapes that accesses have met.
  var metShapes: [[Literal]] {
    properties.compactMap { $0 }.flatMap(\.entries).compactMap { entry in
      if case .layout(.shape(let keys)) = entry { keys } else { nil }
    }
  }
}

extension FeedbackVector.Branch {
  /// The only way that was gone; nil if both were, or none.
  var onlyWay: BranchWay? {
    switch (taken, notTaken) {
    case (0, 0): nil
    case (_, 0): .taken
    case (0, _): .notTaken
    case (_, _): nil
    }
  }
}

/// A kind of guard at an instruction that has failed too often.
struct RefutedGuard: Hashable, Sendable {
  let kind: Schedule.GuardKind
  let offset: Int
}

/// What an access by a string met; where the receiver keeps the key's value follows from the key.
enum PropertyFeedback: Hashable, Sendable {
  case layout(ReceiverLayout)
  case dictionary
  /// A receiver that has no properties of its own.
  case kind(ValueKind)

  init(_ entry: PropertyEntry, _ source: FeedbackSource) {
    switch entry {
    case .shape(let number, _): self = .layout(.shape(source.keys(ofShape: number)))
    case .schema(let schema, _): self = .layout(.schema(schema))
    case .dictionary: self = .dictionary
    case .kind(let kind): self = .kind(kind)
    }
  }
}

/// What says where a cell keeps its properties.
enum ReceiverLayout: Hashable, Sendable {
  /// An object's keys in order.
  case shape([Literal])
  /// A record's schema.
  case schema(SchemaIndex)

  /// The kind of its cells.
  var kinds: KindSet {
    switch self {
    case .shape: .object
    case .schema: .record
    }
  }

  /// The kind of guard that makes sure of it.
  var guardKind: Schedule.GuardKind {
    switch self {
    case .shape: .shape
    case .schema: .schema
    }
  }

  /// What its guard tests.
  var predicate: Guard.Predicate {
    switch self {
    case .shape(let keys): .shape(keys)
    case .schema(let schema): .schema(schema)
    }
  }
}
