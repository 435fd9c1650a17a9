import ArgumentParser
import Engines
import Fuzzer

/// `selftest`: the oracles see what they must, and every tier is entered.
struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Show that every oracle can fail and that every tier is entered.")

  @Flag(help: "Print one JSON object a test instead of text.")
  var json = false

  func run() throws {
    let results = SelfTest(judge: Engines.judge, engines: Engines.judged).run()
    let failed = results.count { !$0.passed }
    for result in results {
      if json {
        try Console.json(
          Report(name: result.name, passed: result.passed, detail: result.detail))
      } else if result.passed {
        Console.print("pass  \(result.name)")
      } else {
        Console.print("FAIL  \(result.name)\n      \(result.detail)")
      }
    }
    Console.message("selftest: \(results.count - failed) passed, \(failed) failed")
    if failed > 0 { throw ExitStatus.divergence.code }
  }

  private struct Report: Encodable {
    var name: String
    var passed: Bool
    var detail: String
  }
}
