import Bytecode

/// Checkpoints of judged runs of one argument tuple, to be compared with one run of the judge.
struct CheckpointBatch {
  struct Entry {
    let comparison: FrameComparison
    let checkpoints: [Checkpoint]
    /// The lines of a schedule that show it again.
    let directives: [Schedule.Directive]
    /// Which of the checkpoints stand at guards.
    var guardExits: [GuardExit] = []
  }

  private(set) var entries: [Entry] = []
  /// Observed values held, about: heaps may be large, and there may be many.
  private var size = 0

  /// Values at which a batch is compared before more is added to it.
  private static let sizeLimit = 1 << 20

  var isFull: Bool { size >= Self.sizeLimit }

  var checkpoints: [Checkpoint] { entries.flatMap(\.checkpoints) }

  mutating func add(_ entry: Entry) {
    guard !entry.checkpoints.isEmpty else { return }
    entries.append(entry)
    for checkpoint in entry.checkpoints {
      size += checkpoint.slotCount + checkpoint.cells.reduce(0) { $0 + $1.content.valueCount }
    }
  }

  mutating func removeAll() { self = CheckpointBatch() }
}

extension Checkpoint {
  /// Locals, operands and closures of all frames.
  var slotCount: Int {
    frames.reduce(0) {
      $0 + $1.locals.count + $1.operands.count + ($1.closure == nil ? 0 : 1)
    }
  }
}

extension ObservedCell.Content {
  /// The values a heap value holds, and one for itself.
  fileprivate var valueCount: Int {
    switch self {
    case .array(let values), .record(_, let values), .closure(_, let values): 1 + values.count
    case .intArray(let elements): 1 + elements.count
    case .floatArray(let elements): 1 + elements.count
    case .boolArray(let elements): 1 + elements.count
    case .object(_, let keys, let values), .dictionary(let keys, let values):
      1 + keys.count + values.count
    case .map(let keys, let values): 1 + keys.count + values.count
    case .range, .some, .ok, .err, .cell: 2
    }
  }
}
