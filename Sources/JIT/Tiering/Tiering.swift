import Bytecode
import CRuntime

/// What a session compiles while it runs, and when it lets go of it; its thread's property.
///
/// Calls count in tier 0: the function table has the counting entry for a function that is not
/// compiled yet. Counted calls and arrivals at loop headers are *polls*, at which results of the
/// executor are installed.
final class Tiering {
  private enum Stage {
    /// Interpreted, and counted.
    case counting
    case requested
    case compiled
    /// Interpreted for good: declined or blacklisted.
    case kept
  }

  private struct Subject {
    var stage = Stage.counting
    var unit: CompiledUnit?
  }

  private struct Loop {
    let header: Int
    var subject = Subject()
    var entry: UnsafeRawPointer?
  }

  private struct FunctionState {
    /// Since the session began or the code was discarded.
    var calls: UInt64 = 0
    /// Whether the schedule has it in tier 0 now, its loops too.
    var isInterpreted = false
    /// Counts discards.
    var generation: UInt64 = 0
    var subject = Subject()
    var loops: [Loop]
    /// Guards of its code that failed since it was made.
    var failures = 0
    var refuted: Set<RefutedGuard> = []
    /// Instructions at which a guard has failed.
    var disproved: Set<Int> = []
  }

  private unowned let state: RunState
  private let policy: any TieringPolicy
  private let executor: any CompileExecutor
  private var compiler: BaselineCompiler
  /// Code with hooks made before of the same feedback; nil where nothing is kept.
  private let cache: CompileCache?
  /// The guards of the code installed so far, in that order.
  private(set) var guards: [Guard] = []
  private var knownGuards: Set<Guard> = []
  /// What the code installed so far says of its guards, in that order.
  private(set) var accounts: [CodeAccount] = []
  /// Whether code rests on feedback, with guards.
  private let speculates: Bool
  private let claims: FeedbackClaims
  /// Whether code was made that names shapes the session does not have, as claims may.
  private var namedAbsentShapes = false
  /// Whether a compile is under way in the place of one that named such shapes.
  private var compilesAnew = false
  /// Code with hooks, which runs that ask for it use again and again.
  private var hookedUnits: [CompileSubject: CompiledUnit] = [:]
  private var functions: [FunctionState]
  private var polls: UInt64 = 0
  /// Facts that the schedule breaks in the rest of the run.
  private var scheduledBreaks: [(fact: Schedule.Fact, clock: UInt64)] = []
  private let retired = RetiredCode()
  private(set) var record = TieringRecord()
  /// Of the last run.
  private var history = CodeHistory()
  /// Whether a run is under way.
  private var isRunning = false
  /// Functions and loops that were to be compiled and are declined, in the order of that.
  private(set) var declines: [Decline] = []
  /// The first compile that failed under a deterministic executor.
  private(set) var failure: EngineFailure?

  /// - Parameter state: of a program whose loops are observed; it is to own the result.
  init(
    _ state: RunState, _ policy: any TieringPolicy, _ executor: any CompileExecutor,
    _ compiler: BaselineCompiler, speculates: Bool = false, cache: CompileCache? = nil
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

  private var program: VerifiedProgram { state.program.verified }
  private var clock: UInt64 { state.initialFuel &- state.context.pointee.fuel }
  private var moment: CodeEvent.Moment {
    CodeEvent.Moment(eventCount: state.events.count, clock: clock)
  }
  /// What became of code in the last run, in order.
  var codeEvents: [CodeEvent] { history.events }

  /// Before the first instruction of a run, when what it begins with is there.
  func enterRun() { isRunning = true }
  /// Whether code is made with hooks.
  private var isHooked: Bool { compiler.options.isHooked }
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
    case .compiled, .requested, .counting: functions[index].calls &+= 1
    }
    let call = functions[index].calls
    functions[index].isInterpreted = policy.interprets(function, call: call)
    if functions[index].isInterpreted { return interpret(function) }
    guard functions[index].subject.stage == .counting, policy.compiles(function, call: call)
    else { return }
    request(function)
    installResults()
  }

  /// The public entry of the function's code.
  func entry(of function: FunctionIndex) -> UnsafeRawPointer? {
    functions[function.position].subject.unit?[function]?.entry.flatMap {
      UnsafeRawPointer(bitPattern: $0)
    }
  }

  private func poll() {
    polls &+= 1
    installResults()
    if speculates, !scheduledBreaks.isEmpty { breakScheduledFacts() }
    if let function = policy.discard(atPoll: polls) { discard(function) }
    // Frames that compiled code is leaving are of code that may be retired already.
    guard !retired.isEmpty, state.context.pointee.deoptimized_version == nil else { return }
    retired.free(below: UInt(state.context.pointee.native_stack_top))
  }

  private func installResults() {
    guard executor.mayHaveResults else { return }
    for result in executor.takeResults(clock: clock) { install(result) }
    guard compilesAnew else { return }
    compilesAnew = false
    for result in executor.takeResults(clock: clock) { install(result) }
  }

  /// After a run: no frame is left.
  func endRun() {
    isRunning = false
    for job in executor.endRun()
    where job.generation == functions[job.subject.function.position].generation {
      setStage(.counting, of: job.subject)
    }
    retired.freeAll()
  }

  // MARK: - Requests

  private func request(_ function: FunctionIndex) {
    let index = function.position
    if let decline = BaselineCompiler.decline(of: function, in: program) {
      declines.append(decline)
      record.note(.declined, .function(function), clock: clock)
      functions[index].subject.stage = .kept
      state.functionTable[index] = nil
      return
    }
    submit(.function(function))
  }

  private func request(loop position: Int, of function: FunctionIndex) {
    let index = function.position
    let header = functions[index].loops[position].header
    let known = program.enterableLoops(of: function)
    guard let loop = known.loops.first(where: { $0.header == header }) else {
      functions[index].loops[position].subject.stage = .kept
      return
    }
    submit(.loop(loop))
  }

  private func submit(_ subject: CompileSubject) {
    let feedback = speculates ? feedback : nil
    let job = CompileJob(
      subject: subject, generation: functions[subject.function.position].generation,
      program: program, compiler: compiler, feedback: feedback,
      known: isHooked && !speculates ? hookedUnits[subject] : nil,
      cache: isHooked && speculates ? cache : nil)
    let (ready, isLate) = clock.addingReportingOverflow(policy.delay(of: subject.function))
    guard executor.submit(job, readyAt: isLate ? .max : ready) else {
      return record.note(.drop, subject, clock: clock)
    }
    record.note(.compile, subject, clock: clock)
    setStage(.requested, of: subject)
  }

  // MARK: - Results

  private func install(_ result: CompileResult) {
    let subject = result.subject
    guard result.generation == functions[subject.function.position].generation else {
      return record.note(.outdated, subject, clock: clock)
    }
    switch result.unit {
    case .success(let unit):
      guard unit.hasFacts(in: state) else {
        record.note(.outdated, subject, clock: clock)
        return setStage(.counting, of: subject)
      }
      guard unit.isInstallable(in: state) else {
        return installWithoutAbsentShapes(subject)
      }
      record.note(installed: unit, isNew: unit.hooks == nil, subject, clock: clock)
      prepare(unit, subject)
      switch subject {
      case .function(let function): install(unit, for: function)
      case .loop(let loop): install(unit, for: loop)
      }
    case .failure(let failure): keep(subject, after: failure)
    }
  }

  /// Has code that names shapes the session does not have made anew without the claims that it
  /// rests on.
  private func installWithoutAbsentShapes(_ subject: CompileSubject) {
    record.note(.outdated, subject, clock: clock)
    setStage(.counting, of: subject)
    guard !namedAbsentShapes else { return }
    namedAbsentShapes = true
    compilesAnew = true
    submit(subject)
  }

  private func prepare(_ unit: CompiledUnit, _ subject: CompileSubject) {
    history.note(installed: unit, at: moment)
    state.context.pointee.canary_reached &+= UInt64(unit.mistakeCount)
    state.context.pointee.canary_triggered &+= UInt64(unit.mistakeCount)
    for record in unit.guardRecords where knownGuards.insert(record).inserted {
      guards.append(record)
    }
    for account in unit.accounts where !accounts.contains(where: { $0 === account }) {
      accounts.append(account)
    }
    // Shared code was another session's before.
    guard isHooked, speculates || unit.hooks == nil else { return }
    unit.registerHooks(with: state.safepoints)
    if !speculates { hookedUnits[subject] = unit }
  }

  private func install(_ unit: CompiledUnit, for function: FunctionIndex) {
    state.install(unit)
    if policy.schedules(function) {
      // Its calls come here first, whoever makes them.
      state.functionTable[function.position] = RunState.countingEntry
      state.directTable[function.position] = nil
    }
    functions[function.position].subject = Subject(stage: .compiled, unit: unit)
  }

  private func install(_ unit: CompiledUnit, for loop: LoopReference) {
    guard let position = position(of: loop), let entry = unit.loops.first?.entry else {
      preconditionFailure("a loop is compiled where the function has one")
    }
    state.install(unit)
    functions[loop.function.position].loops[position].subject = Subject(
      stage: .compiled, unit: unit)
    functions[loop.function.position].loops[position].entry = UnsafeRawPointer(bitPattern: entry)
  }

  private func position(of loop: LoopReference) -> Int? {
    functions[loop.function.position].loops.firstIndex { $0.header == loop.header }
  }

  /// Leaves what cannot be compiled in tier 0; under a deterministic executor it is a finding.
  private func keep(_ subject: CompileSubject, after failure: EngineFailure) {
    record.note(.blacklist, subject, clock: clock)
    if isDeterministic, self.failure == nil { self.failure = failure }
    setStage(.kept, of: subject)
    if case .function(let function) = subject { state.functionTable[function.position] = nil }
  }

  private func setStage(_ stage: Stage, of subject: CompileSubject) {
    switch subject {
    case .function(let function): functions[function.position].subject.stage = stage
    case .loop(let loop):
      guard let position = position(of: loop) else { return }
      functions[loop.function.position].loops[position].subject.stage = stage
    }
  }

  // MARK: - Speculation

  /// What tier 0 has seen so far, or is claimed to have seen.
  private var feedback: [FunctionFeedback] {
    let source = FeedbackSource(
      program: program.program, shapes: state.shapes, strings: state.strings)
    let learned = functions.indices.map { index in
      let counters = state.program.counters(of: FunctionIndex(index))
      var result = FunctionFeedback(state.program.feedback[index].adding(counters), source)
      result.refuted = functions[index].refuted
      result.bindings = state.bindingFacts(in: FunctionIndex(index))
      result.childless = state.childlessShapes(in: state.program.feedback[index], source)
      return result
    }
    return claims.applied(
      to: learned,
      FeedbackClaims.Circumstances(
        isDisproved: { self.functions[$0.function.position].disproved.contains($0.offset) },
        hasShape: namedAbsentShapes ? { self.state.shape(of: $0) != nil } : nil))
  }

  /// Counts a guard that failed; code whose guards fail too often is discarded and profiled anew.
  func noteFailure(at point: DeoptimizationPoint) {
    guard let record = point.guardRecord, let outermost = point.frames.first else { return }
    self.record.note(failed: record, frameCount: point.frames.count)
    functions[record.site.function.position].disproved.insert(record.site.offset)
    if record.kind == .intRange || record.kind == .bounds {
      // Kinds of operands do not tell that results leave the range, or indices the array.
      functions[record.site.function.position].refuted.insert(
        RefutedGuard(kind: record.kind, offset: record.site.offset))
    }
    let function = outermost.function
    functions[function.position].failures += 1
    guard functions[function.position].failures == Tuning.failureLimit else { return }
    functions[function.position].failures = 0
    discard(function)
  }

  // MARK: - Facts

  /// Whether code may rest on what bindings hold.
  var watchesStores: Bool { speculates }

  /// Discards the code that rests on what a binding holds, which is about to change.
  func noteStore(_ binding: BindingIndex) {
    guard speculates else { return }
    noteStore(binding, isRunning ? .store(binding) : .reset(binding))
  }

  private func noteStore(_ binding: BindingIndex, _ cause: CodeEvent.Cause) {
    invalidate(cause) { dependency in
      switch dependency {
      case .binding(let named, _): named == binding
      case .noChildShape: false
      }
    }
  }

  /// Discards the code that rests on a shape's having no child, which is about to get one.
  func noteFirstChild(of shape: UInt32) {
    guard speculates else { return }
    let source = FeedbackSource(
      program: program.program, shapes: state.shapes, strings: state.strings)
    let keys = source.keys(ofShape: shape)
    noteFirstChild(of: keys, .firstChild(keys))
  }

  private func noteFirstChild(of keys: [Literal], _ cause: CodeEvent.Cause) {
    invalidate(cause) { dependency in
      switch dependency {
      case .binding: false
      case .noChildShape(let named): named == keys
      }
    }
  }

  /// Breaks what the schedule breaks by now: nothing changes but that code is discarded.
  private func breakScheduledFacts() {
    while let line = scheduledBreaks.first, line.clock <= clock {
      scheduledBreaks.removeFirst()
      history.note(broken: line.fact, at: moment)
      let cause = CodeEvent.Cause.line(line.fact)
      switch line.fact {
      case .binding(let binding): noteStore(binding, cause)
      case .shape(let keys):
        noteFirstChild(of: keys.map { program.program.strings[$0.position] }, cause)
      }
    }
  }

  /// The `invalidate` lines of the schedule, by the clock.
  private func scheduledFacts() -> [(fact: Schedule.Fact, clock: UInt64)] {
    var lines: [(fact: Schedule.Fact, clock: UInt64)] = []
    for case .invalidate(let fact, let clock) in program.program.schedule?.directives ?? [] {
      lines.append((fact, clock))
    }
    return lines.enumerated().sorted {
      ($0.element.clock, $0.offset) < ($1.element.clock, $1.offset)
    }.map(\.element)
  }

  /// Discards all code that rests on a fact; where frames run it, they leave it when they come back
  /// from what broke the fact.
  private func invalidate(
    _ cause: CodeEvent.Cause, _ isBroken: @escaping (CodeDependency) -> Bool
  ) {
    history.cause = cause
    defer { history.cause = .other }
    let isBroken = mistaken(isBroken)
    for index in functions.indices {
      let function = FunctionIndex(index)
      if let unit = functions[index].subject.unit,
        let broken = unit.dependencies.first(where: isBroken)
      {
        record.note(broken: broken, .function(function), clock: clock)
        drop(unit, of: function)
        if !policy.schedules(function) { functions[index].calls = 0 }
      }
      for position in functions[index].loops.indices {
        guard let unit = functions[index].loops[position].subject.unit,
          let loop = unit.loops.first, let broken = unit.dependencies.first(where: isBroken)
        else { continue }
        let subject = LoopReference(function: function, header: loop.header, handlers: [])
        record.note(broken: broken, .loop(subject), clock: clock)
        drop(unit, ofLoop: position, of: function)
      }
    }
  }

  /// Which facts are taken for broken, with the mistakes that a decorator wants.
  private func mistaken(
    _ isBroken: @escaping (CodeDependency) -> Bool
  ) -> (CodeDependency) -> Bool {
    guard let decorator = compiler.options.decorator else { return isBroken }
    return { [state] dependency in
      let mistake = isBroken(dependency) ? CompilerMistake.discardMissed : .discardOfOthers
      guard decorator.commits(mistake) else { return isBroken(dependency) }
      state.context.pointee.canary_reached &+= 1
      state.context.pointee.canary_triggered &+= 1
      return !isBroken(dependency)
    }
  }

  /// Notes that frames have left code which was discarded below them.
  func noteDiscardedExit(at point: DeoptimizationPoint) {
    guard let innermost = point.frames.last else { return }
    record.note(
      discardedExit: Site(innermost.function, offset: innermost.position.offset),
      frameCount: point.frames.count)
  }

  // MARK: - Discards

  /// Lets go of a function's code, its loops' and what is being compiled of it: it is interpreted
  /// and counted anew. Without code nothing happens.
  func discard(_ function: FunctionIndex) {
    guard dropCode(of: function) else { return }
    outdate(function)
    if !policy.schedules(function) { functions[function.position].calls = 0 }
    functions[function.position].failures = 0
    record.note(.discard, .function(function), clock: clock)
  }

  /// Has a function that the schedule takes back to tier 0 interpreted.
  private func interpret(_ function: FunctionIndex) {
    let isRequested = functions[function.position].subject.stage == .requested
    guard dropCode(of: function) || isRequested else { return }
    outdate(function)
    record.note(.interpret, .function(function), clock: clock)
  }

  /// Retires the code of a function and its loops; whether there was any.
  @discardableResult
  private func dropCode(of function: FunctionIndex) -> Bool {
    let index = function.position
    var discarded = 0
    if let unit = functions[index].subject.unit {
      drop(unit, of: function)
      discarded += 1
    }
    for position in functions[index].loops.indices {
      guard let unit = functions[index].loops[position].subject.unit else { continue }
      drop(unit, ofLoop: position, of: function)
      discarded += 1
    }
    return discarded > 0
  }

  private func drop(_ unit: CompiledUnit, of function: FunctionIndex) {
    retire(unit)
    state.directTable[function.position] = nil
    state.functionTable[function.position] = RunState.countingEntry
    functions[function.position].subject = Subject()
  }

  private func drop(_ unit: CompiledUnit, ofLoop position: Int, of function: FunctionIndex) {
    retire(unit)
    functions[function.position].loops[position].subject = Subject()
    functions[function.position].loops[position].entry = nil
  }

  /// Keeps code until no frame runs it. Nothing looks after the facts it rests on any more.
  private func retire(_ unit: CompiledUnit) {
    history.note(discarded: unit, at: moment)
    if !unit.dependencies.isEmpty { unit.invalidate() }
    retired.add(unit)
  }

  /// Has what is being compiled of a function dropped when it is done.
  func outdate(_ function: FunctionIndex) {
    let index = function.position
    functions[index].generation &+= 1
    if functions[index].subject.stage == .requested { functions[index].subject.stage = .counting }
    for position in functions[index].loops.indices
    where functions[index].loops[position].subject.stage == .requested {
      functions[index].loops[position].subject.stage = .counting
    }
  }
}

extension Tiering: StackReplacementPolicy {
  func entry(_ arrival: LoopArrival) -> UnsafeRawPointer? {
    poll()
    let (function, offset) = (arrival.header.function, arrival.header.offset)
    let index = function.position
    guard
      let position = functions[index].loops.firstIndex(where: { $0.header == offset })
    else { preconditionFailure("tier 0 arrives at loop headers only") }
    guard !functions[index].isInterpreted else { return nil }
    if functions[index].loops[position].subject.stage == .counting,
      policy.compiles(loop: position, at: arrival)
    {
      request(loop: position, of: function)
      installResults()
    }
    guard let entry = functions[index].loops[position].entry,
      policy.enters(loop: position, at: arrival)
    else { return nil }
    record.noteStackReplacement(arrival)
    return entry
  }
}
