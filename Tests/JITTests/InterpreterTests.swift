import Bytecode
import CRuntime
import Testing

@testable import JIT

private let countdown = """
  func down(n: int) {
    LoadLocal n
    PushConst 0
    EqInt
    JumpIfFalse more
    PushConst 0
    ReturnValue
  more:
    LoadLocal n
    PushConst 1
    SubInt
    Call down
    PushConst 1
    AddInt
    ReturnValue
  }
  main(n: int) {
    LoadLocal n
    Call down
    Halt
  }
  """

@Suite struct `Tier 0` {
  @Test func `recurses a million frames deep`() throws {
    let limits = RunLimits(depth: 1_000_000)
    let deepest = try interpreted(countdown, [.int(999_998)], limits: limits)
    #expect(deepest.ending == .returned(.int(999_998)))
    #expect(deepest.fuel == 999_999)
    let tooDeep = try interpreted(countdown, [.int(999_999)], limits: limits)
    #expect(
      tooDeep.ending
        == .trapped(
          .stackOverflow, payload: nil,
          at: Raise(site: try site("down", 9, in: verified(countdown)), depth: 1_000_000)))
  }

  @Test(arguments: [UInt64(0), 1, 2, 3, 4])
  func `stops at the exact jump or call the fuel does not pay for`(fuel: UInt64) throws {
    // Three calls, then as many backward jumps as the fuel allows.
    let program = """
      func nothing() {
        Return
      }
      main() {
        Call nothing
        Call nothing
        Call nothing
      again:
        Jump again
      }
      """
    let outcome = try interpreted(program, limits: RunLimits(fuel: fuel))
    let offset = Int(min(fuel, 3))
    #expect(
      outcome.ending
        == .exited(
          .outOfFuel, at: Raise(site: try site("main", offset, in: verified(program)), depth: 1)))
    #expect(outcome.fuel == fuel)
  }

  @Test func `charges a conditional jump only when it is taken backward`() throws {
    let outcome = try interpreted(
      """
      main() {
        local i: int
        PushConst 0
        StoreLocal i
      again:
        LoadLocal i
        PushConst 1
        AddInt
        StoreLocal i
        LoadLocal i
        PushConst 5
        LtInt
        JumpIfTrue again
        LoadLocal i
        Halt
      }
      """)
    #expect(outcome == Outcome(ending: .returned(.int(5)), fuel: 4))
  }

  @Test func `traps a folded store at the store, with the local unchanged`() throws {
    // 2^46 + 2^46 is no int: the sum is fine, its store is not.
    let program = """
      binding seen: int
      main(n: int) {
        local i: int
        LoadLocal n
        StoreLocal i
        LoadLocal i
        StoreModuleBinding seen
        LoadLocal i
        LoadLocal i
        AddInt
        StoreLocal i
        LoadLocal i
        Halt
      }
      """
    let outcome = try interpreted(program, [.int(1 << 46)], recordsEvents: true)
    #expect(
      outcome.ending
        == .trapped(
          .typeError, payload: nil,
          at: Raise(site: try site("main", 7, in: verified(program)), depth: 1)))
    #expect(outcome.events == [.storeBinding(BindingIndex(0), .int(1 << 46))])
    #expect(try interpreted(program, [.int(21)]).ending == .returned(.int(42)))
  }

  @Test func `checks arguments from left to right, then depth, then fuel`() throws {
    let program = """
      func pair(a: int, b: bool) {
        Return
      }
      main(a, b) {
        LoadLocal a
        LoadLocal b
        Call pair
        Halt
      }
      """
    let call = try site("main", 2, in: verified(program))
    let limits = RunLimits(fuel: 0, depth: 1)
    let misfit = Ending.trapped(.typeError, payload: nil, at: Raise(site: call, depth: 1))
    #expect(try interpreted(program, [.number(1), .bool(true)], limits: limits).ending == misfit)
    #expect(try interpreted(program, [.int(1), .int(1)], limits: limits).ending == misfit)
    let tooDeep = Ending.trapped(.stackOverflow, payload: nil, at: Raise(site: call, depth: 1))
    #expect(try interpreted(program, [.int(1), .bool(true)], limits: limits).ending == tooDeep)
    let spent = Ending.exited(.outOfFuel, at: Raise(site: call, depth: 1))
    #expect(
      try interpreted(program, [.int(1), .bool(true)], limits: RunLimits(fuel: 0)).ending == spent)
  }

  @Test func `traps a misfit argument of the entry at its first instruction`() throws {
    let outcome = try interpreted("main(n: int) {\n  Halt\n}\n", [.null])
    let start = Raise(site: Site(FunctionIndex(0), offset: 0), depth: 1)
    #expect(outcome.ending == .trapped(.typeError, payload: nil, at: start))
  }

  @Test func `keeps a pushed local apart from a later store to it`() throws {
    let outcome = try interpreted(
      """
      main(n) {
        LoadLocal n
        LoadLocal n
        PushConst 1
        AddInt
        StoreLocal n
        LoadLocal n
        PushConst 100
        MulInt
        AddInt
        Halt
      }
      """, [.int(7)])
    #expect(outcome.ending == .returned(.int(807)))
  }

  @Test func `keeps what lies below the operands across jumps, calls and swaps`() throws {
    let outcome = try interpreted(
      """
      func same(x) {
        LoadLocal x
        ReturnValue
      }
      main(n) {
        PushConst 1000
        LoadLocal n
        LoadLocal n
        PushConst 5
        LtInt
        JumpIfFalse big
        Dup
        Call same
        Swap
        Pop
        Jump join
      big:
        PushConst 10
        MulInt
      join:
        SubInt
        Halt
      }
      """, [.int(3)])
    #expect(outcome.ending == .returned(.int(997)))
  }

  @Test func `starts bindings and locals anew in each run of a session`() throws {
    let program = try verified(
      """
      binding total: int
      main() {
        local old
        LoadModuleBinding total
        PushConst 1
        AddInt
        StoreModuleBinding total
        LoadLocal old
        LoadModuleBinding total
        StoreLocal old
        LoadModuleBinding total
        NullCoalesce
        Halt
      }
      """)
    let session = try InterpreterEngine().prepare(program)
    let request = RunRequest(entry: program.program.mainIndex)
    for _ in 0..<3 {
      #expect(try session.run(request).ending == .returned(.int(1)))
    }
    #expect(session.tierUse == .entered)
  }
}

// MARK: - Mixed with compiled code

/// Stands in for compiled code: runs function 0 in tier 0 on its argument, and adds one.
private func enterAndAddOne(
  _ context: UnsafeMutablePointer<JITContext>, _: UnsafeRawPointer?
) -> UInt64 {
  let state = RunState.of(context)
  guard context.pointee.frames_left > 0 else {
    state.raise(.stackOverflow, at: Site(FunctionIndex(1), offset: 1))
    return Word.sentinel.bits
  }
  context.pointee.frames_left -= 1
  context.pointee.fuel -= 1
  let argument = state.arguments[0]
  let result = withUnsafePointer(to: argument) {
    interpret(FunctionIndex(0), arguments: $0, state: state)
  }
  if result == .sentinel { return result.bits }
  context.pointee.frames_left += 1
  return Word(int: result.int + 1).bits
}

@Suite struct `Tier 0 among compiled code` {
  /// `down` interpreted calls `step` compiled, which calls `down` interpreted.
  private let program = """
    func down(n: int) {
      LoadLocal n
      PushConst 0
      LteInt
      JumpIfFalse more
      PushConst 0
      ReturnValue
    more:
      PushConst 7
      LoadLocal n
      PushConst 1
      SubInt
      Call step
      AddInt
      LoadLocal n
      AddInt
      ReturnValue
    }
    func step(n: int) {
      LoadLocal n
      Call down
      ReturnValue
    }
    main(n: int) {
      LoadLocal n
      Call down
      Halt
    }
    """

  private func run(
    _ argument: Int64, depth: Int, entersCompiledCode: Bool = true
  ) throws -> Outcome {
    let state = RunState(program: TierZeroProgram(try verified(program)))
    let entry: RunState.PublicEntry = enterAndAddOne
    state.functionTable[1] = unsafeBitCast(entry, to: UnsafeRawPointer.self)
    let request = RunRequest(
      entry: FunctionIndex(2), arguments: [.int(argument)], limits: RunLimits(depth: depth))
    try state.begin(request)
    try #require(state.admitArguments(request))
    return try state.finish(
      interpret(
        request.entry, arguments: state.arguments, state: state,
        entersCompiledCode: entersCompiledCode))
  }

  @Test func `enters it, is entered by it, and keeps every frame apart`() throws {
    // Each level adds 7 and its n, and each step compiled one more.
    #expect(try run(100, depth: 300) == Outcome(ending: .returned(.int(5_850)), fuel: 201))
  }

  @Test func `leaves it alone where told to`() throws {
    // Tier 0's own `step` adds nothing.
    let outcome = try run(100, depth: 300, entersCompiledCode: false)
    #expect(outcome == Outcome(ending: .returned(.int(5_750)), fuel: 201))
  }

  @Test func `counts its frames towards the depth`() throws {
    let outcome = try run(100, depth: 100)
    guard case .trapped(.stackOverflow, _, let raise) = outcome.ending else {
      Issue.record("\(outcome)")
      return
    }
    #expect(raise.depth == 100)
  }
}
