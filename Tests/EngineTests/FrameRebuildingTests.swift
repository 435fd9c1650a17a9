import Bytecode
import CRuntime
import Engines
import TestSupport
import Testing

@testable import JIT

private typealias Point = DeoptimizationPoint

/// A program whose `main` stands for compiled code that has run up to a point.
private final class HandedBack: CompiledVersion {
  let state: RunState
  private(set) var deoptimizationPoints: [DeoptimizationPoint] = []
  private let verified: VerifiedProgram
  private var entry: CodeEntry?
  private let version: UnsafeMutablePointer<JITVersion>
  /// Does what the code has done so far, and gives the words it leaves.
  private let advance: (RunState) -> [UInt64]

  init(
    _ verified: VerifiedProgram, _ advance: @escaping (RunState) -> [UInt64],
    leavingAt point: (RunState) -> Point
  ) throws {
    self.verified = verified
    self.advance = advance
    state = RunState(program: TierZeroProgram(verified))
    version = .allocate(capacity: 1)
    version.initialize(to: JITVersion())
    version.pointee.host = Unmanaged.passUnretained(self).toOpaque()
    deoptimizationPoints = [point(state)]
    try DeoptimizationVerifier.verify(
      deoptimizationPoints, in: verified, bufferWords: Tuning.deoptimizationWords)
    entry = CodeEntry(verified.program) { [unowned self] in leave() }
  }

  deinit { version.deallocate() }

  private func leave() -> Word {
    for (index, word) in advance(state).enumerated() { state.deoptimizationBuffer[index] = word }
    state.context.pointee.deoptimized_version = UnsafePointer(version)
    state.context.pointee.deoptimization_point = 0
    state.context.pointee.status = UInt32(JIT_STATUS_DEOPTIMIZED)
    return .sentinel
  }

  func run(_ request: RunRequest) throws -> Outcome {
    guard let entry else { preconditionFailure("it was made with the object") }
    try state.begin(request)
    try #require(state.admitArguments(request))
    let result = state.belowThisFrame {
      state.enterCompiled(UnsafeRawPointer(entry.code), closure: .null)
    }
    return try state.finish(result)
  }
}

@Suite struct `Frames that tier 0 takes over` {
  /// Runs `main` whole on the judge, and from a point on in tier 0, and compares the outcomes.
  private func compare(
    _ text: String, arguments: [ObservedValue] = [],
    after advance: @escaping (RunState) -> [UInt64], at point: (RunState) -> Point,
    location: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let program = try Verifier.verify(try Assembler.assemble(text))
    var request = RunRequest(
      entry: program.program.mainIndex, arguments: arguments,
      limits: RunLimits(fuel: 1_000, depth: 10), recordsEvents: true)
    let expected = try Engines.judge.prepare(program).run(request)
    request.heapStress = HeapStress(collectsAtEveryAllocation: true, poisonsFreedCells: true)
    request.poisonsDeadSlots = true
    let outcome = try HandedBack(program, advance, leavingAt: point).run(request)
    #expect(outcome == expected, sourceLocation: location)
    return outcome
  }

  private func charge(_ state: RunState, calls: UInt64) {
    state.context.pointee.fuel -= calls
    state.context.pointee.frames_left -= calls
  }

  private let pendingCall = """
    func callee(n: int) {
      local t: int
      PushConst 0
      StoreLocal t
    head:
      LoadLocal t
      PushConst 1
      AddInt
      StoreLocal t
      LoadLocal t
      LoadLocal n
      LtInt
      JumpIfTrue head
      PushConst 8
      LoadLocal n
      PushConst 3
      SubInt
      DivInt
      ReturnValue
    }
    main(n: int) {
      local kept: int
      PushConst 5
      StoreLocal kept
      SetupTry handler
      PushConst 100
      LoadLocal n
      Call callee
      SubInt
      PopHandler
      LoadLocal kept
      AddInt
      Halt
    handler:
      LoadLocal kept
      NewArray 2
      Halt
    }
    """

  @Test(arguments: [0, 3, 7])
  func `return to a caller that waits, or raise into its handler`(_ n: Int) throws {
    let outcome = try compare(
      pendingCall, arguments: [.int(Int64(n))],
      after: { state in
        charge(state, calls: 1)
        return [5, UInt64(n), 0]
      },
      at: { _ in
        Point(
          identifier: 0, reason: .forced,
          frames: [
            Point.Frame(
              function: FunctionIndex(1), position: .afterCall(5), handlers: [2],
              locals: [.dead, .integer(0)], operands: [.constant(Word(int: 100).bits)]),
            Point.Frame(
              function: FunctionIndex(0), position: .before(2),
              locals: [.integer(1), .integer(2)], operands: []),
          ])
      })
    if n != 3 {
      #expect(outcome.ending == .returned(.int(105 - 8 / (Int64(n) - 3))))
    } else {
      #expect(outcome.heap.count == 1)
    }
  }

  /// Runs on from a place inside `callee`, after the first trip through its loop.
  private func compareAmidExpression(
    _ n: Int, before offset: Int, operands: [Word], fuel: UInt64 = 0
  ) throws {
    _ = try compare(
      pendingCall, arguments: [.int(Int64(n))],
      after: { state in
        charge(state, calls: 1)
        state.context.pointee.fuel -= fuel
        return [5, UInt64(n), 1]
      },
      at: { _ in
        Point(
          identifier: 0, reason: .guardFailed(.intRange),
          frames: [
            Point.Frame(
              function: FunctionIndex(1), position: .afterCall(5), handlers: [2],
              locals: [.dead, .integer(0)], operands: [.constant(Word(int: 100).bits)]),
            Point.Frame(
              function: FunctionIndex(0), position: .before(offset),
              locals: [.integer(1), offset < 9 ? .integer(2) : .dead],
              operands: operands.map { .constant($0.bits) }),
          ])
      })
  }

  @Test(arguments: [0, 3, 7])
  func `go on before a comparison that decides a backward jump`(_ n: Int) throws {
    try compareAmidExpression(n, before: 8, operands: [Word(int: 1), Word(int: Int64(n))])
  }

  @Test(arguments: [0, 3, 7])
  func `go on before an instruction that raises, or the one that feeds it`(_ n: Int) throws {
    let trips = UInt64(max(n, 1) - 1)
    let difference = Word(int: Int64(n) - 3)
    try compareAmidExpression(
      n, before: 13, operands: [Word(int: 8), Word(int: Int64(n)), Word(int: 3)], fuel: trips)
    try compareAmidExpression(n, before: 14, operands: [Word(int: 8), difference], fuel: trips)
  }

  private let closure = """
    func counter[mut total: int](by: int) {
    head:
      LoadClosure total
      LoadLocal by
      AddInt
      StoreClosure total
      LoadClosure total
      PushConst 10
      LtInt
      JumpIfTrue head
      LoadClosure total
      ReturnValue
    }
    main(by: int) {
      local total: int, add
      PushConst 1
      StoreLocal total
      BoxLocal total
      MakeClosure counter
      StoreLocal add
      LoadLocal add
      LoadLocal by
      CallValue 1
      LoadLocal total
      LoadLocal add
      NewArray 3
      Halt
    }
    """

  @Test func `share a virtual closure and its virtual cell`() throws {
    let outcome = try compare(
      closure, arguments: [.int(4)],
      after: { state in
        charge(state, calls: 1)
        state.charge(AbstractSize.box + AbstractSize.record(fieldCount: 1))
        return [1, 4]
      },
      at: { _ in
        Point(
          identifier: 0, reason: .forced,
          frames: [
            Point.Frame(
              function: FunctionIndex(1), position: .afterCall(7),
              locals: [.dead, .virtual(0), .virtual(1)], operands: []),
            Point.Frame(
              function: FunctionIndex(0), position: .before(0), closure: .virtual(1),
              locals: [.integer(1)], operands: []),
          ],
          virtualObjects: [
            .init(kind: .cell, fields: [.integer(0)]),
            .init(kind: .closure, function: FunctionIndex(0), fields: [.virtual(0)]),
          ])
      })
    // 1 + 4 + 4 + 4, by the closure, the local and the cell alike.
    #expect(outcome.heap.contains { $0.content == .cell(.int(13)) })
  }

  private let method = """
    schema Point { x: number }
    func Point.scale(self: Point, n: number) {
      local i: int
      PushConst 0
      StoreLocal i
    head:
      LoadLocal self
      LoadLocal self
      GetFieldTyped Point.x
      LoadLocal n
      MulNumber
      SetFieldTyped Point.x
      Pop
      LoadLocal i
      PushConst 1
      AddInt
      StoreLocal i
      LoadLocal i
      PushConst 3
      LtInt
      JumpIfTrue head
      LoadLocal self
      ReturnValue
    }
    main(n: number) {
      local p: Point
      PushConst 1.5
      NewTypedObject Point
      StoreLocal p
      LoadLocal p
      LoadLocal p
      LoadLocal n
      CallMethod scale 1
      NewArray 2
      Halt
    }
    """

  @Test func `are those of a method on a record that both frames hold`() throws {
    let outcome = try compare(
      method, arguments: [.number(2)],
      after: { state in
        charge(state, calls: 1)
        state.charge(AbstractSize.record(fieldCount: 1))
        return [(1.5).bitPattern, (2.0).bitPattern, 0]
      },
      at: { _ in
        Point(
          identifier: 0, reason: .forced,
          frames: [
            Point.Frame(
              function: FunctionIndex(1), position: .afterCall(6),
              locals: [.dead, .dead], operands: [.virtual(0)]),
            Point.Frame(
              function: FunctionIndex(0), position: .before(2),
              locals: [.virtual(0), .number(1), .integer(2)], operands: []),
          ],
          virtualObjects: [.init(kind: .record, schema: SchemaIndex(0), fields: [.number(0)])])
      })
    #expect(outcome.heap.count == 2)
  }

  private let cycle = """
    func touch() {
      Return
    }
    main() {
      local a, b
      NewObject 0
      StoreLocal a
      NewObject 0
      StoreLocal b
      LoadLocal a
      LoadLocal b
      SetProp .next
      Pop
      LoadLocal b
      LoadLocal a
      SetProp .next
      Pop
      Call touch
      Pop
      LoadLocal a
      Halt
    }
    """

  @Test func `hold virtual objects in a cycle`() throws {
    let outcome = try compare(
      cycle,
      after: { state in
        state.charge(2 * (AbstractSize.object + AbstractSize.key))
        _ = state.childShape(0, state.strings.intern(Literal("next")))
        return []
      },
      at: { _ in
        Point(
          identifier: 0, reason: .forced,
          frames: [
            Point.Frame(
              function: FunctionIndex(1), position: .before(12),
              locals: [.virtual(0), .dead], operands: [])
          ],
          virtualObjects: [
            .init(kind: .object, keys: [Literal("next")], fields: [.virtual(1)]),
            .init(kind: .object, keys: [Literal("next")], fields: [.virtual(0)]),
          ])
      })
    #expect(outcome.heap.count == 2)
  }
}
