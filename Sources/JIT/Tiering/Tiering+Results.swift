import Bytecode
import CRuntime

/// What becomes of compiles, and of code that is let go of.
extension Tiering {
  // MARK: - Results

  func install(_ result: CompileResult) {
    let subject = result.subject
    guard result.generation == functions[subject.function.position].generation else {
      return record.note(.outdated, subject, clock: clock)
    }
    switch result.unit {
    case .success(let unit):
      guard unit.hasFacts(in: state) else {
        record.note(.outdated, subject, clock: clock)
        return giveUp(subject)
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
  func installWithoutAbsentShapes(_ subject: CompileSubject) {
    record.note(.outdated, subject, clock: clock)
    giveUp(subject)
    guard !namedAbsentShapes else { return }
    namedAbsentShapes = true
    compilesAnew = true
    submit(subject, optimizes: true)
  }

  func prepare(_ unit: CompiledUnit, _ subject: CompileSubject) {
    history.note(installed: unit, at: moment)
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

  func install(_ unit: CompiledUnit, for function: FunctionIndex) {
    if let old = functions[function.position].subject.unit { retire(old) }
    state.install(unit)
    if policy.schedules(function) {
      // Its calls come here first, whoever makes them.
      state.functionTable[function.position] = RunState.countingEntry
      state.directTable[function.position] = nil
    }
    functions[function.position].subject = Subject(stage: .compiled, unit: unit)
    setCountdown(of: function)
  }

  func install(_ unit: CompiledUnit, for loop: LoopReference) {
    guard let position = position(of: loop), let entry = unit.loops.first?.entry else {
      preconditionFailure("a loop is compiled where the function has one")
    }
    if let old = functions[loop.function.position].loops[position].subject.unit { retire(old) }
    state.install(unit)
    functions[loop.function.position].loops[position].subject = Subject(
      stage: .compiled, unit: unit)
    functions[loop.function.position].loops[position].entry = UnsafeRawPointer(bitPattern: entry)
    functions[loop.function.position].loops[position].kinds = loop.kinds
  }

  func position(of loop: LoopReference) -> Int? {
    functions[loop.function.position].loops.firstIndex { $0.header == loop.header }
  }

  /// Leaves what cannot be compiled in tier 0; under a deterministic executor it is a finding.
  func keep(_ subject: CompileSubject, after failure: EngineFailure) {
    record.note(.blacklist, subject, clock: clock)
    if isDeterministic, self.failure == nil { self.failure = failure }
    switch subject {
    case .function(let function): dropCode(of: function)
    case .loop(let loop): dropCode(of: loop)
    }
    setStage(.kept, of: subject)
    if case .function(let function) = subject { state.functionTable[function.position] = nil }
  }

  /// Goes back to what a subject was before its compile was asked for.
  func giveUp(_ subject: CompileSubject) {
    switch subject {
    case .function(let function):
      setStage(tier(of: function) == .interpreter ? .counting : .compiled, of: subject)
    case .loop(let loop):
      setStage(.counting, of: subject)
      // Nobody is to wait there any more.
      dropCode(of: loop)
    }
  }

  func setStage(_ stage: Stage, of subject: CompileSubject) {
    switch subject {
    case .function(let function): functions[function.position].subject.stage = stage
    case .loop(let loop):
      guard let position = position(of: loop) else { return }
      functions[loop.function.position].loops[position].subject.stage = stage
    }
  }

  // MARK: - Speculation

  /// What tier 0 has seen so far, or is claimed to have seen.
  var feedback: [FunctionFeedback] {
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
  ///
  /// Frames may go on for long in a version that was discarded, and their calls of themselves too. The
  /// one that took its place has not failed then.
  func noteFailure(at point: DeoptimizationPoint, of version: any CompiledVersion) {
    guard let record = point.guardRecord else { return }
    self.record.note(failed: record, frameCount: point.frames.count)
    functions[record.site.function.position].disproved.insert(record.site.offset)
    if [.intRange, .bounds, .tripCount].contains(record.kind), !commits(.refutationForgotten) {
      // Kinds of operands do not tell that results leave the range, or indices the array.
      functions[record.site.function.position].refuted.insert(
        RefutedGuard(kind: record.kind, offset: record.site.offset))
    }
    guard !version.isRetired else { return }
    let function = record.compiledFunction
    functions[function.position].failures += 1
    guard functions[function.position].failures == Tuning.failureLimit else { return }
    functions[function.position].failures = 0
    discard(function)
    noteDiscard(because: record)
  }

  /// Under a deterministic executor a guard that is made again and again, and fails, is a finding: tier 0
  /// has seen each time what it did not hold of.
  private func noteDiscard(because record: Guard) {
    discardsByGuard[record, default: 0] += 1
    guard let count = discardsByGuard[record], count > Tuning.discardsByGuard, isDeterministic,
      failure == nil
    else { return }
    failure = .storm(record, discards: count)
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
  func interpret(_ function: FunctionIndex) {
    let isRequested = functions[function.position].subject.stage == .requested
    guard dropCode(of: function) || isRequested else { return }
    outdate(function)
    record.note(.interpret, .function(function), clock: clock)
  }

  /// Retires the code of a function and its loops; whether there was any.
  @discardableResult
  func dropCode(of function: FunctionIndex) -> Bool {
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

  /// Retires the code of a loop, if there is any.
  private func dropCode(of loop: LoopReference) {
    guard let position = position(of: loop),
      let unit = functions[loop.function.position].loops[position].subject.unit
    else { return }
    drop(unit, ofLoop: position, of: loop.function)
  }

  func drop(_ unit: CompiledUnit, of function: FunctionIndex) {
    retire(unit)
    state.directTable[function.position] = nil
    state.functionTable[function.position] = RunState.countingEntry
    functions[function.position].subject = Subject()
    setCountdown(of: function)
  }

  func drop(_ unit: CompiledUnit, ofLoop position: Int, of function: FunctionIndex) {
    retire(unit)
    functions[function.position].loops[position].subject = Subject()
    functions[function.position].loops[position].entry = nil
    functions[function.position].loops[position].kinds = []
  }

  /// Keeps code until no frame runs it. Nothing looks after the facts it rests on any more.
  func retire(_ unit: CompiledUnit) {
    history.note(discarded: unit, at: moment)
    if !unit.dependencies.isEmpty || unit.isReplaced { unit.invalidate() }
    retired.add(unit)
  }

  /// Has what is being compiled of a function dropped when it is done.
  func outdate(_ function: FunctionIndex) {
    let index = function.position
    functions[index].generation &+= 1
    switch functions[index].subject.stage {
    case .requested: functions[index].subject.stage = .counting
    case .promoting: functions[index].subject.stage = .compiled
    case .counting, .compiled, .kept: break
    }
    for position in functions[index].loops.indices
    where [.requested, .promoting].contains(functions[index].loops[position].subject.stage) {
      functions[index].loops[position].subject.stage = .counting
    }
  }
}
