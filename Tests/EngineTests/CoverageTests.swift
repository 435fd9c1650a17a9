import Bytecode
import Engines
import Testing

@Suite struct `Program files together` {
  private static let reached = Result { try Reach(ProgramFile.all) }

  @Test(arguments: Opcode.allCases)
  func `execute every opcode`(_ opcode: Opcode) throws {
    #expect(try Self.reached.get().opcodes.contains(opcode), "\(opcode.facts.name)")
  }

  @Test(arguments: Builtin.allCases)
  func `execute every builtin`(_ builtin: Builtin) throws {
    #expect(try Self.reached.get().builtins.contains(builtin), "\(builtin.facts.name)")
  }

  @Test(arguments: Builtin.allCases.filter { !$0.methodReceivers.isEmpty })
  func `execute every method on every kind that has it`(_ builtin: Builtin) throws {
    for kind in builtin.methodReceivers.kinds {
      let method = Method(builtin: builtin, receiver: kind)
      #expect(
        try Self.reached.get().methods.contains(method), "\(builtin.facts.name) of \(kind.name)")
    }
  }

  @Test(arguments: Opcode.allCases)
  func `reach every trap an instruction itself may raise`(_ opcode: Opcode) throws {
    let facts = opcode.facts
    // What a builtin, a method or a foreign function raises depends on which it is.
    guard facts.traps != .all else { return }
    for kind in TrapKind.allCases where facts.traps.contains(TrapSet(kind)) {
      let trap = Trap(opcode: opcode, kind: kind)
      #expect(try Self.reached.get().traps.contains(trap), "\(kind.name) of \(facts.name)")
    }
  }

  @Test func `reach every trap and exit`() throws {
    let reached = try Self.reached.get()
    for kind in TrapKind.allCases {
      #expect(reached.traps.contains { $0.kind == kind }, "\(kind.name)")
    }
    for kind in ExitKind.allCases { #expect(reached.exits.contains(kind), "\(kind.name)") }
  }
}

/// A method by the builtin it stands for and the one kind inference gives its receiver.
private struct Method: Hashable {
  let builtin: Builtin
  let receiver: ValueKind
}

/// An uncaught trap by the instruction that raised it.
private struct Trap: Hashable {
  let opcode: Opcode
  let kind: TrapKind
}

/// What the judge's runs of program files came by.
private struct Reach {
  var opcodes: Set<Opcode> = []
  var builtins: Set<Builtin> = []
  var methods: Set<Method> = []
  var traps: Set<Trap> = []
  var exits: Set<ExitKind> = []

  init(_ files: [ProgramFile]) throws {
    for file in files { try run(file) }
  }

  private mutating func run(_ file: ProgramFile) throws {
    let content = try file.read()
    guard let program = try? content.verification.get() else { return }
    let session = try Engines.judge.prepare(program)
    for expectation in content.runs {
      let run = try ObservedRun(expectation, of: content.program.mainIndex, on: session)
      note(run.outcome.ending, in: content.program)
    }
    let recording = try #require(session as? any ExecutionRecording)
    for (instruction, count) in zip(content.program.instructions, recording.executionCounts)
    where count > 0 {
      opcodes.insert(instruction.opcode)
      if case .builtin(let builtin, _) = instruction.operand { builtins.insert(builtin) }
    }
    noteMethods(of: program, recording.executionCounts)
  }

  private mutating func note(_ ending: Ending, in program: Program) {
    switch ending {
    case .returned: break
    case .trapped(let kind, _, let raise):
      let pointer = program[raise.site.function].entryPoint + raise.site.offset
      traps.insert(Trap(opcode: program.instructions[pointer].opcode, kind: kind))
    case .exited(let kind, _): exits.insert(kind)
    }
  }

  private mutating func noteMethods(of verified: VerifiedProgram, _ counts: [UInt32]) {
    let program = verified.program
    for (position, function) in program.functions.enumerated() {
      verified.forEachReachableState(of: FunctionIndex(position)) { offset, state in
        let pointer = function.entryPoint + offset
        guard counts[pointer] > 0,
          case .method(let name, let count) = program.instructions[pointer].operand,
          let receiver = state.stack[state.stack.count - count - 1].only,
          let builtin = Builtin.method(program.strings[name.position], on: receiver)
        else { return }
        methods.insert(Method(builtin: builtin, receiver: receiver))
      }
    }
  }
}

@Suite struct `Arguments outside the core` {
  private static func program(arguments: String) throws -> VerifiedProgram {
    try Verifier.verify(
      Assembler.assemble(
        "main(a) {\n    LoadLocal a\n    Halt\n}\nschedule {\n    args (\(arguments))\n}\n"))
  }

  @Test(arguments: ["1", "\"x\""])
  func `are taken by every engine, whatever the schedule passes`(scheduled: String) throws {
    let program = try Self.program(arguments: scheduled)
    let request = RunRequest(
      entry: program.program.mainIndex, arguments: [.string(Literal("x"))])
    for engine in Engines.wholeProgram {
      let ending = try engine.prepare(program).run(request).ending
      #expect(ending == .returned(.string(Literal("x"))), "\(engine.name)")
    }
  }
}
