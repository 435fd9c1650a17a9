import Bytecode

/// One frame as the judge and the judged engine show it.
struct FramePair {
  let expected: ObservedFrame
  let actual: ObservedFrame
  let isInnermost: Bool
  /// The depth of the frame; that of `main` is 1.
  let level: Int
}

/// What two views of one frame differ in.
extension FrameComparison {
  func difference(of frame: FramePair, _ heap: inout HeapCorrespondence) -> Divergence? {
    let (one, other) = (frame.expected, frame.actual)
    if one.site.function != other.site.function {
      return divergence(.frame, .frameFunction, of: frame, "the frame", "another function's")
    }
    if one.site.offset != other.site.offset {
      return divergence(
        .resume, .resumeSite, of: frame, frame.isInnermost ? "goes on here" : "awaits this call",
        frame.isInnermost ? "goes on here" : "awaits this call")
    }
    if one.handlerDepth != other.handlerDepth {
      return divergence(
        .frame, .frameHandlers, of: frame, "\(one.handlerDepth) handlers",
        "\(other.handlerDepth) handlers")
    }
    if !areSame(one.closure, other.closure, &heap) {
      return divergence(
        .frame, .frameClosure, of: frame, one.closure.map { Description.of($0) } ?? "no closure",
        other.closure.map { Description.of($0) } ?? "no closure")
    }
    return localDifference(of: frame, &heap) ?? operandDifference(of: frame, &heap)
  }

  private func areSame(
    _ one: ObservedValue?, _ other: ObservedValue?, _ heap: inout HeapCorrespondence
  ) -> Bool {
    guard let one, let other else { return one == other }
    return heap.match(one, other)
  }

  private func localDifference(
    of frame: FramePair, _ heap: inout HeapCorrespondence
  ) -> Divergence? {
    let (one, other) = (frame.expected.locals, frame.actual.locals)
    guard one.count == other.count else {
      return divergence(
        .frame, .slotCount, of: frame, "\(one.count) locals", "\(other.count) locals")
    }
    let live = other.contains(.dead) ? liveLocals(of: frame) : nil
    for (position, pair) in zip(one, other).enumerated() {
      let local = LocalIndex(position)
      guard let field = field(pair.0, pair.1, .frameLocal, &heap) else { continue }
      if field == .deadSlot, let live, !live.contains(local) { continue }
      let name = "local " + program[frame.expected.site.function].name(of: local)
      return divergence(
        .frame, field, of: frame, "\(name): \(Description.of(pair.0))",
        "\(name): \(Description.of(pair.1))")
    }
    return nil
  }

  /// The locals that must be shown: what the verifier says may still be read.
  private func liveLocals(of frame: FramePair) -> LocalSet {
    let site = frame.expected.site
    return frame.isInnermost
      ? verified.liveLocals(of: site.function, at: site.offset)
      : verified.liveLocalsAwaiting(callAt: site.offset, of: site.function)
  }

  private func operandDifference(
    of frame: FramePair, _ heap: inout HeapCorrespondence
  ) -> Divergence? {
    let (one, other) = (frame.expected.operands, frame.actual.operands)
    guard one.count == other.count else {
      return divergence(
        .frame, .slotCount, of: frame, "\(one.count) operands", "\(other.count) operands")
    }
    for (position, pair) in zip(one, other).enumerated() {
      guard let field = field(pair.0, pair.1, .frameOperand, &heap) else { continue }
      return divergence(
        .frame, field, of: frame, "operand \(position): \(Description.of(pair.0))",
        "operand \(position): \(Description.of(pair.1))")
    }
    return nil
  }

  /// The field two slots differ in, nil if they hold the same.
  private func field(
    _ expected: ObservedSlot, _ actual: ObservedSlot, _ field: DifferenceField,
    _ heap: inout HeapCorrespondence
  ) -> DifferenceField? {
    switch (expected, actual) {
    case (.value(let one), .value(let other)): heap.match(one, other) ? nil : field
    case (.value, .dead): .deadSlot
    case (.dead, .dead): nil
    case (.dead, .value): field
    }
  }

  private func divergence(
    _ oracle: Oracle, _ field: DifferenceField, of frame: FramePair, _ expected: String,
    _ actual: String
  ) -> Divergence {
    func place(_ site: Site) -> String {
      "frame \(frame.level) at \(Description.of(site, in: program))"
    }
    return divergence(
      oracle, field, at: frame.expected.site, "\(place(frame.expected.site)): \(expected)",
      "\(place(frame.actual.site)): \(actual)")
  }
}
