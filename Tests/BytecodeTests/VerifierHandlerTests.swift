import Bytecode
import Testing

@Suite struct `Verifying handlers` {
  @Test(arguments: [
    // The label finds the payload above what lay below the SetupTry.
    """
    main() {
      PushConst 1
      SetupTry caught
      PushNull
      Throw
    caught:
      AddInt
      Halt
    }
    """,
    // A handler may lie before its SetupTry.
    """
    main() {
      Jump start
    caught:
      Halt
    start:
      SetupTry caught
      PopHandler
      Return
    }
    """,
    // Leaving a function drops its handlers.
    "func f() {\n SetupTry caught\n Return\ncaught:\n ReturnValue\n}\nmain() {\n Halt\n}",
    // Two handlers of one depth may be in force at one place.
    """
    main(c) {
      LoadLocal c
      JumpIfTrue other
      SetupTry first
      Jump on
    other:
      SetupTry second
    on:
      PopHandler
      Return
    first:
      Halt
    second:
      Halt
    }
    """,
  ])
  func `accepts`(source: String) throws {
    #expect(try findings(of: source) == [])
  }

  @Test(arguments: [
    ("main() {\n PopHandler\n Halt\n}", ["handler at main+0"]),
    (
      """
      main(c) {
        LoadLocal c
        JumpIfTrue on
        SetupTry caught
      on:
        Return
      caught:
        Halt
      }
      """, ["handler at main+3"]
    ),
    ("main() {\nagain:\n SetupTry caught\n Jump again\ncaught:\n Halt\n}", ["handler at main+0"]),
    // At its label a handler is no longer in force.
    ("main() {\n SetupTry caught\ncaught:\n Halt\n}", ["stack at main+1", "handler at main+1"]),
    // The value the handler would cut the stack back to is gone.
    (
      """
      main() {
        PushConst 1
        SetupTry caught
        Pop
        PopHandler
        Return
      caught:
        Halt
      }
      """, ["stack at main+3"]
    ),
    // A handler sees only what was assigned before its SetupTry.
    (
      """
      main() {
        local x: int
        SetupTry caught
        PushConst 1
        StoreLocal x
        PopHandler
        Return
      caught:
        LoadLocal x
        Halt
      }
      """, ["assignment at main+5"]
    ),
  ])
  func `rejects`(source: String, expected: [String]) throws {
    #expect(try findings(of: source) == expected)
  }

  @Test func `joins what a handler sees over its whole region`() throws {
    let program = try verified(
      """
      main(c) {
        local x
        PushConst 1
        SetupTry caught
        PushConst 1.5
        StoreLocal x
        PushConst true
        StoreLocal x
        PopHandler
        PushConst 2
        StoreLocal x
        Return
      caught:
        Halt
      }
      """)
    let state = program.state(of: FunctionIndex(0), at: 10)
    #expect(state?.locals[1] == [.null, .number, .bool])
    #expect(state?.stack == [KindSet.int, KindSet.anything])
    #expect(program[FunctionIndex(0)].handlerDepths == [0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  }

  @Test func `keeps apart the regions of nested handlers`() throws {
    let program = try verified(
      """
      main() {
        local x
        SetupTry outer
        PushConst 1
        StoreLocal x
        SetupTry inner
        PushConst 1.5
        StoreLocal x
        PopHandler
        PushConst true
        StoreLocal x
        PopHandler
        Return
      inner:
        Halt
      outer:
        Halt
      }
      """)
    #expect(program.state(of: FunctionIndex(0), at: 11)?.locals == [[.int, .number]])
    // Inside the inner region traps go to the inner handler, whose own code lies in the outer
    // region.
    #expect(program.state(of: FunctionIndex(0), at: 12)?.locals == [[.null, .int, .number, .bool]])
  }
}
