import Bytecode
import Testing

@testable import JIT

private typealias Point = DeoptimizationPoint
private typealias Source = DeoptimizationPoint.Source

@Suite struct `Deoptimization points` {
  private static let source = """
    schema Pair { left, right: int? }
    func callee(n: int) {
      LoadLocal n
      ReturnValue
    }
    func counter[mut total: int]() {
      LoadClosure total
      ReturnValue
    }
    main(a, n: int) {
      local sum: int, shared: int
      PushConst 0
      StoreLocal shared
      BoxLocal shared
      Pop
      LoadLocal n
      StoreLocal sum
      SetupTry handler
    head:
      PushConst 1
      LoadLocal sum
      Call callee
      AddInt
      StoreLocal sum
      LoadLocal sum
      PushConst 9
      LtInt
      JumpIfTrue head
      PopHandler
      LoadLocal sum
      Halt
    handler:
      Halt
    }
    """

  private let program: VerifiedProgram
  private let main: FunctionIndex

  init() throws {
    program = try verified(Self.source)
    main = program.program.mainIndex
  }

  /// Before the loop's first instruction.
  private var atHeader: Point {
    Point(
      identifier: 0, reason: .forced,
      frames: [
        Point.Frame(
          function: main, position: .before(7), handlers: [6],
          locals: [.dead, .dead, .integer(0), .word(1)], operands: [])
      ])
  }

  /// In the callee, with main waiting; main's cell is a virtual object.
  private var inCallee: Point {
    Point(
      identifier: 0, reason: .guardFailed(.kind),
      frames: [
        Point.Frame(
          function: main, position: .afterCall(9), handlers: [6],
          locals: [.dead, .dead, .dead, .virtual(0)],
          operands: [.constant(Word(int: 1).bits)]),
        Point.Frame(
          function: FunctionIndex(0), position: .before(0), locals: [.integer(0)], operands: []),
      ], virtualObjects: [.init(kind: .cell, fields: [.integer(1)])])
  }

  /// Why the verifier refuses a point, nil if it takes it.
  private func refusal(of point: Point) -> String? {
    do {
      try DeoptimizationVerifier.verify([point], in: program, bufferWords: 8)
      return nil
    } catch { return if case .broken(let text) = error { text } else { "\(error)" } }
  }

  /// Expects a point that differs from a good one in one respect to be refused for it.
  private func expect(
    _ reason: String, of good: Point, location: SourceLocation = #_sourceLocation,
    _ change: (inout Point) -> Void
  ) {
    #expect(refusal(of: good) == nil, sourceLocation: location)
    var point = good
    change(&point)
    let text = refusal(of: point) ?? "it is taken"
    #expect(text == "deoptimization \(point): \(reason)", sourceLocation: location)
  }

  @Test func `are numbered, and have a frame`() {
    expect("is number 0 of its version", of: atHeader) { $0.identifier = 1 }
    expect("it has no frame", of: atHeader) { $0.frames = [] }
  }

  @Test func `stand at instructions of their functions`() {
    expect("frame 0: there is no such function", of: atHeader) {
      $0.frames[0].function = FunctionIndex(9)
    }
    expect("frame 0: the offset is outside the function", of: atHeader) {
      $0.frames[0].position = .before(20)
    }
    expect("frame 0: the offset is outside the function", of: atHeader) {
      $0.frames[0].position = .before(-1)
    }
  }

  @Test func `wait for calls that enter the next frame`() {
    expect("frame 0: the innermost frame waits for a call", of: atHeader) {
      $0.frames[0].position = .afterCall(9)
    }
    expect("frame 0: a caller does not wait for its call", of: inCallee) {
      $0.frames[0].position = .before(9)
    }
    expect("frame 0: a caller waits at an instruction that is no call", of: inCallee) {
      $0.frames[0].position = .afterCall(10)
    }
    expect("frame 0: its call does not enter the next frame", of: inCallee) {
      $0.frames[1].function = FunctionIndex(1)
    }
  }

  @Test func `name the handlers in force`() {
    expect("frame 0: 0 handlers where 1 are in force", of: atHeader) {
      $0.frames[0].handlers = []
    }
    for offset in [7, 16, 99] {
      expect("frame 0: handler 0 is not made at \(offset)", of: atHeader) {
        $0.frames[0].handlers = [offset]
      }
    }
  }

  @Test func `have a source for every slot that is needed`() {
    expect("frame 0: 3 locals for 4 slots", of: atHeader) { $0.frames[0].locals.removeLast() }
    expect("frame 0: 1 operands where there are 0", of: atHeader) {
      $0.frames[0].operands = [.word(2)]
    }
    expect("frame 0: 0 operands where there are 1", of: inCallee) {
      $0.frames[0].operands = []
    }
    expect("frame 0: operand 0 is dead", of: inCallee) { $0.frames[0].operands = [.dead] }
    expect("frame 0: local 2 is dead but needed at 7", of: atHeader) {
      $0.frames[0].locals[2] = .dead
    }
    expect("frame 0: local 3 is dead but needed at 7", of: atHeader) {
      $0.frames[0].locals[3] = .dead
    }
    expect("frame 1: local 0 is dead but needed at 0", of: inCallee) {
      $0.frames[1].locals[0] = .dead
    }
  }

  @Test func `name words of the buffer once, and values only`() {
    expect("frame 0: word 8 is outside the buffer", of: atHeader) {
      $0.frames[0].locals[3] = .word(8)
    }
    expect("frame 0: word 0 is there twice", of: atHeader) {
      $0.frames[0].locals[3] = .word(0)
    }
    expect("frame 0: virtual 1 does not exist", of: inCallee) {
      $0.frames[0].locals[3] = .virtual(1)
    }
    expect("frame 0: 0xffffffffffffffff is no value", of: inCallee) {
      $0.frames[0].operands = [.constant(.max)]
    }
    expect("virtual object 0: int 0 is there twice", of: inCallee) {
      $0.virtualObjects[0].fields = [.integer(0)]
    }
  }

  @Test func `make what the slots declare`() {
    expect("frame 0: local 2 takes no number 0", of: atHeader) {
      $0.frames[0].locals[2] = .number(0)
    }
    expect("frame 0: local 3 takes no int 1", of: atHeader) {
      $0.frames[0].locals[3] = .integer(1)
    }
    expect("frame 0: local 3 takes no virtual 0", of: inCallee) {
      $0.virtualObjects[0].kind = .some
    }
    expect("frame 0: the closure does not fit the function's captures", of: atHeader) {
      $0.frames[0].closure = .word(3)
    }
  }

  @Test func `describe virtual objects whole`() {
    expect("virtual object 0: 0 fields where there are 1", of: inCallee) {
      $0.virtualObjects[0].fields = []
    }
    expect("virtual object 1: 1 fields where there are 2", of: inCallee) {
      $0.virtualObjects.append(.init(kind: .record, schema: SchemaIndex(0), fields: [.word(2)]))
    }
    expect("virtual object 1: it is no closure", of: inCallee) {
      $0.virtualObjects.append(.init(kind: .closure, fields: []))
    }
    expect("virtual object 1: it is no object", of: inCallee) {
      $0.virtualObjects.append(.init(kind: .object, fields: []))
    }
    expect("virtual object 1: it is no array", of: inCallee) {
      $0.virtualObjects.append(.init(kind: .array, fields: []))
    }
    expect("virtual object 0: field 0 is dead", of: inCallee) {
      $0.virtualObjects[0].fields = [.dead]
    }
  }

  @Test func `resume before every reachable instruction`() throws {
    let code = TierZeroProgram(program)
    for index in program.functions.indices.map({ FunctionIndex($0) }) {
      let main = code.layouts[index.position].resume
      #expect(code.resumingLayouts[index.position] == nil)
      for offset in main.indices where program[index].isReachable(offset) {
        let position = code.resumption(of: index, at: offset) - code.instructions
        if main[offset] >= 0 {
          #expect(position == main[offset], "\(index)+\(offset)")
        } else {
          let resuming = try #require(code.resumingLayouts[index.position])
          #expect(position == resuming.resume[offset], "\(index)+\(offset)")
        }
      }
    }
  }

  @Test func `need no code of their own where the main code has whole frames`() {
    let code = TierZeroProgram(program)
    let count = code.instructionCount
    for (index, layout) in code.layouts.enumerated() {
      for (offset, instruction) in layout.resume.enumerated() where instruction >= 0 {
        _ = code.resumption(of: FunctionIndex(index), at: offset)
      }
    }
    #expect(code.instructionCount == count)
  }
}
