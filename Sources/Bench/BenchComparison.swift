import Foundation

/// Compares tiers and peers on programs: every runner in turn in every round, each run a process of
/// its own, by default less what the runner takes for an empty program.
public struct BenchComparison {
  public struct Options: Sendable {
    /// The executable that runs tiers.
    public var executable: String
    /// Options of `run` for the tiers.
    public var runOptions: [String] = []
    /// In the order of reports; speeds are relative to the first tier.
    public var tiers: [String]
    public var peers: [Peer]
    /// Rounds of each program; at least 1.
    public var rounds: Int
    public var clock = BenchClock.processor

    public init(executable: String, tiers: [String], peers: [Peer], rounds: Int) {
      self.executable = executable
      self.tiers = tiers
      self.peers = peers
      self.rounds = rounds
    }
  }

  /// Seconds that a program without any of its own counts for.
  private static let leastSeconds = 1e-6
  private static let emptyProgram = "main() {\n    PushNull\n    Halt\n}\n"

  let options: Options
  let progress: (String) -> Void
  private let scratch: String
  private let runners: [Runner]

  /// - Parameters:
  ///   - scratch: a directory for compiled and empty programs.
  ///   - progress: receives a line before each program.
  public init(options: Options, scratch: String, progress: @escaping (String) -> Void) {
    self.options = options
    self.scratch = scratch
    self.progress = progress
    runners = options.tiers.map(Runner.tier) + options.peers.map(Runner.peer)
  }

  /// Compares all programs.
  ///
  /// - Throws: `.diverged` if two runners compute different results, `.failed` if one fails.
  public func report(on programs: [BenchProgram]) throws(BenchFailure) -> ComparisonReport {
    progress("start-up")
    let startUps = try startUpSeconds()
    var figures: [ProgramFigures] = []
    for program in programs {
      progress(program.name)
      figures.append(try measure(program, startUps))
    }
    let numeric = zip(programs, figures).filter { $0.0.isNumeric }.map { $0.1 }
    return ComparisonReport(
      clock: options.clock, rounds: options.rounds,
      runners: runners.map(\.name), startUps: runners.map { startUps[$0] ?? 0 },
      programs: figures, numericPrograms: numeric)
  }

  // MARK: - Runs

  /// The least seconds of each runner for an empty program.
  private func startUpSeconds() throws(BenchFailure) -> [Runner: Double] {
    var commands: [Runner: [String]] = [:]
    for runner in runners {
      switch runner {
      case .tier(let tier):
        commands[runner] = tierCommand(tier, try write(Self.emptyProgram, "empty.sasm"), [])
      case .peer(let peer):
        let source = try write(peer.emptyProgram, "empty.\(peer.fileExtension)")
        commands[runner] = peer.command(try executable(of: peer, source, "empty"), [])
      }
    }
    // Start-ups are short: a few more rounds cost nothing and take the noise out.
    let seconds = try take(max(options.rounds, 5), commands) { _, _ throws(BenchFailure) in }
    return seconds.mapValues { $0.min() ?? 0 }
  }

  private func measure(
    _ program: BenchProgram, _ startUps: [Runner: Double]
  ) throws(BenchFailure) -> ProgramFigures {
    let survey = try survey(program)
    var commands: [Runner: [String]] = [:]
    for runner in runners {
      switch runner {
      case .tier(let tier):
        if survey.declined.contains(tier) { continue }
        commands[runner] = tierCommand(tier, program.path, program.arguments)
      case .peer(let peer):
        guard let source = program.peers[peer] else { continue }
        let file = try executable(of: peer, source, program.name)
        commands[runner] = peer.command(file, program.arguments)
      }
    }
    let seconds = try take(options.rounds, commands) { runner, process throws(BenchFailure) in
      let result = RunResult(of: process.output)
      guard result == survey.result else {
        throw .diverged(
          "\(program.name): \(runner.name) computes \(result.text), "
            + "\(options.tiers[0]) \(survey.result.text)")
      }
    }
    var figures = runners.compactMap { runner in
      seconds[runner].map { self.figures(of: runner, $0, startUps[runner] ?? 0) }
    }
    if let first = figures.first(where: { $0.runner == options.tiers[0] })?.seconds {
      for position in figures.indices {
        figures[position].speed = first / figures[position].seconds
      }
    }
    return ProgramFigures(
      program: program.name, arguments: program.arguments, result: survey.result.text,
      declined: survey.declined, instructions: survey.instructions, runners: figures)
  }

  private func figures(of runner: Runner, _ rounds: [Double], _ startUp: Double) -> RunnerFigures {
    let subtracted = options.clock.subtractsStartUp ? startUp : 0
    func net(_ seconds: Double?) -> Double { max((seconds ?? 0) - subtracted, Self.leastSeconds) }
    return RunnerFigures(
      runner: runner.name, seconds: net(rounds.min()),
      medianSeconds: net(Statistics.median(rounds)), rounds: rounds)
  }

  /// The seconds of some rounds, the runners taking turns; each run's outcome is looked at.
  private func take(
    _ rounds: Int, _ commands: [Runner: [String]],
    _ check: (Runner, ChildProcess) throws(BenchFailure) -> Void
  ) throws(BenchFailure) -> [Runner: [Double]] {
    var seconds: [Runner: [Double]] = [:]
    for _ in 0..<rounds {
      for runner in runners {
        guard let command = commands[runner] else { continue }
        let process = try run(command)
        try check(runner, process)
        seconds[runner, default: []].append(
          options.clock.seconds(of: process))
      }
    }
    return seconds
  }

  private func run(_ command: [String]) throws(BenchFailure) -> ChildProcess {
    let process = try ChildProcess(command, scratch: scratch)
    guard process.status == 0 else {
      throw .failed(
        "\(command.joined(separator: " ")): status \(process.status): \(process.errorOutput)")
    }
    return process
  }

  // MARK: - Commands

  /// One run on every tier before the clock counts: the result, who declines, and how much it is.
  private func survey(
    _ program: BenchProgram
  ) throws(BenchFailure) -> (result: RunResult, declined: [String], instructions: UInt64?) {
    var result: RunResult?
    var declined: [String] = []
    var instructions: UInt64?
    for tier in options.tiers {
      let command = tierCommand(tier, program.path, program.arguments) + ["--stats"]
      let process = try run(command)
      let lines = process.errorOutput.split(separator: "\n")
      if lines.contains("tier.\(tier)=declined") { declined.append(tier) }
      let prefix = "instructions="
      for line in lines where line.hasPrefix(prefix) {
        instructions = UInt64(line.dropFirst(prefix.count))
      }
      result = result ?? RunResult(of: process.output)
    }
    guard let result else { throw .failed("no tier was asked for") }
    return (result, declined, instructions)
  }

  private func tierCommand(_ tier: String, _ program: String, _ arguments: [String]) -> [String] {
    [options.executable, "run", program, "--tier", tier] + options.runOptions
      + arguments.flatMap { ["--arg", $0] }
  }

  /// What a peer runs: the program's text, or what the compiler makes of it.
  private func executable(
    of peer: Peer, _ source: String, _ name: String
  ) throws(BenchFailure) -> String {
    guard peer == .c else { return source }
    let binary = "\(scratch)/\(name)"
    _ = try run(["clang", "-O2", source, "-o", binary, "-lm"])
    return binary
  }

  private func write(_ text: String, _ name: String) throws(BenchFailure) -> String {
    let path = "\(scratch)/\(name)"
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw .failed("cannot write \(path)")
    }
    return path
  }
}

/// What a program computed: the last line it printed, whatever the language's spelling.
struct RunResult: Equatable, Sendable {
  let text: String

  init(of output: String) {
    let line = output.split(separator: "\n").last ?? ""
    let value = line.hasPrefix("=> ") ? line.dropFirst(3) : line
    let isQuoted = value.count >= 2 && value.first == "\"" && value.last == "\""
    text = String(isQuoted ? value.dropFirst().dropLast() : value)
  }

  static func == (a: RunResult, b: RunResult) -> Bool {
    if let a = Double(a.text), let b = Double(b.text) { return a == b || (a.isNaN && b.isNaN) }
    return a.text == b.text
  }
}
