import Bytecode
import Testing

/// The laws of the two forms, on programs of every shape.
@Suite struct `Forms of a program` {
  @Test func `text holds all of a random program`() throws {
    for seed in 0..<UInt64(3_000) {
      let program = RandomProgram.make(seed: seed)
      let text = Printer.print(program)
      let again = try Assembler.assemble(text)
      #expect(again == program, "seed \(seed):\n\(text)")
      #expect(Printer.print(again) == text, "seed \(seed)")
    }
  }

  @Test func `the binary form holds all of a random program`() throws {
    for seed in 0..<UInt64(3_000) {
      let program = RandomProgram.make(seed: seed)
      let bytes = BinaryCodec.encode(program)
      #expect(try BinaryCodec.decode(bytes) == program, "seed \(seed)")
    }
  }

  @Test func `a program with the lines of its text states none`() throws {
    for seed in 0..<UInt64(1_000) {
      let program = RandomProgram.make(seed: seed).withTextLines()
      let text = Printer.print(program)
      #expect(!text.contains("\n    lines"), "seed \(seed)")
      #expect(try Assembler.assemble(text) == program, "seed \(seed)")
    }
  }

  @Test(arguments: [SampleProgram.text, SampleProgram.verified])
  func `samples go through both forms`(text: String) throws {
    let program = try Assembler.assemble(text)
    #expect(try Assembler.assemble(Printer.print(program)) == program)
    #expect(try BinaryCodec.decode(BinaryCodec.encode(program)) == program)
    #expect(try Program.read(BinaryCodec.encode(program)) == program)
    #expect(try Program.read(Array(text.utf8)) == program)
  }

  @Test func `a cut of a binary program is refused or ends with a section`() throws {
    let bytes = BinaryCodec.encode(try Assembler.assemble(SampleProgram.text))
    var refusals = 0
    for length in 0..<bytes.count {
      let cut = Array(bytes[..<length])
      do throws(FormatError) {
        #expect(BinaryCodec.encode(try BinaryCodec.decode(cut)) == cut)
      } catch {
        refusals += 1
        #expect(error.offset <= length && !error.reason.isEmpty)
      }
    }
    // Labels, lines and schedule may be missing.
    #expect(refusals == bytes.count - 3)
  }

  @Test func `neither readers nor verifier fall over broken input`() throws {
    let samples = try [SampleProgram.text, SampleProgram.verified].map {
      try Assembler.assemble($0)
    }
    let report = RobustnessSweep.run(
      samples: samples, count: 20_000, seed: 1, clock: ContinuousClock())
    #expect(report.failures.isEmpty, "\(report.failures)")
    #expect(report.randomInputs == 20_000 && report.corruptedInputs == 20_000)
    #expect(report.verifiedPrograms > 0 && report.refusedPrograms > 0)
  }
}
