import Bytecode
import JIT
import Testing

struct MetricsTests {
  static let program = """
    func f(a, b: int, c) {
        LoadLocal a
        LoadLocal b
        AddInt
        LoadLocal c
        Mul
        PushConst 1
        Lt
        ReturnValue
    }
    main(n: int) {
        LoadLocal n
        LoadLocal n
        AddIntTrusted
        PushConst 2.0
        AddNumber
        Halt
    }
    """

  @Test func `counts typed and generic forms and leaves trusted ones out`() throws {
    let metrics = NumericMetrics(of: try assembled(Self.program).program)
    #expect(metrics.typed == ["AddInt": 1, "AddNumber": 1])
    #expect(metrics.generic == ["Mul": 1, "Lt": 1])
    #expect(metrics.coverage == 50)
  }

  @Test func `formats its lines as the founding system does`() throws {
    let metrics = NumericMetrics(of: try assembled(Self.program).program)
    #expect(
      metrics.line
        == "[shape-jit-metrics] typed_numeric_ops=2 generic_numeric_ops=2 "
        + "typed_numeric_coverage_pct=50.00 static_typed_numeric_ops=2 "
        + "static_generic_numeric_ops=2 static_typed_numeric_coverage_pct=50.00")
    #expect(
      metrics.detailLine
        == "[shape-jit-metrics-detail] typed_breakdown=AddInt:1,AddNumber:1 "
        + "generic_breakdown=Lt:1,Mul:1")
  }

  @Test func `covers everything where there is nothing to cover`() throws {
    let metrics = NumericMetrics(of: try assembled("main() {\n    Halt\n}").program)
    #expect(metrics.line.contains("typed_numeric_coverage_pct=100.00 "))
  }

  @Test func `emits what the environment asks for`() throws {
    let metrics = NumericMetrics(of: try assembled(Self.program).program)
    func lines(_ variables: Set<String>) -> [String] {
      metrics.lines { variables.contains($0) ? "1" : nil }
    }
    #expect(lines([]).isEmpty)
    #expect(lines(["SHAPE_JIT_METRICS_DETAIL"]).isEmpty)
    #expect(lines(["SHAPE_JIT_METRICS"]) == [metrics.line])
    #expect(
      lines(["SHAPE_JIT_METRICS", "SHAPE_JIT_METRICS_DETAIL"])
        == [metrics.line, metrics.detailLine])
  }

  @Test func `formats the phases of a run in whole milliseconds`() {
    let phases = PhaseMetrics(
      bytecodeCompile: .microseconds(1_999), jitCompile: .milliseconds(12),
      jitExecution: .seconds(2) + .microseconds(1_700))
    #expect(
      phases.line
        == "[shape-jit-phases] bytecode_compile_ms=1 jit_compile_ms=12 jit_exec_ms=2001 "
        + "total_ms=2014")
    #expect(phases.lines { $0 == "SHAPE_JIT_PHASE_METRICS" ? "" : nil } == [phases.line])
    #expect(phases.lines { _ in nil }.isEmpty)
  }

  @Test func `traces the instructions a compiler is given`() throws {
    let program = try assembled(
      """
      func one() {
          PushConst 1
          ReturnValue
      }
      main(n: int) {
      again:
          Call one
          Pop
          LoadLocal n
          JumpIfTrue again
          LoadLocal n
          Halt
      }
      """
    ).program
    let trace = CompileTrace(of: program, compiler: "compile_program")
    #expect(
      trace.lines { $0 == "SHAPE_JIT_DEBUG" ? "1" : nil } == [
        "[jit-debug] starting compile_program with 8 instructions, 2 functions",
        "[jit-debug] instr[0]: PushConst 1",
        "[jit-debug] instr[1]: ReturnValue",
        "[jit-debug] instr[2]: Call one",
        "[jit-debug] instr[3]: Pop",
        "[jit-debug] instr[4]: LoadLocal n",
        "[jit-debug] instr[5]: JumpIfTrue again",
        "[jit-debug] instr[6]: LoadLocal n",
        "[jit-debug] instr[7]: Halt",
      ])
    #expect(trace.lines { $0 == "SHAPE_JIT_METRICS" ? "1" : nil }.isEmpty)
    #expect(RunTrace().lines { $0 == "SHAPE_JIT_DEBUG" ? "1" : nil } == [RunTrace.line])
  }

  @Test func `hints at parameters that reach a numeric instruction from their load`() throws {
    let program = try assembled(Self.program).program
    let hints = NumericHints.parameters(of: FunctionIndex(0), in: program)
    #expect(hints == [LocalIndex(0), LocalIndex(1), LocalIndex(2)])
  }

  @Test func `hints at nothing behind a jump, another instruction or a local`() throws {
    let program = try assembled(
      """
      main(a, b, c, d) {
          local e
          LoadLocal a
          Neg
          LoadLocal b
          LoadLocal c
          JumpIfTrue on
      on:
          Add
          Pop
          LoadLocal e
          LoadLocal d
          Swap
          Sub
          Halt
      }
      """
    ).program
    #expect(NumericHints.parameters(of: program.mainIndex, in: program).isEmpty)
  }
}
