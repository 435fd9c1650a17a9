import Foundation

/// One job of a campaign: a libFuzzer process, and those that took its place.
///
/// A process writes to a log file, of which the tail is read: a pipe would have to be drained for
/// a process that ends at any moment.
struct FuzzProcess {
  let campaign: FuzzCampaign
  let job: Int
  private(set) var restarts = 0
  private(set) var corpus = 0
  private(set) var crashes: [String] = []
  private var process: Process?
  private var startedAt = ContinuousClock.now
  private var quickEnds = 0
  /// Figures of processes that are over.
  private var earlier = Figures()
  private var current = Figures()

  private struct Figures {
    var inputs = 0
    var counters: [(name: String, values: [Int])] = []

    mutating func add(_ other: Figures) {
      inputs += other.inputs
      for counter in other.counters {
        if let known = counters.firstIndex(where: { $0.name == counter.name }) {
          counters[known].values = zip(counters[known].values, counter.values).map(+)
        } else {
          counters.append(counter)
        }
      }
    }
  }

  init(campaign: FuzzCampaign, job: Int) {
    self.campaign = campaign
    self.job = job
  }

  var inputs: Int { earlier.inputs + current.inputs }

  var counters: [(name: String, values: [Int])] {
    var sum = earlier
    sum.add(current)
    return sum.counters
  }

  private var log: String { campaign.findingsDirectory + "/job-\(job).log" }

  /// Reads what the process said; starts one if none runs and time is left.
  mutating func advance(remaining: Double) throws(CampaignFailure) {
    readLog()
    if let process, process.isRunning { return }
    if process != nil { try end() }
    guard remaining >= 1 else { return }
    try start(seconds: Int(remaining))
  }

  /// Ends the process as an interrupt would, and waits for it.
  mutating func stop() {
    guard let process else { return }
    if process.isRunning { process.interrupt() }
    process.waitUntilExit()
    readLog()
    earlier.add(current)
    current = Figures()
    self.process = nil
  }

  private mutating func start(seconds: Int) throws(CampaignFailure) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: campaign.executable)
    // Every process draws from its own seed, and each anew when it is replaced.
    let seed = campaign.seed &+ UInt32(job &* 1000 &+ restarts) &+ 1
    process.arguments =
      [campaign.queue] + campaign.corpus + [
        "-max_total_time=\(seconds)", "-seed=\(seed)", "-timeout=10", "-rss_limit_mb=2048",
        "-max_len=16384", "-reload=1", "-print_final_stats=1",
        "-artifact_prefix=\(campaign.findingsDirectory)/",
      ]
    var environment = ProcessInfo.processInfo.environment
    environment["TIERPROOF_FINDINGS"] = campaign.findingsDirectory
    environment["TIERPROOF_CONTINUE"] = "1"
    environment["TIERPROOF_LANGUAGE"] = campaign.language.rawValue
    process.environment = environment
    guard FileManager.default.createFile(atPath: log, contents: nil),
      let output = FileHandle(forWritingAtPath: log)
    else { throw .directory(path: log, reason: "cannot be created") }
    process.standardError = output
    process.standardOutput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw .noFuzzer(path: campaign.executable)
    }
    self.process = process
    startedAt = .now
  }

  /// Takes stock of a process that ended by itself.
  private mutating func end() throws(CampaignFailure) {
    let text = logTail(limit: 1 << 20)
    if !text.contains("divergence: "), let artifact = artifact(in: text) {
      crashes.append(artifact)
    }
    quickEnds = startedAt.duration(to: .now) < .seconds(2) ? quickEnds + 1 : 0
    guard quickEnds < 8 || text.contains("divergence: ") else {
      throw text.contains("without -sanitize=fuzzer")
        ? .noFuzzer(path: campaign.executable) : .doesNotRun(log: log)
    }
    earlier.add(current)
    current = Figures()
    restarts += 1
    process = nil
  }

  private func artifact(in text: String) -> String? {
    let marker = "Test unit written to "
    guard let line = text.split(separator: "\n").last(where: { $0.contains(marker) }),
      let range = line.range(of: marker)
    else { return nil }
    return String(line[range.upperBound...])
  }

  private func logTail(limit: UInt64) -> String {
    guard let file = FileHandle(forReadingAtPath: log) else { return "" }
    defer { try? file.close() }
    do {
      let size = try file.seekToEnd()
      try file.seek(toOffset: size > limit ? size - limit : 0)
      return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    } catch {
      return ""
    }
  }

  /// The newest `#N … corp: M/…` line of libFuzzer's and the newest `summary:` line of ours.
  private mutating func readLog() {
    guard process != nil else { return }
    for line in logTail(limit: 1 << 14).split(separator: "\n") {
      if line.hasPrefix("#") {
        let words = line.dropFirst().split(whereSeparator: { $0 == " " || $0 == "\t" })
        if let count = words.first.flatMap({ Int($0) }) {
          current.inputs = max(current.inputs, count)
        }
        if let place = words.firstIndex(of: "corp:"), place + 1 < words.count,
          let count = Int(words[place + 1].prefix { $0.isNumber })
        {
          corpus = count
        }
      } else if line.hasPrefix("summary: ") {
        current.counters = counters(of: line.dropFirst(9))
        if let inputs = current.counters.first(where: { $0.name == "inputs" }) {
          current.inputs = max(current.inputs, inputs.values[0])
        }
      }
    }
  }

  private func counters(of line: Substring) -> [(name: String, values: [Int])] {
    line.split(separator: " ").compactMap { word in
      let parts = word.split(separator: "=")
      guard parts.count == 2 else { return nil }
      let values = parts[1].split(separator: "/").compactMap { Int($0) }
      return values.isEmpty ? nil : (String(parts[0]), values)
    }
  }
}
