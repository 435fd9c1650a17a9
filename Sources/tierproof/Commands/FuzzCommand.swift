import ArgumentParser
import Engines
import Foundation
import Fuzzer

/// `fuzz`: a campaign of libFuzzer processes.
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract: "Run a fuzzing campaign; an interrupt ends it cleanly, the next one goes on.",
    discussion: """
      The campaign runs tierproof-fuzz, built beside this executable with \
      swift build -Xswiftc -sanitize=fuzzer.
      """)

  @Argument(help: "Directories of programs to start from.") var corpus: [String] = []

  @Option(help: "How long, in seconds.") var seconds = 60

  @Option(help: "Processes at a time.") var jobs = 1

  @Option(help: "The fuzzer's seed; 0 lets it choose.") var seed: UInt32 = 0

  @Option(help: "The directory of findings, and of the queue the next campaign goes on from.")
  var findings = "findings"

  @Option(help: "What generated programs hold: \(GeneratedLanguage.list).")
  var language = GeneratedLanguage.mixed

  @Flag(help: "Print the closing summary as one JSON object.")
  var json = false

  func validate() throws {
    guard seconds >= 1 else { throw ValidationError("--seconds is 1 or more") }
    guard jobs >= 1 else { throw ValidationError("--jobs is 1 or more") }
  }

  func run() throws {
    try selfTest()
    let campaign = FuzzCampaign(
      executable: Self.fuzzer, corpus: corpus, seconds: seconds, jobs: jobs, seed: seed,
      findingsDirectory: findings, language: language)
    let interruption = Interruption()
    let isTerminal = isatty(2) == 1
    var lastLine = ContinuousClock.now
    let summary: CampaignSummary
    do throws(CampaignFailure) {
      summary = try campaign.run(
        status: { summary in
          // A terminal shows one line that changes; a log gets a line now and then.
          if isTerminal {
            FileHandle.standardError.write(Data("\r\u{1B}[K\(summary.statusLine)".utf8))
          } else if lastLine.duration(to: .now) >= .seconds(10) {
            lastLine = .now
            Console.message(summary.statusLine)
          }
        }, shouldStop: { interruption.isRequested })
    } catch {
      throw failure(error)
    }
    if isTerminal { Console.message("") }
    try show(summary)
    if !summary.findings.isEmpty || !summary.crashes.isEmpty { throw ExitStatus.divergence.code }
  }

  /// A campaign whose oracles are blind is worth nothing: they are tried first.
  private func selfTest() throws {
    let failed = SelfTest(judge: Engines.judge, engines: Engines.judged).run()
      .filter { !$0.passed }
    guard let first = failed.first else { return }
    throw CommandFailure(
      .divergence, "self test: \(first.name): \(first.detail) (tierproof selftest lists all)")
  }

  private func show(_ summary: CampaignSummary) throws {
    if json {
      return try Console.json(
        Report(
          seconds: summary.seconds, inputs: summary.inputs,
          inputsPerSecond: summary.inputsPerSecond, corpus: summary.corpus,
          findings: summary.findings, crashes: summary.crashes, restarts: summary.restarts,
          counters: Dictionary(
            summary.counters.map { ($0.name, $0.values) }, uniquingKeysWith: { $1 })))
    }
    for counter in summary.counters {
      Console.print("  \(counter.name): \(counter.values.map(String.init).joined(separator: "/"))")
    }
    for path in summary.findings { Console.print("finding: \(path)") }
    for path in summary.crashes { Console.print("crash: \(path)") }
    Console.print("fuzz: \(summary.statusLine)")
  }

  private func failure(_ failure: CampaignFailure) -> CommandFailure {
    switch failure {
    case .noFuzzer(let path):
      CommandFailure(
        .missing, file: path, "no fuzzer; build with swift build -Xswiftc -sanitize=fuzzer")
    case .directory(let path, let reason): CommandFailure(.failure, file: path, reason)
    case .doesNotRun(let log):
      CommandFailure(.failure, file: log, "the fuzzer ends as soon as it starts; its log says why")
    }
  }

  /// `tierproof-fuzz` beside this executable.
  private static var fuzzer: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    return URL(fileURLWithPath: own ?? CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("tierproof-fuzz").path
  }

  private struct Report: Encodable {
    var seconds: Double
    var inputs: Int
    var inputsPerSecond: Double
    var corpus: Int
    var findings: [String]
    var crashes: [String]
    var restarts: Int
    var counters: [String: [Int]]
  }
}
