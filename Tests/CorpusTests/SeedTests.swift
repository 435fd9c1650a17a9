import Bytecode
import Corpus
import TestSupport
import Testing

@Suite struct `The seeds of the corpus` {
  private static let paths = Repository.files(under: "corpus/seeds", withExtension: "sasm")

  private func program(named name: String) throws -> Program {
    try Assembler.assemble(Repository.text(of: "corpus/seeds/\(name).sasm"))
  }

  @Test(arguments: Opcode.allCases)
  func `show every opcode in a program of its name`(opcode: Opcode) throws {
    let program = try program(named: opcode.facts.name)
    #expect(program.instructions.contains { $0.opcode == opcode })
  }

  @Test(arguments: TrapKind.allCases)
  func `show every trap in a program of its name`(trap: TrapKind) throws {
    let text = try Repository.text(of: "corpus/seeds/\(trap.name).sasm")
    let traps = try Expectation.parse(text).contains { expectation in
      guard case .run(let run) = expectation,
        case .traps(trap, payload: let payload, let place)? = run.end
      else { return false }
      return place != nil && (payload != nil) == (trap == .thrown)
    }
    #expect(traps)
  }

  @Test(arguments: ExitKind.allCases)
  func `show every exit in a program of its name`(exit: ExitKind) throws {
    let text = try Repository.text(of: "corpus/seeds/\(exit.name).sasm")
    let exits = try Expectation.parse(text).contains { expectation in
      guard case .run(let run) = expectation, case .exits(exit, let place)? = run.end
      else { return false }
      return place != nil
    }
    #expect(exits)
  }

  /// The operands of every instruction of the seeds whose names begin alike.
  private func operands(ofSeedsNamed prefix: String) throws -> [(Program, Operand)] {
    try Self.paths.filter { $0.hasPrefix("corpus/seeds/\(prefix)") }.flatMap { path in
      let program = try Assembler.assemble(Repository.text(of: path))
      return program.instructions.map { (program, $0.operand) }
    }
  }

  @Test func `call every builtin`() throws {
    let called = try operands(ofSeedsNamed: "BuiltinCall").compactMap { _, operand -> Builtin? in
      guard case .builtin(let builtin, argumentCount: _) = operand else { return nil }
      return builtin
    }
    #expect(Set(Builtin.allCases).subtracting(called).isEmpty)
  }

  @Test(arguments: [
    ("CallMethod-strings", KindSet.string), ("CallMethod-arrays", .array),
    ("CallMethod-arrays", .intArray), ("CallMethod-arrays", .boolArray),
    ("CallMethod-", .floatArray), ("CallMethod-maps", .map),
  ])
  func `call every method of every kind`(name: String, kind: KindSet) throws {
    let called = try operands(ofSeedsNamed: name).compactMap { program, operand -> Literal? in
      guard case .method(let method, argumentCount: _) = operand else { return nil }
      return program.strings[method.position]
    }
    let methods = Builtin.allCases.filter { !$0.methodReceivers.isDisjoint(with: kind) }
    #expect(!methods.isEmpty)
    #expect(Set(methods.map { Literal($0.facts.name) }).subtracting(called).isEmpty)
  }

  @Test(arguments: paths)
  func `verify, say what comes of them and bound what a harness runs`(path: String) throws {
    let text = try Repository.text(of: path)
    let program = try Assembler.assemble(text)
    #expect(throws: Never.self) { try Verifier.verify(program) }
    let schedule = try #require(program.schedule)
    #expect(!schedule.arguments.isEmpty)
    #expect(schedule.fuel != nil)
    let makesObjects = program.instructions.contains {
      [.cells, .arrays, .objects].contains($0.opcode.facts.category)
    }
    #expect(schedule.heapBytes != nil || !makesObjects)
    let runs = try Expectation.parse(text).filter { expectation in
      if case .run = expectation { true } else { false }
    }
    #expect(!runs.isEmpty)
    #expect(text.hasPrefix("; "), "the first line says what the program shows")
  }

  @Test(arguments: paths.filter { $0.contains("/benchmarks/") })
  func `state the results of benchmarks at full size`(path: String) throws {
    #expect(try Repository.text(of: path).contains("; Full size: main("))
  }
}
