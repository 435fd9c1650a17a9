import Bench
import Bytecode
import Testing

struct CompileTimesTests {
  /// Three functions: one of 100 instructions, one that only interpreters run, and main.
  private static func program() throws -> VerifiedProgram {
    let pairs = String(repeating: "    PushConst 1\n    AddInt\n", count: 49)
    return try Verifier.verify(
      try Assembler.assemble(
        """
        func long(n: int) {
            LoadLocal n
        \(pairs)    ReturnValue
        }
        func traced(n: int) {
            Debug
            LoadLocal n
            ReturnValue
        }
        main(n: int) {
            LoadLocal n
            Call long
            Call traced
            Halt
        }
        """))
  }

  @Test func `a program's time is divided among its functions`() throws {
    let times = try CompileTimes(of: [("p", try Self.program())], rounds: 2)
    #expect(times.samples.map(\.function) == ["long", "main"])
    #expect(times.samples.map(\.instructions) == [100, 4])
    #expect(times.declined == 1)
    let (long, main) = (times.samples[0], times.samples[1])
    #expect(long.milliseconds > 0)
    #expect(long.milliseconds == main.milliseconds)
    #expect(times.median == long.milliseconds)
    #expect(times.nearHundredCount == 1)
    let alone = try #require(long.aloneMilliseconds)
    #expect(alone > 0)
    #expect(main.aloneMilliseconds == nil)
    #expect(times.nearHundredGreatest == alone)
    #expect(times.text.contains("2 functions of 1 programs, 1 functions declined"))
  }

  @Test func `has no figures of no function`() throws {
    let times = try CompileTimes(of: [], rounds: 1)
    #expect(times.median == nil && times.nearHundredMedian == nil)
    #expect(times.text.contains("median -"))
  }
}
