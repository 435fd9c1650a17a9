import Bytecode
import JIT
import Testing

/// Runs main in both tiers and expects the same of them.
///
/// - Returns: what both gave.
@discardableResult
private func agreed(
  _ text: String, _ arguments: [ObservedValue] = [], limits: RunLimits,
  location: SourceLocation = #_sourceLocation
) throws -> Outcome {
  let interpreted = try outcome(InterpreterEngine(), text, arguments, limits: limits)
  let compiled = try outcome(BaselineEngine(), text, arguments, limits: limits)
  #expect(compiled == interpreted, "\(limits)", sourceLocation: location)
  return compiled
}

private let functions = """
  schema Line { a: int, b: int }
  schema Point { x: int }
  func add(total, x, i) {
    LoadLocal total
    LoadLocal x
    Add
    LoadLocal i
    Add
    ReturnValue
  }
  func double(x: int) {
    LoadLocal x
    PushConst 2
    MulInt
    ReturnValue
  }
  func isOdd(x, i) {
    LoadLocal x
    PushConst 2
    ModInt
    ReturnValue
  }
  func isAbove[limit: int](x) {
    LoadLocal x
    LoadClosure limit
    GtInt
    ReturnValue
  }
  func inverse(x) {
    PushConst 12
    LoadLocal x
    DivInt
    ReturnValue
  }
  func Line.at(self: Line, x: int) {
    LoadLocal self
    GetFieldTyped Line.a
    LoadLocal x
    MulInt
    LoadLocal self
    GetFieldTyped Line.b
    AddInt
    ReturnValue
  }
  func Point.at(self, x) {
    LoadLocal x
    ReturnValue
  }

  """

/// Calls of all sorts, some of which raise, with and without a handler.
private let mixture =
  functions + """
    func values(n: int) {
      local f: function, s
      LoadLocal n
      MakeClosure isAbove
      StoreLocal f
      LoadLocal f
      LoadLocal n
      CallValue 1
      PushConst @double
      LoadLocal n
      CallValue 1
      PushConst @add
      PushConst 1
      LoadLocal n
      PushConst 0.5
      CallValue 3
      NewArray 3
      ReturnValue
    }
    func walks(n: int) {
      LoadLocal n
      BuiltinCall range 1
      PushConst @isOdd
      CallMethod filter 1
      PushConst @double
      BuiltinCall map 2
      LoadLocal n
      MakeClosure isAbove
      CallMethod filter 1
      PushConst @add
      PushConst 0
      BuiltinCall reduce 3
      ReturnValue
    }
    func methods(n: int) {
      PushConst 3
      PushConst 4
      NewTypedObject Line
      LoadLocal n
      CallMethod at 1
      LoadLocal n
      NewTypedObject Point
      PushConst "p"
      CallMethod at 1
      PushConst "at"
      PushConst @double
      NewObject 1
      LoadLocal n
      CallMethod at 1
      NewArray 3
      ReturnValue
    }
    func guarded(n: int) {
      SetupTry caught
      LoadLocal n
      BuiltinCall range 1
      PushConst @inverse
      BuiltinCall map 2
      PopHandler
      ReturnValue
    caught:
      ReturnValue
    }
    main(n: int) {
      LoadLocal n
      Call values
      LoadLocal n
      Call walks
      LoadLocal n
      Call methods
      LoadLocal n
      Call guarded
      BuiltinCall print 4
      Pop
      PushConst 5
      PushConst 3
      NewTypedArray 2
      PushConst @inverse
      BuiltinCall map 2
      Halt
    }

    """

@Suite struct `Dynamic calls in the baseline tier` {
  @Test func `do what tier 0 does`() throws {
    let outcome = try agreed(mixture, [.int(5)], limits: RunLimits(depth: 100))
    guard case .returned = outcome.ending else {
      Issue.record("\(outcome.ending)")
      return
    }
  }

  @Test(arguments: 0...24)
  func `end at the same unit of fuel`(fuel: UInt64) throws {
    let outcome = try agreed(mixture, [.int(5)], limits: RunLimits(fuel: fuel, depth: 100))
    #expect(outcome.fuel == min(fuel, 24))
  }

  @Test(arguments: [2, 3])
  func `overflow at the same depth`(depth: Int) throws {
    try agreed(mixture, [.int(5)], limits: RunLimits(depth: depth))
  }

  @Test(arguments: Array(stride(from: 0 as UInt64, through: 800, by: 40)))
  func `exit at the same byte`(heapBytes: UInt64) throws {
    try agreed(mixture, [.int(5)], limits: RunLimits(depth: 100, heapBytes: heapBytes))
  }

  @Test(arguments: [
    "PushConst 5; CallValue 0", "PushConst @double; CallValue 0",
    "PushConst @double; PushConst 1.5; CallValue 1",
    "PushConst @double; PushConst 1; PushConst 2; CallValue 2",
    "PushConst 1; NewTypedObject Point; CallMethod at 0",
    "PushConst 1; NewTypedObject Point; CallMethod to 0",
    "PushConst 1; PushConst 2; NewTypedObject Line; PushNull; CallMethod at 1",
    "PushConst 1; CallMethod at 0", "PushConst \"at\"; PushConst 1; NewObject 1; CallMethod at 0",
    "PushConst \"s\"; PushConst 1; CallMethod len 1",
    "PushConst 3; PushConst @double; BuiltinCall map 2",
    "NewArray 0; PushConst 3; BuiltinCall filter 2",
    "NewArray 0; PushConst @add; BuiltinCall some 2",
    "PushConst 1.5; NewArray 1; PushConst @double; BuiltinCall every 2",
    "PushConst 0; NewArray 1; PushConst @inverse; CallMethod find 1",
  ])
  func `raise the same`(body: String) throws {
    let text = functions + main("", body + "; Halt")
    let outcome = try agreed(text, limits: RunLimits(depth: 100))
    guard case .trapped = outcome.ending else {
      Issue.record("\(body) gave \(outcome.ending)")
      return
    }
    try agreed(
      functions + main("", "SetupTry caught; " + body + "; PopHandler; Halt; caught:; Halt"),
      limits: RunLimits(depth: 100))
  }

  private static let descent = """
    func down(n: int, g) {
      LoadLocal n
      PushConst 0
      GtInt
      JumpIfFalseTrusted base
      LoadLocal g
      LoadLocal n
      PushConst 1
      SubInt
      LoadLocal g
      CallValue 2
      PushConst 1
      AddInt
      ReturnValue
    base:
      PushConst 0
      ReturnValue
    }
    main(n: int) {
      PushConst @down
      LoadLocal n
      PushConst @down
      CallValue 2
      Halt
    }

    """

  @Test func `recurse to any depth`() throws {
    let limits = RunLimits(depth: 1_000_000)
    let outcome = try agreed(Self.descent, [.int(900_000)], limits: limits)
    #expect(outcome.ending == .returned(.int(900_000)))
    let deep = try agreed(Self.descent, [.int(100_000)], limits: RunLimits(depth: 100_001))
    guard case .trapped(.stackOverflow, payload: nil, at: let raise) = deep.ending else {
      Issue.record("\(deep.ending)")
      return
    }
    #expect(raise.depth == 100_001)
  }

  @Test func `nest callbacks`() throws {
    let text = """
      func nest(n: int) {
        LoadLocal n
        PushConst 0
        EqInt
        JumpIfTrue base
        LoadLocal n
        PushConst 1
        SubInt
        NewArray 1
        PushConst @nest
        BuiltinCall map 2
        PushConst 0
        GetProp
        PushConst 1
        AddInt
        ReturnValue
      base:
        PushConst 0
        ReturnValue
      }
      main(n: int) {
        LoadLocal n
        Call nest
        Halt
      }

      """
    let outcome = try agreed(text, [.int(1_000)], limits: RunLimits(depth: 10_000))
    #expect(outcome.ending == .returned(.int(1_000)))
    try agreed(text, [.int(1_000)], limits: RunLimits(fuel: 500, depth: 10_000))
  }
}
