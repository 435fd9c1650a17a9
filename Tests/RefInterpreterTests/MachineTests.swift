import Bytecode
import Testing

@testable import RefInterpreter

private func prepare(_ text: String) throws -> any EngineSession {
  try ReferenceEngine().prepare(Verifier.verify(Assembler.assemble(text)))
}

private let counting = """
  binding last
  main(n: int) {
      local i: int
      PushConst 0
      StoreLocal i
  head:
      LoadLocal i
      StoreModuleBinding last
      LoadLocal i
      BuiltinCall print 1
      Pop
      LoadLocal i
      PushConst 1
      AddInt
      Dup
      StoreLocal i
      LoadLocal n
      LtInt
      JumpIfTrue head
      LoadModuleBinding last
      Halt
  }
  """

@Suite struct `The judge's session` {
  private let main = FunctionIndex(0)

  @Test func `records events only when it is asked to`() throws {
    let session = try prepare(counting)
    let silent = try session.run(RunRequest(entry: main, arguments: [.int(2)]))
    #expect(silent.events.isEmpty)
    #expect(silent.ending == .returned(.int(1)))
    let traced = try session.run(
      RunRequest(entry: main, arguments: [.int(2)], recordsEvents: true))
    #expect(
      traced.events == [
        .storeBinding(BindingIndex(0), .int(0)), .print(values: [.int(0)], text: Array("0\n".utf8)),
        .storeBinding(BindingIndex(0), .int(1)), .print(values: [.int(1)], text: Array("1\n".utf8)),
      ])
    #expect(traced.fuel == 1 && traced.heapBytes == 0)
  }

  @Test func `counts executions over all runs, and statistics of the last`() throws {
    let session = try prepare(counting)
    _ = try session.run(RunRequest(entry: main, arguments: [.int(3)]))
    _ = try session.run(RunRequest(entry: main, arguments: [.int(2)]))
    let recording = try #require(session as? any ExecutionRecording)
    #expect(recording.executionCounts == [2, 2] + Array(repeating: 5, count: 13) + [2, 2])
    let statistics = session.statistics
    #expect(statistics.map(\.name) == ["instructions", "fuel", "calls"])
    #expect(statistics.map(\.value) == [30, 1, 0])
    #expect(session.fingerprint.isEmpty)
  }

  @Test func `has entered when an instruction ran, and not before`() throws {
    let session = try prepare(counting)
    #expect(session.tierUse == .inapplicable)
    let refused = try session.run(RunRequest(entry: main, arguments: [.null]))
    #expect(
      refused.ending
        == .trapped(.typeError, payload: nil, at: Raise(site: Site(main, offset: 0), depth: 1)))
    #expect(session.tierUse == .inapplicable)
    _ = try session.run(RunRequest(entry: main, arguments: [.int(1)]))
    #expect(session.tierUse == .entered)
  }

  @Test func `gives up at its step limit, not before`() throws {
    let session = try prepare(counting)
    // One turn: 2 + 13 + 2 instructions.
    let enough = RunRequest(
      entry: main, arguments: [.int(1)], limits: RunLimits(referenceSteps: 17))
    #expect(try session.run(enough).ending == .returned(.int(0)))
    let tooFew = RunRequest(
      entry: main, arguments: [.int(1)], limits: RunLimits(referenceSteps: 16))
    #expect(throws: EngineFailure.inconclusive("reference step limit")) {
      _ = try session.run(tooFew)
    }
  }

  @Test func `refuses requests that do not fit the entry`() throws {
    let session = try prepare(counting)
    #expect(throws: EngineFailure.self) { _ = try session.run(RunRequest(entry: main)) }
    #expect(throws: EngineFailure.self) {
      _ = try session.run(RunRequest(entry: main, arguments: [.int(1 << 47)]))
    }
  }

  @Test func `enters any function, at depth 1`() throws {
    let session = try prepare(
      """
      func divide(a, b) {
          LoadLocal a
          LoadLocal b
          DivInt
          ReturnValue
      }
      main() {
          Return
      }
      """)
    let divide = FunctionIndex(0)
    #expect(
      try session.run(RunRequest(entry: divide, arguments: [.int(7), .int(2)]))
        == Outcome(ending: .returned(.int(3)), fuel: 0))
    #expect(
      try session.run(RunRequest(entry: divide, arguments: [.int(7), .int(0)]))
        == Outcome(
          ending: .trapped(
            .divisionByZero, payload: nil, at: Raise(site: Site(divide, offset: 2), depth: 1)),
          fuel: 0))
  }

  @Test func `names the depth of a raise`() throws {
    let session = try prepare(
      """
      func deeper(n: int) {
          LoadLocal n
          PushConst 1
          SubInt
          Call deeper
          ReturnValue
      }
      main() {
          PushConst 5
          Call deeper
          Halt
      }
      """)
    let request = RunRequest(
      entry: FunctionIndex(1), limits: RunLimits(fuel: 100, depth: 7))
    #expect(
      try session.run(request)
        == Outcome(
          ending: .trapped(
            .stackOverflow, payload: nil,
            at: Raise(site: Site(FunctionIndex(0), offset: 3), depth: 7)),
          fuel: 6))
  }

  @Test func `shows one NaN whatever bits come in`() throws {
    let session = try prepare("main(x) {\n    LoadLocal x\n    Halt\n}\n")
    let request = RunRequest(
      entry: main, arguments: [.number(bitPattern: 0xFFF8_0000_0000_0001)])
    #expect(try session.run(request).ending == .returned(.number(bitPattern: canonicalNaN)))
  }
}
