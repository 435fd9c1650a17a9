import Bytecode
import Testing

@testable import JIT

@Suite struct `Builtins that call back in tier 0` {
  private static let functions = """
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
      PushConst 1
      EqInt
      ReturnValue
    }
    func sum(a, x, i) {
      LoadLocal a
      LoadLocal x
      Add
      LoadLocal i
      Add
      ReturnValue
    }
    func nothing() {
      Return
    }

    """

  private func result(_ call: String, fuel: UInt64? = nil) throws -> (Outcome, String) {
    let text =
      Self.functions + """
        main() {
          PushConst 3
          PushConst 4
          PushConst 5
          NewTypedArray 3
          \(call)
          Halt
        }
        """
    let outcome = try interpreted(text, limits: RunLimits(fuel: fuel), recordsEvents: true)
    guard case .returned(let value) = outcome.ending else { return (outcome, "") }
    return (outcome, try verified(text).program.resultText(of: value, heap: outcome.heap))
  }

  @Test(arguments: [
    ("PushConst @double\nBuiltinCall map 2", "[6, 8, 10]"),
    ("PushConst @isOdd\nBuiltinCall filter 2", "IntArray [3, 5]"),
    ("PushConst @sum\nPushConst 0\nBuiltinCall reduce 3", "15"),
    ("PushConst @nothing\nBuiltinCall for_each 2", "unit"),
    ("PushConst @isOdd\nBuiltinCall find 2", "3"),
    ("PushConst @isOdd\nBuiltinCall find_index 2", "0"),
    ("PushConst @isOdd\nBuiltinCall some 2", "true"),
    ("PushConst @isOdd\nBuiltinCall every 2", "false"),
    ("PushConst @nothing\nBuiltinCall find 2", "null"),
    ("PushConst @nothing\nBuiltinCall find_index 2", "-1"),
    ("PushConst @nothing\nBuiltinCall some 2", "false"),
    ("PushConst @double\nCallMethod map 1", "[6, 8, 10]"),
    ("PushConst @sum\nPushConst 100\nCallMethod reduce 2", "115"),
  ])
  func `give`(_ call: String, _ expected: String) throws {
    #expect(try result(call).1 == expected)
  }

  @Test func `charge a unit for each entry and tell of it in the trace`() throws {
    let (outcome, _) = try result("PushConst @double\nBuiltinCall map 2")
    #expect(outcome.fuel == 3)
    #expect(outcome.events == Array(repeating: .callBack(FunctionIndex(0)), count: 3))
    #expect(outcome.heapBytes == 2 * (16 + 3 * 8))
    let (cut, _) = try result("PushConst @double\nBuiltinCall map 2", fuel: 2)
    #expect(
      cut.ending
        == .exited(.outOfFuel, at: Raise(site: Site(FunctionIndex(4), offset: 5), depth: 1)))
  }

  @Test func `raise what a callback raises where it raises it`() throws {
    let text = """
      func check(x) {
        LoadLocal x
        PushConst 2
        Gt
        JumpIfFalse fine
        LoadLocal x
        Throw
      fine:
        LoadLocal x
        ReturnValue
      }
      main(catches: bool) {
        LoadLocal catches
        JumpIfFalse other
        SetupTry handler
        Jump walk
      other:
        SetupTry rethrow
      walk:
        PushConst 1
        PushConst 3
        NewArray 2
        PushConst @check
        BuiltinCall map 2
        Halt
      handler:
        Halt
      rethrow:
        Throw
      }
      """
    let program = try verified(text)
    let caught = try interpreted(text, [.bool(true)])
    #expect(caught.ending == .returned(.int(3)))
    let raised = try interpreted(text, [.bool(false)])
    #expect(
      raised.ending
        == .trapped(
          .thrown, payload: .int(3), at: Raise(site: try site("main", 12, in: program), depth: 1)))
  }
}
