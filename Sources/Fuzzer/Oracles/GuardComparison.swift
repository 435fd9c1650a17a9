import Bytecode

/// The oracle G over the guards at which a judged run left compiled code: each failed where the
/// judge's values say that it does not hold, or was made to fail where they say that it holds.
struct GuardComparison {
  let verified: VerifiedProgram
  let expectedEngine: EngineName
  let actualEngine: EngineName
  /// What was run, for the report.
  let run: String

  private var program: Program { verified.program }

  /// The first difference.
  ///
  /// - Parameters:
  ///   - expected: the judge's checkpoints, those of the exits among them.
  ///   - actual: the judged run's.
  func difference(
    _ expected: [Checkpoint], _ actual: [Checkpoint], _ exits: [GuardExit]
  ) -> Divergence? {
    let shown = Dictionary(expected.map { ($0.instant, $0) }, uniquingKeysWith: { one, _ in one })
    for exit in exits {
      if let problem = misfit(exit.record) { return problem }
      guard actual.indices.contains(exit.checkpoint) else {
        return divergence(
          .checkpointMissing, exit.record, "a checkpoint for each guard that frames leave at",
          "none for a guard at \(Description.of(exit.record.site, in: program))")
      }
      let instant = actual[exit.checkpoint].instant
      guard let judged = shown[instant],
        let holds = exit.record.holds(at: judged, in: program), holds != exit.held
      else { continue }
      let place = Description.of(instant, in: program)
      let operands = judged.frames.last?.operands.map { Description.of($0) } ?? []
      return divergence(
        exit.held ? .guardPredicate : .spuriousDeopt, exit.record,
        "\(Description.of(exit.record)) \(holds ? "holds" : "fails") at \(place), "
          + "operands (\(operands.joined(separator: ", ")))",
        "it was found to \(exit.held ? "hold" : "fail")")
    }
    return nil
  }

  /// How many exits the judge's values say nothing of: guards that stand elsewhere than before
  /// their instruction.
  func undecidedCount(
    _ expected: [Checkpoint], _ actual: [Checkpoint], _ exits: [GuardExit]
  ) -> Int {
    let shown = Dictionary(expected.map { ($0.instant, $0) }, uniquingKeysWith: { one, _ in one })
    return exits.count { exit in
      guard actual.indices.contains(exit.checkpoint),
        let judged = shown[actual[exit.checkpoint].instant]
      else { return true }
      return exit.record.holds(at: judged, in: program) == nil
    }
  }

  /// What is wrong with a guard that no feedback of its site can justify; nil if one can.
  func misfit(_ record: Guard) -> Divergence? {
    record.canRestOnFeedback(in: verified)
      ? nil
      : divergence(
        .guardSite, record, "an instruction whose feedback can justify the guard",
        "\(Description.of(record)) at \(Description.of(record.site, in: program))")
  }

  private func divergence(
    _ field: DifferenceField, _ record: Guard, _ expected: String, _ actual: String
  ) -> Divergence {
    Divergence(
      signature: Signature(
        oracle: .guards, expected: expectedEngine, actual: actualEngine,
        reason: record.kind.name, opcode: program.opcode(at: record.site), field: field),
      run: run, expected: expected, actual: actual)
  }
}

extension Guard {
  /// Whether the instruction at the site records feedback that a guard of the kind, with such a
  /// predicate, may rest on.
  ///
  /// What was recorded there no engine but the judged one knows.
  func canRestOnFeedback(in verified: VerifiedProgram) -> Bool {
    let program = verified.program
    guard let instruction = program.instruction(at: site),
      let count = program.popCount(of: instruction), operand == 0 || operand == 1
    else { return false }
    let opcode = instruction.opcode
    let facts = opcode.facts
    let isLoopHeader = verified[site.function].loopHeaders.contains(site.offset)
    let isAccess =
      switch facts.category {
      case .arrays, .objects, .references: true
      case .stack, .locals, .cells, .arithmetic, .comparison, .logic, .control, .calls,
        .exceptions:
        false
      }
    let isOperation =
      switch facts.category {
      case .arithmetic, .comparison, .logic: true
      case .stack, .locals, .cells, .references, .control, .calls, .arrays, .objects,
        .exceptions:
        false
      }
    let isCall = instruction.mayEnterFunction
    switch (kind, predicate) {
    case (.kind, .kinds): return (isOperation || isAccess) && operand < count
    case (.notNull, .kinds(let kinds)): return isOperation && !kinds.contains(.null)
    case (.intRange, .fitsInt): return isOperation
    case (.shape, .shape), (.schema, .schema): return isAccess && operand < count
    case (.arrayKind, .array), (.arrayKind, .kinds): return isAccess && operand < count
    case (.bounds, .inBounds): return isAccess && operand < count
    case (.callee, .callee): return isCall && operand < count
    case (.receiver, .kinds), (.receiver, .shape), (.receiver, .schema), (.receiver, .array):
      return opcode == .callMethod && operand == 0
    case (.branchNotTaken, .truth): return opcode.isConditionalJump && operand == 0
    case (.tripCount, .isNotNegative), (.tripCount, .isAtMost), (.tripCount, .spans):
      return isLoopHeader
    case (.kind, _), (.notNull, _), (.intRange, _), (.shape, _), (.schema, _), (.arrayKind, _),
      (.bounds, _), (.callee, _), (.receiver, _), (.branchNotTaken, _), (.tripCount, _):
      return false
    }
  }
}
