import Bytecode

/// The oracle G over what code says of its guards.
extension Check {
  /// Follows what a run did to code that rests on facts.
  func follow(
    _ observations: RunObservations, _ context: LegContext, _ directives: [Schedule.Directive],
    _ model: inout FactModel
  ) throws(End) {
    guard
      let problem = model.follow(
        report.outcomes[context.tuple].events, observations.codeEvents)
    else { return }
    throw diverge(
      Divergence(
        signature: Signature(
          oracle: .guards, expected: harness.judge.name, actual: context.engine,
          reason: "facts", opcode: nil, field: problem.field),
        run: description(of: context, directives), expected: problem.expected,
        actual: problem.actual), directives)
  }

  /// Holds what the code that a session has made so far says of its guards to its feedback, each
  /// version once.
  mutating func checkAccounts(
    of session: any EngineSession, _ context: LegContext, _ directives: [Schedule.Directive]
  ) throws(End) {
    for account in session.accounts
    where accounts.updateValue(account, forKey: ObjectIdentifier(account)) == nil {
      note(account)
      let model = CodeModel(verified: program, account: account)
      guard let problem = model.problem() else { continue }
      let site = Description.of(problem.site, in: program.program)
      let need = problem.need.map { ", \($0)" } ?? ""
      throw diverge(
        Divergence(
          signature: Signature(
            oracle: .guards, expected: nil, actual: context.engine,
            reason: problem.need.map { "\($0)" } ?? "-",
            opcode: program.program.opcode(at: problem.site), field: problem.field),
          run: description(of: context, directives),
          expected: "at \(site)\(need): \(problem.expected)", actual: problem.actual),
        directives)
    }
  }
}
