/// A rule of the verifier, by the name messages and filetests use.
public enum VerifierRule: String, CaseIterable, Hashable, Sendable {
  case operand, target, `fallthrough`, stack, handler, loop, arity, call, capture, cell, reference
  case assignment, kind, trusted, schema, foreign, limit
}

/// A place where a program breaks a rule.
public struct VerifierFinding: Hashable, Sendable {
  public var rule: VerifierRule
  /// The instruction; nil for a finding about a declaration.
  public var site: Site?
  /// One sentence without the place.
  public var reason: String

  public init(rule: VerifierRule, site: Site?, reason: String) {
    self.rule = rule
    self.site = site
    self.reason = reason
  }
}

/// Every finding about a program that did not verify, in order of function and offset.
public struct VerificationFailure: Error, Hashable, Sendable {
  public var findings: [VerifierFinding]

  public init(findings: [VerifierFinding]) { self.findings = findings }
}

/// Decides whether a program may run.
public enum Verifier {
  /// Verifies a whole program.
  ///
  /// Total: it ends for every program, within time and memory that `VerifierLimits` bounds.
  /// - Throws: every finding, in order of function and offset, declarations first.
  /// - Complexity: O(instructions + block starts × slots) for ordinary programs.
  public static func verify(
    _ program: Program
  ) throws(VerificationFailure) -> VerifiedProgram {
    var findings = FindingList()
    let hasFunctions = DeclarationCheck(program: program).run(findings: &findings)
    var facts: [FunctionFacts] = []
    if hasFunctions {
      var budget = AnalysisBudget()
      facts.reserveCapacity(program.functions.count)
      let methods = RefusedMethods(of: program)
      for position in program.functions.indices {
        let scope = FunctionScope(
          program: program, index: FunctionIndex(position), refusedMethods: methods)
        let verification = FunctionVerification(scope: scope)
        if let verified = verification.run(budget: &budget, findings: &findings) {
          facts.append(verified)
        }
      }
    }
    if findings.count == 0 { FeedbackCheck(program: program).run(findings: &findings) }
    guard findings.count == 0 else {
      throw VerificationFailure(findings: findings.sorted())
    }
    return VerifiedProgram(program: program, functions: facts)
  }
}
