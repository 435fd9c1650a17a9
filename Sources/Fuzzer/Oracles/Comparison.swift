import Bytecode

/// The oracles R, T and X over two outcomes of one run.
public struct Comparison {
  let program: Program
  let expectedEngine: EngineName
  let actualEngine: EngineName
  /// What was run, for the report.
  let run: String

  public init(program: Program, expected: EngineName, actual: EngineName, run: String) {
    self.program = program
    expectedEngine = expected
    actualEngine = actual
    self.run = run
  }

  /// The first difference, nil if the outcomes are equal.
  ///
  /// Events are compared first: they came first in the run. Then the ending, then the counts.
  public func difference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    if expected == actual { return nil }
    return traceDifference(expected, actual) ?? endingDifference(expected, actual)
      ?? heapDifference(expected, actual) ?? countDifference(expected, actual)
  }

  // MARK: T

  private func traceDifference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    for (index, pair) in zip(expected.events, actual.events).enumerated()
    where pair.0 != pair.1 {
      return divergence(
        .trace, eventField(pair.0, pair.1), opcode: opcode(of: pair.0),
        "event \(index): \(Description.of(pair.0, in: program))",
        "event \(index): \(Description.of(pair.1, in: program))")
    }
    let common = min(expected.events.count, actual.events.count)
    if expected.events.count == actual.events.count { return nil }
    let next = expected.events.count > common ? expected.events[common] : actual.events[common]
    func side(_ events: [Event], _ outcome: Outcome) -> String {
      events.count > common
        ? "event \(common): \(Description.of(events[common], in: program))"
        : "no event \(common); \(Description.of(outcome, in: program))"
    }
    return divergence(
      .trace, .eventCount, opcode: opcode(of: next), side(expected.events, expected),
      side(actual.events, actual))
  }

  private func eventField(_ expected: Event, _ actual: Event) -> DifferenceField {
    switch (expected, actual) {
    case (.print(let left, _), .print(let right, _)):
      left == right ? .printedText : .printedValues
    case (.storeBinding(let left, _), .storeBinding(let right, _)):
      left == right ? .storedValue : .storedBinding
    case (.createShape, .createShape): .createdShape
    case (.becomeDictionary, .becomeDictionary): .dictionary
    case (.callForeign(let left, _), .callForeign(let right, _)):
      left == right ? .foreignArguments : .foreignFunction
    case (.returnForeign(let left, _), .returnForeign(let right, _)):
      left == right ? .foreignResult : .foreignFunction
    case (.callBack, .callBack): .callback
    case (.print, _), (.storeBinding, _), (.createShape, _), (.becomeDictionary, _),
      (.callForeign, _), (.returnForeign, _), (.callBack, _):
      .eventKind
    }
  }

  /// The opcode whose event it is; nil where several have it.
  private func opcode(of event: Event) -> Opcode? {
    switch event {
    case .print: .builtinCall
    case .storeBinding: .storeModuleBinding
    case .callForeign, .returnForeign: .callForeign
    case .createShape, .becomeDictionary, .callBack: nil
    }
  }

  // MARK: R and X

  private func endingDifference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    let left = expected.ending
    let right = actual.ending
    if left == right { return nil }
    let sides = (Description.of(expected, in: program), Description.of(actual, in: program))
    switch (left, right) {
    case (.returned(let one), .returned(let other)):
      return divergence(
        .result, kindName(one) == kindName(other) ? .value : .valueKind, opcode: nil,
        reason: kindName(one), "returned \(Description.of(one))",
        "returned \(Description.of(other))")
    case (
      .trapped(let one, let onePayload, let oneRaise),
      .trapped(let other, let otherPayload, let otherRaise)
    ):
      let field: DifferenceField =
        one != other
        ? .trapKind
        : onePayload != otherPayload ? .payload : raiseField(oneRaise, otherRaise)
      return divergence(
        .exit, field, opcode: opcode(at: oneRaise), reason: one.name, sides.0, sides.1)
    case (.exited(let one, let oneRaise), .exited(let other, let otherRaise)):
      let field: DifferenceField = one != other ? .exitKind : raiseField(oneRaise, otherRaise)
      return divergence(
        .exit, field, opcode: opcode(at: oneRaise), reason: one.name, sides.0, sides.1)
    case (.returned, .trapped(let kind, _, let raise)),
      (.trapped(let kind, _, let raise), .returned), (.trapped(let kind, _, let raise), .exited):
      return divergence(
        .exit, .ending, opcode: opcode(at: raise), reason: kind.name, sides.0, sides.1)
    case (.returned, .exited(let kind, let raise)), (.exited(let kind, let raise), .returned),
      (.exited(let kind, let raise), .trapped):
      return divergence(
        .exit, .ending, opcode: opcode(at: raise), reason: kind.name, sides.0, sides.1)
    }
  }

  /// The first cell of the walk from the result or payload that differs.
  private func heapDifference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    for (left, right) in zip(expected.heap, actual.heap) where left != right {
      return divergence(
        .result, CellDifference.field(left, right), opcode: nil,
        reason: CellDifference.name(of: left.content), Description.of(left),
        Description.of(right))
    }
    if expected.heap.count == actual.heap.count { return nil }
    return divergence(
      .result, .heapSize, opcode: nil, reason: "heap", "\(expected.heap.count) heap values",
      "\(actual.heap.count) heap values")
  }

  private func countDifference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    let sides = (Description.of(expected, in: program), Description.of(actual, in: program))
    if expected.fuel != actual.fuel {
      return divergence(.exit, .fuel, opcode: nil, sides.0, sides.1)
    }
    guard expected.heapBytes != actual.heapBytes else { return nil }
    return divergence(
      .exit, .heapBytes, opcode: nil, "\(sides.0), heap \(expected.heapBytes)",
      "\(sides.1), heap \(actual.heapBytes)")
  }

  private func raiseField(_ expected: Raise, _ actual: Raise) -> DifferenceField {
    if expected.site != actual.site { return .site }
    return expected.depth != actual.depth ? .depth : .handlerDepth
  }

  private func kindName(_ value: ObservedValue) -> String {
    switch value {
    case .null: "null"
    case .unit: "unit"
    case .bool: "bool"
    case .int: "int"
    case .number: "number"
    case .string: "string"
    case .function: "function"
    case .identity(let kind, _): kind.name
    }
  }

  private func opcode(at raise: Raise) -> Opcode? { program.opcode(at: raise.site) }

  private func divergence(
    _ oracle: Oracle, _ field: DifferenceField, opcode: Opcode?, reason: String = "-",
    _ expected: String, _ actual: String
  ) -> Divergence {
    Divergence(
      signature: Signature(
        oracle: oracle, expected: expectedEngine, actual: actualEngine, reason: reason,
        opcode: opcode, field: field),
      run: run, expected: expected, actual: actual)
  }
}

extension Program {
  /// The opcode at a site; nil where a wrong engine names an instruction that does not exist.
  func opcode(at site: Site) -> Opcode? {
    guard site.function.position < functions.count else { return nil }
    let function = self[site.function]
    guard (0..<function.bodyLength).contains(site.offset) else { return nil }
    return instructions[function.entryPoint + site.offset].opcode
  }
}
