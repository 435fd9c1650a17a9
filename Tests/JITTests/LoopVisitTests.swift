import Bytecode
import Testing

@testable import JIT

@Suite struct `A visit of a loop` {
  /// The inner loop goes round once, twice, three and four times.
  private static let source = """
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

    """
  private static let inner = 1
  private static let innerHeader = 4

  private func request(
    _ program: VerifiedProgram, _ iterations: [UInt64]
  ) -> RunRequest {
    let main = program.program.mainIndex
    var request = RunRequest(entry: main)
    request.stackReplacements = iterations.map {
      StackReplacement(function: main, loop: Self.inner, iteration: $0)
    }
    return request
  }

  @Test(arguments: [0, 1, 2, 3] as [UInt64])
  func `is left at the first that comes so far`(iteration: UInt64) throws {
    let program = try assembled(Self.source)
    let session = try StackReplacementEngine().prepare(program)
    var request = request(program, [iteration])
    let header = Safepoint(function: program.program.mainIndex, offset: Self.innerHeader)
    request.forcedExits = [ForcedExit(safepoint: header, occurrence: 1)]
    #expect(try session.run(request).ending == .returned(.int(4)))
    #expect(session.observations.stackReplacementsTaken == request.stackReplacements)
    // The code passes the header as it is entered, with the counters of that turn.
    let locals = try #require(session.observations.checkpoints.first).frames[0].locals
    #expect(
      locals == [.value(.int(Int64(iteration))), .value(.int(Int64(iteration)))])
  }

  @Test func `is left once for each line`() throws {
    let program = try assembled(Self.source)
    let session = try StackReplacementEngine().prepare(program)
    // What begins in compiled code has no iteration that is known.
    let request = request(program, [0, 1, 4])
    #expect(try session.run(request).ending == .returned(.int(4)))
    #expect(
      session.observations.stackReplacementsTaken == Array(request.stackReplacements.prefix(1)))
  }

  @Test func `that compiled code gives back is none that is known`() throws {
    let program = try assembled(Self.source)
    let session = try StackReplacementEngine().prepare(program)
    var request = request(program, [1, 2])
    let header = Safepoint(function: program.program.mainIndex, offset: Self.innerHeader)
    request.forcedExits = [ForcedExit(safepoint: header, occurrence: 1)]
    #expect(try session.run(request).ending == .returned(.int(4)))
    // In the second visit it leaves tier 0 at iteration 1, and comes back; the third visit begins
    // in tier 0 and comes to iteration 2.
    #expect(session.observations.stackReplacementsTaken == request.stackReplacements)
    #expect(session.observations.forcedExitsTaken.count == 1)
  }
}
