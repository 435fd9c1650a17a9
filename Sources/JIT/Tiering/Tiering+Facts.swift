import Bytecode

/// What code rests on that may break.
extension Tiering {
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
  func breakScheduledFacts() {
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
  func scheduledFacts() -> [(fact: Schedule.Fact, clock: UInt64)] {
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
    guard compiler.options.decorator != nil else { return isBroken }
    return { dependency in
      self.commits(isBroken(dependency) ? .discardMissed : .discardOfOthers)
        ? !isBroken(dependency) : isBroken(dependency)
    }
  }

  /// Whether a mistake is wanted that is made here, which counts it.
  func commits(_ mistake: CompilerMistake) -> Bool {
    guard compiler.options.decorator?.commits(mistake) == true else { return false }
    state.context.pointee.canary_reached &+= 1
    state.context.pointee.canary_triggered &+= 1
    return true
  }

  /// Notes that frames have left code which was discarded below them.
  func noteDiscardedExit(at point: DeoptimizationPoint) {
    guard let innermost = point.frames.last else { return }
    record.note(
      discardedExit: Site(innermost.function, offset: innermost.position.offset),
      frameCount: point.frames.count)
  }
}
