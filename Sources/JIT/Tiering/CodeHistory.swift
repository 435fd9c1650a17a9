import Bytecode

/// What became of the code of a session in a run.
struct CodeHistory {
  /// In the order of the run.
  private(set) var events: [CodeEvent] = []
  private var count = 0
  /// The numbers of the code in use.
  private var versions: [ObjectIdentifier: Int] = [:]
  /// Why code is being let go of.
  var cause = CodeEvent.Cause.other

  /// Before a run.
  mutating func begin() { events = [] }

  mutating func note(installed unit: CompiledUnit, at moment: CodeEvent.Moment) {
    events.append(.installed(version: count, dependencies: unit.dependencies, at: moment))
    versions[ObjectIdentifier(unit)] = count
    count += 1
  }

  mutating func note(discarded unit: CompiledUnit, at moment: CodeEvent.Moment) {
    guard let version = versions.removeValue(forKey: ObjectIdentifier(unit)) else {
      preconditionFailure("code that is let go of has been installed")
    }
    events.append(.discarded(version: version, cause, at: moment))
  }

  mutating func note(broken fact: Schedule.Fact, at moment: CodeEvent.Moment) {
    events.append(.broken(fact, at: moment))
  }
}
