import Bytecode

extension Check {
  /// Checks an engine whose code rests on feedback once more, by what the schedule claims: the
  /// judge, and so the outcome, depends on no feedback.
  mutating func runLies(_ engine: any Engine) throws(End) {
    report.legs.insert(.lies)
    let told = FeedbackLies.told(of: program, seed: legs.rotation)
    let verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(told)
    } catch {
      throw .verdict(.diverge(Harness.rejection(of: told, error)))
    }
    var options = harness.options
    options.forcedExitBudget = min(options.forcedExitBudget, options.liesExitBudget)
    var legs = legs
    legs.tellsLies = false
    var check = Check(
      harness: Harness(judge: harness.judge, engines: [engine], options: options),
      program: verified, heapStress: heapStress, legs: legs, observer: observer)
    defer { report.executions += check.report.executions }
    do throws(End) {
      try check.run()
    } catch {
      guard case .verdict(.diverge(var divergence)) = error else { throw error }
      divergence.program = Finding.replayable(verified, divergence)
      throw .verdict(.diverge(divergence))
    }
  }
}
