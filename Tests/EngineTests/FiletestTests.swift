import Bytecode
import Corpus
import Engines
import TestSupport
import Testing

@Suite struct `Program files` {
  @Test(arguments: ProgramFile.all)
  func `do on every engine what their comments say`(_ file: ProgramFile) throws {
    let content = try file.read()
    switch content.verification {
    case .failure(let failure):
      #expect(content.runs.isEmpty, "a program that is rejected cannot run")
      #expect(!content.findings.isEmpty, "rejected: \(failure.findings)")
      let mismatch = Expectation.mismatch(
        of: failure.findings, with: content.findings, in: content.program)
      #expect(mismatch == nil)
    case .success(let program):
      #expect(content.findings.isEmpty, "the verifier accepts the program")
      #expect(!content.runs.isEmpty, "a program that can run says what comes of it")
      try expectRuns(content, of: program, in: file)
    }
  }

  /// A run of more fuel is not stressed: collecting at every allocation takes it the square of its
  /// time.
  private static let greatestStressedFuel: UInt64 = 2_000

  @Test(arguments: ProgramFile.all)
  func `do the same in tier 0 when every allocation collects`(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let main = content.program.mainIndex
    let judge = try Engines.judge.prepare(program)
    let interpreter = try Engines.named(.interpreter).prepare(program)
    for expectation in content.runs {
      let reference = try ObservedRun(expectation, of: main, on: judge)
      let isStressed = reference.outcome.fuel <= Self.greatestStressedFuel
      let stress = HeapStress(
        collectsAtEveryAllocation: isStressed, poisonsFreedCells: isStressed)
      let run = try ObservedRun(expectation, of: main, on: interpreter, heapStress: stress)
      #expect(run.outcome == reference.outcome, "line \(expectation.line)")
      #expect(run.output == reference.output, "line \(expectation.line)")
    }
  }

  private func expectRuns(
    _ content: ProgramFile.Content, of program: VerifiedProgram, in file: ProgramFile
  ) throws {
    let main = content.program.mainIndex
    let judge = try Engines.judge.prepare(program)
    let expected = try content.runs.map { try ObservedRun($0, of: main, on: judge) }
    if Repository.isBlessing { try bless(content, expected, in: file) }
    for engine in Engines.wholeProgram {
      let session = try engine.prepare(program)
      guard session.decline(of: main) == nil else { continue }
      for (expectation, reference) in zip(content.runs, expected) {
        let run = try ObservedRun(expectation, of: main, on: session)
        let mismatch = expectation.mismatch(
          of: run.outcome, output: run.output, in: content.program)
        if !Repository.isBlessing { #expect(mismatch == nil, "\(engine.name)") }
        #expect(
          run.outcome == reference.outcome, "line \(expectation.line) on \(engine.name)")
        #expect(run.output == reference.output, "line \(expectation.line) on \(engine.name)")
      }
    }
  }

  /// Rewrites the outcomes of `; run:` lines with the judge's; the diff shows what changed.
  private func bless(
    _ content: ProgramFile.Content, _ runs: [ObservedRun], in file: ProgramFile
  ) throws {
    var lines = content.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    for (expectation, run) in zip(content.runs, runs) {
      lines[expectation.line - 1] = expectation.blessed(
        with: run.outcome, output: run.output, in: content.program)
    }
    let text = lines.joined(separator: "\n")
    if text != content.text { try Repository.write(text, to: file.path) }
  }
}
