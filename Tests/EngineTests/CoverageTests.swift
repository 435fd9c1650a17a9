import Bytecode
import Engines
import Testing

@Suite struct `Program files together` {
  @Test func `execute every core opcode and builtin and reach every core trap and exit`() throws {
    var reached = Reach()
    for file in ProgramFile.all { try reached.run(file) }
    for opcode in Opcode.allCases where NumericCore.contains(opcode) {
      #expect(reached.opcodes.contains(opcode), "\(opcode.facts.name)")
    }
    for builtin in Builtin.allCases where NumericCore.contains(builtin) {
      #expect(reached.builtins.contains(builtin), "\(builtin.facts.name)")
    }
    let traps: [TrapKind] = [.typeError, .divisionByZero, .stackOverflow]
    for trap in traps { #expect(reached.traps.contains(trap), "\(trap.name)") }
    #expect(reached.exits.contains(.outOfFuel))
  }
}

/// What the judge's runs of program files came by.
private struct Reach {
  var opcodes: Set<Opcode> = []
  var builtins: Set<Builtin> = []
  var traps: Set<TrapKind> = []
  var exits: Set<ExitKind> = []

  mutating func run(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get(),
      NumericCore.firstUnsupported(in: program) == nil
    else { return }
    let session = try Engines.judge.prepare(program)
    for expectation in content.runs {
      let run = try ObservedRun(expectation, of: content.program.mainIndex, on: session)
      switch run.outcome.ending {
      case .returned: break
      case .trapped(let kind, _, _): traps.insert(kind)
      case .exited(let kind, _): exits.insert(kind)
      }
    }
    let recording = try #require(session as? any ExecutionRecording)
    for (instruction, count) in zip(content.program.instructions, recording.executionCounts)
    where count > 0 {
      opcodes.insert(instruction.opcode)
      if case .builtin(let builtin, _) = instruction.operand { builtins.insert(builtin) }
    }
  }
}

@Suite struct `Arguments outside the core` {
  private static func program(arguments: String) throws -> VerifiedProgram {
    try Verifier.verify(
      Assembler.assemble(
        "main(a) {\n    LoadLocal a\n    Halt\n}\nschedule {\n    args (\(arguments))\n}\n"))
  }

  @Test func `are refused by name or taken when a run passes them`() throws {
    let program = try Self.program(arguments: "1")
    let request = RunRequest(
      entry: program.program.mainIndex, arguments: [.string(Literal("x"))])
    for engine in Engines.wholeProgram {
      let session = try engine.prepare(program)
      try expect("\(engine.name)", isJudge: engine.name == .reference) {
        let ending = try session.run(request).ending
        #expect(ending == .returned(.string(Literal("x"))))
      }
    }
  }

  @Test func `are refused by name or taken when the schedule passes them`() throws {
    let program = try Self.program(arguments: "\"x\"")
    for engine in Engines.wholeProgram {
      try expect("\(engine.name)", isJudge: engine.name == .reference) {
        _ = try engine.prepare(program)
      }
    }
  }

  /// Expects the judge to take the arguments, every other engine to do so or refuse them by name.
  private func expect(_ engine: Comment, isJudge: Bool, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch EngineFailure.unsupported(let unsupported) {
      #expect(unsupported.feature == "argument of kind string", engine)
      #expect(!isJudge, engine)
    }
  }
}
