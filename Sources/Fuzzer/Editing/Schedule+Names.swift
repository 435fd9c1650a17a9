import Bytecode

extension Schedule {
  /// The schedule with every name its directives hold replaced, in the order of the text form.
  func mapNames(_ replacement: (StringIndex) -> StringIndex) -> Schedule {
    var schedule = self
    schedule.directives = directives.map { $0.mapNames(replacement) }
    return schedule
  }
}

extension Schedule.Directive {
  /// The line with an offset that lies in its function, which edits may have made shorter.
  func clamped(to functions: [Function]) -> Schedule.Directive {
    switch self {
    case .exit(let function, let offset, let occurrence):
      .exit(
        function, offset: offset % functions[function.position].bodyLength,
        occurrence: occurrence)
    case .deoptimize(let function, let reference, let occurrence):
      .deoptimize(function, reference.clamped(to: functions, in: function), occurrence: occurrence)
    case .feedback(let function, let offset, let claim):
      .feedback(
        function, offset: offset % functions[function.position].bodyLength, claim)
    case .tier, .onStackReplacement, .invalidate, .delay, .collect, .chaos: self
    }
  }

  /// Whether it claims that an instruction has seen what it cannot, as edits may have it.
  ///
  /// Edits may leave operands that name nothing, too: of those nothing is claimed.
  func claimsWhatCannotBeSeen(in program: Program) -> Bool {
    guard case .feedback(let function, let offset, .entries(let entries)) = self else {
      return false
    }
    let site = Site(function, offset: offset)
    return !entries.allSatisfy { $0.fits(site, in: program) }
  }

  fileprivate func mapNames(_ replacement: (StringIndex) -> StringIndex) -> Schedule.Directive {
    switch self {
    case .invalidate(.shape(let keys), let clock):
      .invalidate(.shape(keys.map(replacement)), clock: clock)
    case .feedback(let function, let offset, .entries(let entries)):
      .feedback(
        function, offset: offset, .entries(entries.map { $0.mapNames(replacement) }))
    case .tier, .deoptimize, .exit, .onStackReplacement, .feedback, .invalidate, .delay, .collect,
      .chaos:
      self
    }
  }
}

extension Schedule.GuardReference {
  fileprivate func clamped(
    to functions: [Function], in function: FunctionIndex
  ) -> Schedule.GuardReference {
    switch self {
    case .ordinal: self
    case .site(let offset, let chain, let kind, let operand):
      .site(
        offset: offset % functions[function.position].bodyLength,
        chain: chain.map { link in
          Schedule.ChainLink(
            function: link.function,
            offset: link.offset % functions[link.function.position].bodyLength)
        }, kind: kind, operand: operand)
    }
  }
}

extension Schedule.FeedbackEntry {
  fileprivate func mapNames(
    _ replacement: (StringIndex) -> StringIndex
  ) -> Schedule.FeedbackEntry {
    switch self {
    case .shapeProperty(let keys, let property):
      let renamed = keys.map(replacement)
      return .shapeProperty(renamed, property: property.map(replacement))
    case .schemaProperty(let schema, let property):
      return .schemaProperty(schema, property: property.map(replacement))
    case .method(let kind, let name): return .method(kind, replacement(name))
    case .arithmetic, .call, .dictionary, .element, .branch, .loop, .kind: return self
    }
  }
}
