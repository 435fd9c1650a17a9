import ArgumentParser
import Bytecode
import Engines
import JIT

/// `run`: runs a program in one tier.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a program in one tier.",
    discussion: """
      Prints what the program prints, then => VALUE. An uncaught trap or an exit goes to \
      standard error and gives status 1.
      """)

  @Argument(help: "The program.") var file: String

  @Option(
    help: ArgumentHelp(
      "The tier: \(RunTier.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "tier"))
  var tier: RunTier = .auto

  @OptionGroup var main: MainArguments

  @Option(help: "Fuel units; unlimited without.")
  var fuel: UInt64?

  @Option(help: "Bytecode frames, 1 to 1000000.")
  var maxDepth = 10_000

  @Option(help: "Bytes the program may allocate, by abstract size; unlimited without.")
  var heapLimit: UInt64?

  @Option(
    name: .customLong("allow-library"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A library the program may call functions of, spelled as it spells it.", valueName: "path"))
  var allowedLibraries: [String] = []

  @OptionGroup var observers: ObserverOptions

  @OptionGroup var codeCache: CodeCacheOptions

  @Flag(help: "Print name=value lines about the run on standard error.")
  var stats = false

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  /// Has the compile thread get ready if the command line asks for it, which takes some milliseconds
  /// to understand, as LLVM does to begin with. A wrong guess changes nothing else.
  static func begin(_ arguments: [String]) {
    guard arguments.dropFirst().first == configuration.commandName,
      !arguments.contains(where: { $0.hasPrefix("--tier") })
        || arguments.contains(where: { [RunTier.auto.rawValue, "--tier=auto"].contains($0) })
    else { return }
    AutoEngine.begin()
  }

  func validate() throws {
    guard (1...1_000_000).contains(maxDepth) else {
      throw ValidationError("--max-depth is 1 to 1000000")
    }
  }

  func run() throws {
    let input = InputFile(path: file)
    let start = ContinuousClock.now
    let verified = try input.verifiedProgram()
    let verification = ContinuousClock.now - start
    let values = try main.values(of: verified.program)
    let limits = RunLimits(fuel: fuel, depth: maxDepth, heapBytes: heapLimit)
    let collected = CollectedOutput()
    let json = json
    let request = RunRequest(
      entry: verified.program.mainIndex, arguments: values, limits: limits,
      allowedLibraries: allowedLibraries, diagnostics: { Console.message($0) },
      output: { json ? collected.append($0) : Console.write($0) })
    let cache = try codeCache.open(recompiles: false)
    let (session, outcome, preparation, execution) =
      try execute(verified, request, cache, file: input)
    let report = RunReport(
      file: input.name, tier: tier.rawValue, output: collected.text, outcome: outcome,
      program: verified.program, statistics: session.statistics)
    try show(report)
    if stats {
      showStatistics(session)
      if let cache { Console.message(cache.counts.text) }
    }
    if report.status != .ok { throw ExitStatus.programEnded.code }
    guard tier.isCompiled else { return }
    PhaseMetrics(
      bytecodeCompile: verification, jitCompile: preparation, jitExecution: execution
    ).emitIfAsked()
  }

  /// The run, and how long getting ready for it and the run itself took.
  private func execute(
    _ verified: VerifiedProgram, _ request: RunRequest, _ cache: CodeCache?, file: InputFile
  ) throws -> (any EngineSession, Outcome, preparation: Duration, execution: Duration) {
    do throws(EngineFailure) {
      try observers.start()
      let start = ContinuousClock.now
      let engine = Engines.running(tier.engine, options: CompileOptions(cache: cache))
      let session = try engine.prepare(verified)
      let prepared = ContinuousClock.now
      if tier.isCompiled { RunTrace().emitIfAsked() }
      let outcome = try session.run(request)
      return (session, outcome, prepared - start, ContinuousClock.now - prepared)
    } catch {
      throw file.failure(of: error, in: verified.program)
    }
  }

  private func show(_ report: RunReport) throws {
    if json {
      try Console.json(report)
    } else if let line = report.endLine {
      Console.message(line)
    } else if let value = report.value {
      Console.print("=> \(value)")
    }
  }

  private func showStatistics(_ session: any EngineSession) {
    for (name, value) in session.statistics { Console.message("\(name)=\(value)") }
    Console.message("tier.\(tier.rawValue)=\(TierUseText(session.tierUse).word)")
  }
}

/// The tiers `run` takes.
enum RunTier: String, CaseIterable, ExpressibleByArgument {
  case reference, interpreter, baseline, selective, osr, optimizing, auto

  var engine: EngineName {
    switch self {
    case .reference: .reference
    case .interpreter: .interpreter
    case .baseline: .baseline
    case .selective: .selective
    case .osr: .osr
    case .optimizing: .optimizing
    case .auto: .auto
    }
  }

  /// Whether it compiles what it runs.
  var isCompiled: Bool {
    switch self {
    case .reference, .interpreter: false
    case .baseline, .selective, .osr, .optimizing, .auto: true
    }
  }
}

/// What the program printed, kept for one JSON object.
private final class CollectedOutput: @unchecked Sendable {
  // Unchecked: one run writes, and it has ended before anyone reads.
  private var bytes: [UInt8] = []

  func append(_ piece: [UInt8]) { bytes += piece }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
