import Bytecode
import Engines
import Fuzzer
import JIT
import TestSupport
import Testing

@Suite struct `Guards that only forced exits lead to` {
  /// Its functions leave before their own versions are made, unless others are made to leave first.
  @Test func `are forced as well`() throws {
    let text = try Repository.text(of: "corpus/seeds/inlined-overflow.sasm")
    let program = try Verifier.verify(Assembler.assemble(text))
    var options = HarnessOptions()
    options.beExhaustive()
    let harness = Harness(judge: Engines.judge, engines: [OptimizingEngine()], options: options)
    let report = try harness.check(program)
    #expect(report.verdict == .agree)
    let guards = report.code.guards
    #expect(guards.executed.count >= 10)
    #expect(guards.neverLeft.isEmpty, "\(guards.neverLeft.count) of \(guards.executed.count)")
  }
}
