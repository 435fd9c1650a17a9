import Bytecode
import Corpus
import TestSupport
import Testing

/// A program of the package that states in comments what it does.
struct ProgramFile: CustomTestStringConvertible, Sendable {
  let path: String

  var testDescription: String { path }

  static let all: [ProgramFile] =
    (Repository.files(under: "Tests/Filetests", withExtension: "sasm")
    + Repository.files(under: "corpus/seeds", withExtension: "sasm")
    + Repository.files(under: "corpus/regressions", withExtension: "sasm"))
    .map(ProgramFile.init)

  /// What a file holds, read and checked.
  struct Content {
    let text: String
    let program: Program
    let verification: Result<VerifiedProgram, VerificationFailure>
    let runs: [RunExpectation]
    let findings: [VerifyExpectation]
  }

  func read() throws -> Content {
    let text = try Repository.text(of: path)
    let program = try Assembler.assemble(text)
    var runs: [RunExpectation] = []
    var findings: [VerifyExpectation] = []
    for expectation in try Expectation.parse(text) {
      switch expectation {
      case .run(let run): runs.append(run)
      case .verify(let finding): findings.append(finding)
      }
    }
    return Content(
      text: text, program: program,
      verification: Result { () throws(VerificationFailure) in try Verifier.verify(program) },
      runs: runs, findings: findings)
  }
}

/// A run of a prepared program with all that can be observed of it.
struct ObservedRun {
  let outcome: Outcome
  let output: [UInt8]

  /// Steps the judge is given: far more than any program file needs.
  static let referenceSteps: UInt64 = 100_000_000

  init(
    _ expectation: RunExpectation, of main: FunctionIndex, on session: any EngineSession,
    heapStress: HeapStress = HeapStress()
  ) throws {
    let sink = OutputSink()
    var limits = expectation.limits
    limits.referenceSteps = ObservedRun.referenceSteps
    outcome = try session.run(
      RunRequest(
        entry: main, arguments: expectation.arguments, limits: limits, recordsEvents: true,
        heapStress: heapStress, output: { sink.append($0) }))
    output = sink.bytes
  }
}
