import Bytecode
import JIT
import Testing

struct PreflightTests {
  private static let text = """
    func traced(n: int) {
        Debug
        LoadLocal n
        Debug
        ReturnValue
    }
    main() {
        PushConst 4
        BuiltinCall sqrt 1
        Call traced
        Halt
    }
    """

  @Test func `lists what only interpreters run, each once`() throws {
    let program = try assembled(Self.text)
    let report = PreflightReport(of: FunctionIndex(0), in: program)
    #expect(report.opcodes == [.debug])
    #expect(report.builtins.isEmpty)
    #expect(!report.canCompile)
    #expect(report.summary == "opcodes=[Debug]")
    #expect(PreflightReport(of: program) == report)
  }

  @Test func `lists nothing of a function that can be compiled`() throws {
    let program = try assembled(Self.text)
    let report = PreflightReport(of: program.program.mainIndex, in: program)
    #expect(report.canCompile)
    #expect(report.summary == "none")
  }

  @Test func `predicts what the baseline tier declines`() throws {
    let program = try assembled(Self.text)
    let compiled = try UnitCompiler().compileProgram(program)
    for index in program.program.functions.indices.map({ FunctionIndex($0) }) {
      let isDeclined = compiled.declines.contains { $0.function == index }
      #expect(PreflightReport(of: index, in: program).canCompile == !isDeclined)
    }
  }
}
