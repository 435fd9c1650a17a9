import Bytecode
import Testing

@testable import Fuzzer

@Suite struct `Lies about feedback` {
  private static func told(_ seed: UInt64) throws -> (before: Program, after: Program) {
    let program = ProgramGenerator.program(
      seed: seed, options: GeneratorOptions(language: .whole))
    let verified = try Verifier.verify(program)
    return (program, FeedbackLies.told(of: verified, seed: seed))
  }

  @Test func `verify, and differ in what they claim only`() throws {
    for seed in UInt64(0)..<300 {
      var (before, after) = try Self.told(seed)
      #expect(after == FeedbackLies.told(of: try Verifier.verify(before), seed: seed))
      _ = try Verifier.verify(after)
      func removeClaims(_ program: inout Program) {
        program.schedule?.directives.removeAll {
          if case .feedback = $0 { true } else { false }
        }
        program.strings = []
      }
      removeClaims(&before)
      removeClaims(&after)
      #expect(before == after, "seed \(seed)")
    }
  }

  @Test func `keep in text and in bytes`() throws {
    for seed in UInt64(0)..<100 {
      let program = try Self.told(seed).after
      #expect(try Assembler.assemble(Printer.print(program)).schedule == program.schedule)
      #expect(try BinaryCodec.decode(BinaryCodec.encode(program)) == program)
    }
  }

  @Test func `are of every kind`() throws {
    var kinds: Set<String> = []
    for seed in UInt64(0)..<300 {
      for case .feedback(_, _, let claim) in try Self.told(seed).after.schedule?.directives ?? [] {
        switch claim {
        case .none: kinds.insert("none")
        case .megamorphic: kinds.insert("megamorphic")
        case .entries(let entries):
          if entries.count == 4 { kinds.insert("four") }
          for entry in entries {
            kinds.insert("\(entry)".split(separator: "(").first.map(String.init) ?? "")
          }
        }
      }
    }
    #expect(
      kinds.sorted() == [
        "arithmetic", "branch", "call", "dictionary", "element", "four", "kind", "loop",
        "megamorphic", "method", "none", "schemaProperty", "shapeProperty",
      ])
  }

  @Test func `come one at a time from the mutator, and go when their instruction does`() throws {
    let verified = try Verifier.verify(
      try Assembler.assemble(
        "main(a) {\n LoadLocal a\n PushConst 1\n Add\n Halt\n}\nschedule {\n args (1)\n}"))
    var entropy = Entropy(seed: 1)
    let told = FeedbackLies.toldOnce(of: verified.program, verified.functions, &entropy)
    guard case .feedback(_, offset: 2, _)? = told.schedule?.directives.first else {
      return #expect(Bool(false), "\(Printer.print(told))")
    }
    var edited = EditableProgram(told)
    edited.schedule.directives = [
      .feedback(FunctionIndex(0), offset: 2, .entries([.arithmetic(.int, .int)]))
    ]
    edited.functions[0].code.swapAt(2, 3)
    #expect(edited.program()?.schedule?.directives == [])
  }
}
