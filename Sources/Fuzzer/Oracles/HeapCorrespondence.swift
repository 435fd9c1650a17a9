import Bytecode

/// Which heap value of one side is which of the other, as a walk over both finds out.
///
/// Numbers a checkpoint gave for itself need not be equal, since one side may leave out dead slots;
/// numbers of the trace are.
struct HeapCorrespondence {
  private let tracedCount: Int
  /// Numbers of the actual side by those of the expected side, and the other way round.
  private var actualNumbers: [Int: Int] = [:]
  private var expectedNumbers: [Int: Int] = [:]
  /// Pairs in the order found; what they hold is compared later.
  private(set) var pairs: [(expected: Int, actual: Int)] = []

  init(tracedCount: Int) { self.tracedCount = tracedCount }

  /// Whether two values are the same one, as far as the walk knows; notes a new pair.
  mutating func match(_ expected: ObservedValue, _ actual: ObservedValue) -> Bool {
    guard case .identity(let kind, let one) = expected,
      case .identity(let otherKind, let other) = actual
    else { return expected == actual }
    guard kind == otherKind else { return false }
    if let known = actualNumbers[one] { return known == other }
    guard expectedNumbers[other] == nil else { return false }
    if min(one, other) < tracedCount, one != other { return false }
    actualNumbers[one] = other
    expectedNumbers[other] = one
    pairs.append((one, other))
    return true
  }
}
