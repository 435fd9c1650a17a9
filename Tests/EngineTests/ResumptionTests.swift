import Bytecode
import Engines
import Fuzzer
import TestSupport
import Testing

@testable import JIT

/// Runs of one program in which activations leave tier 0 before any instruction and resume there.
private final class Resumptions {
  private let program: VerifiedProgram
  private let judge: any EngineSession
  private let interpreter: any EngineSession
  private let session: RoundTripSession
  /// The instructions that some activation resumed before.
  private(set) var resumed: Set<Site> = []

  init(_ program: VerifiedProgram) throws {
    self.program = program
    judge = try Engines.judge.prepare(program)
    interpreter = try Engines.named(.interpreter).prepare(program)
    session = RoundTripSession(program, .instructions)
  }

  /// The instructions the judge has started.
  func started() throws -> Set<Site> {
    let counts = try #require(judge as? any ExecutionRecording).executionCounts
    var sites: Set<Site> = []
    for index in program.functions.indices.map({ FunctionIndex($0) }) {
      let function = program.program[index]
      for offset in 0..<function.bodyLength where counts[function.entryPoint + offset] > 0 {
        sites.insert(Site(index, offset: offset))
      }
    }
    return sites
  }

  /// Repeats a run until no instruction of it is left to resume before; then leaves now here, now
  /// there in a few more.
  func exhaust(_ request: RunRequest, _ name: String) throws {
    let expected = try Execution(request, on: judge)
    session.leavesBefore = { [unowned self] in resumed.insert($0).inserted }
    let undisturbed = try compare(request, name)
    #expect(undisturbed.outcome == expected.outcome, "\(name)")
    #expect(undisturbed.output == expected.output, "\(name)")
    while session.departureCount > 0 { try compare(request, name) }
    var countdown = 1
    for stride in [5, 3, 1] {
      session.leavesBefore = { _ in
        countdown = countdown > 1 ? countdown - 1 : stride
        return countdown == stride
      }
      try compare(request, name)
    }
    #expect(session.fingerprint == interpreter.fingerprint, "\(name)")
  }

  /// Compares a run with one that nothing disturbs, in sessions that have run as often: shapes and
  /// feedback live on in them.
  ///
  /// - Returns: the undisturbed run.
  @discardableResult
  private func compare(_ request: RunRequest, _ name: String) throws -> Execution {
    let undisturbed = try Execution(request, on: interpreter)
    var request = request
    request.heapStress = HeapStress(
      collectsAtEveryAllocation: undisturbed.outcome.fuel < 50, poisonsFreedCells: true)
    let run = try Execution(request, on: session)
    #expect(run.outcome == undisturbed.outcome, "\(name)")
    #expect(run.output == undisturbed.output, "\(name)")
    #expect(run.instructionCount == undisturbed.instructionCount, "\(name)")
    return undisturbed
  }
}

/// A run with all that can be observed of it.
private struct Execution {
  let outcome: Outcome
  let output: [UInt8]
  /// Nil if the engine does not count them.
  let instructionCount: UInt64?

  init(_ request: RunRequest, on session: any EngineSession) throws {
    let sink = OutputSink()
    var request = request
    request.output = { sink.append($0) }
    outcome = try session.run(request)
    output = sink.bytes
    instructionCount = session.statistics.first { $0.name == "instructions" }?.value
  }
}

@Suite struct `Frames that resume before any instruction` {
  /// Every instruction of a run costs a run of its own.
  private static let greatestFuel: UInt64 = 300

  @Test(arguments: ProgramFile.all)
  func `change nothing that runs of program files show`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let resumptions = try Resumptions(program)
    for expectation in content.runs {
      var limits = expectation.limits
      limits.fuel = min(limits.fuel ?? .max, Self.greatestFuel)
      limits.referenceSteps = ObservedRun.referenceSteps
      let request = RunRequest(
        entry: program.program.mainIndex, arguments: expectation.arguments, limits: limits,
        recordsEvents: true)
      try resumptions.exhaust(request, "line \(expectation.line)")
    }
    #expect(resumptions.resumed == (try resumptions.started()))
  }

  @Test func `change nothing that runs of generated programs show`() throws {
    var count = 0
    for seed in UInt64(0)..<300 {
      let program = try Verifier.verify(
        ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: .whole)))
      let resumptions = try Resumptions(program)
      for tuple in program.program.schedule?.arguments ?? [] {
        let request = RunRequest(
          entry: program.program.mainIndex, arguments: tuple.map { ObservedValue($0) },
          limits: RunLimits(fuel: Self.greatestFuel, depth: 100, heapBytes: 1 << 20),
          recordsEvents: true)
        try resumptions.exhaust(request, "seed \(seed)")
      }
      #expect(resumptions.resumed == (try resumptions.started()), "seed \(seed)")
      count += resumptions.resumed.count
    }
    #expect(count > 10_000, "\(count)")
  }
}
