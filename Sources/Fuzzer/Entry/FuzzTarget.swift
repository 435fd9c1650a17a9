import Bytecode
import CFuzzer
import Foundation
import Synchronization

/// The campaign that libFuzzer drives: one per process, set up before the driver starts.
public enum FuzzTarget {
  private static let campaign = Mutex<FuzzTargetState?>(nil)

  /// Says what inputs are run on and where findings go.
  ///
  /// - Parameter production: the engines with code as production makes it, for one input in so many
  ///   as the options say; empty for none.
  /// - Parameter continuesPastKnown: whether an input that shows a finding already in the
  ///   directory is passed over, as a campaign of several processes needs it; else every
  ///   divergence ends the process.
  /// - Parameter language: what programs made of bytes that hold none are made of.
  /// - Precondition: called before the driver.
  public static func configure(
    judge: any Engine, engines: [any Engine], production: [any Engine] = [],
    findingsDirectory: String,
    continuesPastKnown: Bool = false, options: HarnessOptions = .campaign,
    language: GeneratedLanguage = .mixed
  ) {
    let harness = Harness(
      judge: judge, engines: engines, production: production, options: options)
    campaign.withLock {
      $0 = FuzzTargetState(
        harness: harness, continuesPastKnown: continuesPastKnown, language: language,
        writer: FindingWriter(
          directory: findingsDirectory, keepsExisting: continuesPastKnown))
    }
  }

  /// Whether this executable was built with `-sanitize=fuzzer`.
  public static var hasDriver: Bool { tierproof_has_driver() != 0 }

  /// Runs libFuzzer's driver on a program's arguments; its exit status.
  ///
  /// Energy by entropy is off unless asked for: its books on tens of thousands of features cost a
  /// tenth of the time.
  /// - Precondition: `hasDriver`, and `configure` was called.
  public static func runDriver(arguments given: [String]) -> Int32 {
    var arguments = given
    if !given.contains(where: { $0.hasPrefix("-entropic=") }) {
      arguments.insert("-entropic=0", at: 1)
    }
    let profilesValues = given.last { $0.hasPrefix("-use_value_profile=") }
    tierproof_trace_comparisons(profilesValues == "-use_value_profile=1" ? 1 : 0)
    var count = Int32(arguments.count)
    // The driver keeps the pointers for the life of the process.
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: arguments.count + 1)
    for (index, argument) in arguments.enumerated() { pointers[index] = strdup(argument) }
    pointers[arguments.count] = nil
    var table: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = pointers
    return tierproof_run_driver(&count, &table) { data, size in runInput(data, size) }
  }

  /// The figures so far as `name=value` words.
  public static var summary: String {
    campaign.withLock { $0?.summary ?? "" }
  }

  /// Runs one input; what it found.
  ///
  /// - Precondition: `configure` was called.
  public static func run(_ bytes: [UInt8]) -> FuzzTargetOutcome {
    campaign.withLock { state in
      guard state != nil else { preconditionFailure("configure comes before the first input") }
      return state?.run(bytes) ?? .agreed
    }
  }

  static func mutate(_ bytes: [UInt8], limit: Int, seed: UInt32) -> [UInt8]? {
    campaign.withLock { $0?.mutate(bytes, limit: limit, seed: seed) }
  }

  static func cross(_ one: [UInt8], _ other: [UInt8], limit: Int, seed: UInt32) -> [UInt8]? {
    campaign.withLock { $0?.cross(one, other, limit: limit, seed: seed) }
  }
}

/// What became of one input.
public enum FuzzTargetOutcome: Sendable {
  case agreed
  case inconclusive
  /// A divergence that other processes of the campaign have written down.
  case known
  /// A divergence: the explanation, and the finding's path if its signature is new.
  case diverged(String, path: String?)
}

/// The state of the campaign of this process.
private struct FuzzTargetState {
  let harness: Harness
  let continuesPastKnown: Bool
  var writer: FindingWriter
  var mutation = Mutation()
  var inputs = 0
  var executions = 0
  var inconclusive = 0
  var divergences = 0
  var kernels = 0
  var forcedExits = 0
  var checkpoints = 0
  var stackReplacements = 0
  /// Inputs that had each rotating leg.
  var legs: [Leg: Int] = [:]
  private var recent: RecentPrograms
  var lastReport = ContinuousClock.now
  /// Inputs that entered, declined or had no use for each engine, in the engines' order.
  var tiers: [(entered: Int, declined: Int, inapplicable: Int)]

  init(
    harness: Harness, continuesPastKnown: Bool, language: GeneratedLanguage, writer: FindingWriter
  ) {
    self.harness = harness
    recent = RecentPrograms(language: language)
    self.continuesPastKnown = continuesPastKnown
    self.writer = writer
    tiers = harness.engines.map { _ in (0, 0, 0) }
  }

  /// In a campaign, the figures every two seconds: a process may end without a last word.
  private mutating func reportProgress() {
    guard continuesPastKnown, inputs % 64 == 0,
      lastReport.duration(to: .now) >= .seconds(2)
    else { return }
    lastReport = .now
    FileHandle.standardError.write(Data("summary: \(summary)\n".utf8))
  }

  mutating func run(_ bytes: [UInt8]) -> FuzzTargetOutcome {
    reportProgress()
    let program = recent.program(of: bytes)
    let report: CheckReport
    do throws(EngineFailure) {
      report = try harness.check(program, inputHash: FuzzInput.hash(of: bytes))
    } catch {
      preconditionFailure("the judge runs every program, and refused one: \(error)")
    }
    count(report)
    FeatureCounters.mark(program.program, report)
    switch report.verdict {
    case .agree: return .agreed
    case .inconclusive:
      inconclusive += 1
      return .inconclusive
    case .diverge(let divergence):
      divergences += 1
      let path = write(
        Finding(
          program: Finding.replayable(program, divergence).withTextLines(),
          divergence: divergence, origin: "fuzzing",
          counters: ["counters: \(summary)"]))
      if path == nil, continuesPastKnown { return .known }
      return .diverged("\(divergence.signature)\n\(divergence.explanation)", path: path)
    }
  }

  private mutating func write(_ finding: Finding) -> String? {
    do throws(FindingWriter.WriteFailure) {
      return try writer.write(finding)
    } catch {
      // The artifact libFuzzer writes still holds the input.
      FileHandle.standardError.write(Data("\(error.path): \(error.reason)\n".utf8))
      return error.path
    }
  }

  private mutating func count(_ report: CheckReport) {
    inputs += 1
    executions += report.executions + report.determinismRuns
    kernels += report.kernels
    forcedExits += report.code.forcedExits
    checkpoints += report.code.checkpoints
    stackReplacements += report.code.stackReplacements
    for leg in report.legs { legs[leg, default: 0] += 1 }
    for tier in report.tiers {
      guard let index = harness.engines.firstIndex(where: { $0.name == tier.tier }) else {
        continue
      }
      switch tier.use {
      case .entered: tiers[index].entered += 1
      case .declined: tiers[index].declined += 1
      case .inapplicable: tiers[index].inapplicable += 1
      }
    }
  }

  private var mutatorFigures: [String] {
    zip(Mutation.names, mutation.health).map { name, health in
      "mutator.\(name)=\(health.applied)/\(health.attempts)"
    }
  }

  var summary: String {
    let reach = zip(harness.engines, tiers).map { engine, tier in
      "\(engine.name.rawValue)=\(tier.entered)/\(tier.declined)/\(tier.inapplicable)"
    }
    let shares = Leg.allCases.map { "leg.\($0.rawValue)=\(legs[$0, default: 0])" }
    return
      ([
        "inputs=\(inputs)", "executions=\(executions)", "divergences=\(divergences)",
        "inconclusive=\(inconclusive)", "kernels=\(kernels)", "exits=\(forcedExits)",
        "checkpoints=\(checkpoints)", "replacements=\(stackReplacements)",
      ] + reach + shares + mutatorFigures).joined(separator: " ")
  }

  mutating func mutate(_ bytes: [UInt8], limit: Int, seed: UInt32) -> [UInt8]? {
    let parent = recent.program(of: bytes)
    guard let child = mutation.mutate(parent, seed: UInt64(seed)) else { return nil }
    let encoded = BinaryCodec.encode(child.program)
    return encoded.count <= limit ? encoded : nil
  }

  mutating func cross(
    _ one: [UInt8], _ other: [UInt8], limit: Int, seed: UInt32
  ) -> [UInt8]? {
    let child = mutation.cross(
      recent.program(of: one), with: recent.program(of: other), seed: UInt64(seed))
    guard let child else { return nil }
    let encoded = BinaryCodec.encode(child.program)
    return encoded.count <= limit ? encoded : nil
  }
}
