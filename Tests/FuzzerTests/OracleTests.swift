import Bytecode
import Foundation
import Fuzzer
import RefInterpreter
import Testing

@Suite struct `Oracles` {
  @Test func `see what differs and nothing else`() {
    let results = SelfTest(judge: ReferenceEngine(), engines: []).run()
    #expect(results.count > 20)
    for result in results { #expect(result.passed, "\(result.name): \(result.detail)") }
  }

  @Test func `name the first event that differs by its index`() throws {
    let program = try Assembler.assemble("binding b\nmain() {\n    Halt\n}\n")
    let comparison = Comparison(
      program: program, expected: .reference, actual: .baseline, run: "main()")
    func outcome(_ values: [Int64]) -> Outcome {
      Outcome(
        ending: .returned(.unit), fuel: 0,
        events: values.map { .storeBinding(BindingIndex(0), .int($0)) })
    }
    #expect(comparison.difference(outcome([1, 2]), outcome([1, 2])) == nil)
    let difference = comparison.difference(outcome([1, 2, 3]), outcome([1, 4, 5]))
    #expect(difference?.signature.oracle == .trace)
    #expect(difference?.expected.hasPrefix("event 1:") == true)
    let missing = comparison.difference(outcome([1, 2]), outcome([1]))
    #expect(missing?.signature.field == .eventCount)
  }

  @Test func `write a finding that replays to the same program`() throws {
    let directory = NSTemporaryDirectory() + "findings-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let program = ProgramGenerator.program(seed: 5)
    let divergence = Divergence(
      signature: Signature(
        oracle: .result, expected: .reference, actual: .baseline, reason: "int", opcode: nil,
        field: .value), run: "main()", expected: "int 1", actual: "two\nlines")
    var writer = FindingWriter(directory: directory)
    let finding = Finding(program: program, divergence: divergence, origin: "seed 5")
    let path = try #require(try writer.write(finding))
    #expect(try writer.write(finding) == nil)
    #expect(writer.counts[divergence.signature.description] == 2)
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try Program.read(bytes).instructions == program.instructions)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("; replay: tierproof check \(path)"))
    var later = FindingWriter(directory: directory, keepsExisting: true)
    #expect(try later.write(finding) == nil)
  }
}
