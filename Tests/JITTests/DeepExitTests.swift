import Bytecode
import Testing

@testable import JIT

@Suite struct `Frames that leave compiled code` {
  /// A function that calls itself back from a builtin, as often as its argument says.
  private static let source = """
    func down(n) {
        LoadLocal n
        PushConst 0
        Lte
        JumpIfTrue end
        LoadLocal n
        PushConst 1
        Sub
        NewArray 1
        PushConst @down
        BuiltinCall map 2
        Length
        ReturnValue
    end:
        LoadLocal n
        ReturnValue
    }

    main(n) {
        LoadLocal n
        Call down
        Halt
    }
    """

  @Test func `have room at every depth`() throws {
    let program = try assembled(Self.source)
    let depth: Int64 = 2_000
    var request = RunRequest(
      entry: program.program.mainIndex, arguments: [.int(depth)],
      limits: RunLimits(depth: Int(depth) + 2))
    let expected = try InterpreterEngine().prepare(program).run(request)
    let entry = Safepoint(function: FunctionIndex(0), offset: 0)
    request.forcedExits = (1...UInt64(depth)).map {
      ForcedExit(safepoint: entry, occurrence: $0)
    }
    let session = try BaselineEngine().prepare(program)
    #expect(try session.run(request) == expected)
    #expect(expected.ending == .returned(.int(1)))
    #expect(session.observations.forcedExitsTaken == request.forcedExits)
  }
}
