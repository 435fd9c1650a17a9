import ArgumentParser
import Engines
import Foundation
import Fuzzer
import Sabotage

/// `sabotage`: whether the harness finds faults planted in the compiler's output.
struct SabotageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sabotage",
    abstract: "Plant faults in the baseline tier and see whether they are found.",
    discussion: """
      Each fault is hunted from an empty corpus. A control run with nothing planted comes first \
      and must find nothing.
      """)

  @Option(
    name: .customLong("class"),
    help: "Only faults of this class.",
    completion: .list(Fault.Class.allCases.map(\.rawValue)))
  var faultClass: Fault.Class?

  @Option(help: "Processor seconds a fault, and for the control run.") var seconds = 60.0

  @Option(help: "The seed of the hunt.") var seed: UInt64 = 1

  @Flag(help: "Print one JSON object a fault instead of text.")
  var json = false

  func validate() throws {
    guard seconds > 0 else { throw ValidationError("--seconds is more than 0") }
  }

  func run() throws {
    let interruption = Interruption()
    let hunt = SabotageRun(judge: Engines.judge, secondsPerFault: seconds, seed: seed)
    let control = hunt.run(Self.nothingPlanted, shouldStop: { interruption.isRequested })
    try show(control)
    var detected = 0
    var triggered = 0
    let faults = Fault.all.filter { faultClass == nil || $0.faultClass == faultClass }
    for fault in faults where !interruption.isRequested {
      let result = hunt.run(Self.planted(fault), shouldStop: { interruption.isRequested })
      try show(result)
      if result.detected { detected += 1 }
      if result.triggered > 0 { triggered += 1 }
    }
    Console.message(
      "sabotage: \(detected) of \(faults.count) faults detected, \(triggered) triggered; "
        + "control: \(control.detected ? "reported a divergence" : "nothing") in "
        + "\(control.programs) programs")
    guard detected == faults.count, !control.detected else { throw ExitStatus.divergence.code }
  }

  private func show(_ result: FaultResult) throws {
    if json {
      try Console.json(
        Report(
          fault: result.fault, class: result.faultClass, reached: result.reached,
          triggered: result.triggered, detected: result.detected,
          oracle: result.oracle?.rawValue, seconds: result.seconds, programs: result.programs))
    } else {
      let found = result.detected ? "detected by \(result.oracle?.rawValue ?? "-")" : "not detected"
      Console.print(
        "\(result.fault): \(found) class=\(result.faultClass) reached=\(result.reached) "
          + "triggered=\(result.triggered) programs=\(result.programs) "
          + "seconds=\(String(format: "%.1f", result.seconds))")
    }
  }

  private static let nothingPlanted = PlantedFault(
    name: "nothing-planted", faultClass: "control", makeEngine: { Engines.named(.baseline) },
    canaries: { _ in FaultCanaries(reached: 0, triggered: 0) })

  private static func planted(_ fault: Fault) -> PlantedFault {
    PlantedFault(
      name: fault.name, faultClass: fault.faultClass.rawValue, makeEngine: { fault.engine() },
      canaries: { session in
        let counts = Dictionary(
          session.statistics.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return FaultCanaries(
          reached: counts[Canary.reached, default: 0],
          triggered: counts[Canary.triggered, default: 0])
      })
  }

  private struct Report: Encodable {
    var fault: String
    var `class`: String
    var reached: UInt64
    var triggered: UInt64
    var detected: Bool
    var oracle: String?
    var seconds: Double
    var programs: Int
  }
}

extension Fault.Class: ExpressibleByArgument {}
