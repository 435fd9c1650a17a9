/// One moment of a run, the same one in every engine: before the step that it names.
///
/// At one clock a depth holds one activation, and within it no instruction comes twice without a
/// charge, so that an instant names at most one moment.
public struct Instant: Hashable, Sendable {
  /// Fuel units consumed.
  public var clock: UInt64
  /// Bytecode frames; `main` alone is 1.
  public var depth: Int
  /// The instruction of the innermost frame that has not started.
  public var site: Site

  public init(clock: UInt64, depth: Int, site: Site) {
    self.clock = clock
    self.depth = depth
    self.site = site
  }
}

/// What an engine shows of a parameter, a local or an operand.
public enum ObservedSlot: Hashable, Sendable {
  case value(ObservedValue)
  /// Nothing is kept, because no path from here reads it; the judge never shows it.
  case dead
}

/// A frame of a bytecode function at an instant; builtins and C functions have none.
public struct ObservedFrame: Hashable, Sendable {
  /// Of the innermost frame the instruction that has not started, of a caller the call it awaits.
  public var site: Site
  /// The handlers in force of this frame alone.
  public var handlerDepth: Int
  /// The closure entered; nil for a function without captures.
  public var closure: ObservedValue?
  /// Parameters, then locals.
  ///
  /// One that a `BoxLocal` names is the cell it became. One that only a `MakeRef` names is what it
  /// holds, and a reference parameter is what it refers to, behind a cell too.
  public var locals: [ObservedSlot]
  /// The operands of this frame, the lowest first; of a caller without the inputs of its call.
  ///
  /// What `BoxLocal` or `BoxModuleBinding` pushed is the cell, what `MakeRef` pushed is what it
  /// refers to.
  public var operands: [ObservedSlot]

  public init(
    site: Site, handlerDepth: Int, closure: ObservedValue?, locals: [ObservedSlot],
    operands: [ObservedSlot]
  ) {
    self.site = site
    self.handlerDepth = handlerDepth
    self.closure = closure
    self.locals = locals
    self.operands = operands
  }
}

/// The innermost frames of a run at an instant, and the heap reachable from them.
///
/// A heap value that the trace has numbered so far keeps its number. The others are numbered on
/// from there for this checkpoint alone, as they appear in the frames, outermost first (closure,
/// locals, operands), and then in the walk of `cells`; the run's own numbers do not change.
public struct Checkpoint: Hashable, Sendable {
  public var instant: Instant
  /// How many heap values the trace had numbered: their numbers are those below this one.
  public var tracedCount: Int
  /// Outermost first; the last one is the frame the instant names.
  public var frames: [ObservedFrame]
  /// The heap reachable from the frames, breadth first as in `Outcome.heap`.
  public var cells: [ObservedCell]

  public init(
    instant: Instant, tracedCount: Int, frames: [ObservedFrame], cells: [ObservedCell]
  ) {
    self.instant = instant
    self.tracedCount = tracedCount
    self.frames = frames
    self.cells = cells
  }
}

/// What the judge is asked to show.
public struct CheckpointRequest: Hashable, Sendable {
  public var instant: Instant
  /// How many of the innermost frames; at least 1, and no more than there are are shown.
  public var frameCount: Int

  public init(instant: Instant, frameCount: Int) {
    self.instant = instant
    self.frameCount = frameCount
  }
}

/// A forced exit before the instruction of a safepoint.
public struct ForcedExit: Hashable, Sendable {
  public var safepoint: Safepoint
  /// Which passing of the safepoint in compiled code, from 1, per run and code version.
  public var occurrence: UInt64

  public init(safepoint: Safepoint, occurrence: UInt64) {
    self.safepoint = safepoint
    self.occurrence = occurrence
  }
}

/// A guard that fails although it holds.
public struct ForcedGuard: Hashable, Sendable {
  public var record: Guard
  /// Which execution of the guard, from 1, per run and code version.
  public var occurrence: UInt64

  public init(record: Guard, occurrence: UInt64) {
    self.record = record
    self.occurrence = occurrence
  }
}

/// How often a guard was executed by hooked code, failures among them.
public struct GuardCount: Hashable, Sendable {
  public var record: Guard
  public var count: UInt64

  public init(record: Guard, count: UInt64) {
    self.record = record
    self.count = count
  }
}

/// A guard at which frames left compiled code, with the place of its checkpoint among those of the
/// run.
public struct GuardExit: Hashable, Sendable {
  public var record: Guard
  /// Whether the code found that it holds: then the exit was forced.
  public var held: Bool
  /// Whether it was to fail there whatever it found.
  public var isForced: Bool
  public var checkpoint: Int

  public init(record: Guard, held: Bool, isForced: Bool, checkpoint: Int) {
    self.record = record
    self.held = held
    self.isForced = isForced
    self.checkpoint = checkpoint
  }
}

/// An activation that leaves tier 0 for compiled code at a loop header.
public struct StackReplacement: Hashable, Sendable {
  public var function: FunctionIndex
  /// The loop by its place in `FunctionFacts.loopHeaders`.
  public var loop: Int
  /// The iteration of a visit of the loop; 0 is an arrival other than by a backward jump.
  ///
  /// Of the visits of all activations still in tier 0, the first that comes so far is meant.
  public var iteration: UInt64

  public init(function: FunctionIndex, loop: Int, iteration: UInt64) {
    self.function = function
    self.loop = loop
    self.iteration = iteration
  }
}

/// How often compiled code passed a safepoint.
public struct SafepointCount: Hashable, Sendable {
  public var safepoint: Safepoint
  public var count: UInt64

  public init(safepoint: Safepoint, count: UInt64) {
    self.safepoint = safepoint
    self.count = count
  }
}

/// How often a run called and looped.
public struct ControlCounts: Hashable, Sendable {
  /// Arrivals at a loop header.
  public struct Loop: Hashable, Sendable {
    /// All of the run.
    public var arrivals: UInt64
    /// The greatest iteration that a visit of the loop came to; nil without arrivals.
    public var lastIteration: UInt64?

    public init(arrivals: UInt64 = 0, lastIteration: UInt64? = nil) {
      self.arrivals = arrivals
      self.lastIteration = lastIteration
    }
  }

  /// By function: calls that entered it, that of the entry among them.
  public var calls: [UInt64]
  /// By function, and in it by the place of the header in `FunctionFacts.loopHeaders`.
  public var loops: [[Loop]]

  public init(calls: [UInt64], loops: [[Loop]]) {
    self.calls = calls
    self.loops = loops
  }
}

/// What a run showed of itself beyond its outcome, because the request asked for it.
public struct RunObservations: Hashable, Sendable {
  /// In the order of the run: the judge's as requested, a judged engine's one for each forced exit
  /// taken, each guard that frames left at, and each time that frames left discarded code.
  public var checkpoints: [Checkpoint]
  /// In the order of the run; empty unless deoptimizations were asked for or guards forced.
  public var guardExits: [GuardExit] = []
  /// The checkpoints of frames that left code which had been discarded, by their places.
  public var discardedExits: [Int] = []
  /// What became of code that rests on feedback.
  public var codeEvents: [CodeEvent] = []
  /// The guards executed, in the order of their first execution; empty unless they were counted.
  public var guardCounts: [GuardCount] = []
  /// In ascending order of safepoint, those passed only; empty unless safepoints were counted.
  public var safepointCounts: [SafepointCount]
  /// In the order of the run.
  public var forcedExitsTaken: [ForcedExit]
  /// In the order of the run.
  public var stackReplacementsTaken: [StackReplacement]
  /// The judge's, if it was asked to count.
  public var control: ControlCounts?

  public init(
    checkpoints: [Checkpoint] = [], safepointCounts: [SafepointCount] = [],
    forcedExitsTaken: [ForcedExit] = [], stackReplacementsTaken: [StackReplacement] = [],
    control: ControlCounts? = nil
  ) {
    self.control = control
    self.checkpoints = checkpoints
    self.safepointCounts = safepointCounts
    self.forcedExitsTaken = forcedExitsTaken
    self.stackReplacementsTaken = stackReplacementsTaken
  }
}
