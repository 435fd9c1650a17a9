import Bytecode
import Testing

@testable import JIT

@Suite struct `Feedback` {
  @Test func `goes from uninitialized to megamorphic and drops its entries`() {
    var slot = FeedbackEntries<Int>()
    #expect(slot.state == .uninitialized)
    slot.record(7)
    slot.record(7)
    #expect(slot.state == .monomorphic)
    for entry in 0..<3 { slot.record(entry) }
    #expect(slot.state == .polymorphic)
    #expect(slot.entries == [7, 0, 1, 2])
    slot.record(3)
    #expect(slot.state == .megamorphic && slot.entries.isEmpty)
    slot.record(7)
    #expect(slot.state == .megamorphic && slot.entries.isEmpty)
  }

  private let loop = """
    func twice(x) {
      LoadLocal x
      LoadLocal x
      Add
      ReturnValue
    }
    main(n) {
      local i
      PushConst 0
      StoreLocal i
    again:
      LoadLocal i
      LoadLocal n
      Lt
      JumpIfFalse done
      LoadLocal i
      Call twice
      Pop
      LoadLocal i
      PushConst 1
      Add
      StoreLocal i
      Jump again
    done:
      LoadLocal i
      Halt
    }
    """

  private func session(
    _ text: String, runs: [[ObservedValue]], limits: RunLimits = RunLimits()
  ) throws -> any EngineSession {
    let program = try verified(text)
    let session = try InterpreterEngine().prepare(program)
    for arguments in runs {
      _ = try session.run(
        RunRequest(entry: program.program.mainIndex, arguments: arguments, limits: limits))
    }
    return session
  }

  @Test func `counts branches, loops, callees and operand kinds at their instructions`() throws {
    let session = try session(loop, runs: [[.int(3)]])
    #expect(
      session.fingerprint == """
        twice+2 (int, int)
        main+2 loop count 3
        main+4 (int, int)
        main+5 taken 1 not 3
        main+7 @twice
        main+11 (int, int)

        """)
  }

  @Test func `goes on over the runs of a session, kinds in the order first seen`() throws {
    let session = try session(loop, runs: [[.int(3)], [.number(1.5)], [.int(1)]])
    #expect(
      session.fingerprint == """
        twice+2 (int, int)
        main+2 loop count 6
        main+4 (int, int) | (int, number)
        main+5 taken 3 not 6
        main+7 @twice
        main+11 (int, int)

        """)
  }

  @Test func `records operands before the check that traps`() throws {
    let program = """
      main(a, b) {
        LoadLocal a
        LoadLocal b
        LtInt
        JumpIfTrue yes
        PushNull
        Halt
      yes:
        Halt
      }
      """
    let session = try session(program, runs: [[.int(1), .null]])
    #expect(session.fingerprint == "main+2 (int, null)\n")
  }

  @Test func `says megamorphic after five pairs, and runs on`() throws {
    let program = "main(a, b) {\n  LoadLocal a\n  LoadLocal b\n  Eq\n  Halt\n}\n"
    let values: [ObservedValue] = [.int(1), .number(1), .null, .unit, .bool(true)]
    let session = try session(program, runs: values.map { [$0, .int(1)] } + [[.int(2), .int(2)]])
    #expect(session.fingerprint == "main+2 megamorphic\n")
  }

  @Test func `is the same text in a second session`() throws {
    let runs: [[ObservedValue]] = [[.int(9)], [.number(0.5)]]
    #expect(
      try session(loop, runs: runs).fingerprint == session(loop, runs: runs).fingerprint)
  }

  @Test(arguments: [UInt64(0), 1, 2, 5, 7, 100])
  func `gives the instructions started, wherever the fuel ends`(fuel: UInt64) throws {
    // Two before the loop; an iteration is 12 of main and 4 of twice; 4 test the end and 2 leave.
    // An iteration spends two units: the call is its sixth instruction, the jump its last.
    let session = try session(loop, runs: [[.int(3)]], limits: RunLimits(fuel: fuel))
    let full = fuel / 2
    let expected: UInt64 =
      full >= 3 ? 2 + 3 * 16 + 6 : 2 + full * 16 + (fuel % 2 == 0 ? 6 : 16)
    #expect(session.statistics.first?.value == expected)
  }
}
