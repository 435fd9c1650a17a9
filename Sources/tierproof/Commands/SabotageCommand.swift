import ArgumentParser
import Bytecode
import Engines
import Foundation
import Fuzzer
import Sabotage

/// `sabotage`: whether the harness finds faults planted in the compiler's output.
struct SabotageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sabotage",
    abstract: "Plant faults in compiled code and its points, and see whether they are found.",
    discussion: """
      Each fault is hunted in a process of its own, from an empty corpus or from a given one: one that \
      a fault ends by a signal has found it. Control runs with nothing planted come first, one for each kind of \
      programs, and must find nothing.
      """)

  @Option(
    name: .customLong("class"),
    help: "Only faults of this class.",
    completion: .list(Fault.Class.allCases.map(\.rawValue)))
  var faultClass: Fault.Class?

  @Option(
    name: .customLong("fault"), help: "Only the fault of this name; may be given more than once.")
  var faultNames: [String] = []

  @Option(help: "Processor seconds a fault.") var seconds = 300.0

  @Option(help: "Processor seconds of each control run.") var controlSeconds = 20.0

  @Option(help: "A directory of programs to begin with.") var corpus: String?

  @Option(help: "A directory that the programs which show faults are written to.")
  var findings: String?

  @Option(help: "The seed of the hunt.") var seed: UInt64 = 1

  @Flag(help: "Print one JSON object a fault instead of text.")
  var json = false

  @Option(help: .hidden) var hunt: String?

  func validate() throws {
    guard seconds > 0, controlSeconds > 0 else {
      throw ValidationError("--seconds and --control-seconds are more than 0")
    }
    for name in faultNames where Fault(named: name) == nil {
      throw ValidationError("no fault \(name)")
    }
    if let hunt, Self.target(named: hunt) == nil { throw ValidationError("no fault \(hunt)") }
  }

  func run() throws {
    if let hunt, let target = Self.target(named: hunt) { return try runHunt(target) }
    let faults = Fault.all.filter {
      (faultClass == nil || $0.faultClass == faultClass)
        && (faultNames.isEmpty || faultNames.contains($0.name))
    }
    let workloads = Fault.Workload.allCases.filter { workload in
      faults.contains { $0.workload == workload }
    }
    let interruption = Interruption()
    var controls: [FaultResult] = []
    for workload in workloads where !interruption.isRequested {
      controls.append(try result(of: .control(workload), seconds: controlSeconds))
    }
    var results: [FaultResult] = []
    for fault in faults where !interruption.isRequested {
      results.append(try result(of: .fault(fault), seconds: seconds))
    }
    try conclude(controls, results, of: faults.count)
  }

  private func conclude(
    _ controls: [FaultResult], _ results: [FaultResult], of count: Int
  ) throws {
    let summary = SabotageSummary(results)
    if !json { for line in summary.lines { Console.print(line) } }
    let alarms = controls.filter(\.detected)
    let programs = controls.reduce(0) { $0 + $1.programs }
    Console.message(
      "sabotage: \(summary.detected) of \(count) faults detected, \(summary.triggered) triggered; "
        + "control: "
        + (alarms.isEmpty ? "nothing" : alarms.map(\.fault).joined(separator: ", ") + " diverged")
        + " in \(programs) programs")
    for result in summary.undetected {
      Console.message(
        "sabotage: not detected: \(result.fault), "
          + (result.isTriggered ? "triggered" : "never triggered"))
    }
    guard results.count == count, summary.score >= SabotageSummary.leastScore, alarms.isEmpty else {
      throw ExitStatus.divergence.code
    }
  }

  // MARK: One hunt

  /// What is hunted: a fault, or nothing.
  private enum Target {
    case control(Fault.Workload)
    case fault(Fault)

    var name: String {
      switch self {
      case .control(let workload): "nothing-planted-\(workload.rawValue)"
      case .fault(let fault): fault.name
      }
    }

    var faultClass: String {
      switch self {
      case .control: "control"
      case .fault(let fault): fault.faultClass.rawValue
      }
    }

    var workload: Fault.Workload {
      switch self {
      case .control(let workload): workload
      case .fault(let fault): fault.workload
      }
    }

    func engine(counting places: PlantedPlaces) -> any Engine {
      switch self {
      case .control(let workload): workload.engine
      case .fault(let fault): fault.engine(counting: places)
      }
    }
  }

  private static func target(named name: String) -> Target? {
    if let fault = Fault(named: name) { return .fault(fault) }
    return Fault.Workload.allCases.map(Target.control).first { $0.name == name }
  }

  /// Hunts in another process, and shows what came of it.
  private func result(of target: Target, seconds: Double) throws -> FaultResult {
    guard let executable = Bundle.main.executablePath else {
      throw CommandFailure(.failure, "the executable's own path is unknown")
    }
    let process = HuntProcess(
      executable: executable,
      arguments: [
        "sabotage", "--hunt", target.name, "--seconds", "\(seconds)", "--seed", "\(seed)",
      ] + (corpus.map { ["--corpus", $0] } ?? []) + (findings.map { ["--findings", $0] } ?? []))
    let result: FaultResult
    do {
      result = try process.result(named: target.name, class: target.faultClass)
    } catch { throw CommandFailure(.failure, "\(error)") }
    try show(result)
    return result
  }

  /// Hunts in this process, and prints how things stand behind each program.
  private func runHunt(_ target: Target) throws {
    let interruption = Interruption()
    // A check in which nothing ends takes no longer than that.
    HuntProcess.limitThisProcess(seconds: seconds + 30)
    let hunt = SabotageRun(
      judge: Engines.judge, secondsPerFault: seconds, seed: seed, corpus: try corpusPrograms())
    var writer = findings.map { FindingWriter(directory: "\($0)/\(target.name)") }
    _ = try hunt.run(
      Self.planted(target), shouldStop: { interruption.isRequested },
      found: { _ = try writer?.write($0) }, progress: { try Console.json($0) })
  }

  private func corpusPrograms() throws -> [VerifiedProgram] {
    guard let corpus else { return [] }
    return try Replay.files(at: corpus).map { try InputFile(path: $0).verifiedProgram() }
  }

  private static func planted(_ target: Target) -> PlantedFault {
    let places = PlantedPlaces()
    return PlantedFault(
      name: target.name, faultClass: target.faultClass, language: target.workload.language,
      tellsLies: target.workload == .optimized,
      makeEngine: { target.engine(counting: places) },
      canaries: { session in
        let counts = Dictionary(
          session.statistics.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return FaultCanaries(
          reached: counts[Canary.reached, default: 0],
          triggered: counts[Canary.triggered, default: 0])
      }, places: { places.count })
  }

  private func show(_ result: FaultResult) throws {
    if json { return try Console.json(result) }
    let found = result.detector.map { "detected by \($0)" } ?? "not detected"
    let detail = result.signature ?? result.crash.map { "signal \($0)" } ?? "-"
    Console.print(
      "\(result.fault): \(found) class=\(result.faultClass) planted=\(result.planted) "
        + "reached=\(result.reached) triggered=\(result.triggered) programs=\(result.programs) "
        + "seconds=\(String(format: "%.1f", result.seconds)) \(detail)")
  }
}

extension Fault.Class: ExpressibleByArgument {}

extension Fault.Workload {
  /// What programs are generated.
  fileprivate var language: GeneratedLanguage {
    switch self {
    case .core: .core
    case .whole, .loops, .optimized: .whole
    }
  }
}
