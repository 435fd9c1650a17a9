import Bytecode
import Fuzzer
import RefInterpreter
import Testing

@Suite struct `Program generator` {
  @Test func `makes programs that verify and are within the core`() throws {
    for seed in UInt64(0)..<4000 {
      let program = ProgramGenerator.program(seed: seed)
      let verified = try Verifier.verify(program)
      #expect(NumericCore.firstUnsupported(in: verified) == nil, "seed \(seed)")
    }
  }

  @Test func `makes a program of any bytes`() throws {
    var stream = SplitMix64(seed: 7)
    for length in 0..<400 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
      _ = try Verifier.verify(ProgramGenerator.program(from: bytes))
    }
    _ = try Verifier.verify(ProgramGenerator.program(from: [UInt8](repeating: 255, count: 5000)))
  }

  @Test func `makes the same program of the same seed`() {
    for seed in UInt64(0)..<50 {
      #expect(ProgramGenerator.program(seed: seed) == ProgramGenerator.program(seed: seed))
    }
    #expect(ProgramGenerator.program(seed: 1) != ProgramGenerator.program(seed: 2))
  }

  @Test func `makes programs that survive both written forms`() throws {
    for seed in UInt64(0)..<300 {
      let program = ProgramGenerator.program(seed: seed)
      #expect(try BinaryCodec.decode(BinaryCodec.encode(program)) == program, "seed \(seed)")
      #expect(try Assembler.assemble(Printer.print(program)) == program, "seed \(seed)")
    }
  }

  @Test func `reaches every opcode, builtin, width and end of the core in the judge`() {
    let survey = Survey(harness: Harness(judge: ReferenceEngine(), engines: []))
    let summary = survey.run(seeds: 0..<3000)
    #expect(summary.verified == summary.programs)
    #expect(summary.normalShare >= 0.95)
    #expect(summary.loopingShare >= 0.5)
    #expect((30...80).contains(summary.medianSize))
    #expect(summary.missingOpcodes.isEmpty)
    #expect(summary.missingBuiltins.isEmpty)
    #expect(summary.missingWidths.isEmpty)
    #expect(summary.missingEnds.isEmpty)
    #expect(summary.divergences.isEmpty)
  }
}
