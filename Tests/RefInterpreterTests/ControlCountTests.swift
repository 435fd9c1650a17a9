import Bytecode
import Testing

@testable import RefInterpreter

@Suite struct `Counts of the judge` {
  private func counts(
    _ source: String, _ arguments: [ObservedValue] = []
  ) throws -> ControlCounts {
    let program = try Verifier.verify(Assembler.assemble(source))
    let session = try ReferenceEngine().prepare(program)
    var request = RunRequest(entry: program.program.mainIndex, arguments: arguments)
    request.countsControl = true
    _ = try session.run(request)
    return try #require(session.observations.control)
  }

  @Test func `begin a visit of a loop with each arrival from outside`() throws {
    // The inner loop goes round once, twice, three and four times.
    let counts = try counts(
      """
      main() {
          local i: int, j: int
          PushConst 0
          StoreLocal i
      outer:
          PushConst 0
          StoreLocal j
      inner:
          LoadLocal j
          PushConst 1
          AddInt
          StoreLocal j
          LoadLocal j
          LoadLocal i
          LteInt
          JumpIfTrue inner
          LoadLocal i
          PushConst 1
          AddInt
          StoreLocal i
          LoadLocal i
          PushConst 4
          LtInt
          JumpIfTrue outer
          LoadLocal i
          Halt
      }
      """)
    #expect(
      counts.loops[0] == [
        ControlCounts.Loop(arrivals: 4, lastIteration: 3),
        ControlCounts.Loop(arrivals: 10, lastIteration: 3),
      ])
    #expect(counts.calls == [1])
  }

  @Test func `keep the visits of activations apart`() throws {
    // Each activation goes round twice and calls itself in its first turn.
    let counts = try counts(
      """
      func f(n: int) {
          local turns: int
          PushConst 0
          StoreLocal turns
      head:
          LoadLocal turns
          LoadLocal n
          Add
          PushConst 3
          LtInt
          JumpIfFalse next
          LoadLocal n
          PushConst 1
          AddInt
          Call f
          Pop
      next:
          LoadLocal turns
          PushConst 3
          AddInt
          StoreLocal turns
          LoadLocal turns
          PushConst 4
          LtInt
          JumpIfTrue head
          Return
      }
      main() {
          PushConst 0
          Call f
          Halt
      }
      """)
    #expect(counts.calls == [4, 1])
    #expect(counts.loops == [[ControlCounts.Loop(arrivals: 8, lastIteration: 1)], []])
  }

  @Test func `take the first arrival for iteration 0 even if it jumps back`() throws {
    let counts = try counts(
      """
      main(n: int) {
          Jump middle
      head:
          LoadLocal n
          PushConst 1
          SubInt
          StoreLocal n
      middle:
          LoadLocal n
          PushConst 0
          GtInt
          JumpIfTrue head
          Halt
      }
      """, [.int(3)])
    #expect(counts.loops == [[ControlCounts.Loop(arrivals: 3, lastIteration: 2)]])
  }

  @Test func `leave out an entry whose arguments are refused`() throws {
    let source = "main(n: int) {\n    Halt\n}\n"
    #expect(try counts(source, [.int(1)]).calls == [1])
    #expect(try counts(source, [.bool(true)]).calls == [0])
  }

  @Test func `are not made unless asked for`() throws {
    let program = try Verifier.verify(Assembler.assemble("main() {\n    Halt\n}\n"))
    let session = try ReferenceEngine().prepare(program)
    _ = try session.run(RunRequest(entry: program.program.mainIndex))
    #expect(session.observations.control == nil)
  }
}
