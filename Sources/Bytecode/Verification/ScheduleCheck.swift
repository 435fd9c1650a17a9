/// The checks of a schedule that need no run and no compiler.
///
/// Ordinals of guards, loops and safepoints are not checked: what they mean is known only when
/// the code they count in exists.
struct ScheduleCheck {
  let program: Program

  func run(_ schedule: Schedule, findings: inout FindingList) {
    checkArguments(schedule.arguments, &findings)
    if let depth = schedule.depth, !(1...VerifierLimits.depth).contains(depth) {
      findings.add(
        .limit, nil, "schedule: the depth \(depth) is not in 1 … \(VerifierLimits.depth)")
    }
    var lastTier: [Int: UInt64] = [:]
    for directive in schedule.directives {
      if case .tier(let function, _, let after) = directive {
        if let last = lastTier[function.position], after <= last {
          findings.add(
            .operand, nil,
            "schedule: the tier lines of function #\(function.position) must have increasing "
              + "call numbers, \(after) follows \(last)")
        }
        lastTier[function.position] = after
      }
      if let (rule, reason) = refusal(of: directive) {
        findings.add(rule, place(of: directive), "schedule: " + reason)
      }
    }
  }

  /// The instruction that a line is about, if it exists and the line is about one.
  private func place(of directive: Schedule.Directive) -> Site? {
    guard case .feedback(let function, let offset, _) = directive,
      outside(offset, of: function) == nil
    else { return nil }
    return Site(function, offset: offset)
  }

  private func checkArguments(_ tuples: [[Constant]], _ findings: inout FindingList) {
    let wanted = program.main.parameters.count
    if tuples.isEmpty, wanted > 0 {
      findings.add(
        .arity, nil, "schedule: main has \(wanted) parameters, an args line must give them")
    }
    for (position, tuple) in tuples.enumerated() {
      if tuple.count != wanted {
        findings.add(
          .arity, nil,
          "schedule: argument tuple \(position + 1) has \(tuple.count) values, main has \(wanted) "
            + "parameters")
      }
      for case .function(let index) in tuple {
        guard let (rule, reason) = program.misuse(ofConstant: index) else { continue }
        findings.add(rule, nil, "schedule: argument tuple \(position + 1): \(reason)")
      }
    }
  }

  private func refusal(of directive: Schedule.Directive) -> (VerifierRule, String)? {
    switch directive {
    case .tier(let function, _, after: _), .delay(let function, units: _):
      return absent(function)
    case .deoptimize(let function, let guardReference, let occurrence):
      return absent(function) ?? refusal(of: guardReference, in: function)
        ?? zero(occurrence)
    case .exit(let function, let offset, let occurrence):
      return outside(offset, of: function) ?? zero(occurrence)
    case .onStackReplacement(let function, _, iteration: _):
      return absent(function)
    case .feedback(let function, let offset, let claim):
      return outside(offset, of: function) ?? refusal(of: claim)
    case .invalidate(.binding(let index), clock: _):
      return absent(index, in: program.bindings.count, "binding")
    case .invalidate(.shape(let keys), clock: _):
      return absent(keys)
    case .collect, .chaos:
      return nil
    }
  }

  private func refusal(
    of reference: Schedule.GuardReference, in function: FunctionIndex
  ) -> (VerifierRule, String)? {
    switch reference {
    case .ordinal:
      return nil
    case .site(let offset, let chain, kind: _, let operand):
      if let reason = outside(offset, of: function) { return reason }
      for link in chain {
        if let reason = outside(link.offset, of: link.function) { return reason }
      }
      guard let operand, operand != 0, operand != 1 else { return nil }
      return (.operand, "operand \(operand) of a guard, there are 0 and 1")
    }
  }

  private func refusal(of claim: Schedule.FeedbackClaim) -> (VerifierRule, String)? {
    switch claim {
    case .none, .megamorphic:
      return nil
    case .entries(let entries):
      guard (1...4).contains(entries.count) else {
        return (.limit, "a feedback slot claims \(entries.count) entries, it may 1 to 4")
      }
      return entries.lazy.compactMap { refusal(of: $0) }.first
    }
  }

  private func refusal(of entry: Schedule.FeedbackEntry) -> (VerifierRule, String)? {
    switch entry {
    case .call(let function):
      absent(function)
    case .shapeProperty(let keys, let property):
      absent(keys + (property.map { [$0] } ?? []))
    case .schemaProperty(let schema, let property):
      absent(schema, in: program.schemas.count, "schema")
        ?? absent(property.map { [$0] } ?? [])
    case .method(_, let name):
      absent([name])
    case .arithmetic, .dictionary, .element, .branch, .loop, .kind:
      nil
    }
  }

  private func zero(_ occurrence: UInt64) -> (VerifierRule, String)? {
    occurrence == 0 ? (.operand, "occurrences count from 1") : nil
  }

  private func outside(_ offset: Int, of function: FunctionIndex) -> (VerifierRule, String)? {
    if let reason = absent(function) { return reason }
    let count = program[function].bodyLength
    guard offset < 0 || offset >= count else { return nil }
    return (
      .target,
      "offset \(offset) lies outside the \(count) instructions of function "
        + "#\(function.position)"
    )
  }

  private func absent(_ function: FunctionIndex) -> (VerifierRule, String)? {
    absent(function, in: program.functions.count, "function")
  }

  private func absent(_ names: [StringIndex]) -> (VerifierRule, String)? {
    names.lazy.compactMap { absent($0, in: program.strings.count, "name") }.first
  }

  private func absent<Space>(
    _ index: TypedIndex<Space>, in count: Int, _ noun: String
  ) -> (VerifierRule, String)? {
    index.position < count
      ? nil : (.operand, "no \(noun) #\(index.position), there are \(count)")
  }
}
