import Bytecode
import Engines
import TestSupport
import Testing

/// What tier 0 counts without counting, and where it stops, against the judge.
@Suite struct `Agreement of tier 0 with the judge` {
  /// The statistics both engines report for a run.
  private func counts(_ session: any EngineSession) -> [String: UInt64] {
    Dictionary(session.statistics.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  @Test(arguments: ProgramFile.all)
  func `counts of instructions, calls and fuel are the judge's`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let main = content.program.mainIndex
    let judge = try Engines.judge.prepare(program)
    let interpreter = try Engines.named(.interpreter).prepare(program)
    for expectation in content.runs {
      _ = try ObservedRun(expectation, of: main, on: judge)
      _ = try ObservedRun(expectation, of: main, on: interpreter)
      #expect(counts(interpreter) == counts(judge), "line \(expectation.line)")
    }
  }

  @Test(arguments: ProgramFile.all)
  func `feedback of equal sessions is equal`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let texts = try (0..<2).map { _ in
      let session = try Engines.named(.interpreter).prepare(program)
      for expectation in content.runs {
        _ = try ObservedRun(expectation, of: content.program.mainIndex, on: session)
      }
      return session.fingerprint
    }
    #expect(texts[0] == texts[1])
  }

  /// Limits are tried up to here: at each event of a short run, at some of a longer one.
  private static let greatestFuel: UInt64 = 40

  @Test(arguments: ProgramFile.all)
  func `every limit of fuel and heap ends both at the same place`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get(), let expectation = content.runs.first
    else { return }
    let main = content.program.mainIndex
    let judge = try Engines.judge.prepare(program)
    let interpreter = try Engines.named(.interpreter).prepare(program)
    let whole = try ObservedRun(expectation, of: main, on: judge).outcome
    guard whole.fuel <= 20_000 else { return }
    // Shapes live as long as a session: both have made the same.
    _ = try ObservedRun(expectation, of: main, on: interpreter)
    var limits: [RunLimits] = []
    for fuel in 0..<min(whole.fuel, Self.greatestFuel) {
      limits.append(expectation.limits)
      limits[limits.count - 1].fuel = fuel
    }
    let step = max(8, whole.heapBytes / 40)
    for bytes in stride(from: 0, to: whole.heapBytes, by: Int(step)) {
      limits.append(expectation.limits)
      limits[limits.count - 1].heapBytes = bytes
    }
    for limit in limits {
      var limited = expectation
      limited.limits = limit
      let reference = try ObservedRun(limited, of: main, on: judge)
      let expected = counts(judge)
      let run = try ObservedRun(limited, of: main, on: interpreter)
      #expect(run.outcome == reference.outcome, "\(limit)")
      #expect(run.output == reference.output, "\(limit)")
      #expect(counts(interpreter) == expected, "\(limit)")
    }
  }
}
