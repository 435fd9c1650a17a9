import Bytecode

/// What a check did with compiled code beyond running it from the start to the end.
public struct CodeFigures: Hashable, Sendable {
  /// Safepoints of the program, if an engine takes forced exits.
  public var safepoints: Set<Safepoint> = []
  /// Safepoints that some engine's compiled code passed.
  public var executedSafepoints: Set<Safepoint> = []
  /// Safepoints at which compiled code was left.
  public var forcedSafepoints: Set<Safepoint> = []
  /// Forced exits taken.
  public var forcedExits = 0
  /// Activations that entered compiled code in mid-function.
  public var stackReplacements = 0
  /// Checkpoints compared with the judge's.
  public var checkpoints = 0
  /// Locals, operands and closures compared in them.
  public var slots = 0
  /// What was done at least once.
  public var features: Set<CodeFeature> = []

  /// Guards of optimized code.
  public var guards = GuardFigures()

  public init() {}

  /// Safepoints that no run passed in compiled code, in ascending order.
  public var unexecutedSafepoints: [Safepoint] {
    safepoints.subtracting(executedSafepoints).sorted()
  }

  /// The figures by the names of reports, in their order.
  public var named: [(name: String, value: Int)] {
    [
      ("safepoints.static", safepoints.count), ("safepoints.executed", executedSafepoints.count),
      ("safepoints.forced", forcedSafepoints.count), ("deopts.forced", exitsForced),
      ("checkpoints", checkpoints), ("slots", slots), ("replacements", stackReplacements),
    ] + guards.named + guards.namedExits
  }

  /// Exits that happened because they were asked for, at safepoints and at guards.
  public var exitsForced: Int { forcedExits + guards.forcedExits }
}
