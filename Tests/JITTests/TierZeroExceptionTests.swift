import Bytecode
import Testing

@testable import JIT

@Suite struct `Exceptions in tier 0` {
  private let acrossCalls = """
    func fail(n: int) {
      LoadLocal n
      PushConst 0
      EqInt
      JumpIfTrue now
      LoadLocal n
      PushConst 1
      SubInt
      Call fail
      ReturnValue
    now:
      PushConst 1
      PushConst 0
      DivInt
      ReturnValue
    }
    main(n: int) {
      local seen
      PushConst 7
      SetupTry handler
      LoadLocal n
      StoreLocal seen
      LoadLocal n
      Call fail
      PopHandler
      Halt
    handler:
      Swap
      LoadLocal seen
      Add
      Swap
      BuiltinCall print 2
      Pop
      LoadLocal seen
      Halt
    }
    """

  @Test func `cut the stack, keep the locals and cost a unit of fuel`() throws {
    let outcome = try interpreted(acrossCalls, [.int(3)], recordsEvents: true)
    #expect(outcome.ending == .returned(.int(3)))
    #expect(outcome.fuel == 4 + 1)
    #expect(
      outcome.events == [
        .print(
          values: [.int(10), .string(Literal("DivisionByZero"))],
          text: Array("10 DivisionByZero\n".utf8))
      ])
  }

  @Test func `turn into an exit where the raise was if the fuel is used up`() throws {
    let program = try verified(acrossCalls)
    let outcome = try interpreted(acrossCalls, [.int(3)], limits: RunLimits(fuel: 4))
    #expect(
      outcome.ending
        == .exited(
          .outOfFuel,
          at: Raise(site: try site("fail", 11, in: program), depth: 5, handlerDepth: 1)))
  }

  @Test func `count the instructions that a handler interrupts`() throws {
    let session = try InterpreterEngine().prepare(try verified(acrossCalls))
    _ = try session.run(RunRequest(entry: FunctionIndex(1), arguments: [.int(1)]))
    let counts = Dictionary(uniqueKeysWithValues: session.statistics.map { ($0.name, $0.value) })
    // main: 6, fail(1): 8, fail(0): 4 + 3, handler: 8.
    #expect(counts["instructions"] == 6 + 8 + 7 + 8)
    #expect(counts["calls"] == 2)
  }

  @Test func `catch a stack overflow with the frames given back`() throws {
    let outcome = try interpreted(
      """
      func deep(n) {
        LoadLocal n
        PushConst 1
        Add
        Call deep
        ReturnValue
      }
      main() {
        local count
        PushConst 0
        StoreLocal count
      again:
        SetupTry caught
        PushConst 0
        Call deep
        Halt
      caught:
        PushConst "StackOverflow"
        Eq
        JumpIfFalse end
        LoadLocal count
        PushConst 1
        Add
        StoreLocal count
        LoadLocal count
        PushConst 3
        Lt
        JumpIfTrue again
      end:
        LoadLocal count
        Halt
      }
      """, limits: RunLimits(depth: 50))
    #expect(outcome.ending == .returned(.int(3)))
    #expect(outcome.fuel == 3 * (49 + 1) + 2)
  }

  @Test func `drop the handlers of a function that returns early`() throws {
    let text = """
      func early(v) {
        SetupTry outer
        SetupTry inner
        LoadLocal v
        TryUnwrap
        PopHandler
        PopHandler
        ReturnValue
      inner:
        Throw
      outer:
        Pop
        PushConst "caught inside"
        ReturnValue
      }
      main(v) {
        LoadLocal v
        Call early
        Pop
        PushConst "raised later"
        Throw
      }
      """
    for argument in [ObservedValue.null, .int(1)] {
      let outcome = try interpreted(text, [argument])
      let program = try verified(text)
      #expect(
        outcome.ending
          == .trapped(
            .thrown, payload: .string(Literal("raised later")),
            at: Raise(site: try site("main", 4, in: program), depth: 1)))
      #expect(outcome.fuel == 1)
    }
  }

  @Test func `let no handler see an exit`() throws {
    let outcome = try interpreted(
      """
      main() {
        SetupTry handler
      spin:
        Jump spin
      handler:
        Halt
      }
      """, limits: RunLimits(fuel: 10))
    #expect(
      outcome.ending
        == .exited(
          .outOfFuel,
          at: Raise(site: Site(FunctionIndex(0), offset: 1), depth: 1, handlerDepth: 1)))
  }
}
