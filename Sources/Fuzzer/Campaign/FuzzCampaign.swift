import Bytecode
import Foundation

/// Why a campaign could not go on.
public enum CampaignFailure: Error, Hashable {
  /// The fuzzer's executable is missing, or was built without `-sanitize=fuzzer`.
  case noFuzzer(path: String)
  case directory(path: String, reason: String)
  /// The fuzzer ended at once, again and again; the log tells why.
  case doesNotRun(log: String)
}

/// The figures of a campaign so far.
public struct CampaignSummary: Sendable {
  public var seconds = 0.0
  public var inputs = 0
  /// Inputs a second since the start.
  public var inputsPerSecond: Double { seconds > 0 ? Double(inputs) / seconds : 0 }
  /// Inputs libFuzzer keeps, of the job that keeps most.
  public var corpus = 0
  /// Files of findings, by path, in order.
  public var findings: [String] = []
  /// Artifacts without a finding: inputs that crashed or hung the process.
  public var crashes: [String] = []
  /// The last counters of each process, added up: `inputs`, `executions`, one per engine as
  /// entered/declined/inapplicable, one per mutator as applied/attempted.
  public var counters: [(name: String, values: [Int])] = []
  /// Times a process was started anew after a divergence or crash.
  public var restarts = 0

  public init() {}

  /// One line: what a status line shows.
  public var statusLine: String {
    let tiers = counters.filter { $0.values.count == 3 }.map { counter in
      "\(counter.name) \(counter.values[0])"
    }.joined(separator: ", ")
    return "\(Int(seconds)) s, \(inputs) inputs, \(Int(inputsPerSecond))/s, corpus \(corpus), "
      + "entered \(tiers.isEmpty ? "-" : tiers), \(findings.count) findings, "
      + "\(crashes.count) crashes"
  }
}

/// Runs libFuzzer processes of `tierproof-fuzz` over a corpus until the time is up.
///
/// A process that finds a divergence writes it down and ends; another takes its place and passes
/// over what is written down already. What libFuzzer keeps is in `queue` below the findings
/// directory, so that the next campaign goes on from there.
public struct FuzzCampaign {
  public var executable: String
  public var corpus: [String]
  public var seconds: Int
  public var jobs: Int
  public var seed: UInt32
  public var findingsDirectory: String
  /// What programs made of entropy hold.
  public var language: GeneratedLanguage

  public init(
    executable: String, corpus: [String], seconds: Int, jobs: Int = 1, seed: UInt32 = 0,
    findingsDirectory: String = "findings", language: GeneratedLanguage = .mixed
  ) {
    self.executable = executable
    self.corpus = corpus
    self.seconds = seconds
    self.jobs = jobs
    self.seed = seed
    self.findingsDirectory = findingsDirectory
    self.language = language
  }

  var queue: String { findingsDirectory + "/queue" }

  /// Runs the campaign.
  ///
  /// - Parameters:
  ///   - status: called about twice a second.
  ///   - shouldStop: asked as often; true ends the campaign as if its time were up.
  public func run(
    status: (CampaignSummary) -> Void, shouldStop: () -> Bool
  ) throws(CampaignFailure) -> CampaignSummary {
    guard FileManager.default.isExecutableFile(atPath: executable) else {
      throw .noFuzzer(path: executable)
    }
    do {
      try FileManager.default.createDirectory(atPath: queue, withIntermediateDirectories: true)
    } catch {
      throw .directory(path: queue, reason: error.localizedDescription)
    }
    let start = ContinuousClock.now
    var processes = (0..<max(1, jobs)).map { FuzzProcess(campaign: self, job: $0) }
    var summary = CampaignSummary()
    while true {
      let elapsed = start.duration(to: .now) / .seconds(1)
      let isOver = elapsed >= Double(seconds) || shouldStop()
      for index in processes.indices {
        try processes[index].advance(remaining: isOver ? 0 : Double(seconds) - elapsed)
      }
      summary = self.summary(of: processes, seconds: elapsed)
      status(summary)
      if isOver { break }
      Thread.sleep(forTimeInterval: 0.5)
    }
    for index in processes.indices { processes[index].stop() }
    return self.summary(of: processes, seconds: start.duration(to: .now) / .seconds(1))
  }

  private func summary(of processes: [FuzzProcess], seconds: Double) -> CampaignSummary {
    var summary = CampaignSummary()
    summary.seconds = seconds
    for process in processes {
      summary.inputs += process.inputs
      summary.corpus = max(summary.corpus, process.corpus)
      summary.restarts += process.restarts
      for counter in process.counters {
        if let known = summary.counters.firstIndex(where: { $0.name == counter.name }) {
          summary.counters[known].values = zip(
            summary.counters[known].values, counter.values
          ).map(+)
        } else {
          summary.counters.append(counter)
        }
      }
      summary.crashes += process.crashes
    }
    summary.findings = Replay.files(at: findingsDirectory).filter {
      $0.hasSuffix(".sasm") && !$0.hasPrefix(queue + "/")
    }
    return summary
  }
}
