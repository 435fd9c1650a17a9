import Bytecode

/// How many distinct things a feedback slot has seen.
enum FeedbackState: Equatable, Sendable {
  case uninitialized
  case monomorphic
  /// Two to four.
  case polymorphic
  /// Five or more: the entries are dropped.
  case megamorphic
}

/// The operand kinds one execution of an arithmetic or comparison instruction met.
struct KindPair: Hashable, Sendable {
  var left: ValueKind
  var right: ValueKind
}

/// The entries of one feedback slot in the order first seen.
struct FeedbackEntries<Entry: Hashable & Sendable>: Equatable, Sendable {
  private(set) var entries: [Entry] = []
  private(set) var isMegamorphic = false

  static var greatestCount: Int { 4 }

  var state: FeedbackState {
    if isMegamorphic { return .megamorphic }
    switch entries.count {
    case 0: return .uninitialized
    case 1: return .monomorphic
    default: return .polymorphic
    }
  }

  /// Adds an entry not seen before; a fifth one drops them all, for good.
  mutating func record(_ entry: Entry) {
    guard !isMegamorphic, !entries.contains(entry) else { return }
    if entries.count == Self.greatestCount {
      makeMegamorphic()
    } else {
      entries.append(entry)
    }
  }

  /// Drops the entries for good, as a fifth one does.
  mutating func makeMegamorphic() {
    isMegamorphic = true
    entries = []
  }

  /// The slot with its entries named otherwise.
  func map<Other>(_ transform: (Entry) -> Other) -> FeedbackEntries<Other> {
    var result = FeedbackEntries<Other>()
    for entry in entries { result.record(transform(entry)) }
    result.isMegamorphic = isMegamorphic
    return result
  }
}

/// What tier 0 has seen of one function, by the offset of the instruction it belongs to.
///
/// Operands, receivers and callees are recorded before the checks of the instruction, so that one that
/// traps is recorded too. A conditional jump counts which way it went. The count of a loop belongs
/// to its header: the backward jumps that arrived there.
final class FeedbackVector {
  struct Branch: Equatable, Sendable {
    var taken: UInt64 = 0
    var notTaken: UInt64 = 0
  }

  private(set) var arithmetic: [FeedbackEntries<KindPair>?]
  private(set) var callees: [FeedbackEntries<CalleeEntry>?]
  private(set) var properties: [FeedbackEntries<PropertyEntry>?]
  private(set) var elements: [FeedbackEntries<ElementEntry>?]
  private(set) var methods: [FeedbackEntries<MethodEntry>?]
  var branches: [Branch?]
  var loops: [UInt64?]

  /// Makes the empty feedback of a function.
  init(bodyLength: Int) {
    arithmetic = Array(repeating: nil, count: bodyLength)
    callees = Array(repeating: nil, count: bodyLength)
    properties = Array(repeating: nil, count: bodyLength)
    elements = Array(repeating: nil, count: bodyLength)
    methods = Array(repeating: nil, count: bodyLength)
    branches = Array(repeating: nil, count: bodyLength)
    loops = Array(repeating: nil, count: bodyLength)
  }

  /// Makes a copy.
  init(copying other: FeedbackVector) {
    arithmetic = other.arithmetic
    callees = other.callees
    properties = other.properties
    elements = other.elements
    methods = other.methods
    branches = other.branches
    loops = other.loops
  }

  /// Records the operand kinds of an arithmetic or comparison instruction.
  ///
  /// - Returns: the slot's entries, now.
  func record(_ pair: KindPair, at offset: Int) -> FeedbackEntries<KindPair> {
    var slot = arithmetic[offset] ?? FeedbackEntries()
    slot.record(pair)
    arithmetic[offset] = slot
    return slot
  }

  /// Records what a call is about to enter.
  func record(_ entry: CalleeEntry, at offset: Int) {
    callees[offset, default: FeedbackEntries()].record(entry)
  }

  /// Records what an access by a string meets.
  func record(_ entry: PropertyEntry, at offset: Int) {
    properties[offset, default: FeedbackEntries()].record(entry)
  }

  /// Records what an access by another key meets.
  ///
  /// - Returns: the slot's entries, now.
  func record(_ entry: ElementEntry, at offset: Int) -> FeedbackEntries<ElementEntry> {
    var slot = elements[offset] ?? FeedbackEntries()
    slot.record(entry)
    elements[offset] = slot
    return slot
  }

  /// Records the receiver of a method call.
  func record(_ entry: MethodEntry, at offset: Int) {
    methods[offset, default: FeedbackEntries()].record(entry)
  }
}

extension Array {
  fileprivate subscript<Value>(
    position: Int, default value: @autoclosure () -> Value
  ) -> Value where Element == Value? {
    get { self[position] ?? value() }
    set { self[position] = newValue }
  }
}
