import ArgumentParser
import Bytecode
import Engines
import Foundation
import Fuzzer

/// `replay`: checks every program below some directories.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Check every program file below directories.")

  @Argument(help: "Directories or files.") var directories: [String]

  @Option(help: "A file for the results in JUnit's XML form.") var junit: String?

  @Flag(help: "Print one JSON object a file instead of text.")
  var json = false

  func run() throws {
    let replay = Replay(harness: Harness(judge: Engines.judge, engines: Engines.judged))
    var results: [ReplayResult] = []
    for directory in directories {
      let files = Replay.files(at: directory)
      guard !files.isEmpty else {
        throw CommandFailure(.refused, file: directory, "holds no program")
      }
      for file in files {
        let result = replay.run(file)
        results.append(result)
        if json || !result.passed || result.isInconclusive {
          try CheckText.show(result, json: json)
        }
        if results.count.isMultiple(of: 50) {
          Console.message("replay: \(results.count) files so far")
        }
      }
    }
    if let junit {
      try OutputFile(path: junit).write(Array(JUnitReport(results: results).xml.utf8))
    }
    let failed = results.count { !$0.passed }
    let inconclusive = results.count(where: \.isInconclusive)
    let note = inconclusive == 0 ? "" : ", \(inconclusive) of them inconclusive"
    Console.message("replay: \(results.count - failed) passed, \(failed) failed\(note)")
    if failed > 0 { throw ExitStatus.divergence.code }
  }
}

extension ReplayResult {
  /// Whether the host or the judge's step limit ended the check: it must not read as agreement.
  fileprivate var isInconclusive: Bool {
    switch status {
    case .checked(let report):
      switch report.verdict {
      case .inconclusive: true
      case .agree, .diverge: false
      }
    case .unexpected, .refused: false
    }
  }
}

/// Results of a replay in the XML form continuous integration reads.
struct JUnitReport {
  var results: [ReplayResult]

  var xml: String {
    let failures = results.count { !$0.passed }
    let seconds = results.reduce(0) { $0 + $1.seconds }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuite name=\"tierproof replay\" tests=\"\(results.count)\" "
    text += "failures=\"\(failures)\" time=\"\(format(seconds))\">\n"
    for result in results {
      text += "  <testcase name=\"\(escape(result.path))\" time=\"\(format(result.seconds))\""
      if let message = message(of: result) {
        text += ">\n    <failure message=\"\(escape(message))\"/>\n  </testcase>\n"
      } else {
        text += "/>\n"
      }
    }
    return text + "</testsuite>\n"
  }

  private func message(of result: ReplayResult) -> String? {
    switch result.status {
    case .refused(let reason), .unexpected(let reason): return reason
    case .checked(let report):
      return report.divergence.map { "\($0.signature)\n\($0.explanation)" }
    }
  }

  private func format(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

  private func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("\n", with: "&#10;")
  }
}
