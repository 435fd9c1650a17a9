import Bytecode
import JIT
import Testing

struct BaselineCodeTests {
  static let text = BaselineControlTests.recursion

  @Test func `gives the same code for the same program`() throws {
    let program = try assembled(Self.text)
    let listing = UnitCompiler(options: CompileOptions(keepsListings: true))
    let first = try listing.compileProgram(program)
    let second = try listing.compileProgram(program)
    #expect(first.intermediateCode == second.intermediateCode)
    #expect(first.codeDigest == second.codeDigest)
    #expect(first.codeSize == second.codeSize)
    let plain = try UnitCompiler().compileProgram(program)
    #expect(plain.codeDigest == first.codeDigest)
    #expect(plain.intermediateCode == nil)
  }

  @Test func `fills a compiled function's record`() throws {
    let listing = UnitCompiler(options: CompileOptions(keepsListings: true))
    let compiled = try listing.compileProgram(try assembled(Self.text))
    let down = try #require(compiled[FunctionIndex(0)])
    #expect(down.entry != nil)
    #expect(down.tier == .baseline)
    #expect(down.deoptimizationPoints.isEmpty)
    #expect(down.shapeGuards.isEmpty)
    #expect(down.codeSize > 0)
    #expect(compiled.codeSize >= down.codeSize)
    #expect(compiled.compileTime > .zero)
  }

  @Test func `names intermediate values after their bytecode offset`() throws {
    let listing = UnitCompiler(options: CompileOptions(keepsListings: true))
    let compiled = try listing.compileProgram(try assembled(Self.text))
    let code = try #require(compiled.intermediateCode)
    #expect(code.contains("%v.0008.sub = sub i64"))
    #expect(code.contains("bb.0009."))
    #expect(code.contains("define internal { i64, i32 } @f.0.down(ptr noalias dereferenceable("))
    let machine = try #require(compiled.machineCode)
    #expect(machine.contains("f.0.down:"))
    #expect(machine.contains("ret"))
  }

  @Test func `sums of declared ints are neither boxed nor tested before the slot`() throws {
    let program = try assembled(
      main("a: int, b: int", "LoadLocal a;LoadLocal b;AddInt;LoadLocal b;AddInt;StoreLocal a;Halt"))
    let listing = UnitCompiler(options: CompileOptions(keepsListings: true))
    let code = try #require(try listing.compileProgram(program).intermediateCode)
    #expect(!code.contains("v.0002.fits"))
    #expect(!code.contains("v.0004.fits"))
    #expect(code.contains("v.0005.slot"))
  }

  @Test func `memory stays flat over many compiles`() throws {
    let program = try assembled(Self.text)
    func compile(_ count: Int) throws {
      for _ in 0..<count { _ = try BaselineEngine().prepare(program) }
    }
    // More than one generation of contexts before the first reading.
    try compile(1_500)
    // Tests that run beside this one take memory too, but not all the time: a leak does.
    var last = try residentKibibytes()
    for _ in 0..<50 {
      try compile(100)
      let now = try residentKibibytes()
      if now - last < 600 { return }
      last = now
    }
    Issue.record("each compile takes 6 KiB or more")
  }
}
