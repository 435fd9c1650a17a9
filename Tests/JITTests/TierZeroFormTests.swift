import Bytecode
import Testing

@testable import JIT

/// Forms of tier 0's internal code that mean the same as others, but run shorter.
@Suite struct `Forms of internal code` {
  @Test(arguments: [1, 2, 4, 1 << 20, 1 << 46] as [Int64])
  func `divide by a power of two as by any divisor`(_ divisor: Int64) throws {
    let text = """
      main(x) {
        LoadLocal x
        PushConst \(divisor)
        DivInt
        LoadLocal x
        PushConst \(divisor)
        ModInt
        NewArray 2
        Halt
      }
      """
    let program = try verified(text)
    let session = try InterpreterEngine().prepare(program)
    let dividends: [Int64] = [
      -7, 7, 0, -1, 1, -divisor, divisor, divisor - 1, 1 - divisor, IntRange.minimum,
      IntRange.maximum,
    ]
    for dividend in dividends {
      let outcome = try session.run(
        RunRequest(entry: program.program.mainIndex, arguments: [.int(dividend)]))
      #expect(
        outcome.heap.first?.content
          == .array([.int(dividend / divisor), .int(dividend % divisor)]), "\(dividend)")
    }
  }

  private let countdown = """
    main(n: int) {
    again:
      LoadLocal n
      PushConst 1
      SubIntTrusted
      StoreLocal n
      LoadLocal n
      PushConst 0
      GtInt
      JumpIfTrue again
      LoadLocal n
      Halt
    }
    """

  @Test func `pay for a backward conditional jump where it stands`() throws {
    let paid = try interpreted(countdown, [.int(5)], limits: RunLimits(fuel: 4))
    #expect(paid.ending == .returned(.int(0)) && paid.fuel == 4)
    let unpaid = try interpreted(countdown, [.int(5)], limits: RunLimits(fuel: 3))
    #expect(
      unpaid.ending
        == .exited(.outOfFuel, at: Raise(site: Site(FunctionIndex(0), offset: 7), depth: 1)))
    #expect(unpaid.fuel == 3)
  }

  @Test func `count the arrivals of a backward conditional jump`() throws {
    let program = try verified(countdown)
    let session = try InterpreterEngine().prepare(program)
    _ = try session.run(
      RunRequest(entry: FunctionIndex(0), arguments: [.int(5)], limits: RunLimits(fuel: 9)))
    #expect(session.fingerprint.contains("main+0 loop count 4\n"))
    #expect(session.fingerprint.contains("main+7 taken 4 not 1\n"))
    #expect(session.statistics.first { $0.name == "instructions" }?.value == 5 * 8 + 2)
  }

  @Test func `take any value as the condition of a backward jump`() throws {
    let outcome = try interpreted(
      """
      main(n) {
      again:
        LoadLocal n
        PushConst 0.5
        Sub
        StoreLocal n
        LoadLocal n
        JumpIfTrue again
        LoadLocal n
        Halt
      }
      """, [.number(2)], limits: RunLimits(fuel: 3))
    #expect(outcome.ending == .returned(.number(0)) && outcome.fuel == 3)
  }

  @Test func `make an object of constant keys again in its shape`() throws {
    let text = """
      func point(x, y) {
        PushConst "x"
        LoadLocal x
        PushConst "y"
        LoadLocal x
        LoadLocal y
        Add
        NewObject 2
        ReturnValue
      }
      main() {
        PushConst 1
        PushConst 2
        Call point
        PushConst 3
        PushConst "four"
        Call point
        NewArray 2
        Halt
      }
      """
    let outcome = try interpreted(text, recordsEvents: true)
    guard case .returned(let value) = outcome.ending else {
      Issue.record("ended with \(outcome.ending)")
      return
    }
    let program = try verified(text).program
    #expect(
      program.resultText(of: value, heap: outcome.heap)
        == "[{x: 1, y: 3}, {x: 3, y: \"3four\"}]")
    #expect(outcome.events.count == 2, "each shape is created once")
    #expect(outcome.heapBytes == 2 * 48 + (16 + 5) + 32)
  }
}
