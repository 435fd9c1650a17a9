import ArgumentParser
import Bytecode
import Engines
import Foundation
import Fuzzer
import JIT

/// `survey`: generates and checks the programs of a range of seeds.
struct SurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey",
    abstract: "Check the generated programs of a range of seeds; nothing it finds stops it.")

  @Option(help: ArgumentHelp("The seeds, B excluded.", valueName: "A..B"))
  var seeds: SeedRange

  @Option(help: "What programs hold: \(GeneratedLanguage.list).")
  var language = GeneratedLanguage.mixed

  @Flag(help: "Collect garbage at every allocation, and poison freed cells, in every run.")
  var collectAlways = false

  @Flag(help: "Only tier up, early, with compiles on a thread of their own.")
  var background = false

  @Flag(help: "Only optimize, by feedback that is made up.")
  var lies = false

  @Flag(
    help: ArgumentHelp(
      "Make code with all passes, as production does.",
      discussion: "Takes several times as long. Code with hooks, for forced exits, has few passes.")
  )
  var production = false

  @OptionGroup var codeCache: CodeCacheOptions

  @Flag(help: "Compile what is in the code cache all the same; a difference is a divergence.")
  var recompile = false

  @Option(help: "The directory findings are written to.")
  var findings = "findings"

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func validate() throws {
    if background, lies { throw ValidationError("--lies are told to the optimizing tier only") }
    guard !recompile || codeCache.directory != nil else {
      throw ValidationError("--recompile needs --code-cache")
    }
    guard !background || codeCache.directory == nil else {
      throw ValidationError("--background takes no --code-cache")
    }
  }

  func run() throws {
    let begin = ContinuousClock.now
    var writer = FindingWriter(directory: findings)
    var lastProgress = begin
    var writeFailure: FindingWriter.WriteFailure?
    var options = HarnessOptions.campaign
    // A survey speaks of all engines.
    options.rotatesEngines = false
    if lies { options.liesShare = 0 }
    if collectAlways { options.heapStress = HarnessOptions.greatestStress }
    let cache = try codeCache.open(recompiles: recompile)
    let survey = Survey(
      harness: Harness(
        judge: Engines.judge, engines: engines(cache),
        production: production || background || lies
          ? [] : Engines.compiling(CompileOptions(cache: cache)),
        options: options),
      options: GeneratorOptions(language: language), tellsLies: lies,
      progress: { summary in
        guard lastProgress.duration(to: .now) > .seconds(2) else { return }
        lastProgress = .now
        Console.message(
          "survey: \(summary.programs) of \(seeds.range.count) programs, "
            + "\(summary.divergenceCount) divergences")
      },
      found: { finding in
        do throws(FindingWriter.WriteFailure) {
          if let path = try writer.write(finding) { Console.message("finding: \(path)") }
        } catch {
          writeFailure = error
        }
      })
    let interruption = Interruption()
    let summary = survey.run(seeds: seeds.range, shouldStop: { interruption.isRequested })
    if let writeFailure {
      throw CommandFailure(.failure, file: writeFailure.path, writeFailure.reason)
    }
    let seconds = begin.duration(to: .now) / .seconds(1)
    try show(SurveyReport(summary, seconds: seconds))
    if let cache { Console.message(cache.counts.text) }
    guard summary.divergences.isEmpty, summary.unsupported == 0 else {
      throw ExitStatus.divergence.code
    }
  }

  private func engines(_ cache: CodeCache?) -> [any Engine] {
    let options = CompileOptions(isForCampaign: !production, cache: cache)
    if background { return [Engines.background(options)] }
    let engines = Engines.compiling(options)
    return lies ? engines.filter { $0.name == .optimizing } : engines
  }

  private func show(_ report: SurveyReport) throws {
    if json {
      try Console.json(report)
    } else {
      for line in report.lines { Console.print(line) }
    }
  }
}

/// `A..B`, B excluded.
struct SeedRange: ExpressibleByArgument {
  var range: Range<UInt64>

  init?(argument: String) {
    let parts = argument.components(separatedBy: "..")
    guard parts.count == 2, let low = UInt64(parts[0]), let high = UInt64(parts[1]), low < high
    else { return nil }
    range = low..<high
  }
}

/// What a survey says in the end.
struct SurveyReport: Encodable {
  var programs: Int
  var seconds: Double
  var verifiedShare: Double
  var normalShare: Double
  var loopingShare: Double
  var medianSize: Int
  var executions: Int
  var inconclusive: Int
  var unsupported: Int
  var entered: [String: Int]
  var optimizedShare: Double
  var replacedShare: Double
  var deoptimizedShare: Double
  var virtualShare: Double
  var rebuildingShare: Double
  /// Of programs with vectorized loops; code for campaigns, and from a cache, shows none.
  var vectorShare: Double
  var inliningShare: Double
  /// Programs by inline depth.
  var inlineDepths: [String: Int]
  var deopts: [String: Int]
  var ends: [String: Int]
  var missing: [String]
  var divergences: [Entry]

  struct Entry: Encodable {
    var signature: String
    var seed: UInt64
    var count: Int
  }

  init(_ summary: SurveySummary, seconds: Double) {
    programs = summary.programs
    self.seconds = seconds
    verifiedShare = summary.verifiedShare
    normalShare = summary.normalShare
    loopingShare = summary.loopingShare
    medianSize = summary.medianSize
    executions = summary.executions
    inconclusive = summary.inconclusive
    unsupported = summary.unsupported
    entered = [:]
    for tier in EngineName.allCases { entered[tier.rawValue] = summary.entered[tier] }
    optimizedShare = summary.optimizedShare
    replacedShare = summary.replacedShare
    deoptimizedShare = summary.deoptimizedShare
    virtualShare = summary.virtualShare
    rebuildingShare = summary.rebuildingShare
    vectorShare = summary.vectorShare
    inliningShare = summary.inliningShare
    inlineDepths = [:]
    for (depth, count) in summary.inlineDepths { inlineDepths[String(depth)] = count }
    deopts = [:]
    for kind in Schedule.GuardKind.allCases { deopts[kind.name] = summary.guardExits[kind] }
    ends = ["returned": summary.normalEnds]
    for trap in TrapKind.allCases { ends[trap.name] = summary.traps[trap] }
    for exit in ExitKind.allCases { ends[exit.name] = summary.exits[exit] }
    missing = summary.missing
    divergences = summary.divergences.map {
      Entry(signature: $0.divergence.signature.description, seed: $0.seed, count: $0.count)
    }
  }

  var lines: [String] {
    var lines = divergences.map { "diverge \($0.signature) seed=\($0.seed) count=\($0.count)" }
    lines.append("ends: " + Self.list(ends) + "; tiers entered: " + Self.list(entered))
    lines.append(
      "optimized code: \(Self.percent(optimizedShare)) of programs run it, "
        + "\(Self.percent(replacedShare)) enter it in mid-function, "
        + "\(Self.percent(deoptimizedShare)) leave it at guards; deopts: " + Self.list(deopts))
    lines.append(
      "virtual objects: \(Self.percent(virtualShare)) of programs have some, "
        + "\(Self.percent(rebuildingShare)) make some with frames that leave")
    lines.append(
      "inlining: \(Self.percent(inliningShare)) of programs; by depth: " + Self.list(inlineDepths))
    if vectorShare > 0 {
      lines.append("vectors: \(Self.percent(vectorShare)) of programs have vectorized loops")
    }
    if !missing.isEmpty { lines.append("never reached: " + missing.joined(separator: " ")) }
    let rate = Double(programs) / max(seconds, 0.001)
    lines.append(
      "survey: \(programs) programs in \(Self.round(seconds, 1)) s (\(Self.round(rate, 0))/s), "
        + "\(Self.percent(verifiedShare)) verify, \(Self.percent(normalShare)) end normally, "
        + "\(Self.percent(loopingShare)) loop, median \(medianSize) instructions, "
        + "\(executions) executions, \(inconclusive) inconclusive, \(unsupported) unsupported, "
        + "\(divergences.reduce(0) { $0 + $1.count }) divergences")
    return lines
  }

  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  private static func percent(_ share: Double) -> String {
    // Rounded down: a share that is not whole must not read as 100 %.
    "\(round((share * 10_000).rounded(.down) / 100, 2)) %"
  }

  private static func round(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

extension GeneratedLanguage: ExpressibleByArgument {
  /// The names of all, for help.
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
