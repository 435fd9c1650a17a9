import Bytecode
import Testing

/// Programs made to be slow or large: each must be accepted or refused in less than a second.
@Suite(.serialized) struct `Verifying hostile programs` {
  private static let size = 65_536

  /// Runs the verifier and gives its findings.
  private func findingsInTime(of program: Program) -> [String] {
    var result: [String] = []
    let time = ContinuousClock().measure { result = findings(of: program) }
    #expect(time < .seconds(1))
    return result
  }

  private func locals(_ count: Int) -> [Slot] { (0..<count).map { Slot("x\($0)") } }

  @Test func `a chain of jumps laid out backwards`() {
    var code = [Instruction(.jump, .jump(Self.size - 2)), Instruction(.halt)]
    for _ in code.count..<Self.size { code.append(Instruction(.jump, .jump(-2))) }
    #expect(findingsInTime(of: programOfMain(locals: locals(8), code)) == [])
  }

  @Test func `conditional jumps that each go far back`() {
    var code: [Instruction] = []
    while code.count + 3 < Self.size {
      code.append(Instruction(.pushNull))
      code.append(Instruction(.jumpIfTrue, .jump(-(code.count / 2) * 2 / 3 * 2 - 2)))
    }
    code.append(Instruction(.halt))
    let found = findingsInTime(of: programOfMain(locals: locals(1_000), code))
    #expect(found == ["limit at main+0"])
    #expect(findingsInTime(of: programOfMain(locals: locals(40), code)) == [])
  }

  @Test func `kinds that creep through a thousand locals one turn at a time`() {
    // Each turn moves every local to its neighbour and jumps over nothing in between.
    let count = 1_000
    var code = [Instruction(.pushConst, .constant(ConstantIndex(0)))]
    code.append(Instruction(.storeLocal, .local(LocalIndex(0))))
    for slot in stride(from: count - 1, to: 0, by: -1) {
      code.append(Instruction(.loadLocal, .local(LocalIndex(slot - 1))))
      code.append(Instruction(.storeLocal, .local(LocalIndex(slot))))
      code.append(Instruction(.pushNull))
      code.append(Instruction(.jumpIfTrue, .jump(0)))
    }
    code.append(Instruction(.jump, .jump(2 - code.count - 1)))
    let program = programOfMain(locals: locals(count), constants: [.int(1)], code)
    #expect(findingsInTime(of: program).allSatisfy { $0 == "limit at main+0" })
  }

  @Test func `loops nested as deep as they go`() {
    var code: [Instruction] = []
    let depth = Self.size / 4 - 1
    for level in 0..<depth {
      code.append(Instruction(.loopStart, .loop(end: 4 * depth - 2 * level - 2, continueAt: nil)))
    }
    for level in 0..<depth {
      code.append(Instruction(.pushNull))
      code.append(Instruction(.jumpIfTrue, .jump(-(code.count + 1 - (depth - 1 - level)))))
      code.append(Instruction(.loopEnd))
    }
    code.append(Instruction(.halt))
    var program = programOfMain(locals: locals(50), code)
    for level in 0..<depth {
      let end = depth + 3 * (depth - 1 - level) + 2
      program.instructions[level].operand = .loop(end: end - level - 1, continueAt: nil)
    }
    #expect(findingsInTime(of: program).allSatisfy { $0 == "limit at main+0" })
  }

  @Test func `handlers that all meet`() {
    // Every SetupTry is jumped over on one way and joins all the others on the other.
    var code: [Instruction] = []
    let count = 15_000
    for _ in 0..<count {
      code.append(Instruction(.pushNull))
      code.append(Instruction(.jumpIfTrue, .jump(2)))
      code.append(Instruction(.setupTry, .jump(0)))
      code.append(Instruction(.jump, .jump(0)))
    }
    let meeting = code.count + 2
    code.append(Instruction(.return))
    code.append(Instruction(.halt))
    code.append(Instruction(.popHandler))
    code.append(Instruction(.return))
    for turn in 0..<count {
      let setup = 4 * turn + 2
      code[setup].operand = .jump(meeting - 1 - setup - 1)
      code[setup + 1].operand = .jump(meeting - setup - 2)
      code[setup - 1].operand = .jump(2)
    }
    let found = findingsInTime(of: programOfMain(locals: locals(20), code))
    #expect(found.allSatisfy { $0.hasSuffix("at main+0") || $0.hasSuffix("main+60001") })
  }

  @Test func `handlers nested as deep as they go`() {
    var code: [Instruction] = []
    let depth = Self.size / 2 - 1
    for level in 0..<depth {
      code.append(Instruction(.setupTry, .jump(2 * depth - level)))
    }
    for _ in 0..<depth { code.append(Instruction(.popHandler)) }
    code.append(Instruction(.return))
    code.append(Instruction(.halt))
    #expect(!findingsInTime(of: programOfMain(locals: locals(10), code)).isEmpty)
  }

  @Test func `a deep stack carried over every join`() {
    var code = [Instruction](repeating: Instruction(.pushNull), count: 1_000)
    while code.count + 3 < Self.size {
      code.append(Instruction(.pushNull))
      code.append(Instruction(.jumpIfTrue, .jump(0)))
    }
    code.append(Instruction(.halt))
    #expect(findingsInTime(of: programOfMain(code)) == ["limit at main+0"])
  }

  @Test func `as many findings as instructions`() {
    let code = [Instruction](
      repeating: Instruction(.loadLocal, .local(LocalIndex(1_000_000))), count: Self.size)
    #expect(findingsInTime(of: programOfMain(code)).count >= Self.size)
  }

  @Test func `a name as long as a program in every finding`() throws {
    let name = String(repeating: "x", count: 1_000_000)
    let code = [Instruction](
      repeating: Instruction(.loadLocal, .local(LocalIndex(0))), count: 900)
    let program = programOfMain(locals: [Slot(name, SlotKind(.int))], code + [Instruction(.halt)])
    do throws(VerificationFailure) {
      _ = try Verifier.verify(program)
      Issue.record("an unassigned local was read")
    } catch {
      #expect(error.findings.count == 900)
      #expect(error.findings.allSatisfy { $0.reason.utf8.count < 200 })
    }
  }

  @Test func `four thousand functions of a thousand locals`() {
    let body = [Instruction(.pushNull), Instruction(.jumpIfTrue, .jump(-2)), Instruction(.return)]
    var program = Program()
    let slots = locals(1_000)
    for position in 0..<4_096 {
      program.functions.append(
        Function(
          name: position == 0 ? "main" : "f\(position)", locals: slots,
          entryPoint: program.instructions.count, bodyLength: body.count))
      program.instructions += body
    }
    _ = findingsInTime(of: program)
  }

  @Test func `the same findings and facts each time`() throws {
    let source = """
      func f(a) {
        Pop
        LoadLocal #7
        Halt
      }
      main(x) {
        Break
        BoxLocal x
        Halt
      }
      """
    let program = try Assembler.assemble(source)
    let first = findings(of: program)
    for _ in 0..<20 { #expect(findings(of: program) == first) }
  }
}
