import Bytecode
import Engines
import Fuzzer
import TestSupport
import Testing

@testable import JIT

/// Frames that tier 0 takes over, and gives away, wherever it can.
@Suite struct `Round trips between tier 0 and compiled code` {
  static let boundaries: [RoundTripSession.Boundaries] = [
    .entries, .headers, [.entries, .headers],
  ]

  @Test(arguments: ProgramFile.all)
  func `change no outcome of program files`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let main = content.program.mainIndex
    let judge = try Engines.judge.prepare(program)
    let session = RoundTripSession(program, [.entries, .headers])
    for expectation in content.runs {
      let expected = try ObservedRun(expectation, of: main, on: judge)
      let run = try ObservedRun(expectation, of: main, on: session)
      #expect(run.outcome == expected.outcome, "line \(expectation.line)")
      #expect(run.output == expected.output, "line \(expectation.line)")
    }
  }

  private static let seeds: Range<UInt64> = 0..<100

  @Test func `change no outcome of generated programs, and collections none of theirs`() throws {
    var (entryCount, headerCount) = (0, 0)
    for seed in Self.seeds {
      let program = try Verifier.verify(
        ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: .whole)))
      let judge = try Engines.judge.prepare(program)
      let sessions = Self.boundaries.map { RoundTripSession(program, $0) }
      for tuple in program.program.schedule?.arguments ?? [] {
        var request = RunRequest(
          entry: program.program.mainIndex, arguments: tuple.map { ObservedValue($0) },
          limits: RunLimits(fuel: 2_000, depth: 100, heapBytes: 1 << 20), recordsEvents: true)
        let expected = try judge.run(request)
        request.heapStress = HeapStress(
          collectsAtEveryAllocation: expected.fuel < 100, poisonsFreedCells: true)
        for session in sessions {
          let outcome = try session.run(request)
          #expect(outcome == expected, "seed \(seed)")
          entryCount += session.entryCount
          headerCount += session.departureCount
        }
      }
    }
    #expect(entryCount > 500 && headerCount > 500, "\(entryCount), \(headerCount)")
  }

  /// The first and the last passing of every safepoint.
  private func forcedExits(_ observations: RunObservations) -> [ForcedExit] {
    observations.safepointCounts.flatMap { passed in
      (passed.count == 1 ? [1] : [1, passed.count]).map {
        ForcedExit(safepoint: passed.safepoint, occurrence: $0)
      }
    }
  }

  /// How many checkpoints of a run are the judge's.
  private func compareCheckpoints(
    _ verified: VerifiedProgram, _ request: RunRequest, _ boundary: RoundTripSession.Boundaries,
    _ name: String
  ) throws -> Int {
    let session = RoundTripSession(verified, boundary)
    var request = request
    request.countsSafepoints = true
    _ = try session.run(request)
    request.forcedExits = forcedExits(session.observations)
    // Shapes live as long as a session.
    let forced = RoundTripSession(verified, boundary)
    _ = try forced.run(request)
    let shown = forced.observations
    #expect(Set(shown.forcedExitsTaken) == Set(request.forcedExits), "\(name)")
    request.checkpoints = FrameComparison.requests(for: shown.checkpoints)
    let judge = try Engines.judge.prepare(verified)
    _ = try judge.run(request)
    let comparison = FrameComparison(
      program: verified, expected: .reference, actual: .interpreter, reason: "forced", run: name)
    let difference = comparison.difference(judge.observations.checkpoints, shown.checkpoints)
    #expect(difference == nil, "\(name)")
    return shown.checkpoints.count
  }

  @Test func `show the frames that the judge shows`() throws {
    var count = 0
    for seed in Self.seeds {
      let program = try Verifier.verify(
        ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: .whole)))
      guard let tuple = program.program.schedule?.arguments.first else { continue }
      let request = RunRequest(
        entry: program.program.mainIndex, arguments: tuple.map { ObservedValue($0) },
        limits: RunLimits(fuel: 2_000, depth: 100, heapBytes: 1 << 20), recordsEvents: true)
      for boundary in [RoundTripSession.Boundaries.entries, .headers] {
        count += try compareCheckpoints(program, request, boundary, "seed \(seed)")
      }
    }
    #expect(count > 100)
  }

  @Test(arguments: ProgramFile.all)
  func `show the frames of program files that the judge shows`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get(), let expectation = content.runs.first
    else { return }
    var limits = expectation.limits
    limits.referenceSteps = ObservedRun.referenceSteps
    let request = RunRequest(
      entry: content.program.mainIndex, arguments: expectation.arguments, limits: limits,
      recordsEvents: true)
    for boundary in [RoundTripSession.Boundaries.entries, .headers] {
      _ = try compareCheckpoints(program, request, boundary, file.path)
    }
  }

  /// What observes loops and stays is tier 0: feedback and instructions are the same too.
  @Test(arguments: ProgramFile.all)
  func `that nobody makes leave feedback as it is`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let main = content.program.mainIndex
    let interpreter = try Engines.named(.interpreter).prepare(program)
    let observing = RoundTripSession(program, [])
    for expectation in content.runs {
      let expected = try ObservedRun(expectation, of: main, on: interpreter)
      let run = try ObservedRun(expectation, of: main, on: observing)
      #expect(run.outcome == expected.outcome, "line \(expectation.line)")
      #expect(observing.fingerprint == interpreter.fingerprint, "line \(expectation.line)")
      let instructions = interpreter.statistics.first { $0.name == "instructions" }?.value
      #expect(observing.state.executedInstructions == instructions, "line \(expectation.line)")
    }
  }
}
