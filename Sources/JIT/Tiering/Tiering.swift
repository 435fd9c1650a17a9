import Bytecode
import CRuntime

/// What a session compiles while it runs, and when it lets go of it; its thread's property.
///
/// Calls count in tier 0: the function table has the counting entry for a function that is not
/// compiled yet. Counted calls and arrivals at loop headers are *polls*, at which results of the
/// executor are installed.
final class Tiering {
  enum Stage {
    /// Interpreted, and counted.
    case counting
    case requested
    case compiled
    /// In baseline code, while optimized code is being made.
    case promoting
    /// Interpreted for good: declined or blacklisted.
    case kept
  }

  struct Subject {
    var stage = Stage.counting
    var unit: CompiledUnit?
  }

  struct Loop {
    let header: Int
    var subject = Subject()
    var entry: UnsafeRawPointer?
    /// By slot, what frames must hold that enter; empty for anything.
    var kinds: [KindSet] = []
    /// Frames that held something else.
    var misfits = 0
    /// The arrivals after which code may be made for what they held: tier 0 is to see some of it.
    var patience: UInt64 = 0
  }

  struct FunctionState {
    /// Since the session began or the code was discarded.
    var calls: UInt64 = 0
    /// Whether the schedule has it in tier 0 now, its loops too.
    var isInterpreted = false
    /// Counts discards.
    var generation: UInt64 = 0
    var subject = Subject()
    /// Calls of its baseline code between two looks at it.
    var interval: UInt64 = 0
    var loops: [Loop]
    /// Guards of its code that failed since it was made.
    var failures = 0
    var refuted: Set<RefutedGuard> = []
    /// Instructions at which a guard has failed.
    var disproved: Set<Int> = []
  }

  unowned let state: RunState
  let policy: any TieringPolicy
  let executor: any CompileExecutor
  var compiler: UnitCompiler
  /// Code with hooks made before of the same feedback; nil where nothing is kept.
  let cache: CompileCache?
  /// The guards of the code installed so far, in that order.
  var guards: [Guard] = []
  var knownGuards: Set<Guard> = []
  /// What the code installed so far says of its guards, in that order.
  var accounts: [CodeAccount] = []
  /// Whether code rests on feedback, with guards.
  let speculates: Bool
  let claims: FeedbackClaims
  /// Whether code was made that names shapes the session does not have, as claims may.
  var namedAbsentShapes = false
  /// Whether a compile is under way in the place of one that named such shapes.
  var compilesAnew = false
  /// Code with hooks, which runs that ask for it use again and again.
  var hookedUnits: [CompileSubject: CompiledUnit] = [:]
  var functions: [FunctionState]
  var polls: UInt64 = 0
  /// Facts that the schedule breaks in the rest of the run.
  var scheduledBreaks: [(fact: Schedule.Fact, clock: UInt64)] = []
  let retired = RetiredCode()
  var record = TieringRecord()
  /// Of the last run.
  var history = CodeHistory()
  /// Whether a run is under way.
  var isRunning = false
  /// Functions and loops that were to be compiled and are declined, in the order of that.
  var declines: [Decline] = []
  /// How often a guard has had code discarded since the session began.
  var discardsByGuard: [Guard: Int] = [:]
  /// The first compile that failed under a deterministic executor, or a guard that goes on failing.
  var failure: EngineFailure?

  /// - Parameter state: of a program whose loops are observed; it is to own the result.
  init(
    _ state: RunState, _ policy: any TieringPolicy, _ executor: any CompileExecutor,
    _ compiler: UnitCompiler, speculates: Bool = false, cache: CompileCache? = nil
  ) {
    self.speculates = speculates
    self.cache = cache
    self.state = state
    self.policy = policy
    self.executor = executor
    self.compiler = compiler
    claims = FeedbackClaims(state.program.verified.program)
    let program = state.program.verified
    functions = program.functions.map { facts in
      FunctionState(loops: facts.loopHeaders.map { Loop(header: $0) })
    }
    for index in functions.indices { state.functionTable[index] = RunState.countingEntry }
  }

  var program: VerifiedProgram { state.program.verified }
  var clock: UInt64 { state.initialFuel &- state.context.pointee.fuel }
  var moment: CodeEvent.Moment {
    CodeEvent.Moment(eventCount: state.events.count, clock: clock)
  }
  /// What became of code in the last run, in order.
  var codeEvents: [CodeEvent] { history.events }

  /// Before the first instruction of a run, when what it begins with is there.
  func enterRun() { isRunning = true }
  /// Whether code is made with hooks.
  var isHooked: Bool { compiler.options.isHooked }
  var freedCount: UInt64 { retired.freedCount }
  var isDeterministic: Bool { executor.isDeterministic }

  /// Before a run. One with hooks begins as if nothing had run before, so that it passes the same
  /// safepoints whatever was run, and so does the next one without. Where code rests on what was
  /// run, runs go on from each other, but for the code if that gets hooks or loses them.
  func begin(hooked: Bool) {
    history.begin()
    scheduledBreaks = scheduledFacts()
    guard speculates ? hooked != isHooked : hooked || isHooked else { return }
    compiler.options.isHooked = hooked
    record.noteRestart(isHooked: hooked)
    polls = 0
    for index in functions.indices {
      let function = FunctionIndex(index)
      dropCode(of: function)
      outdate(function)
      // What is declined is so with and without hooks.
      guard functions[index].subject.stage != .kept else { continue }
      functions[index].calls = 0
      functions[index].failures = 0
      functions[index].isInterpreted = false
    }
    retired.freeAll()
  }

  // MARK: - Polls

  /// Counts a call that is about to run, and has code ready for it if it is time.
  func count(_ function: FunctionIndex) {
    poll()
    let index = function.position
    switch functions[index].subject.stage {
    case .kept: return
    case .compiled where !policy.schedules(function): return
    case .promoting where !policy.schedules(function): return
    case .compiled, .promoting, .requested, .counting: functions[index].calls &+= 1
    }
    let call = functions[index].calls
    functions[index].isInterpreted = policy.interprets(function, call: call)
    if functions[index].isInterpreted { return interpret(function) }
    // A schedule may take a function from optimized code to baseline code, too.
    if tier(of: function) == .optimizing, !policy.optimizes(function, call: call),
      policy.compiles(function, call: call)
    {
      interpret(function)
    }
    look(at: function)
  }

  /// Counts the calls of baseline code since the last look at it, the one that is about to run
  /// there included; the direct entry of optimized code if there is some by now.
  func promotedEntry(of function: FunctionIndex) -> UnsafeRawPointer? {
    let index = function.position
    functions[index].calls &+= functions[index].interval
    poll()
    look(at: function)
    setCountdown(of: function)
    return tier(of: function) == .optimizing ? state.directTable[index] : nil
  }

  /// Has code made for the call that is about to run, if the policy says so.
  func look(at function: FunctionIndex) {
    let index = function.position
    let call = functions[index].calls
    guard policy.compiles(function, call: call) else { return }
    let optimizes = speculates && policy.optimizes(function, call: call)
    switch functions[index].subject.stage {
    case .counting: request(function, optimizes: optimizes)
    case .compiled:
      guard optimizes, tier(of: function) == .baseline else { return }
      submit(.function(function), optimizes: true)
    case .requested, .promoting, .kept: return
    }
    installResults()
  }

  private func hasCode(_ subject: CompileSubject) -> Bool {
    switch subject {
    case .function(let function): functions[function.position].subject.unit != nil
    case .loop(let loop):
      position(of: loop).map {
        functions[loop.function.position].loops[$0].subject.unit != nil
      } ?? false
    }
  }

  /// The tier of the code that a function has.
  func tier(of function: FunctionIndex) -> Schedule.Tier {
    functions[function.position].subject.unit?[function]?.tier ?? .interpreter
  }

  /// Sets after how many calls baseline code is to be looked at: from the first on, if the newest is
  /// no such code.
  func setCountdown(of function: FunctionIndex) {
    let index = function.position
    let looks = tier(of: function) == .baseline && !policy.schedules(function)
    functions[index].interval = looks ? policy.patience(after: functions[index].calls) : 0
    state.countdowns[index] = functions[index].interval
  }

  /// The public entry of the function's code.
  func entry(of function: FunctionIndex) -> UnsafeRawPointer? {
    functions[function.position].subject.unit?[function]?.entry.flatMap {
      UnsafeRawPointer(bitPattern: $0)
    }
  }

  func poll() {
    polls &+= 1
    installResults()
    if speculates, !scheduledBreaks.isEmpty { breakScheduledFacts() }
    if let function = policy.discard(atPoll: polls) { discard(function) }
    // Frames that compiled code is leaving are of code that may be retired already.
    guard !retired.isEmpty, state.context.pointee.deoptimized_version == nil else { return }
    retired.free(below: UInt(state.context.pointee.native_stack_top))
  }

  func installResults() {
    guard executor.mayHaveResults else { return }
    var results = executor.takeResults(clock: clock)
    while !results.isEmpty {
      for result in results { install(result) }
      // Frames were told to leave a loop's code for what came meanwhile, perhaps before it was there.
      results = isDeterministic ? [] : executor.takeResults(clock: clock)
    }
    guard compilesAnew else { return }
    compilesAnew = false
    for result in executor.takeResults(clock: clock) { install(result) }
  }

  /// After a run: no frame is left.
  func endRun() {
    isRunning = false
    for job in executor.endRun()
    where job.generation == functions[job.subject.function.position].generation {
      giveUp(job.subject)
    }
    retired.freeAll()
  }

  // MARK: - Requests

  func request(_ function: FunctionIndex, optimizes: Bool) {
    let index = function.position
    if let decline = UnitCompiler.decline(of: function, in: program) {
      declines.append(decline)
      record.note(.declined, .function(function), clock: clock)
      functions[index].subject.stage = .kept
      state.functionTable[index] = nil
      return
    }
    submit(.function(function), optimizes: optimizes)
  }

  /// What takes the place of baseline code.
  private func replacement(of function: FunctionIndex) -> Replacement {
    guard speculates else { return .never }
    return policy.schedules(function) ? .scheduled : .whenReady
  }

  /// - Parameters:
  ///   - replaced: the code of a loop that frames leave for what is made.
  ///   - delay: units of the clock beside those of the policy.
  func submit(
    _ subject: CompileSubject, optimizes: Bool, replacing replaced: CompiledUnit? = nil,
    after delay: UInt64 = 0
  ) {
    let feedback = optimizes ? feedback : nil
    let job = CompileJob(
      subject: subject, generation: functions[subject.function.position].generation,
      program: program, compiler: compiler, feedback: feedback,
      replacement: optimizes ? .never : replacement(of: subject.function), replaced: replaced,
      known: isHooked && !speculates ? hookedUnits[subject] : nil,
      cache: isHooked && speculates ? cache : nil)
    let (due, isNever) = clock.addingReportingOverflow(policy.delay(of: subject.function))
    let (ready, isLate) = due.addingReportingOverflow(delay)
    guard executor.submit(job, readyAt: isNever || isLate ? .max : ready) else {
      return record.note(.drop, subject, clock: clock)
    }
    record.note(.compile, subject, clock: clock)
    setStage(hasCode(subject) ? .promoting : .requested, of: subject)
  }
}
