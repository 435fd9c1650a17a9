import Bytecode

/// What a check did with compiled code, as campaigns look for what is new.
public enum CodeFeature: Hashable, Sendable {
  /// Compiled code of a tier was left before an instruction.
  case exit(Opcode, EngineName)
  /// It was left at a depth of frames, as the power of two below.
  case exitDepth(Int, EngineName)
  /// Compiled code was entered at a loop header, by the instruction there, in an iteration, as the
  /// power of two below; -1 for iteration 0.
  case replacement(Opcode, iteration: Int)
  /// A tier does not take a function.
  case decline(DeclineReason.Kind, EngineName)
  /// The optimizing tier did this in some code.
  case optimization(OptimizationEvent)
  /// It did both in the same code; the one of the lower number first.
  case optimizations(OptimizationEvent, OptimizationEvent)
}

extension DeclineReason {
  /// A reason without its particulars.
  public enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    case interpreterOnlyOpcode, interpreterOnlyFeature, notNumeric, notNumericSlot, scheduled
    case blockBudget, ambiguousHandlers
  }

  /// The reason without its particulars.
  public var kind: Kind {
    switch self {
    case .interpreterOnlyOpcode: .interpreterOnlyOpcode
    case .interpreterOnlyFeature: .interpreterOnlyFeature
    case .notNumeric: .notNumeric
    case .notNumericSlot: .notNumericSlot
    case .scheduled: .scheduled
    case .blockBudget: .blockBudget
    case .ambiguousHandlers: .ambiguousHandlers
    }
  }
}

extension Check {
  mutating func noteDeclines(_ declines: [Decline], of tier: EngineName) {
    for decline in declines { report.code.features.insert(.decline(decline.reason.kind, tier)) }
  }

  /// Counts what was done in optimized code.
  mutating func note(_ account: CodeAccount) {
    report.code.guards.inlineDepth = max(report.code.guards.inlineDepth, account.inlineDepth)
    let events = account.optimizationEvents.sorted { $0.number < $1.number }
    for (position, event) in events.enumerated() {
      report.code.features.insert(.optimization(event))
      for other in events[(position + 1)...] {
        report.code.features.insert(.optimizations(event, other))
      }
    }
  }

  /// Counts exits that were taken, with a checkpoint for each.
  mutating func note(
    _ exits: [ForcedExit], _ checkpoints: [Checkpoint], of tier: EngineName
  ) {
    for exit in exits {
      report.code.forcedSafepoints.insert(exit.safepoint)
      let site = Site(exit.safepoint.function, offset: exit.safepoint.offset)
      guard let opcode = program.program.opcode(at: site) else { continue }
      report.code.features.insert(.exit(opcode, tier))
    }
    for checkpoint in checkpoints {
      let depth = UInt64(checkpoint.instant.depth)
      report.code.features.insert(.exitDepth(bucket(of: depth), tier))
    }
  }

  /// Counts stack replacements that were taken.
  mutating func note(_ replacements: [StackReplacement]) {
    report.code.stackReplacements += replacements.count
    for replacement in replacements {
      let header = program[replacement.function].loopHeaders[replacement.loop]
      let site = Site(replacement.function, offset: header)
      guard let opcode = program.program.opcode(at: site) else { continue }
      report.code.features.insert(
        .replacement(opcode, iteration: bucket(of: replacement.iteration)))
    }
  }

  /// The power of two that is not above a number, -1 for 0.
  private func bucket(of number: UInt64) -> Int { 63 - number.leadingZeroBitCount }
}
