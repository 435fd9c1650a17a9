import ArgumentParser

/// The command line: one subcommand a file.
@main
struct Tierproof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tierproof",
    abstract: "A multi-tier JIT for the Shape bytecode, and the proof that its tiers agree.",
    discussion: """
      FILE is text (.sasm) or binary (.sbc), told apart by content; - is standard input.

      Exit status: 0 success, 1 uncaught trap or exit in run, 2 divergence found, 64 usage, \
      65 input refused, 69 something needed at run time is missing, 70 internal error.
      """,
    subcommands: [
      RunCommand.self, CheckCommand.self, AsmCommand.self, DisasmCommand.self,
      VerifyCommand.self, HashCommand.self, DumpCommand.self, GenerateCommand.self,
      FuzzCommand.self, SurveyCommand.self, ReplayCommand.self, SelfTestCommand.self,
      SabotageCommand.self, BenchCommand.self,
    ])

  static func main() {
    RunCommand.begin(CommandLine.arguments)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      report(failure)
      Self.exit(withError: failure.status.code)
    } catch {
      Self.exit(withError: error)
    }
  }

  /// Says what failed: a sentence on standard error, and the same as JSON if that was asked for.
  private static func report(_ failure: CommandFailure) {
    if CommandLine.arguments.contains("--json") {
      let object = ErrorReport(
        error: failure.message, file: failure.file, line: failure.line, column: failure.column,
        offset: failure.offset)
      do {
        try Console.json(object)
      } catch {
        Console.message("the report cannot be encoded: \(error)")
      }
    }
    Console.message(failure.sentence)
  }

  private struct ErrorReport: Encodable {
    var error: String
    var file: String?
    var line: Int?
    var column: Int?
    var offset: Int?
  }
}
