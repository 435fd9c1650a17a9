import Bytecode
import Corpus
import Foundation
import TestSupport
import Testing

@testable import JIT

@Suite struct `Programs that call foreign functions` {
  private static let paths = Repository.files(
    under: "Tests/Filetests/foreign", withExtension: "sasm")

  /// Nothing C holds on to, and nothing made of what it gave, is lost or found twice.
  @Test(arguments: paths)
  func `do in tier 0 what they say, however often garbage is collected`(_ path: String) throws {
    let text = try Repository.text(of: path)
    let program = try verified(text)
    for case .run(let expectation) in try Expectation.parse(text) {
      let calm = try run(expectation, program, HeapStress())
      #expect(
        expectation.mismatch(
          of: calm, output: calm.events.flatMap(\.printed), in: program.program) == nil)
      let stressed = try run(
        expectation, program,
        HeapStress(collectsAtEveryAllocation: true, poisonsFreedCells: true))
      #expect(stressed == calm)
    }
  }

  private func run(
    _ expectation: RunExpectation, _ program: VerifiedProgram, _ stress: HeapStress
  ) throws -> Outcome {
    try InterpreterEngine().prepare(program).run(
      RunRequest(
        entry: program.program.mainIndex, arguments: expectation.arguments,
        limits: expectation.limits, recordsEvents: true, heapStress: stress))
  }

  @Test(arguments: [128, 512, 8_192])
  func `nest to the limit on a thread of any stack`(kibibytes: Int) throws {
    let program = try verified(try Repository.text(of: "Tests/Filetests/foreign/nesting.sasm"))
    let deepest = try onThread(kibibytes << 10) {
      try InterpreterEngine().prepare(program).run(
        RunRequest(entry: program.program.mainIndex, arguments: [.int(999)]))
    }
    #expect(deepest.ending == .returned(.int(999)))
    let deeper = try onThread(kibibytes << 10) {
      try InterpreterEngine().prepare(program).run(
        RunRequest(entry: program.program.mainIndex, arguments: [.int(1_000)]))
    }
    let overflow = Raise(site: try site("down", 6, in: program), depth: 1_001)
    #expect(deeper.ending == .trapped(.stackOverflow, payload: nil, at: overflow))
  }

  /// Struct arguments of 1 MB are more than a small stack; the C function looks at none of them.
  @Test func `are inconclusive where the host has no stack for them`() throws {
    let fields = (0..<500).map { "f\($0): f64" }.joined(separator: ", ")
    let parameters = String(repeating: "Huge, ", count: 250)
    let declarations = """
      struct Huge { \(fields) }
      foreign magnitude = "libm.so.6" sqrt(\(parameters)f64) -> f64

      """
    func magnitude() throws -> Outcome {
      let run = try ForeignRun(declarations) { $0.allowedLibraries = ["libm.so.6"] }
      let schema = SchemaIndex(run.program.program.schemas.count - 1)
      let huge = run.state.heap.makeRecord(schema, fieldCount: 500)
      for index in 0..<500 { huge.fields[index] = number(0) }
      let arguments = Array(repeating: huge, count: 250) + [number(9)]
      return try run.finish(try run.call("magnitude", arguments))
    }
    #expect(try onThread(8 << 20, magnitude).ending == .returned(.number(3)))
    let error = #expect(throws: EngineFailure.self) { _ = try onThread(1 << 20, magnitude) }
    guard case .inconclusive = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Runs the body on a thread of its own with a stack of so many bytes.
  private func onThread<Result>(
    _ bytes: Int, _ body: @escaping () throws -> Result
  ) throws -> Result {
    nonisolated(unsafe) var result: Swift.Result<Result, any Error>?
    nonisolated(unsafe) let body = body
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      result = Swift.Result { try body() }
      done.signal()
    }
    thread.stackSize = bytes
    thread.start()
    done.wait()
    return try #require(result).get()
  }
}

extension Event {
  /// The text a `print` wrote.
  fileprivate var printed: [UInt8] {
    if case .print(_, let text) = self { text } else { [] }
  }
}
