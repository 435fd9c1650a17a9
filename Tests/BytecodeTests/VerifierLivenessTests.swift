import Bytecode
import Testing

@Suite struct `Live locals` {
  /// The names of the live parameters and locals before each reachable instruction of `main`.
  private func live(_ source: String) throws -> [String] {
    let program = try verified(source)
    let main = program.program.mainIndex
    return (0..<program.program.main.bodyLength).map { offset in
      guard program[main].isReachable(offset) else { return "-" }
      let set = program.liveLocals(of: main, at: offset)
      return (0..<program.program.main.slotCount).filter { set.contains(LocalIndex($0)) }
        .map { program.program.main.name(of: LocalIndex($0)) }.joined(separator: " ")
    }
  }

  @Test func `a local is live from its store to its last read`() throws {
    let sets = try live(
      """
      main(a) {
        local b
        LoadLocal a
        StoreLocal b
        LoadLocal b
        Halt
        LoadLocal a
      }
      """)
    #expect(sets == ["a", "", "b", "", "-"])
  }

  @Test func `a loop keeps what its next turn reads`() throws {
    let sets = try live(
      """
      main(n) {
        local i, t
        PushConst 0
        StoreLocal i
      again:
        LoadLocal i
        StoreLocal t
        LoadLocal t
        StoreLocal i
        LoadLocal n
        JumpIfTrue again
        Return
      }
      """)
    #expect(sets == ["n", "n", "n i", "n", "n t", "n", "n i", "n i", ""])
  }

  @Test func `a region that may trap keeps what its handler reads`() throws {
    let sets = try live(
      """
      main(a) {
        local x
        SetupTry caught
        PushConst 1
        StoreLocal x
        PopHandler
        Return
      caught:
        LoadLocal a
        Halt
      }
      """)
    // The store is the one instruction of the region that may trap; behind it a is dead.
    #expect(sets == ["a", "a", "a", "", "", "a", ""])
  }

  @Test func `an awaiting frame keeps what its handler reads`() throws {
    let program = try verified(
      """
      func f() {
        Return
      }
      main(a, b, c) {
        SetupTry caught
        Call f
        PopHandler
        LoadLocal b
        ReturnValue
      caught:
        LoadLocal a
        Halt
      }
      """)
    let main = try program.index(of: "main")
    let awaiting = program.liveLocalsAwaiting(callAt: 1, of: main)
    #expect((0..<3).map { awaiting.contains(LocalIndex($0)) } == [true, true, false])
  }

  @Test func `cells live from their assignment to the end`() throws {
    let sets = try live(
      """
      func f(ref r: int) {
        Return
      }
      main(a, b: int) {
        local c: int
        PushConst 1
        StoreLocal c
        BoxLocal c
        Pop
        BoxLocal a
        Pop
        MakeRef b
        Call f
        Halt
      }
      """)
    #expect(sets == ["a b", "a b"] + [String](repeating: "a b c", count: 7))
  }
}
