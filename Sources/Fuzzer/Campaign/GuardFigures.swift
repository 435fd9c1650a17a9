import Bytecode

/// Where guards stand in the program: inlining and new versions of code make several of each.
public struct GuardSite: Hashable, Sendable {
  public let site: Site
  public let kind: Schedule.GuardKind
  public let operand: Int

  init(of record: Guard) {
    site = record.site
    kind = record.kind
    operand = record.operand
  }
}

/// What a check did with the guards of optimized code.
public struct GuardFigures: Hashable, Sendable {
  /// Guards of all code that was made.
  public var made: Set<Guard> = []
  /// Those that some run executed, as far as runs count or show it.
  public var executed: Set<Guard> = []
  /// Those at which frames were told to leave and did, whatever was found there.
  public var forced: Set<Guard> = []
  /// Those that failed of themselves.
  public var failed: Set<Guard> = []
  /// Those that let a run pass.
  public var passed: Set<Guard> = []
  /// Exits of all runs, by the kind of the guard that failed.
  public var exits: [Schedule.GuardKind: Int] = [:]
  /// Exits at guards that held.
  public var forcedExits = 0
  /// Calls inlined in each other in some code, at most.
  public var inlineDepth = 0
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
  /// Whether code had objects that it makes only where something needs them, and whether frames that
  /// left held some.
  public var hasVirtualObjects = false
  public var rebuiltObjects = false
  /// Whether LLVM vectorized a loop of code that was run.
  public var hasVectors = false

  public init() {}

  /// Where guards were made of which no run executed any, in an order that depends on nothing else.
  public var unexecuted: [GuardSite] {
    sites(made).subtracting(sites(executed)).sorted { $0.sortKey < $1.sortKey }
  }

  /// Where runs executed guards and frames never left, neither forced nor of themselves.
  public var neverLeft: [GuardSite] {
    sites(executed).subtracting(sites(forced)).subtracting(sites(failed))
      .sorted { $0.sortKey < $1.sortKey }
  }

  private func sites(_ guards: Set<Guard>) -> Set<GuardSite> {
    Set(guards.map { GuardSite(of: $0) })
  }

  /// Whether frames left at a site because they were told to.
  func wasForced(_ site: GuardSite) -> Bool { forced.contains { GuardSite(of: $0) == site } }

  /// The number of sites of the guards that were made, executed, and left when told to.
  public var staticCount: Int { sites(made).count }
  public var executedCount: Int { sites(executed).count }
  public var forcedCount: Int { sites(forced).count }

  /// The figures by the names of reports, in their order; exits by reason are apart.
  var named: [(name: String, value: Int)] {
    [
      ("guards.static", staticCount), ("guards.executed", executedCount),
      ("guards.forced", forcedCount), ("guards.copies", made.count),
      ("guards.copiesExecuted", executed.count),
      ("guards.undecided", undecided), ("spurious", spurious),
    ]
  }

  /// Exits by reason, in the order of the kinds.
  var namedExits: [(name: String, value: Int)] {
    Schedule.GuardKind.allCases.map { ("deopts.\($0.name)", exits[$0, default: 0]) }
      + [("deopts.discarded", discardedExits)]
  }

  mutating func note(_ exit: GuardExit) {
    executed.insert(exit.record)
    if exit.isForced { forced.insert(exit.record) }
    if exit.held {
      forcedExits += 1
      passed.insert(exit.record)
    } else {
      exits[exit.record.kind, default: 0] += 1
      failed.insert(exit.record)
    }
  }
}

extension GuardSite {
  /// Text that orders sites.
  fileprivate var sortKey: String {
    let offset = String(site.offset + 1_000_000)
    return "\(site.function.position + 1_000_000) \(offset) \(kind.rawValue) \(operand)"
  }
}
