import ArgumentParser
import Bench
import Bytecode
import Foundation
import Fuzzer

/// `bench`: compares tiers and peers, or says how long compiling takes.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time programs on tiers and peers side by side, or time the compiler.",
    discussion: """
      Every run is a process; runners take turns in every round; by default, the time of an \
      empty program is subtracted of each runner. Peers are the programs of the same name in Benchmarks/programs. \
      Only figures of a release build (swift build -c release) mean something.
      """)

  @Argument(
    help: ArgumentHelp(
      "Programs; with --compile-time also directories.",
      discussion: "Without any, the suite; with --compile-time, the seeds and regressions."))
  var files: [String] = []

  @Flag(help: "The programs of corpus/seeds/benchmarks.") var suite = false

  @Flag(help: "The full size of each program instead of one for seconds.") var full = false

  @Option(help: "Rounds of each program.") var rounds = 3

  @Option(help: "The tiers, joined by commas; speeds are relative to the first.")
  var tiers = TierList(tiers: [.interpreter, .baseline])

  @Option(
    help: ArgumentHelp(
      "The peers, joined by commas; none for no peer; without, those on the machine.",
      discussion: "\(Peer.allCases.map(\.rawValue).joined(separator: ", "))."))
  var peers: PeerList?

  @Option(
    help: ArgumentHelp(
      "What counts.",
      discussion: """
        processor: processor time of all threads, start-up subtracted; wall: time passed, the \
        same; process: time passed by the whole process.
        """))
  var clock = BenchClock.processor

  @Flag(help: "Time the baseline compiler on every function.") var compileTime = false

  @Option(
    help: ArgumentHelp(
      "Instead, compile and discard this many functions, and watch the memory.", valueName: "N"))
  var compileStress: Int?

  @Option(help: "A file for a page with pictures.") var html: String?

  @OptionGroup var observers: ObserverOptions

  @Flag(help: "Print JSON instead of text.") var json = false

  private static let benchmarks = "corpus/seeds/benchmarks"
  private static let corpus = ["corpus/seeds", "corpus/regressions"]

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds is at least 1") }
    guard !(suite && !files.isEmpty) else {
      throw ValidationError("--suite takes no further programs")
    }
    if let compileStress, compileStress < CompileStress.interval {
      throw ValidationError("--compile-stress takes a number from \(CompileStress.interval) on")
    }
    guard !compileTime || (html == nil && !suite && peers == nil) else {
      throw ValidationError("--compile-time compares nothing: no --html, --suite, --peers")
    }
  }

  func run() throws {
    #if DEBUG
      Console.message("bench: a debug build; only figures of a release build mean something")
    #endif
    if let compileStress { return try stressCompiler(compileStress) }
    if compileTime { try timeCompiler() } else { try compare() }
  }

  // MARK: - Comparison

  private func compare() throws {
    let paths = files.isEmpty ? try programFiles(at: [Self.benchmarks]) : files
    let programs = try paths.map { path in
      let input = InputFile(path: path)
      let text = String(decoding: try input.bytes(), as: UTF8.self)
      return BenchProgram(
        path: path, text: text, program: try input.verifiedProgram().program,
        takesFullSize: full)
    }
    let scratch = NSTemporaryDirectory() + "tierproof-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { removeScratch(scratch) }
    let comparison = BenchComparison(options: try options(), scratch: scratch) {
      Console.message("bench: \($0)")
    }
    let report = try translating { () throws(BenchFailure) in
      try comparison.report(on: programs)
    }
    if let html { try OutputFile(path: html).write(Array(ComparisonPage(report).html.utf8)) }
    if json {
      for program in report.programs { try Console.json(program) }
      try Console.json(ComparisonSummary(report))
    } else {
      Console.write(ComparisonText(report).text)
    }
  }

  private func removeScratch(_ path: String) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Console.message("bench: \(path) is left: \(error.localizedDescription)")
    }
  }

  private func options() throws -> BenchComparison.Options {
    let chosen = peers?.peers ?? Peer.allCases.filter(\.isFound)
    for peer in chosen where !peer.isFound {
      throw CommandFailure(.missing, "\(peer.tool) is not on this machine")
    }
    for peer in Peer.allCases where peers == nil && !peer.isFound {
      Console.message("bench: no \(peer.tool) on this machine, so no \(peer.rawValue)")
    }
    guard let executable = Bundle.main.executablePath else {
      throw CommandFailure(.failure, "the executable's own path is unknown")
    }
    var options = BenchComparison.Options(
      executable: executable, tiers: tiers.tiers.map(\.rawValue), peers: chosen, rounds: rounds)
    options.clock = clock
    options.runOptions =
      (observers.perfMap ? ["--perf-map"] : []) + (observers.gdb ? ["--gdb"] : [])
    return options
  }

  private func translating<Result>(
    _ body: () throws(BenchFailure) -> Result
  ) throws -> Result {
    do throws(BenchFailure) {
      return try body()
    } catch {
      switch error {
      case .missing(let reason): throw CommandFailure(.missing, reason)
      case .failed(let reason): throw CommandFailure(.failure, reason)
      case .diverged(let reason): throw CommandFailure(.divergence, reason)
      }
    }
  }

  // MARK: - Compile time

  private func timeCompiler() throws {
    let programs = try verifiedPrograms()
    let times: CompileTimes
    do throws(EngineFailure) {
      try observers.start()
      times = try CompileTimes(of: programs, rounds: rounds)
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
    if json { try Console.json(times) } else { Console.write(times.text) }
  }

  private func stressCompiler(_ count: Int) throws {
    let programs = try verifiedPrograms().map(\.program)
    let stress: CompileStress
    do throws(EngineFailure) {
      stress = try CompileStress(of: programs, count: count) {
        Console.message("bench: \($0)")
      }
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
    Console.print(stress.line)
    guard stress.isFlat else { throw ExitStatus.failure.code }
  }

  private func verifiedPrograms() throws -> [(name: String, program: VerifiedProgram)] {
    var programs: [(name: String, program: VerifiedProgram)] = []
    for path in try programFiles(at: files.isEmpty ? Self.corpus : files) {
      let program = try InputFile(path: path).program()
      do throws(VerificationFailure) {
        programs.append((path, try Verifier.verify(program)))
      } catch {
        // Seeds of the verifier's rules are refused by design, and there is nothing to compile.
        Console.message("bench: not verified, so left out: \(path)")
      }
    }
    return programs
  }

  private func programFiles(at paths: [String]) throws -> [String] {
    try paths.flatMap { path in
      let found = Replay.files(at: path)
      guard !found.isEmpty else {
        throw CommandFailure(.refused, file: path, "holds no program")
      }
      return found
    }
  }
}

/// What a comparison says beside the programs, as one JSON object.
private struct ComparisonSummary: Encodable {
  var clock: BenchClock
  var rounds: Int
  var runners: [String]
  var startUps: [Double]
  var speeds: [SpeedFigures]
  var numericSpeeds: [SpeedFigures]

  init(_ report: ComparisonReport) {
    clock = report.clock
    rounds = report.rounds
    runners = report.runners
    startUps = report.startUps
    speeds = report.speeds
    numericSpeeds = report.numericSpeeds
  }
}

extension BenchClock: ExpressibleByArgument {}

/// Tiers joined by commas.
struct TierList: ExpressibleByArgument {
  var tiers: [RunTier]

  init(tiers: [RunTier]) { self.tiers = tiers }

  init?(argument: String) {
    let names = argument.split(separator: ",").map(String.init)
    tiers = names.compactMap(RunTier.init(rawValue:))
    guard !tiers.isEmpty, tiers.count == names.count, Set(tiers).count == tiers.count else {
      return nil
    }
  }

  var defaultValueDescription: String { tiers.map(\.rawValue).joined(separator: ",") }
}

/// Peers joined by commas, or `none`.
struct PeerList: ExpressibleByArgument {
  var peers: [Peer]

  init?(argument: String) {
    if argument == "none" {
      peers = []
      return
    }
    let names = argument.split(separator: ",").map(String.init)
    peers = names.compactMap(Peer.init(rawValue:))
    guard !peers.isEmpty, peers.count == names.count, Set(peers).count == peers.count else {
      return nil
    }
  }
}
