import Bytecode
import Testing

@testable import JIT

/// What runs of hooked code count, force and show at guards.
@Suite struct `Hooked guards` {
  /// `add` is compiled at its second call with guards for two ints; the last call brings a number.
  private static let source = """
    func add(a, b) {
        LoadLocal a
        LoadLocal b
        Add
        ReturnValue
    }

    main(last) {
        PushConst 1
        PushConst 2
        Call add
        PushConst 3
        Call add
        PushConst 4
        Call add
        PushConst 5
        Call add
        LoadLocal last
        Call add
        ReturnValue
    }
    """
  private static let add = FunctionIndex(0)
  private static let site = Site(add, offset: 2)

  private static func session() throws -> (any EngineSession, VerifiedProgram) {
    let program = try Verifier.verify(Assembler.assemble(source))
    return (try OptimizingEngine().prepare(program), program)
  }

  private static func run(
    _ session: any EngineSession, _ program: VerifiedProgram, last: ObservedValue = .int(6),
    _ change: (inout RunRequest) -> Void
  ) throws -> (Outcome, RunObservations) {
    var request = RunRequest(
      entry: program.program.mainIndex, arguments: [last], recordsEvents: true)
    change(&request)
    return (try session.run(request), session.observations)
  }

  @Test func `are counted`() throws {
    let (session, program) = try Self.session()
    let (outcome, shown) = try Self.run(session, program) { $0.countsGuards = true }
    #expect(outcome.ending == .returned(.int(21)))
    #expect(shown.guardCounts.map(\.record.kind) == [.kind, .kind, .intRange])
    #expect(shown.guardCounts.map(\.record.operand) == [0, 1, 0])
    // The first of five calls was interpreted.
    #expect(shown.guardCounts.map(\.count) == [4, 4, 4])
    #expect(shown.guardCounts.allSatisfy { $0.record.site == Self.site })
    #expect(session.guards == shown.guardCounts.map(\.record))
    #expect(shown.guardExits.isEmpty)
  }

  @Test(arguments: [1, 2, 4] as [UInt64])
  func `fail at the execution asked for`(_ occurrence: UInt64) throws {
    for reference: Schedule.GuardReference in [
      .ordinal(1), .ordinal(4), .site(offset: 2, chain: [], kind: .kind, operand: 1),
    ] {
      let (session, program) = try Self.session()
      let (outcome, shown) = try Self.run(session, program) { request in
        request.selectedGuards = [
          GuardSelection(function: Self.add, reference: reference, occurrence: occurrence)
        ]
        request.poisonsDeadSlots = true
      }
      #expect(outcome.ending == .returned(.int(21)))
      let exit = try #require(shown.guardExits.first)
      #expect(shown.guardExits.count == 1)
      #expect(exit.record.kind == .kind)
      #expect(exit.record.operand == 1)
      #expect(exit.held)
      #expect(exit.isForced)
      let checkpoint = shown.checkpoints[exit.checkpoint]
      #expect(checkpoint.instant.site == Self.site)
      #expect(checkpoint.instant.clock == occurrence + 1)
      #expect(checkpoint.frames.last?.operands.last == .value(.int(Int64(occurrence) + 2)))
    }
  }

  @Test func `fail all at once, by site alone`() throws {
    let (session, program) = try Self.session()
    let (outcome, shown) = try Self.run(session, program) { request in
      request.selectedGuards = (1...3).map { occurrence in
        GuardSelection(
          function: Self.add, reference: .site(offset: 2, chain: [], kind: nil, operand: nil),
          occurrence: occurrence)
      }
    }
    #expect(outcome.ending == .returned(.int(21)))
    // Frames that have left come to no other guard: each execution leaves at the first one that has
    // an occurrence to come.
    #expect(shown.guardExits.count == 4)
    #expect(shown.guardExits.allSatisfy { $0.isForced })
  }

  @Test func `fail of themselves, in code without hooks too`() throws {
    var places: [[Instant]] = []
    for countsGuards in [false, true] {
      let (session, program) = try Self.session()
      let (outcome, shown) = try Self.run(session, program, last: .number(0.5)) { request in
        request.showsGuardExits = true
        request.countsGuards = countsGuards
      }
      #expect(outcome.ending == .returned(.number(15.5)))
      #expect(shown.guardExits.map(\.held) == [false])
      #expect(shown.guardExits.map(\.isForced) == [false])
      #expect(shown.guardExits.map(\.record.operand) == [1])
      places.append(shown.checkpoints.map(\.instant))
    }
    #expect(places[0] == places[1])
  }

  @Test func `are shown no more often than asked for, unless they are forced`() throws {
    let (session, program) = try Self.session()
    let (_, shown) = try Self.run(session, program, last: .number(0.5)) { request in
      request.showsGuardExits = true
      request.guardExitLimit = 0
      request.selectedGuards = [
        GuardSelection(function: Self.add, reference: .ordinal(0), occurrence: 1)
      ]
    }
    #expect(shown.guardExits.map(\.isForced) == [true])
    #expect(shown.checkpoints.count == 1)
  }

  @Test func `do not change what a session has compiled when they are forced`() throws {
    let (session, program) = try Self.session()
    for _ in 0..<6 {
      let (_, shown) = try Self.run(session, program) { request in
        request.selectedGuards = [
          GuardSelection(
            function: Self.add, reference: .site(offset: 2, chain: [], kind: nil, operand: nil),
            occurrence: 1)
        ]
      }
      #expect(!shown.guardExits.isEmpty)
    }
    // Failures would have had the code discarded.
    let discards = try #require(session.statistics.first { $0.name == "discards" })
    #expect(discards.value == 0)
  }

  @Test func `come anew in a renewed session, which shares code`() throws {
    let (session, program) = try Self.session()
    let (outcome, shown) = try Self.run(session, program) { $0.countsGuards = true }
    let renewed = try session.renewed()
    let (again, same) = try Self.run(renewed, program) { $0.countsGuards = true }
    #expect(again == outcome)
    #expect(same == shown)
    #expect(renewed.fingerprint == session.fingerprint)
  }

  @Test func `give way to code without hooks, and come back`() throws {
    let (session, program) = try Self.session()
    for counts in [true, false, true] {
      let (outcome, shown) = try Self.run(session, program) { $0.countsGuards = counts }
      #expect(outcome.ending == .returned(.int(21)))
      #expect(shown.guardCounts.isEmpty == !counts)
    }
  }
}
