import Bytecode
import Testing

@testable import RefInterpreter

/// A run that shows checkpoints.
private struct ShownRun {
  let program: Program
  let outcome: Outcome
  let checkpoints: [Checkpoint]

  init(
    _ main: String, _ declarations: String = "",
    at requests: [(clock: UInt64, depth: Int, function: String, offset: Int)], frames: Int = 99
  ) throws {
    let verified = try RefInterpreterTests.program(main, declarations)
    let program = verified.program
    self.program = program
    var request = RunRequest(entry: program.mainIndex, recordsEvents: true)
    request.checkpoints = try requests.map { place in
      let function = try #require(program.functions.firstIndex { $0.name == place.function })
      return CheckpointRequest(
        instant: Instant(
          clock: place.clock, depth: place.depth,
          site: Site(FunctionIndex(function), offset: place.offset)), frameCount: frames)
    }
    let session = try ReferenceEngine().prepare(verified)
    outcome = try session.run(request)
    checkpoints = session.observations.checkpoints
  }

  /// Frames as `f+2 handlers 0 closure [locals] [operands]`, outermost first.
  func frames(_ index: Int = 0) -> [String] {
    guard index < checkpoints.count else { return ["none"] }
    return checkpoints[index].frames.map { frame in
      let closure = frame.closure.map { " \(text(.value($0)))" } ?? ""
      let locals = frame.locals.map(text).joined(separator: ", ")
      let operands = frame.operands.map(text).joined(separator: ", ")
      return "\(program.description(of: frame.site)) handlers \(frame.handlerDepth)\(closure) "
        + "[\(locals)] [\(operands)]"
    }
  }

  private func text(_ slot: ObservedSlot) -> String {
    switch slot {
    case .dead: "dead"
    case .value(.identity(let kind, let number)): "\(kind.name) #\(number)"
    case .value(let value): program.resultText(of: value, heap: [])
    }
  }
}

private let adding =
  function("inner(x, y)", "local z | PushConst 9 | StoreLocal z | LoadLocal x | ReturnValue")
  + function("outer(n)", "PushConst 7 | LoadLocal n | PushConst 2 | Call inner | Add | ReturnValue")

@Suite struct `Checkpoints of the judge` {
  @Test func `show each frame, callers without the inputs of their calls`() throws {
    let main = "PushConst 5 | PushConst 1 | Call outer | Add | Halt"
    let run = try ShownRun(
      main, adding,
      at: [(0, 1, "main", 2), (1, 2, "outer", 3), (2, 3, "inner", 2), (2, 2, "outer", 4)])
    #expect(run.frames(0) == ["main+2 handlers 0 [] [5, 1]"])
    #expect(
      run.frames(1) == ["main+2 handlers 0 [] [5]", "outer+3 handlers 0 [1] [7, 1, 2]"])
    #expect(
      run.frames(2) == [
        "main+2 handlers 0 [] [5]", "outer+3 handlers 0 [1] [7]",
        "inner+2 handlers 0 [1, 2, 9] []",
      ])
    #expect(
      run.frames(3) == ["main+2 handlers 0 [] [5]", "outer+4 handlers 0 [1] [7, 1]"])
    #expect(run.checkpoints.map(\.instant.depth) == [1, 2, 3, 2])
    #expect(run.outcome.ending == .returned(.int(13)))
  }

  @Test func `show as many of the innermost frames as asked for`() throws {
    let run = try ShownRun(
      "PushConst 1 | Call outer | Halt", adding, at: [(2, 3, "inner", 0)], frames: 2)
    #expect(
      run.frames() == ["outer+3 handlers 0 [1] [7]", "inner+0 handlers 0 [1, 2, null] []"])
  }

  @Test func `leave out what never comes and what another depth or clock has`() throws {
    let run = try ShownRun(
      "PushConst 1 | Call outer | Halt", adding,
      at: [
        (0, 2, "main", 0), (0, 1, "outer", 0), (1, 2, "outer", 3), (1, 2, "outer", 0),
        (3, 3, "inner", 0), (9, 1, "main", 2),
      ])
    // What has one clock may be asked for in any order.
    #expect(run.frames(0).last == "outer+0 handlers 0 [1] []")
    #expect(run.frames(1).last == "outer+3 handlers 0 [1] [7, 1, 2]")
    #expect(run.checkpoints.count == 2)
  }

  @Test func `count the handlers of each frame alone`() throws {
    let run = try ShownRun(
      "SetupTry a | SetupTry b | PushConst 3 | Call guarded | Halt | b: | Halt | a: | Halt",
      function("leaf()", "Return")
        + function("guarded(x)", "SetupTry h | Call leaf | ReturnValue | h: | ReturnValue"),
      at: [(2, 3, "leaf", 0)])
    #expect(
      run.frames() == [
        "main+3 handlers 2 [] []", "guarded+1 handlers 1 [3] []", "leaf+0 handlers 0 [] []",
      ])
  }

  @Test func `show closures, boxed locals as cells, and referenced ones by what they hold`() throws
  {
    let run = try ShownRun(
      "local n: int, m: int | PushConst 5 | StoreLocal n | PushConst 6 | StoreLocal m | BoxLocal n "
        + "| MakeClosure next | MakeRef m | MakeRef n | Call both | Halt",
      function("next[mut n: int]()", "LoadClosure n | ReturnValue")
        + function(
          "both(f, ref a: int, ref b: int)", "LoadLocal f | CallValue 0 | ReturnValue"),
      at: [(0, 1, "main", 8), (2, 3, "next", 0)])
    #expect(run.frames(0) == ["main+8 handlers 0 [cell #0, 6] [closure #1, 6, 5]"])
    #expect(
      run.frames(1) == [
        "main+8 handlers 0 [cell #0, 6] []", "both+1 handlers 0 [closure #1, 6, 5] []",
        "next+0 handlers 0 closure #1 [] []",
      ])
    #expect(
      run.checkpoints[1].cells == [
        ObservedCell(number: 0, content: .cell(.int(5))),
        ObservedCell(
          number: 1,
          content: .closure(FunctionIndex(0), captures: [.identity(.cell, number: 0)])),
      ])
  }

  @Test func `show no closure of a function without captures`() throws {
    let run = try ShownRun(
      "MakeClosure leaf | CallValue 0 | Halt", function("leaf()", "Return"),
      at: [(1, 2, "leaf", 0)])
    #expect(
      run.frames() == ["main+1 handlers 0 [] []", "leaf+0 handlers 0 [] []"])
  }

  @Test func `see no frame of a builtin, and its caller without the builtin's inputs`() throws {
    let declarations = function("twice(x)", "LoadLocal x | PushConst 2 | Mul | ReturnValue")
    let run = try ShownRun(
      "PushConst 8 | PushConst 1 | PushConst 2 | NewTypedArray 2 | PushConst @twice | "
        + "BuiltinCall map 2 | Halt", declarations,
      at: [(1, 2, "twice", 3), (2, 2, "twice", 0), (2, 1, "main", 6)])
    #expect(
      run.frames(0) == ["main+5 handlers 0 [] [8]", "twice+3 handlers 0 [1] [2]"])
    #expect(run.frames(1) == ["main+5 handlers 0 [] [8]", "twice+0 handlers 0 [2] []"])
    #expect(run.frames(2) == ["main+6 handlers 0 [] [8, array #0]"])
    let method = try ShownRun(
      "PushConst 8 | PushConst 1 | NewTypedArray 1 | PushConst @twice | CallMethod map 1 | Halt",
      declarations, at: [(1, 2, "twice", 1)])
    #expect(
      method.frames() == ["main+4 handlers 0 [] [8]", "twice+1 handlers 0 [1] [1]"])
  }

  @Test func `see the caller of a walk below another walk`() throws {
    let run = try ShownRun(
      "PushConst 8 | PushConst 1 | NewTypedArray 1 | PushConst @outer | BuiltinCall map 2 | Halt",
      function("leaf(x)", "Return")
        + function(
          "outer(x)",
          "PushConst 3 | LoadLocal x | NewArray 1 | PushConst @leaf | BuiltinCall for_each 2 | "
            + "ReturnValue"),
      at: [(2, 3, "leaf", 0)])
    #expect(
      run.frames() == [
        "main+4 handlers 0 [] [8]", "outer+4 handlers 0 [1] [3]", "leaf+0 handlers 0 [1] []",
      ])
  }

  @Test func `see the caller of a C function that called back`() throws {
    let run = try ShownRun(
      "PushConst 8 | PushConst @back | PushConst 5 | CallForeign call | Halt",
      """
      foreign call = "fixture" call_i32((i32) -> i32, i32) -> i32

      """ + function("back(x)", "LoadLocal x | ReturnValue"),
      at: [(1, 2, "back", 1)])
    #expect(run.frames() == ["main+3 handlers 0 [] [8]", "back+1 handlers 0 [5] [5]"])
    #expect(run.outcome.ending == .returned(.int(5)))
  }

  @Test func `keep the numbers of the trace, and leave the run's numbers as they were`() throws {
    let main =
      "NewArray 0 | NewArray 0 | NewArray 0 | Dup | BuiltinCall print 1 | Pop | Nop | Pop | "
      + "BuiltinCall print 1 | Pop | Halt"
    let run = try ShownRun(main, at: [(0, 1, "main", 6)])
    #expect(run.frames() == ["main+6 handlers 0 [] [array #1, array #2, array #0]"])
    #expect(run.checkpoints.map(\.tracedCount) == [1])
    #expect(run.checkpoints[0].cells.map(\.number) == [1, 2, 0])
    #expect(
      run.outcome.events == [
        .print(values: [.identity(.array, number: 0)], text: Array("[]\n".utf8)),
        .print(values: [.identity(.array, number: 1)], text: Array("[]\n".utf8)),
      ])
    #expect(try run.outcome == outcome(of: main, recordsEvents: true))
  }

  @Test func `refuse requests in another order than that of the clock`() throws {
    #expect(throws: EngineFailure.self) {
      try ShownRun(
        "PushConst 1 | Call outer | Halt", adding, at: [(1, 2, "outer", 0), (0, 1, "main", 0)])
    }
    #expect(throws: EngineFailure.self) {
      try ShownRun("PushNull | Halt", at: [(0, 1, "main", 0)], frames: 0)
    }
  }
}
