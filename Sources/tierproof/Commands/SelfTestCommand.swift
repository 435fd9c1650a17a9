import ArgumentParser
import Bytecode
import Engines
import Foundation
import Fuzzer

/// `selftest`: the oracles see what they must, and every tier is entered.
struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Show that every oracle can fail and that every tier is entered.")

  @Flag(help: "Print one JSON object a test instead of text.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Instead, feed this many random inputs and as many corrupted programs to readers and verifier.",
      valueName: "N"))
  var sweep: Int?

  @Option(help: "The seed of the sweep.") var seed: UInt64 = 1

  @Argument(help: "Programs or directories of programs the sweep corrupts.")
  var samples: [String] = []

  func validate() throws {
    if let sweep, sweep < 1 { throw ValidationError("--sweep takes a number from 1 on") }
    guard samples.isEmpty == (sweep == nil) else {
      throw ValidationError("--sweep takes programs to corrupt, and nothing else does")
    }
    if sweep != nil, json { throw ValidationError("--sweep has no JSON form") }
  }

  func run() throws {
    if let sweep { return try runSweep(sweep) }
    let results = SelfTest(judge: Engines.judge, engines: Engines.judged).run()
    let failed = results.count { !$0.passed }
    for result in results {
      if json {
        try Console.json(
          Report(name: result.name, passed: result.passed, detail: result.detail))
      } else if result.passed {
        Console.print("pass  \(result.name)")
      } else {
        Console.print("FAIL  \(result.name)\n      \(result.detail)")
      }
    }
    Console.message("selftest: \(results.count - failed) passed, \(failed) failed")
    if failed > 0 { throw ExitStatus.divergence.code }
  }

  /// Inputs of each sort between two lines of progress.
  private static let sweepChunk = 50_000

  private func runSweep(_ count: Int) throws {
    var programs: [Program] = []
    for sample in samples {
      let files = Replay.files(at: sample)
      guard !files.isEmpty else {
        throw CommandFailure(.refused, file: sample, "holds no program")
      }
      for file in files { programs.append(try InputFile(path: file).program()) }
    }
    var (done, failures, verified) = (0, 0, 0)
    var slowest = Duration.zero
    let memoryBefore = peakMemory
    while done < count {
      let chunk = min(Self.sweepChunk, count - done)
      let report = RobustnessSweep.run(
        samples: programs, count: chunk, seed: seed &+ UInt64(done), clock: ContinuousClock())
      done += chunk
      failures += report.failures.count
      verified += report.verifiedPrograms
      slowest = max(slowest, report.slowest)
      for failure in report.failures {
        Console.print(
          "FAIL  \(failure.reason)\n      input \(Data(failure.input).base64EncodedString())")
      }
      Console.message("sweep: \(done) of \(count), \(failures) failures, slowest \(slowest)")
    }
    Console.message(
      "sweep: random=\(done) corrupted=\(done) verified=\(verified) failures=\(failures) "
        + "slowest=\(slowest) peak-growth=\((peakMemory - memoryBefore) >> 10)KiB")
    if failures > 0 { throw ExitStatus.divergence.code }
  }

  /// The greatest resident memory of the process so far in bytes.
  private var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }

  private struct Report: Encodable {
    var name: String
    var passed: Bool
    var detail: String
  }
}
