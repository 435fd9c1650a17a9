import Bytecode
import Testing

@testable import JIT

@Suite struct `Code shared between sessions` {
  @Test func `is not given anew while frames may run it that are to leave it`() throws {
    let program = try assembled(TieringPrograms.calls)
    let compiler = UnitCompiler(options: CompileOptions(isHooked: true))
    let job = CompileJob(
      subject: .function(TieringPrograms.add), generation: 0, program: program,
      compiler: compiler)
    let unit = try compiler.compileBaseline(TieringPrograms.add, in: program)
    let cache = CompileCache()
    #expect(cache.unit(of: job) == nil)
    cache.keep(unit, of: job)
    #expect(cache.unit(of: job) === unit)
    let retired = RetiredCode()
    retired.add(unit)
    #expect(cache.unit(of: job) == nil)
    // With a second copy, that one is given.
    let other = try compiler.compileBaseline(TieringPrograms.add, in: program)
    cache.keep(other, of: job)
    #expect(cache.unit(of: job) === other)
    retired.freeAll()
    #expect(cache.unit(of: job) === unit)
  }
}
