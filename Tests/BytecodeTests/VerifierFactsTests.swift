import Bytecode
import Testing

@Suite struct `The facts of a verified function` {
  @Test func `accepts a counting loop and finds its header`() throws {
    let i = LocalIndex(1)
    let program = programOfMain(
      parameters: [Parameter("n", SlotKind(.int))], locals: [Slot("i", SlotKind(.int))],
      constants: [.int(0), .int(1)],
      [
        Instruction(.pushConst, .constant(ConstantIndex(0))),
        Instruction(.storeLocal, .local(i)),
        Instruction(.loadLocalTrusted, .local(i)),
        Instruction(.loadLocal, .local(LocalIndex(0))),
        Instruction(.ltIntTrusted),
        Instruction(.jumpIfFalseTrusted, .jump(5)),
        Instruction(.loadLocal, .local(i)),
        Instruction(.pushConst, .constant(ConstantIndex(1))),
        Instruction(.addIntTrusted),
        Instruction(.storeLocal, .local(i)),
        Instruction(.jump, .jump(-9)),
        Instruction(.loadLocal, .local(i)),
        Instruction(.halt),
      ])
    let verified = try Verifier.verify(program)
    let facts = verified[FunctionIndex(0)]
    #expect(facts.maximumStackDepth == 2)
    #expect(facts.loopHeaders == [2])
    #expect(facts.targets[5] == 11)
    #expect(facts.targets[10] == 2)
    #expect(facts.stackDepths == [0, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 0, 1])
    let found = verified.state(of: FunctionIndex(0), at: 8)
    let state = try #require(found)
    #expect(state.stack == [KindSet.int, KindSet.int])
    var seen: [Int] = []
    verified.forEachReachableState(of: FunctionIndex(0)) { offset, state in
      seen.append(offset)
      #expect(state.stack.count == Int(facts.stackDepths[offset]))
    }
    #expect(seen == Array(0..<13))
    #expect(!verified.isLive(i, of: FunctionIndex(0), at: 0))
    #expect(verified.isLive(i, of: FunctionIndex(0), at: 2))
    #expect(verified.isLive(LocalIndex(0), of: FunctionIndex(0), at: 10))
    #expect(!verified.isLive(LocalIndex(0), of: FunctionIndex(0), at: 11))
  }
}
