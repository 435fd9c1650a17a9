import Bytecode
import Testing

@Suite struct `The assembler` {
  @Test func `reads every form of the text`() throws {
    let program = try Bytecode.Assembler.assemble(SampleProgram.text)
    #expect(program.functions.map(\.name) == ["fib", "adder", "bump", "g", "main"])
    #expect(program.functions[0].lines.first == 12)
    #expect(program.instructions[3] == Instruction(.jumpIfFalse, .jump(2)))
  }
}
