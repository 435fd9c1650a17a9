import Bytecode

/// What a check did with the guards of optimized code.
public struct GuardFigures: Hashable, Sendable {
  /// Guards of all code that was made.
  public var made: Set<Guard> = []
  /// Those that some run executed, as far as runs count or show it.
  public var executed: Set<Guard> = []
  /// Those at which frames left although they held.
  public var forced: Set<Guard> = []
  /// Those that failed of themselves.
  public var failed: Set<Guard> = []
  /// Those that let a run pass.
  public var passed: Set<Guard> = []
  /// Exits of all runs, by the kind of the guard that failed.
  public var exits: [Schedule.GuardKind: Int] = [:]
  /// Exits at guards that held.
  public var forcedExits = 0
  /// Exits from code that had been discarded because of what it rested on.
  public var discardedExits = 0
  /// Exits at guards that do not stand before their instruction: the judge cannot say.
  public var undecided = 0
  /// Exits at guards that held and were not forced: each is a divergence.
  public var spurious = 0
  /// Whether a run under the schedule ran optimized code, left it at a guard, and entered it in
  /// mid-function.
  public var ranOptimized = false
  public var deoptimized = false
  public var replacedStack = false

  public init() {}

  /// Guards that no run executed, in an order that depends on nothing but them.
  public var unexecuted: [Guard] {
    made.subtracting(executed).sorted { $0.sortKey < $1.sortKey }
  }

  /// The figures by the names of reports, in their order; exits by reason are apart.
  var named: [(name: String, value: Int)] {
    [
      ("guards.static", made.count), ("guards.executed", executed.count),
      ("guards.forced", forced.count), ("guards.undecided", undecided), ("spurious", spurious),
    ]
  }

  /// Exits by reason, in the order of the kinds.
  var namedExits: [(name: String, value: Int)] {
    Schedule.GuardKind.allCases.map { ("deopts.\($0.name)", exits[$0, default: 0]) }
      + [("deopts.discarded", discardedExits)]
  }

  mutating func note(_ exit: GuardExit) {
    executed.insert(exit.record)
    if exit.held {
      forcedExits += 1
      forced.insert(exit.record)
      passed.insert(exit.record)
    } else {
      exits[exit.record.kind, default: 0] += 1
      failed.insert(exit.record)
    }
  }
}

extension Guard {
  /// Text that orders guards.
  fileprivate var sortKey: String {
    let offset = String(site.offset + 1_000_000)
    return "\(site.function.position + 1_000_000) \(offset) \(kind.rawValue) \(operand) "
      + Description.of(predicate)
  }
}
