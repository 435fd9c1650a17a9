import Bytecode

/// The `exit` and `osr` lines of a schedule.
extension VerifiedProgram {
  /// The exits that lines ask for; a place that is no safepoint stands for one of the function's.
  var scheduledExits: [ForcedExit] {
    directives.compactMap { directive in
      guard case .exit(let function, let offset, let occurrence) = existing(directive) else {
        return nil
      }
      return ForcedExit(
        safepoint: Safepoint(function: function, offset: offset), occurrence: occurrence)
    }
  }

  /// The guards that lines have fail, in whatever code there will be.
  var scheduledGuards: [GuardSelection] {
    directives.compactMap { directive in
      guard case .deoptimize(let function, let reference, let occurrence) = directive else {
        return nil
      }
      return GuardSelection(function: function, reference: reference, occurrence: occurrence)
    }
  }

  /// The stack replacements that lines ask for; a loop that does not exist stands for one that
  /// does, if the function has any.
  var scheduledReplacements: [StackReplacement] {
    directives.compactMap { directive in
      guard case .onStackReplacement(let function, let loop, let iteration) = existing(directive)
      else { return nil }
      return StackReplacement(function: function, loop: loop, iteration: iteration)
    }
  }

  /// The program with a schedule that names the safepoints and loops its lines stand for, as a
  /// replayed file must.
  var namingExistingSafepoints: Program {
    var program = program
    program.schedule?.directives = directives.compactMap { existing($0) }
    return program
  }

  /// What is wrong with the first line that names a safepoint or loop which does not exist, and
  /// which ones do; nil if all exist.
  public var missingSafepoint: String? {
    for directive in directives where existing(directive) != directive {
      switch directive {
      case .exit(let function, let offset, _):
        let offsets = safepoints(of: function).map { "\($0.offset)" }.joined(separator: ", ")
        return "schedule: \(program[function].name)+\(offset) is no safepoint; those of "
          + "\(program[function].name) are at \(offsets)"
      case .onStackReplacement(let function, let loop, _):
        let headers = self[function].loopHeaders.enumerated().map {
          "\($0.offset) at \($0.element)"
        }
        return "schedule: \(program[function].name) has no loop \(loop); its loops are "
          + (headers.isEmpty ? "none" : headers.joined(separator: ", "))
      case .tier, .deoptimize, .feedback, .invalidate, .delay, .collect, .chaos: continue
      }
    }
    return nil
  }

  /// What is wrong with the first line that has a guard fail which no code has; nil if all exist.
  ///
  /// - Parameter accounts: of the code that was made under the schedule.
  func missingGuard(among accounts: [CodeAccount]) -> String? {
    for directive in directives {
      guard case .deoptimize(let function, let reference, _) = directive else { continue }
      let name = program[function].name
      switch reference {
      case .ordinal(let ordinal):
        let counts = accounts.filter { $0.activations[0].function == function }.map(\.guards.count)
        let count = counts.max() ?? 0
        if ordinal < count { continue }
        return "schedule: \(name) has no guard \(ordinal); its code has "
          + (count == 0 ? "none" : "\(count), from 0")
      case .site(let offset, _, _, _):
        let isThere = accounts.contains { account in
          account.guards.contains { $0.matches(reference, in: function) }
        }
        if isThere { continue }
        return "schedule: no code has such a guard at \(name)+\(offset)"
      }
    }
    return nil
  }

  private var directives: [Schedule.Directive] { program.schedule?.directives ?? [] }

  /// The line with what it names taken modulo what there is; nil if there is nothing.
  private func existing(_ directive: Schedule.Directive) -> Schedule.Directive? {
    switch directive {
    case .exit(let function, let offset, let occurrence):
      let offsets = safepoints(of: function).map(\.offset)
      if offsets.contains(offset) { return directive }
      return .exit(function, offset: offsets[offset % offsets.count], occurrence: occurrence)
    case .onStackReplacement(let function, let loop, let iteration):
      let count = self[function].loopHeaders.count
      guard count > 0 else { return nil }
      return .onStackReplacement(function, loop: loop % count, iteration: iteration)
    case .tier, .deoptimize, .feedback, .invalidate, .delay, .collect, .chaos: return directive
    }
  }
}

extension ForcedExit {
  /// The line of a schedule that asks for it.
  var directive: Schedule.Directive {
    .exit(safepoint.function, offset: safepoint.offset, occurrence: occurrence)
  }
}

extension GuardSelection {
  /// The line of a schedule that asks for it.
  var directive: Schedule.Directive {
    .deoptimize(function, reference, occurrence: occurrence)
  }
}

extension StackReplacement {
  /// The line of a schedule that asks for it.
  var directive: Schedule.Directive {
    .onStackReplacement(function, loop: loop, iteration: iteration)
  }
}
