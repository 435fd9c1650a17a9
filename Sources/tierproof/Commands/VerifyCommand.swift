import ArgumentParser
import Bytecode

/// `verify`: every finding of the verifier.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify programs and list every finding.")

  @Argument(help: "The programs.") var files: [String]

  @Flag(help: "Print one JSON object a finding or file instead of text.")
  var json = false

  func run() throws {
    var isRefused = false
    for file in files {
      let input = InputFile(path: file)
      do {
        let program = try input.program()
        isRefused = try !verify(program, input) || isRefused
      } catch let failure as CommandFailure {
        isRefused = true
        try show(failure)
      }
    }
    if isRefused { throw ExitStatus.refused.code }
  }

  /// Prints the findings and tells whether there were none.
  private func verify(_ program: Program, _ input: InputFile) throws -> Bool {
    do throws(VerificationFailure) {
      _ = try Verifier.verify(program)
    } catch {
      for finding in error.findings { try show(finding, program, input) }
      return false
    }
    if json {
      try Console.json(["file": input.name, "verdict": "ok"])
    } else {
      Console.print("\(input.name): ok")
    }
    return true
  }

  private func show(_ finding: VerifierFinding, _ program: Program, _ input: InputFile) throws {
    let place = finding.site.map { "\(program.description(of: $0)): " } ?? ""
    if json {
      try Console.json(
        FindingReport(
          file: input.name, rule: finding.rule.rawValue,
          function: finding.site.map { program[$0.function].name },
          offset: finding.site?.offset, line: finding.site.flatMap(program.line(of:)),
          error: finding.reason))
    } else {
      Console.print("\(input.name): \(place)\(finding.rule.rawValue): \(finding.reason)")
    }
  }

  private func show(_ failure: CommandFailure) throws {
    if json {
      try Console.json(
        FindingReport(
          file: failure.file ?? "", offset: failure.offset, line: failure.line,
          column: failure.column, error: failure.message))
    } else {
      Console.print(failure.sentence)
    }
  }

  private struct FindingReport: Encodable {
    var file: String
    var rule: String?
    var function: String?
    var offset: Int?
    var line: Int?
    var column: Int?
    var error: String
  }
}
