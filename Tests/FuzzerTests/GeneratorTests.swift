import Bytecode
import Fuzzer
import RefInterpreter
import Testing

@Suite struct `Program generator` {
  @Test func `makes programs that verify and are within the core`() throws {
    for seed in UInt64(0)..<4000 {
      let program = ProgramGenerator.program(
        seed: seed, options: GeneratorOptions(language: .core))
      let verified = try Verifier.verify(program)
      #expect(NumericCore.firstUnsupported(in: verified) == nil, "seed \(seed)")
    }
  }

  @Test func `has guards fail and facts break, in its share of programs`() throws {
    var failures = 0
    var breaks = 0
    for seed in UInt64(0)..<1_000 {
      let program = ProgramGenerator.program(
        seed: seed, options: GeneratorOptions(language: .whole))
      let lines = program.schedule?.directives ?? []
      if lines.contains(where: { if case .deoptimize = $0 { true } else { false } }) {
        failures += 1
      }
      if lines.contains(where: { if case .invalidate = $0 { true } else { false } }) {
        breaks += 1
      }
    }
    #expect((80...170).contains(failures), "\(failures)")
    // Of those, programs that have a binding or name a key.
    #expect((60...170).contains(breaks), "\(breaks)")
  }

  @Test func `lets two slots hold a record that others change, in its share of programs`() throws {
    var aliases = 0
    var changers = 0
    for seed in UInt64(0)..<1_000 {
      let program = ProgramGenerator.program(
        seed: seed, options: GeneratorOptions(language: .whole))
      let opcodes = program.instructions.map(\.opcode)
      let pattern: [Opcode] = [.newTypedObject, .storeLocal, .loadLocal, .storeLocal]
      if opcodes.indices.contains(where: { opcodes[$0...].starts(with: pattern) }) { aliases += 1 }
      if program.functions.contains(where: {
        $0.name == "g" || $0.name.hasSuffix(".g")
      }) {
        changers += 1
      }
    }
    #expect(aliases > 70, "\(aliases)")
    #expect(changers > 300, "\(changers)")
  }

  @Test func `names safepoints and loops that exist, in its share of programs`() throws {
    var exits = 0
    var replacements = 0
    for seed in UInt64(0)..<2_000 {
      let program = ProgramGenerator.program(seed: seed)
      let verified = try Verifier.verify(program)
      #expect(verified.missingSafepoint == nil, "seed \(seed)")
      let lines = program.schedule?.directives ?? []
      let exitCount = lines.count { if case .exit = $0 { true } else { false } }
      let replacementCount = lines.count {
        if case .onStackReplacement = $0 { true } else { false }
      }
      #expect(exitCount <= 2 && replacementCount <= 2)
      if exitCount > 0 { exits += 1 }
      if replacementCount > 0 { replacements += 1 }
    }
    // One in eight each, of those that have a loop.
    #expect((180...320).contains(exits))
    #expect((100...320).contains(replacements))
    let plainest = ProgramGenerator.program(from: [])
    #expect(plainest.schedule?.directives == [])
  }

  private static let whole = GeneratorOptions(language: .whole)

  @Test func `makes programs of the whole language that verify`() throws {
    var opcodes: Set<Opcode> = []
    var builtins: Set<Builtin> = []
    var methods: Set<Literal> = []
    var symbols: Set<String> = []
    for seed in UInt64(0)..<20_000 {
      let program = ProgramGenerator.program(seed: seed, options: Self.whole)
      do throws(VerificationFailure) {
        _ = try Verifier.verify(program)
      } catch {
        Issue.record("seed \(seed): \(error.findings)")
      }
      for instruction in program.instructions {
        opcodes.insert(instruction.opcode)
        switch instruction.operand {
        case .builtin(let builtin, _): builtins.insert(builtin)
        case .method(let name, _): methods.insert(program.strings[name.position])
        case .foreign(let index): symbols.insert(program.foreignFunctions[index.position].symbol)
        case .none, .constant, .local, .localWidth, .width, .binding, .capture, .function,
          .schema, .field, .jump, .loop, .count, .property:
          break
        }
      }
    }
    #expect(opcodes == Set(Opcode.allCases))
    #expect(builtins == Set(Builtin.allCases))
    for builtin in Builtin.allCases where !builtin.methodReceivers.isEmpty {
      #expect(methods.contains(Literal(builtin.facts.name)), "\(builtin)")
    }
    #expect(symbols == Set(FixtureLibrary.shared.functions.map(\.symbol)))
  }

  @Test func `keeps the share of the numeric core it is asked for`() throws {
    let mixed = GeneratorOptions(language: .mixed)
    let core = try (UInt64(0)..<1000).count { seed in
      let program = try Verifier.verify(ProgramGenerator.program(seed: seed, options: mixed))
      return NumericCore.firstUnsupported(in: program) == nil
    }
    #expect((330...470).contains(core))
  }

  @Test func `makes a program of any bytes`() throws {
    var stream = SplitMix64(seed: 7)
    for length in 0..<400 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
      _ = try Verifier.verify(ProgramGenerator.program(from: bytes))
      _ = try Verifier.verify(ProgramGenerator.program(from: bytes, options: Self.whole))
    }
    _ = try Verifier.verify(ProgramGenerator.program(from: [UInt8](repeating: 255, count: 5000)))
  }

  @Test func `makes the same program of the same seed`() {
    for seed in UInt64(0)..<50 {
      #expect(ProgramGenerator.program(seed: seed) == ProgramGenerator.program(seed: seed))
    }
    #expect(ProgramGenerator.program(seed: 1) != ProgramGenerator.program(seed: 2))
  }

  @Test(arguments: [GeneratedLanguage.core, .whole])
  func `makes programs that survive both written forms`(language: GeneratedLanguage) throws {
    let options = GeneratorOptions(language: language)
    for seed in UInt64(0)..<300 {
      let program = ProgramGenerator.program(seed: seed, options: options)
      #expect(try BinaryCodec.decode(BinaryCodec.encode(program)) == program, "seed \(seed)")
      #expect(try Assembler.assemble(Printer.print(program)) == program, "seed \(seed)")
    }
  }

  @Test func `reaches every opcode, builtin, width and end of the core in the judge`() {
    let survey = Survey(
      harness: Harness(judge: ReferenceEngine(), engines: []),
      options: GeneratorOptions(language: .core))
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

  @Test func `reaches the whole language in the judge`() {
    let survey = Survey(
      harness: Harness(judge: ReferenceEngine(), engines: []), options: Self.whole)
    let summary = survey.run(seeds: 0..<48_000)
    #expect(summary.verified == summary.programs)
    #expect(summary.unsupported == 0)
    #expect(summary.normalShare >= 0.95)
    #expect(summary.loopingShare >= 0.5)
    #expect((30...120).contains(summary.medianSize))
    #expect(summary.missing.isEmpty, "\(summary.missing)")
    #expect(summary.divergences.isEmpty)
  }
}
