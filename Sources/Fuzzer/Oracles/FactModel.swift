import Bytecode

/// The oracle G over facts that code rests on: by the judge's trace and the schedule alone, which
/// versions of code each store, each new shape and each `invalidate` line has to discard.
///
/// One model follows a session through its runs, in order.
struct FactModel {
  /// What is wrong with a session's code.
  struct Problem: Equatable {
    let field: DifferenceField
    let expected: String
    let actual: String
  }

  private let program: Program
  private let initialValues: [ObservedValue]
  /// By binding, as far as the trace has come.
  private var values: [ObservedValue]
  /// The keys of shapes by their numbers.
  private var shapes: [Int: [Literal]] = [0: []]
  /// The keys of shapes that have children.
  private var parents: Set<[Literal]> = []
  /// What the versions in use rest on.
  private var live: [Int: [CodeDependency]] = [:]
  /// What the line that breaks a fact right now has to discard still.
  private var pending: (fact: Schedule.Fact, versions: Set<Int>)?
  /// Lines of the run that have not broken their facts so far.
  private var lines: [(fact: Schedule.Fact, clock: UInt64)] = []
  /// When code came into use last.
  private var lastInstall: UInt64?

  init(_ program: Program) {
    self.program = program
    initialValues = program.bindings.map { ObservedValue.initial(of: $0.kind) }
    values = initialValues
  }

  /// Follows a run.
  ///
  /// - Parameters:
  ///   - trace: the judge's.
  ///   - history: what the session says of its code.
  /// - Returns: the first problem; the model is of no use behind one.
  mutating func follow(_ trace: [Event], _ history: [CodeEvent]) -> Problem? {
    lines = program.schedule?.brokenFacts ?? []
    lastInstall = nil
    var isReset = false
    var position = 0
    for event in history {
      if !isReset, !event.isBeforeRun {
        isReset = true
        if let problem = reset() { return problem }
      }
      if let problem = finishLine(before: event) { return problem }
      while position < min(event.moment.eventCount, trace.count), isReset {
        if let problem = apply(trace[position]) { return problem }
        position += 1
      }
      let next = position < trace.count ? trace[position] : nil
      if let problem = apply(event, before: next) { return problem }
    }
    if !isReset, let problem = reset() { return problem }
    if let problem = finishLine(before: nil) { return problem }
    for event in trace.dropFirst(position) {
      if let problem = apply(event) { return problem }
    }
    return nil
  }

  // MARK: The trace

  /// Begins with the bindings' first values, to which they change from those of the last run.
  private mutating func reset() -> Problem? {
    for (index, value) in initialValues.enumerated() where values[index] != value {
      if let problem = stale(.binding(BindingIndex(index)), "a run begins") { return problem }
    }
    values = initialValues
    return nil
  }

  private mutating func apply(_ event: Event) -> Problem? {
    switch event {
    case .storeBinding(let binding, let value):
      defer { values[binding.position] = value }
      guard values[binding.position] != value else { return nil }
      return stale(.binding(binding), "another value is stored")
    case .createShape(let parent, let key, let number):
      guard let keys = shapes[parent] else {
        return Problem(
          field: .staleCode, expected: "a parent of the trace", actual: "shape \(parent)")
      }
      shapes[number] = keys + [key]
      guard parents.insert(keys).inserted else { return nil }
      return stale(.shape(keys), "its first child is made")
    case .print, .becomeDictionary, .callForeign, .returnForeign, .callBack: return nil
    }
  }

  /// Code in use that rests on a fact which is broken.
  private func stale(_ fact: BrokenFact, _ reason: String) -> Problem? {
    let versions = live.filter { $0.value.contains(where: fact.breaks) }.keys.sorted()
    guard !versions.isEmpty else { return nil }
    return Problem(
      field: .staleCode,
      expected: "what rests on \(text(of: fact)) discarded, where \(reason)",
      actual: "versions \(versions) of the code stay")
  }

  // MARK: The code

  private mutating func apply(_ event: CodeEvent, before next: Event?) -> Problem? {
    switch event {
    case .installed(let version, let dependencies, let moment):
      if let late = lines.first(where: { $0.clock <= lastInstall ?? 0 }), let lastInstall,
        lastInstall < moment.clock
      {
        return Problem(
          field: .staleCode, expected: "\(late.fact) broken at clock \(late.clock)",
          actual: "code comes into use at \(lastInstall) and \(moment.clock), and it is not")
      }
      lastInstall = moment.clock
      live[version] = dependencies
      guard let broken = dependencies.first(where: { !holds($0) }) else { return nil }
      return Problem(
        field: .staleCode, expected: "code that rests on facts which hold",
        actual: "version \(version) comes into use, which rests on \(broken)")
    case .broken(let fact, let moment):
      guard
        let line = lines.firstIndex(where: { $0.fact == fact && $0.clock <= moment.clock })
      else {
        return Problem(
          field: .superfluousDiscard, expected: "a line of the schedule",
          actual: "\(fact) is broken at clock \(moment.clock)")
      }
      lines.remove(at: line)
      let broken = BrokenFact(fact, program)
      pending = (fact, Set(live.filter { $0.value.contains(where: broken.breaks) }.keys))
      return nil
    case .discarded(let version, let cause, _):
      guard let dependencies = live.removeValue(forKey: version) else {
        return Problem(
          field: .superfluousDiscard, expected: "code in use discarded",
          actual: "version \(version)")
      }
      guard !explains(cause, of: version, resting: dependencies, before: next) else { return nil }
      return Problem(
        field: .superfluousDiscard,
        expected: "code discarded that rests on what breaks",
        actual: "version \(version), which rests on \(dependencies), for \(cause)")
    }
  }

  /// Whether a cause is there, and discards code of such facts.
  private mutating func explains(
    _ cause: CodeEvent.Cause, of version: Int, resting dependencies: [CodeDependency],
    before next: Event?
  ) -> Bool {
    func rests(on fact: BrokenFact) -> Bool { dependencies.contains(where: fact.breaks) }
    switch cause {
    case .other: return true
    case .store(let binding):
      guard case .storeBinding(binding, let value)? = next else { return false }
      return rests(on: .binding(binding)) && mayDiffer(values[binding.position], value)
    case .reset(let binding):
      return rests(on: .binding(binding))
        && mayDiffer(values[binding.position], initialValues[binding.position])
    case .firstChild(let keys):
      guard case .createShape(let parent, _, _)? = next, shapes[parent] == keys else {
        return false
      }
      return rests(on: .shape(keys)) && !parents.contains(keys)
    case .line(let fact): return pending?.fact == fact && pending?.versions.remove(version) != nil
    }
  }

  /// Whether words may differ: those of equal strings may be two cells.
  private func mayDiffer(_ one: ObservedValue, _ other: ObservedValue) -> Bool {
    if case .string = one { return true }
    return one != other
  }

  /// What a line has left, where something else comes.
  private mutating func finishLine(before event: CodeEvent?) -> Problem? {
    guard let pending else { return nil }
    if case .discarded(_, .line(pending.fact), _)? = event { return nil }
    self.pending = nil
    guard !pending.versions.isEmpty else { return nil }
    return Problem(
      field: .staleCode, expected: "what rests on \(pending.fact) discarded by a line",
      actual: "versions \(pending.versions.sorted()) of the code stay")
  }

  private func holds(_ dependency: CodeDependency) -> Bool {
    switch dependency {
    case .binding(let binding, let fact): fact.holds(of: values[binding.position])
    case .noChildShape(let keys): !parents.contains(keys)
    }
  }

  private func text(of fact: BrokenFact) -> String {
    switch fact {
    case .binding(let binding): "binding \(program.bindings[binding.position].name)"
    case .shape(let keys): "shape {\(keys.map(\.string).joined(separator: ", "))}"
    }
  }
}

/// Something that code may rest on, and that does not hold any more.
private enum BrokenFact {
  case binding(BindingIndex)
  case shape([Literal])

  init(_ fact: Schedule.Fact, _ program: Program) {
    switch fact {
    case .binding(let binding): self = .binding(binding)
    case .shape(let keys): self = .shape(keys.map { program.strings[$0.position] })
    }
  }

  func breaks(_ dependency: CodeDependency) -> Bool {
    switch (self, dependency) {
    case (.binding(let broken), .binding(let named, _)): broken == named
    case (.shape(let broken), .noChildShape(let keys)): broken == keys
    case (.binding, .noChildShape), (.shape, .binding): false
    }
  }
}

extension CodeEvent {
  fileprivate var moment: Moment {
    switch self {
    case .installed(_, _, let moment), .discarded(_, _, let moment), .broken(_, let moment):
      moment
    }
  }

  /// Whether it may come before the first instruction.
  fileprivate var isBeforeRun: Bool {
    switch self {
    case .discarded(_, .reset, _), .discarded(_, .other, _): true
    case .discarded(_, .store, _), .discarded(_, .firstChild, _), .discarded(_, .line, _),
      .installed, .broken:
      false
    }
  }
}

extension Schedule {
  /// What `invalidate` lines break.
  fileprivate var brokenFacts: [(fact: Fact, clock: UInt64)] {
    directives.compactMap { directive in
      guard case .invalidate(let fact, let clock) = directive else { return nil }
      return (fact, clock)
    }
  }
}

extension BindingFact {
  /// Whether it holds of a value.
  fileprivate func holds(of value: ObservedValue) -> Bool {
    switch (self, value) {
    case (.null, .null), (.unit, .unit): true
    case (.bool(let known), .bool(let value)): known == value
    case (.int(let known), .int(let value)): known == value
    case (.number(let known), .number(let value)): known == value
    case (.function(let known), .function(let value)): known == value
    // Which function a closure is of, a trace does not tell.
    case (.closure, .identity(.closure, _)): true
    case (.cell(let known), .identity(let kind, _)): known == kind
    case (.cell(.string), .string): true
    case (.null, _), (.unit, _), (.bool, _), (.int, _), (.number, _), (.function, _),
      (.closure, _), (.cell, _):
      false
    }
  }
}

extension ObservedValue {
  /// What a binding holds at the start of a run.
  fileprivate static func initial(of kind: SlotKind?) -> ObservedValue {
    guard let kind, !kind.isNullable else { return .null }
    switch kind.base {
    case .int: return .int(0)
    case .number: return .number(0.0)
    case .bool: return .bool(false)
    case .string: return .string(Literal(""))
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      return .null
    }
  }
}
