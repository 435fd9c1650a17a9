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
