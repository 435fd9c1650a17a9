import Bytecode
import TestSupport
import Testing

@testable import JIT

/// Loops of numbers whose rounds the code counts beforehand.
@Suite struct `Loops of numbers` {
  private static func seed(_ name: String) throws -> VerifiedProgram {
    try assembled(try Repository.text(of: "corpus/seeds/Vector-\(name).sasm"))
  }

  private static func runs(_ program: VerifiedProgram) -> [RunRequest] {
    (program.program.schedule?.arguments ?? []).map {
      RunRequest(
        entry: program.program.mainIndex, arguments: $0.map(ObservedValue.init),
        limits: RunLimits(fuel: 1_000, depth: 100, heapBytes: 100_000))
    }
  }

  @Test(arguments: ["fill", "map", "saxpy", "shifted"])
  func `are vectorized`(_ name: String) throws {
    let program = try Self.seed(name)
    let listing = try FunctionListing(
      of: FunctionIndex(0), optimizedBehind: Self.runs(program), in: program)
    let optimized = try #require(listing.optimizedCode)
    #expect(optimized.contains { $0.text.contains(" fmul <") })
    #expect(optimized.contains { $0.text.contains("store <") })
  }

  /// That production has them says nothing of the code that campaigns make.
  @Test(arguments: [
    ("fill", false, true), ("shifted", false, true), ("counters", false, true),
    ("fill", true, false),
  ])
  func `are counted`(_ name: String, isForCampaign: Bool, areVectorized: Bool) throws {
    let program = try Self.seed(name)
    let options = CompileOptions(isForCampaign: isForCampaign)
    let session = try OptimizingEngine(options: options).prepare(program)
    for run in Self.runs(program) { _ = try session.run(run) }
    #expect(try session.statistic("compiled entries") > 0)
    #expect(try (session.statistic("vectorized loops") > 0) == areVectorized)
  }

  @Test(arguments: ["fill", "map", "saxpy", "shifted", "counters"])
  func `end where any fuel does`(_ name: String) throws {
    let program = try Self.seed(name)
    let compiled = try OptimizingEngine().prepare(program)
    let interpreted = try InterpreterEngine().prepare(program)
    for run in Self.runs(program) {
      let uses = try interpreted.run(run).fuel
      for fuel in 0...uses + 1 {
        var short = run
        short.limits.fuel = fuel
        #expect(try compiled.run(short) == interpreted.run(short), "\(run.arguments) \(fuel)")
      }
    }
    #expect(try compiled.statistic("compiled entries") > 0)
  }

  @Test func `end where any limit of the heap does`() throws {
    let program = try Self.seed("counters")
    let compiled = try OptimizingEngine().prepare(program)
    let interpreted = try InterpreterEngine().prepare(program)
    for run in Self.runs(program) {
      for limit in stride(from: 0, to: 1_600, by: 8) {
        var short = run
        short.limits.heapBytes = UInt64(limit)
        #expect(try compiled.run(short) == interpreted.run(short), "\(run.arguments) \(limit)")
      }
    }
    #expect(try compiled.statistic("compiled entries") > 0)
  }
}
