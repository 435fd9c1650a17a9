import Bytecode
import Corpus
import Foundation
import TestSupport
import Testing

/// A seed that other languages have too: a benchmark or one of the larger programs.
private struct PeerSeed: CustomTestStringConvertible, Sendable {
  let path: String

  var testDescription: String { path }

  var name: Substring { path.split(separator: "/").last?.dropLast(".sasm".count) ?? "" }

  static func all(under folder: String) -> [PeerSeed] {
    Repository.files(under: folder, withExtension: "sasm").map(PeerSeed.init)
  }

  static let benchmarks = all(under: "corpus/seeds/benchmarks")
  static let programs = all(under: "corpus/seeds/programs")

  /// The run line of the schedule's first arguments: the small size.
  func smallRun() throws -> RunExpectation {
    let text = try Repository.text(of: path)
    let program = try Assembler.assemble(text)
    let size = try #require(program.schedule?.arguments.first).map { ObservedValue($0) }
    let runs = try Expectation.parse(text).compactMap { expectation -> RunExpectation? in
      guard case .run(let run) = expectation, run.arguments == size else { return nil }
      return run
    }
    return try #require(runs.first, "no run line for the first arguments of the schedule")
  }
}

/// Node, if the machine has it.
private enum Node {
  static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").map { "\($0)/node" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What a program prints.
  ///
  /// - Throws: what kept the process from starting; a status other than 0 fails the test.
  static func output(of program: String, arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = [Repository.root.appending(path: program).path(percentEncoded: false)]
    process.arguments?.append(contentsOf: arguments)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program)")
    return String(decoding: bytes, as: UTF8.self)
  }
}

@Suite struct `The peers of programs` {
  @Test func `are as many as there are benchmarks in four languages, and programs in JavaScript`() {
    let benchmarks = PeerSeed.benchmarks.flatMap { seed in
      ["c", "js", "lua", "py"].map { "Benchmarks/programs/\(seed.name).\($0)" }
    }
    let programs = PeerSeed.programs.map { "Benchmarks/programs/\($0.name).js" }
    let found = ["c", "js", "lua", "py"].flatMap {
      Repository.files(under: "Benchmarks/programs", withExtension: $0)
    }
    #expect(benchmarks.count == 4 * 17)
    #expect(programs.count == 12)
    #expect(found.sorted() == (benchmarks + programs).sorted())
  }

  @Test(.enabled(if: Node.path != nil), arguments: PeerSeed.benchmarks + PeerSeed.programs)
  fileprivate func `compute in Node what the run line of the small size says`(
    seed: PeerSeed
  ) throws {
    let run = try seed.smallRun()
    guard case .returns(let result)? = run.end else {
      Issue.record("the small size ends with a result")
      return
    }
    let arguments = run.arguments.map { argument -> String in
      guard case .int(let value) = argument else {
        Issue.record("a size is an int")
        return ""
      }
      return String(value)
    }
    let output = try Node.output(
      of: "Benchmarks/programs/\(seed.name).js", arguments: arguments)
    let printed = String(decoding: run.output ?? [], as: UTF8.self)
    #expect(output == printed + printedForm(ofResult: result) + "\n")
  }

  /// A result as JavaScript prints it: numbers do not show that they are none of the ints, and a
  /// text has no quotes.
  private func printedForm(ofResult text: String) -> String {
    if text.hasPrefix("\"") { return String(text.dropFirst().dropLast()) }
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
