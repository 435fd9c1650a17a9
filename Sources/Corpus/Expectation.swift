import Bytecode

/// What a program file says, in `; run:` and `; verify:` comment lines, about itself.
public enum Expectation: Hashable, Sendable {
  /// `; run: main(ARGS) [fuel N] [heap N] [depth N] [OUTCOME] [prints "…"] [uses N]`
  case run(RunExpectation)
  /// `; verify: RULE at FUNCTION+OFFSET`
  case verify(VerifyExpectation)

  /// The expectations of a program's text, in the order written.
  ///
  /// - Throws: the first malformed line.
  /// - Complexity: O(bytes).
  public static func parse(_ text: String) throws(ExpectationError) -> [Expectation] {
    var expectations: [Expectation] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (position, line) in lines.enumerated() {
      var scanner = ExpectationScanner(Array(line.utf8), line: position + 1)
      scanner.skipBlanks()
      guard scanner.take(";") else { continue }
      scanner.skipBlanks()
      if scanner.take("run:") {
        expectations.append(.run(try RunExpectation(&scanner)))
      } else if scanner.take("verify:") {
        expectations.append(.verify(try VerifyExpectation(&scanner)))
      }
    }
    return expectations
  }
}

/// A malformed expectation line.
public struct ExpectationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Both count from 1; columns count bytes.
  public var line: Int
  public var column: Int
  /// One sentence without the place.
  public var reason: String

  public var description: String { "\(line):\(column): \(reason)" }
}

/// A finding the verifier must report.
public struct VerifyExpectation: Hashable, Sendable {
  public var line: Int
  public var rule: VerifierRule
  /// `FUNCTION+OFFSET`
  public var place: String

  init(_ scanner: inout ExpectationScanner) throws(ExpectationError) {
    line = scanner.line
    scanner.skipBlanks()
    let column = scanner.column
    let name = scanner.takeWord()
    guard let rule = VerifierRule(rawValue: name) else {
      throw scanner.error("\(name.isEmpty ? "nothing" : name) is no rule of the verifier", column)
    }
    self.rule = rule
    scanner.skipBlanks()
    guard scanner.takeKeyword("at") else { throw scanner.error("expected `at FUNCTION+OFFSET`") }
    place = try scanner.takePlace()
    try scanner.expectEnd()
  }

  /// Whether a finding is the expected one.
  public func matches(_ finding: VerifierFinding, in program: Program) -> Bool {
    guard let site = finding.site else { return false }
    return finding.rule == rule && program.description(of: site) == place
  }
}

extension Expectation {
  /// How the verifier's findings differ from the `; verify:` lines; nil if each line has its
  /// finding and each finding its line.
  public static func mismatch(
    of findings: [VerifierFinding], with expected: [VerifyExpectation], in program: Program
  ) -> String? {
    for line in expected where !findings.contains(where: { line.matches($0, in: program) }) {
      return "line \(line.line): no finding \(line.rule.rawValue) at \(line.place)"
    }
    for finding in findings where !expected.contains(where: { $0.matches(finding, in: program) }) {
      let place = finding.site.map { " at \(program.description(of: $0))" } ?? ""
      return "no line expects \(finding.rule.rawValue)\(place): \(finding.reason)"
    }
    return nil
  }
}
