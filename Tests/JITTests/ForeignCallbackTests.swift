import Bytecode
import Synchronization
import Testing

@testable import JIT

/// Sentences a run has said.
final class SentenceSink: Sendable {
  private let storage = Mutex<[String]>([])

  func append(_ sentence: String) { storage.withLock { $0.append(sentence) } }

  var sentences: [String] { storage.withLock { $0 } }
}

@Suite struct `Callbacks of foreign functions` {
  private static let functions = """

    func identity(x) {
        LoadLocal x
        ReturnValue
    }

    func double(x) {
        LoadLocal x
        LoadLocal x
        Add
        ReturnValue
    }

    func weigh(state, x) {
        LoadLocal state
        PushConst 2
        Mul
        LoadLocal x
        Add
        ReturnValue
    }

    func constant() {
        PushConst 41
        ReturnValue
    }

    func nothing(x) {
        Return
    }

    func positive(x: number) {
        LoadLocal x
        ReturnValue
    }

    func divide(x) {
        PushConst 12
        LoadLocal x
        DivInt
        ReturnValue
    }

    """

  @Test(arguments: [
    "call_i8 identity -128 = -128", "call_i16 identity -3 = -3", "call_i32 double 4 = 8",
    "call_i64 identity 140737488355327 = 140737488355327", "call_u8 identity 255 = 255",
    "call_u16 identity 65535 = 65535", "call_u32 identity 4294967295 = 4294967295",
    "call_u64 identity 7 = 7", "call_u64 identity 0x1p62 = 0x1p62",
    "call_f32 double 0.1 = 0.20000000298023224", "call_f64 double 0.5 = 1.0",
    "call_bool identity true = true", "call_ptr identity null = null", "call_ptr identity 9 = 9",
    "never_call divide 0 = 0", "repeat divide 0 = 0", "call_i8 double 64 = ForeignError",
    "call_i32 nothing 1 = TypeError", "call_bool nothing true = TypeError",
    "call_i32 positive 1 = TypeError", "call_f64 positive 1 = 1.0",
    "call_i32 weigh 1 = ArityMismatch", "call_i32 3 1 = TypeError",
    "call_i32 identity null = TypeError",
  ])
  func `convert what goes in and out`(row: String) throws {
    var fields = row.split(separator: " ").map(String.init)
    let expected = fields.removeLast()
    let run = try ForeignRun(Self.functions)
    let callee = try (try? run.function(fields[1])) ?? run.word(fields[1])
    switch try run.ending(fields[0], [callee, try run.word(fields[2])]) {
    case .returned(let value): #expect(value == ObservedValue(try Constant.parse(expected)))
    case .trapped(let kind, nil, let raise):
      #expect(kind.name == expected)
      #expect(raise == Raise(site: run.site, depth: 1))
    case let other: Issue.record("\(other)")
    }
  }

  @Test(arguments: [
    "call_i32 double 4", "call_f64 double 0.5", "call_bool identity true", "call_i32 nothing 1",
    "call_i32 positive 1", "call_f64 positive 1", "repeat divide 0", "repeat divide 5",
    "call_i8 double 64",
  ])
  func `run compiled as they run in tier 0`(row: String) throws {
    // The functions have the same numbers without the declarations, which this tier does not take.
    let compiled = try UnitCompiler().compileProgram(
      try verified("main() {\n    Return\n}\n" + Self.functions))
    let fields = row.split(separator: " ").map(String.init)
    let outcomes = try [false, true].map { isCompiled in
      let run = try ForeignRun(Self.functions)
      for function in compiled.functions where isCompiled {
        run.state.functionTable[function.function.position] = function.entry.flatMap {
          UnsafeRawPointer(bitPattern: $0)
        }
      }
      let arguments = [try run.function(fields[1]), try run.word(fields[2])]
      let result = try run.call(fields[0], arguments)
      let entries = run.state.context.pointee.compiled_entries
      let outcome = try run.finish(result)
      let entered = outcome.events.count { if case .callBack = $0 { true } else { false } }
      #expect(entries == (isCompiled ? entered : 0))
      return outcome
    }
    #expect(outcomes[0] == outcomes[1])
  }

  @Test func `cost a unit of fuel and are an event each`() throws {
    let run = try ForeignRun(Self.functions) { $0.limits.fuel = 4 }
    let callee = try run.function("weigh")
    let outcome = try run.finish(try run.call("fold", [callee, int(0), int(4)]))
    #expect(outcome.ending == .returned(.int(11)))
    #expect(outcome.fuel == 4)
    #expect(outcome.events.count == 6)
    #expect(outcome.events[1...4].allSatisfy { $0 == .callBack(callee.function) })
  }

  @Test func `give zero and do nothing after one has ended in a trap`() throws {
    let run = try ForeignRun(Self.functions)
    let divide = try run.function("divide")
    // 12 / 0 at the first of five.
    let outcome = try run.finish(try run.call("repeat", [divide, int(5)]))
    let site = Site(divide.function, offset: 2)
    #expect(
      outcome.ending == .trapped(.divisionByZero, payload: nil, at: Raise(site: site, depth: 2)))
    #expect(outcome.fuel == 1)
    #expect(outcome.events.count == 2)
    #expect(run.state.context.pointee.frames_left == 9_999)
  }

  @Test func `end the run where fuel or depth do`() throws {
    let fuel = try ForeignRun(Self.functions) { $0.limits.fuel = 2 }
    let callee = try fuel.function("weigh")
    let spent = try fuel.finish(try fuel.call("fold", [callee, int(0), int(4)]))
    #expect(spent.ending == .exited(.outOfFuel, at: Raise(site: fuel.site, depth: 1)))
    #expect(spent.fuel == 2)
    let depth = try ForeignRun(Self.functions) { $0.limits.depth = 1 }
    let deep = try depth.finish(try depth.call("call_none", [try depth.function("constant")]))
    #expect(
      deep.ending == .trapped(.stackOverflow, payload: nil, at: Raise(site: depth.site, depth: 1)))
  }

  @Test func `get numbers that no int can hold, and the one NaN`() throws {
    let run = try ForeignRun(
      """

      func wide(a, b) {
          LoadLocal a
          PushConst -0x1p63
          EqNumber
          LoadLocal b
          PushConst 0x1p64
          EqNumber
          And
          JumpIfFalse no
          PushConst 1
          ReturnValue
      no:
          PushConst 0
          ReturnValue
      }

      func second(a: number, b: number) {
          LoadLocal b
          ReturnValue
      }

      """)
    #expect(try run.call("call_wide", [try run.function("wide")]) == int(1))
    let result = try run.call("call_nan", [try run.function("second")])
    #expect(result.bits == canonicalNaN)
    _ = try run.finish(result)
  }

  @Test func `round to nearest while C does not`() throws {
    let run = try ForeignRun(
      """

      func add_tiny(x) {
          LoadLocal x
          PushConst 0x1p-60
          AddNumber
          ReturnValue
      }

      """)
    let result = try run.call("call_rounding_up", [try run.function("add_tiny"), number(1)])
    #expect(result == number(1))
    _ = try run.finish(result)
  }
}
