/// The engines of the project by their command-line names.
public enum EngineName: String, CaseIterable, Hashable, Sendable {
  /// The judge.
  case reference
  /// Tier 0.
  case interpreter
  /// Tier 1, the whole program compiled before the start.
  case baseline
  /// The whole program ahead of time, with interpreted functions between compiled ones.
  case selective
  /// Loops compiled from their headers, entered in mid-function from tier 0.
  case osr
  /// Tier 2: what is called or goes round a second time, with guards for what was seen so far.
  case optimizing
  /// All tiers: what is hot is compiled while the program runs.
  case auto
  /// Straight-line numeric kernels.
  case numeric

  /// Whether the engine runs a program from `main`; kernels are single functions.
  public var runsWholePrograms: Bool {
    switch self {
    case .reference, .interpreter, .baseline, .selective, .osr, .optimizing, .auto: true
    case .numeric: false
    }
  }

  /// Of how many inputs that have a turn for each of them this one has those of: engines that compile
  /// take turns in campaigns.
  ///
  /// 0 for engines that do not.
  public var turns: Int {
    switch self {
    case .baseline, .optimizing: 3
    case .auto: 2
    case .selective, .osr: 1
    case .reference, .interpreter, .numeric: 0
    }
  }
}

/// The limits of a run; nil is unlimited.
public struct RunLimits: Hashable, Sendable {
  /// Fuel units.
  public var fuel: UInt64?
  /// Bytecode frames, 1 … 1 000 000.
  public var depth: Int
  /// Bytes ever allocated, by abstract size.
  public var heapBytes: UInt64?
  /// Instructions after which the judge gives up; other engines ignore it.
  public var referenceSteps: UInt64?

  public init(
    fuel: UInt64? = nil, depth: Int = 10_000, heapBytes: UInt64? = nil,
    referenceSteps: UInt64? = nil
  ) {
    self.fuel = fuel
    self.depth = depth
    self.heapBytes = heapBytes
    self.referenceSteps = referenceSteps
  }
}

/// What a run does to its heap beyond need; nothing in it may change an outcome.
public struct HeapStress: Hashable, Sendable {
  /// Collects garbage at every allocation.
  public var collectsAtEveryAllocation: Bool
  /// Fills freed cells with words that are no values.
  public var poisonsFreedCells: Bool
  /// Clocks: garbage is collected at the first fuel event at or after each.
  public var collectionClocks: [UInt64]

  public init(
    collectsAtEveryAllocation: Bool = false, poisonsFreedCells: Bool = false,
    collectionClocks: [UInt64] = []
  ) {
    self.collectsAtEveryAllocation = collectsAtEveryAllocation
    self.poisonsFreedCells = poisonsFreedCells
    self.collectionClocks = collectionClocks
  }
}

/// One run of a prepared program.
public struct RunRequest: Sendable {
  /// The function to enter; it has depth 1.
  public var entry: FunctionIndex
  /// One value for each parameter of the entry.
  public var arguments: [ObservedValue]
  public var limits: RunLimits
  /// Whether events are recorded in the outcome.
  public var recordsEvents: Bool
  /// The judge, which never collects, ignores it.
  public var heapStress: HeapStress
  /// Paths of the foreign libraries the program may name besides `fixture`, compared literally.
  public var allowedLibraries: [String]
  /// Receives one sentence for each foreign library or symbol that is missing or not allowed.
  public var diagnostics: (@Sendable (String) -> Void)?
  /// Receives what `print` writes, piece by piece, as UTF-8; nil drops it.
  public var output: (@Sendable ([UInt8]) -> Void)?
  /// What the judge is to show, in ascending order of clock; judged engines ignore it.
  ///
  /// One that never comes has no checkpoint in the observations of the run.
  public var checkpoints: [CheckpointRequest] = []
  /// Where compiled code leaves for tier 0, showing its frames; engines without safepoints, the
  /// judge among them, ignore this and what follows.
  public var forcedExits: [ForcedExit] = []
  /// Guards that fail although they hold, showing their frames.
  public var forcedGuards: [ForcedGuard] = []
  /// Whether compiled code counts how often it executes each guard.
  public var countsGuards = false
  /// The same, named as schedules do.
  public var selectedGuards: [GuardSelection] = []
  /// Whether frames are shown at guards that fail of themselves, too.
  public var showsGuardExits = false
  /// How many exits at guards are shown that are not forced; the first ones are.
  public var guardExitLimit = Int.max
  /// Where activations enter compiled code in mid-function.
  public var stackReplacements: [StackReplacement] = []
  /// Whether compiled code counts how often it passes each safepoint.
  public var countsSafepoints = false
  /// Whether code with hooks runs although nothing may be asked of it.
  public var runsHookedCode = false
  /// Whether the judge counts calls and arrivals at loop headers; judged engines ignore it.
  public var countsControl = false
  /// Whether slots that an exit leaves dead are filled with what no instruction accepts; no outcome
  /// may change.
  public var poisonsDeadSlots = false

  public init(
    entry: FunctionIndex, arguments: [ObservedValue] = [], limits: RunLimits = RunLimits(),
    recordsEvents: Bool = false, heapStress: HeapStress = HeapStress(),
    allowedLibraries: [String] = [], diagnostics: (@Sendable (String) -> Void)? = nil,
    output: (@Sendable ([UInt8]) -> Void)? = nil
  ) {
    self.entry = entry
    self.arguments = arguments
    self.limits = limits
    self.recordsEvents = recordsEvents
    self.heapStress = heapStress
    self.allowedLibraries = allowedLibraries
    self.diagnostics = diagnostics
    self.output = output
  }
}

extension RunRequest {
  /// Whether compiled code with hooks is to run.
  public var needsHookedCode: Bool {
    runsHookedCode || countsSafepoints || countsGuards || !forcedExits.isEmpty
      || !forcedGuards.isEmpty || !selectedGuards.isEmpty
  }
}

/// Something a verified program holds that an engine of this version does not run.
public struct Unsupported: Hashable, Sendable {
  /// The opcode, constant kind or slot kind by name.
  public var feature: String
  /// The instruction or, for a declaration, the entry of the function; nil for a program-level one.
  public var site: Site?

  public init(feature: String, site: Site?) {
    self.feature = feature
    self.site = site
  }
}

/// Why a tier does not take a function.
public struct Decline: Hashable, Sendable {
  public var function: FunctionIndex
  public var reason: DeclineReason

  public init(function: FunctionIndex, reason: DeclineReason) {
    self.function = function
    self.reason = reason
  }
}

/// The reasons a compiled tier may decline a function for; there are no others.
public enum DeclineReason: Hashable, Sendable {
  /// An opcode only interpreters run (`Debug`).
  case interpreterOnlyOpcode(Opcode)
  /// A constant, builtin or slot kind only interpreters run, by name.
  case interpreterOnlyFeature(String)
  /// A numeric kernel takes no such instruction at this offset.
  case notNumeric(Opcode, offset: Int)
  /// A numeric kernel takes no such parameter or local declaration.
  case notNumericSlot(LocalIndex)
  /// The schedule keeps the function in the interpreter.
  case scheduled
  /// With its handlers the function has more blocks than a compile takes on.
  case blockBudget
  /// Frames may arrive at the loop header at this offset with different handlers.
  case ambiguousHandlers(loop: Int)

  /// The words of reports.
  public var description: String {
    switch self {
    case .interpreterOnlyOpcode(let opcode): "interpreter-only opcode \(opcode.facts.name)"
    case .interpreterOnlyFeature(let feature): "interpreter-only feature \(feature)"
    case .notNumeric(let opcode, let offset): "not numeric: \(opcode.facts.name) at +\(offset)"
    case .notNumericSlot(let local): "not numeric: slot #\(local.position)"
    case .scheduled: "scheduled to stay interpreted"
    case .blockBudget: "block budget"
    case .ambiguousHandlers(let offset): "ambiguous handlers at the loop at +\(offset)"
    }
  }
}

/// What became of a tier a run asked for.
public enum TierUse: Hashable, Sendable {
  /// An instruction of the program ran in the tier's code.
  case entered
  case declined([Decline])
  case inapplicable
}

/// A failure of an engine, never of the program it runs.
public enum EngineFailure: Error, Hashable, Sendable {
  case unsupported(Unsupported)
  /// The host's memory or the judge's step limit ran out: the run is inconclusive.
  case inconclusive(String)
  /// The engine is broken: a finding.
  case broken(String)
  /// A deoptimization storm, a finding: code has been discarded so often because of one guard, which
  /// is made again and again although it fails.
  case storm(Guard, discards: Int)
}

/// The judge or one judged configuration.
public protocol Engine: Sendable {
  var name: EngineName { get }

  /// Makes the program ready to run, compiling what the configuration compiles ahead of time.
  ///
  /// - Throws: `.unsupported` for a program outside what the engine runs, `.broken` if it fails.
  func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession
}

/// A program prepared on one engine; one thread's property.
///
/// Code and feedback live on between runs; bindings, heap, trace, clock and budgets start anew.
public protocol EngineSession: AnyObject {
  /// Runs the entry once.
  ///
  /// - Throws: `.inconclusive` or `.broken`; every end of the program itself is an outcome.
  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome

  /// Why the engine does not take a function as the entry of a run; nil if it does.
  func decline(of function: FunctionIndex) -> Decline?

  /// What became of the tier in the runs so far.
  var tierUse: TierUse { get }

  /// What the tier was to compile so far and does not take, whether it was entered or not.
  var declines: [Decline] { get }

  /// Text that must be equal for equal inputs, in this process and in any other: feedback,
  /// intermediate code, guards, code size. Empty if the engine makes nothing of the kind.
  var fingerprint: String { get }

  /// Named counts of the last run (`instructions`, `calls`, `compiles` …), in a fixed order.
  var statistics: [(name: String, value: UInt64)] { get }

  /// What the last run showed of itself; that two runs agree does not depend on it.
  var observations: RunObservations { get }

  /// Whether compiled code of this session takes forced exits and counts safepoints.
  var takesForcedExits: Bool { get }

  /// Whether activations of this session take stack replacements.
  var takesStackReplacements: Bool { get }

  /// Whether a function has, or can get, compiled code in this session.
  func compiles(_ function: FunctionIndex) -> Bool

  /// Whether compiled code must have been entered in runs so far that called and looped so often.
  ///
  /// Asked of a tier that was not entered, and whose code comes into being while programs run.
  /// - Parameter runs: what the judge counted in the same runs, in order.
  func isDue(in runs: [ControlCounts]) -> Bool

  /// The guards of the code made so far, each once, in the order in which they were made.
  var guards: [Guard] { get }

  /// What the code made so far says of its guards, each version once, in the order in which they were
  /// made.
  var accounts: [CodeAccount] { get }

  /// Whether what a run leaves changes the code of the next one, so that a run that is to differ
  /// from another in one thing needs a session of its own.
  var learns: Bool { get }

  /// Makes a session that has run nothing; it may share code with this one, which runs no more
  /// while it is used.
  ///
  /// - Throws: as `Engine.prepare` does.
  func renewed() throws(EngineFailure) -> any EngineSession
}

extension EngineSession {
  public var declines: [Decline] { [] }
  public var observations: RunObservations { RunObservations() }
  public var takesForcedExits: Bool { false }
  public var takesStackReplacements: Bool { false }
  public func compiles(_ function: FunctionIndex) -> Bool { true }
  public func isDue(in runs: [ControlCounts]) -> Bool { false }
  public var guards: [Guard] { [] }
  public var accounts: [CodeAccount] { [] }
  public var learns: Bool { false }

  public func renewed() throws(EngineFailure) -> any EngineSession {
    throw .broken("a session that learns nothing needs no other")
  }
}

/// A session that also tells which instructions its runs executed, as the judge's does.
///
/// Surveys measure by it what programs reach; comparing engines does not need it.
public protocol ExecutionRecording: EngineSession {
  /// How often each instruction was started, over all runs so far, by instruction pointer.
  var executionCounts: [UInt32] { get }
}
