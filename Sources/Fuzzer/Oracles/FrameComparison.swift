import Bytecode

/// The oracles F and I over the checkpoints of one run.
///
/// Frames below those the judged engine shows are compared by depth only, as part of the instant.
public struct FrameComparison {
  let verified: VerifiedProgram
  let expectedEngine: EngineName
  let actualEngine: EngineName
  /// Why the judged engine shows its frames: part of signatures.
  var reason: String
  /// By the place of a checkpoint in the run, where that is something else.
  var reasons: [Int: String] = [:]
  /// What was run, for the report.
  let run: String

  public init(
    program: VerifiedProgram, expected: EngineName, actual: EngineName, reason: String,
    run: String
  ) {
    verified = program
    expectedEngine = expected
    actualEngine = actual
    self.reason = reason
    self.run = run
  }

  /// What to ask the judge for, to compare it with the checkpoints of one or more runs.
  public static func requests(for checkpoints: [Checkpoint]) -> [CheckpointRequest] {
    var frameCounts: [Instant: Int] = [:]
    for checkpoint in checkpoints {
      frameCounts[checkpoint.instant] = max(
        frameCounts[checkpoint.instant] ?? 1, checkpoint.frames.count)
    }
    return frameCounts.map { CheckpointRequest(instant: $0.key, frameCount: $0.value) }.sorted {
      let (left, right) = ($0.instant, $1.instant)
      return (left.clock, left.depth, left.site) < (right.clock, right.depth, right.site)
    }
  }

  /// The first difference, nil if every checkpoint of the judged run is one of the judge's, in the
  /// judge's order.
  ///
  /// - Parameter expected: the judge's, in the order of its run, those of other runs among them.
  /// - Parameter actual: those of one run.
  public func difference(_ expected: [Checkpoint], _ actual: [Checkpoint]) -> Divergence? {
    let positions = Dictionary(
      expected.enumerated().map { ($0.element.instant, $0.offset) }, uniquingKeysWith: min)
    var last = -1
    for (index, checkpoint) in actual.enumerated() {
      var comparison = self
      comparison.reason = reasons[index] ?? reason
      let place = Description.of(checkpoint.instant, in: program)
      guard let position = positions[checkpoint.instant] else {
        return comparison.divergence(
          .resume, .checkpointMissing, at: checkpoint.instant.site, "an instant of the run", place)
      }
      guard position > last else {
        return comparison.divergence(
          .resume, .checkpointOrder, at: checkpoint.instant.site,
          "an instant after \(Description.of(expected[last].instant, in: program))", place)
      }
      last = position
      if let difference = comparison.difference(expected[position], checkpoint) {
        return difference
      }
    }
    return nil
  }

  var program: Program { verified.program }

  private func difference(_ expected: Checkpoint, _ actual: Checkpoint) -> Divergence? {
    let site = actual.instant.site
    guard !actual.frames.isEmpty, actual.frames.count <= expected.frames.count else {
      return divergence(
        .resume, .frameCount, at: site, "1 to \(expected.frames.count) frames",
        "\(actual.frames.count) frames")
    }
    if expected.tracedCount != actual.tracedCount {
      return divergence(
        .frame, .tracedCount, at: site, "\(expected.tracedCount) heap values in the trace",
        "\(actual.tracedCount) heap values in the trace")
    }
    let shown = expected.frames.suffix(actual.frames.count)
    var heap = HeapCorrespondence(tracedCount: expected.tracedCount)
    let pairs = Array(zip(shown, actual.frames))
    for (position, (one, other)) in pairs.enumerated() {
      let level = actual.instant.depth - actual.frames.count + position + 1
      let frame = FramePair(
        expected: one, actual: other, isInnermost: position == pairs.count - 1, level: level)
      if let difference = difference(of: frame, &heap) { return difference }
    }
    return heapDifference(expected, actual, &heap)
  }

  // MARK: Heap

  /// Walks over both heaps at once from what corresponding slots hold.
  private func heapDifference(
    _ expected: Checkpoint, _ actual: Checkpoint, _ heap: inout HeapCorrespondence
  ) -> Divergence? {
    let left = Dictionary(
      expected.cells.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    let right = Dictionary(
      actual.cells.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    var next = 0
    while next < heap.pairs.count {
      let pair = heap.pairs[next]
      next += 1
      guard let one = left[pair.expected], let other = right[pair.actual] else {
        return divergence(
          .frame, .heapSize, at: actual.instant.site,
          left[pair.expected].map(Description.of) ?? "no heap value #\(pair.expected)",
          right[pair.actual].map(Description.of) ?? "no heap value #\(pair.actual)")
      }
      let field = CellDifference.field(one.content, other.content) { heap.match($0, $1) }
      guard let field else { continue }
      return divergence(
        .frame, field, at: actual.instant.site, Description.of(one), Description.of(other))
    }
    return nil
  }

  // MARK: Reports

  func divergence(
    _ oracle: Oracle, _ field: DifferenceField, at site: Site, _ expected: String,
    _ actual: String
  ) -> Divergence {
    Divergence(
      signature: Signature(
        oracle: oracle, expected: expectedEngine, actual: actualEngine, reason: reason,
        opcode: program.opcode(at: site), field: field),
      run: run, expected: expected, actual: actual)
  }
}
