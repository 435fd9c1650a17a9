import Bytecode
import Corpus
import TestSupport
import Testing

@Suite struct `The seeds of the corpus` {
  private static let paths = Repository.files(under: "corpus/seeds", withExtension: "sasm")

  private func program(named name: String) throws -> Program {
    try Assembler.assemble(Repository.text(of: "corpus/seeds/\(name).sasm"))
  }

  @Test(arguments: Opcode.allCases.filter { NumericCore.contains($0) })
  func `show every core opcode in a program of its name`(opcode: Opcode) throws {
    let program = try program(named: opcode.facts.name)
    #expect(program.instructions.contains { $0.opcode == opcode })
  }

  @Test(arguments: [TrapKind.typeError, .divisionByZero, .stackOverflow])
  func `show every core trap in a program of its name`(trap: TrapKind) throws {
    let text = try Repository.text(of: "corpus/seeds/\(trap.name).sasm")
    let traps = try Expectation.parse(text).contains { expectation in
      guard case .run(let run) = expectation, case .traps(trap, payload: _, let place)? = run.end
      else { return false }
      return place != nil
    }
    #expect(traps)
  }

  @Test func `show running out of fuel`() throws {
    let text = try Repository.text(of: "corpus/seeds/OutOfFuel.sasm")
    let exits = try Expectation.parse(text).contains { expectation in
      guard case .run(let run) = expectation, case .exits(.outOfFuel, let place)? = run.end
      else { return false }
      return place != nil
    }
    #expect(exits)
  }

  @Test(arguments: paths)
  func `verify, say what comes of them and bound what a harness runs`(path: String) throws {
    let text = try Repository.text(of: path)
    let program = try Assembler.assemble(text)
    #expect(throws: Never.self) { try Verifier.verify(program) }
    let schedule = try #require(program.schedule)
    #expect(!schedule.arguments.isEmpty)
    #expect(schedule.fuel != nil)
    let runs = try Expectation.parse(text).filter { expectation in
      if case .run = expectation { true } else { false }
    }
    #expect(!runs.isEmpty)
    #expect(text.hasPrefix("; "), "the first line says what the program shows")
  }

  @Test(arguments: paths.filter { $0.contains("/benchmarks/") })
  func `state the results of benchmarks, and peers that compute the same`(path: String) throws {
    let text = try Repository.text(of: path)
    #expect(text.contains("; Full size: main("))
    let name = try #require(path.split(separator: "/").last).dropLast(".sasm".count)
    for peer in ["c", "js", "lua", "py"] {
      #expect(throws: Never.self) {
        try Repository.text(of: "Benchmarks/programs/\(name).\(peer)")
      }
    }
  }
}
