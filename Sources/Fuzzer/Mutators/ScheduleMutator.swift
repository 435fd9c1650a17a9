import Bytecode

/// Edits argument tuples, limits, and lines for tiers, exits, guards, feedback, stack replacements
/// and collections.
struct ScheduleMutator: Mutator {
  let name = "schedule"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let parameters = subject.program.functions[subject.program.mainIndex.position].parameters
    switch subject.entropy.below(subject.isWhole ? 14 : 12) {
    case 0, 1, 2: return changeArgument(&subject, parameters)
    case 3:
      guard subject.program.schedule.arguments.count < 6 else { return false }
      subject.program.schedule.arguments.append(
        parameters.map { argument(for: $0.kind, &subject.entropy) })
      return true
    case 4:
      guard subject.program.schedule.arguments.count > 1 else {
        return changeArgument(&subject, parameters)
      }
      subject.program.schedule.arguments.remove(
        at: subject.entropy.below(subject.program.schedule.arguments.count))
      return true
    case 5:
      subject.program.schedule.fuel = UInt64(subject.entropy.pick([2000, 500, 100, 20, 5, 1, 0]))
      return true
    case 6:
      subject.program.schedule.depth = subject.entropy.pick([200, 40, 12, 6, 3, 2, 1])
      return true
    case 7: return addExit(&subject)
    case 8: return addReplacement(&subject)
    case 9: return addBreak(&subject)
    case 10: return addGuard(&subject)
    case 11: return addClaim(&subject)
    case 12:
      subject.program.schedule.heapBytes = subject.entropy.pick([
        1_000_000, 100_000, 5000, 1000, 200, 64, 16, 0,
      ])
      return true
    case 13:
      let clock = UInt64(subject.entropy.below(200))
      subject.program.schedule.directives.removeAll { $0 == .collect(clock: clock) }
      subject.program.schedule.directives.append(.collect(clock: clock))
      return true
    default:
      let function = FunctionIndex(subject.entropy.below(subject.program.functions.count))
      subject.program.schedule.directives.removeAll {
        if case .tier(function, _, _) = $0 { true } else { false }
      }
      subject.program.schedule.directives.append(
        .tier(
          function, subject.entropy.chance(1, in: 2) ? .baseline : .interpreter,
          after: UInt64(subject.entropy.below(6))))
      return true
    }
  }

  /// Lines of a kind that a mutant keeps at most: every one makes its runs leave or enter code.
  private static let lineLimit = 4

  /// Adds an exit at any instruction: it stands for a safepoint of the function.
  private func addExit(_ subject: inout MutationSubject) -> Bool {
    let function = subject.entropy.below(subject.program.functions.count)
    let line = Schedule.Directive.exit(
      FunctionIndex(function),
      offset: subject.entropy.below(max(1, subject.program.functions[function].code.count)),
      occurrence: UInt64(1 + subject.entropy.below(8)))
    return add(line, to: &subject) { if case .exit = $0 { true } else { false } }
  }

  /// Has a guard fail: its number is taken modulo those there are.
  private func addGuard(_ subject: inout MutationSubject) -> Bool {
    let line = Schedule.Directive.deoptimize(
      FunctionIndex(subject.entropy.below(subject.program.functions.count)),
      .ordinal(subject.entropy.below(32)), occurrence: UInt64(1 + subject.entropy.below(8)))
    return add(line, to: &subject) { if case .deoptimize = $0 { true } else { false } }
  }

  /// Has what rests on a binding discarded.
  private func addBreak(_ subject: inout MutationSubject) -> Bool {
    guard !subject.program.bindings.isEmpty else { return addGuard(&subject) }
    let binding = BindingIndex(subject.entropy.below(subject.program.bindings.count))
    let line = Schedule.Directive.invalidate(
      .binding(binding), clock: UInt64(subject.entropy.below(200)))
    return add(line, to: &subject) { if case .invalidate = $0 { true } else { false } }
  }

  /// Claims feedback that an instruction may give, and has not.
  private func addClaim(_ subject: inout MutationSubject) -> Bool {
    guard let program = subject.program.program() else { return false }
    let told = FeedbackLies.toldOnce(of: program, subject.facts, &subject.entropy)
    subject.program.strings = told.strings
    subject.program.schedule = told.schedule ?? Schedule()
    return told != program
  }

  private func addReplacement(_ subject: inout MutationSubject) -> Bool {
    let line = Schedule.Directive.onStackReplacement(
      FunctionIndex(subject.entropy.below(subject.program.functions.count)),
      loop: subject.entropy.below(4), iteration: UInt64(subject.entropy.below(8)))
    return add(line, to: &subject) { if case .onStackReplacement = $0 { true } else { false } }
  }

  /// Adds a line in place of the oldest of its kind, if there are as many as may be; whether it is
  /// new.
  private func add(
    _ line: Schedule.Directive, to subject: inout MutationSubject,
    limiting isOfKind: (Schedule.Directive) -> Bool
  ) -> Bool {
    var lines = subject.program.schedule.directives
    guard !lines.contains(line) else { return false }
    if lines.count(where: isOfKind) == Self.lineLimit,
      let oldest = lines.firstIndex(where: isOfKind)
    {
      lines.remove(at: oldest)
    }
    subject.program.schedule.directives = lines + [line]
    return true
  }

  private func changeArgument(
    _ subject: inout MutationSubject, _ parameters: [Parameter]
  ) -> Bool {
    guard !parameters.isEmpty, !subject.program.schedule.arguments.isEmpty else {
      subject.program.schedule.fuel = UInt64(1 + subject.entropy.below(2000))
      return true
    }
    let tuple = subject.entropy.below(subject.program.schedule.arguments.count)
    let position = subject.entropy.below(parameters.count)
    subject.program.schedule.arguments[tuple][position] = argument(
      for: parameters[position].kind, &subject.entropy)
    return true
  }

  private func argument(for kind: SlotKind?, _ entropy: inout Entropy) -> Constant {
    var core: KindSet = [.int, .number, .bool, .null, .unit]
    if kind?.base == .string { core.insert(.string) }
    if let kind, !entropy.chance(1, in: 16) {
      return BoundaryConstants.constant(of: kind.kinds.intersection(core), &entropy)
    }
    return BoundaryConstants.constant(
      of: entropy.chance(1, in: 8) ? core : .numeric, &entropy)
  }
}
