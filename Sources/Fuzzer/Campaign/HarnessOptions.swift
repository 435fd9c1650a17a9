import Bytecode

/// How programs are checked; no option changes what a program means.
public struct HarnessOptions: Sendable {
  /// The limits of runs whose schedule sets none.
  public var limits = RunLimits(
    fuel: 100_000, depth: 200, heapBytes: 64 << 20, referenceSteps: 50_000_000)
  /// One of so many inputs, chosen by its hash, is run twice for oracle D; 1 is every input.
  public var determinismShare: UInt64 = 1
  /// One of so many inputs, chosen by its hash, is run as numeric kernels too; 1 is every input.
  public var kernelShare: UInt64 = 1

  /// One of so many inputs, chosen by its hash, runs code as production makes it; 0 is none.
  public var productionShare: UInt64 = 0

  /// What the judged engines' heaps suffer in every run; the schedule adds its own collections.
  public var heapStress = HeapStress()
  /// One of so many inputs, chosen by its hash, is run with a collection at every allocation and
  /// freed cells poisoned; 0 is none but what `heapStress` says.
  public var collectionShare: UInt64 = 0

  /// Whether one of the engines that run compiled code, chosen by the input's hash, stands for all of
  /// them, and makes one version of its code for all runs: with hooks if it is left or entered
  /// anywhere, which is then tried on one argument tuple.
  public var rotatesEngines = false

  /// One of so many inputs, chosen by its hash, has its compiled code left at safepoints.
  public var forcedExitShare: UInt64 = 1
  /// Forced exits an engine is tried with, one a run; which ones rotates by the input's hash.
  public var forcedExitBudget = 96
  /// Fuel units, about, that the runs of each of these two legs may use an engine.
  public var legFuel: UInt64 = 2_000_000
  /// Whether exits are forced at more than the first, middle and last passing of a safepoint.
  public var forcesEveryExit = false
  /// One of so many inputs, chosen by its hash, has its compiled code entered at loop headers.
  public var replacementShare: UInt64 = 1
  /// Stack replacements an engine is tried with, one a run; which ones rotates likewise.
  public var replacementBudget = 48
  /// One of so many inputs, chosen by its hash, is checked again with feedback that lies, on the
  /// engine whose code rests on feedback; 0 is none.
  public var liesShare: UInt64 = 1
  /// Forced exits that check is tried with.
  public var liesExitBudget = 8

  public init() {}

  /// Leaves and enters compiled code wherever and whenever it can.
  public mutating func beExhaustive() {
    forcesEveryExit = true
    forcedExitBudget = .max
    replacementBudget = .max
    liesExitBudget = .max
    legFuel = .max
  }

  /// A heap that suffers most: every missing root shows.
  public static let greatestStress = HeapStress(
    collectsAtEveryAllocation: true, poisonsFreedCells: true)

  /// What campaigns use: the costly legs rotate.
  public static var campaign: HarnessOptions {
    var options = HarnessOptions()
    options.determinismShare = 16
    options.kernelShare = 8
    options.rotatesEngines = true
    options.collectionShare = 8
    options.productionShare = 32
    options.forcedExitShare = 4
    options.forcedExitBudget = 4
    options.replacementShare = 2
    options.replacementBudget = 2
    options.liesShare = 8
    options.liesExitBudget = 2
    options.limits.referenceSteps = 2_000_000
    return options
  }
}

/// What became of a tier in a check.
public struct TierReport: Hashable, Sendable {
  public var tier: EngineName
  public var use: TierUse

  /// The word of reports: `entered`, `declined` or `inapplicable`.
  public var state: String {
    switch use {
    case .entered: "entered"
    case .declined: "declined"
    case .inapplicable: "inapplicable"
    }
  }
}

/// What a check did and found.
public struct CheckReport: Sendable {
  public var verdict: Verdict = .agree
  /// One entry per judged engine, in the order of the engines, up to the first difference.
  public var tiers: [TierReport] = []
  /// Runs on any engine, the judge's included.
  public var executions = 0
  /// Second runs for oracle D among them.
  public var determinismRuns = 0
  /// Exits, replacements and checkpoints of all engines.
  public var code = CodeFigures()
  /// The rotating legs that were run.
  public var legs: Set<Leg> = []
  /// What is wrong with the first line of the schedule that names a guard which no code has, if
  /// optimized code was made; a file that is replayed must name those there are.
  public var missingGuard: String?
  /// Functions run as numeric kernels.
  public var kernels = 0
  /// The judge's outcome of each tuple.
  public var outcomes: [Outcome] = []
  /// How often the judge executed each instruction; empty if it does not record it.
  public var executionCounts: [UInt32] = []

  public init() {}

  public var divergence: Divergence? {
    switch verdict {
    case .agree, .inconclusive: nil
    case .diverge(let divergence): divergence
    }
  }
}
