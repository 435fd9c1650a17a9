import ArgumentParser
import Bytecode
import Engines
import Fuzzer

/// `check`: every engine on each file, everything compared.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Run programs on every engine and compare everything.")

  @Argument(help: "The programs, or directories of some.") var files: [String]

  @Flag(help: "Print one JSON object a file instead of text.")
  var json = false

  @Flag(help: "Collect garbage at every allocation, and poison freed cells.")
  var collectAlways = false

  @Flag(help: "Leave and enter compiled code wherever it can be, not only at a choice of places.")
  var exhaustive = false

  func run() throws {
    var options = HarnessOptions()
    if collectAlways { options.heapStress = HarnessOptions.greatestStress }
    if exhaustive { options.beExhaustive() }
    let replay = Replay(
      harness: Harness(judge: Engines.judge, engines: Engines.judged, options: options))
    var status = ExitStatus.success
    var totals = CheckTotals()
    // What is no directory is read, and named if it cannot be.
    let files = files.flatMap { path in
      let found = Replay.files(at: path)
      return found.isEmpty ? [path] : found
    }
    for file in files {
      let input = InputFile(path: file)
      do {
        let bytes = try input.bytes()
        let result = replay.check(bytes, path: input.name)
        try CheckText.show(result, json: json)
        totals.add(result)
        if exhaustive, case .checked(let report) = result.status {
          CheckText.showUnexecuted(report, of: result.path, try Program.read(bytes))
        }
        switch result.status {
        case .checked, .unexpected: if !result.passed { status = .divergence }
        case .refused: if status == .success { status = .refused }
        }
      } catch let failure as CommandFailure {
        Console.message(failure.sentence)
        if status == .success { status = failure.status }
      }
    }
    if exhaustive || files.count > 1 { Console.message(totals.line) }
    if status != .success { throw status.code }
  }
}

/// The figures of all files of a check together.
struct CheckTotals {
  private var files = 0
  private var passed = 0
  private var executions = 0
  private var figures: [(name: String, value: Int)] = CodeFigures().named

  mutating func add(_ result: ReplayResult) {
    files += 1
    if result.passed { passed += 1 }
    guard case .checked(let report) = result.status else { return }
    executions += report.executions + report.determinismRuns
    for (place, figure) in report.code.named.enumerated() { figures[place].value += figure.value }
  }

  var line: String {
    (["check: files=\(files) passed=\(passed) executions=\(executions)"]
      + figures.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}

/// How results of checks are written.
enum CheckText {
  /// Prints one line, and the first difference if there is one.
  static func show(_ result: ReplayResult, json: Bool) throws {
    if json { return try Console.json(CheckJSON(result)) }
    switch result.status {
    case .refused(let sentence): Console.message(sentence)
    case .unexpected(let mismatch): Console.print("\(result.path): unexpected: \(mismatch)")
    case .checked(let report):
      switch report.verdict {
      case .agree: Console.print("\(result.path): agree \(counts(report))")
      case .inconclusive(let reason): Console.print("\(result.path): inconclusive \(reason)")
      case .diverge(let divergence):
        Console.print("\(result.path): diverge \(divergence.signature)")
        Console.print(divergence.explanation)
      }
    }
  }

  /// Names the safepoints and guards that no run passed in compiled code, and the guards at which no
  /// frame left, on standard error.
  static func showUnexecuted(_ report: CheckReport, of path: String, _ program: Program) {
    let places = report.code.unexecutedSafepoints.map {
      program.description(of: Site($0.function, offset: $0.offset))
    }
    if !places.isEmpty {
      Console.message("\(path): not executed: \(places.joined(separator: " "))")
    }
    let guards = report.code.guards.unexecuted.map {
      "\($0.kind.name) at \(program.description(of: $0.site))"
    }
    if !guards.isEmpty {
      Console.message("\(path): guards not executed: \(guards.joined(separator: ", "))")
    }
    let kept = report.code.guards.neverLeft.map {
      "\($0.kind.name) at \(program.description(of: $0.site))"
    }
    if !kept.isEmpty {
      Console.message("\(path): guards never left: \(kept.joined(separator: ", "))")
    }
  }

  private static func counts(_ report: CheckReport) -> String {
    (["executions=\(report.executions + report.determinismRuns)"]
      + report.tiers.map { "tiers.\($0.tier.rawValue)=\($0.state)" }
      + ["kernels=\(report.kernels)"]
      + report.code.named.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}

/// The JSON object of a checked file.
struct CheckJSON: Encodable {
  var file: String
  var verdict: String
  var signature: String?
  /// The reason of a verdict that is not `agree`.
  var reason: String?
  var executions: Int?
  var kernels: Int?
  var tiers: [String: String]?
  var safepoints: CodeCounts?
  var guards: CodeCounts?
  /// Exits by reason.
  var deopts: [String: Int]?
  /// Exits at guards that held and were not forced.
  var spurious: Int?
  var checkpoints: Int?
  var slots: Int?
  var replacements: Int?
  var seconds: Double

  init(_ result: ReplayResult) {
    file = result.path
    seconds = result.seconds
    switch result.status {
    case .refused(let sentence): (verdict, reason) = ("refused", sentence)
    case .unexpected(let mismatch): (verdict, reason) = ("unexpected", mismatch)
    case .checked(let report):
      executions = report.executions + report.determinismRuns
      kernels = report.kernels
      tiers = Dictionary(
        report.tiers.map { ($0.tier.rawValue, $0.state) }, uniquingKeysWith: { $1 })
      safepoints = CodeCounts(report.code)
      guards = CodeCounts(report.code.guards)
      deopts = ["forced": report.code.exitsForced]
      for (kind, count) in report.code.guards.exits { deopts?[kind.name] = count }
      spurious = report.code.guards.spurious
      checkpoints = report.code.checkpoints
      slots = report.code.slots
      replacements = report.code.stackReplacements
      switch report.verdict {
      case .agree: verdict = "agree"
      case .inconclusive(let text): (verdict, reason) = ("inconclusive", text)
      case .diverge(let divergence):
        verdict = "diverge"
        signature = divergence.signature.description
        reason = divergence.explanation
      }
    }
  }
}

/// How many of something compiled code has, how many were executed and how many made to fail.
struct CodeCounts: Encodable {
  var `static`: Int
  var executed: Int
  var forced: Int

  init(_ guards: GuardFigures) {
    `static` = guards.staticCount
    executed = guards.executedCount
    forced = guards.forcedCount
  }

  init(_ figures: CodeFigures) {
    `static` = figures.safepoints.count
    executed = figures.executedSafepoints.count
    forced = figures.forcedSafepoints.count
  }
}
