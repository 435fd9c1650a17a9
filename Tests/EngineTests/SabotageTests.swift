import Bytecode
import Engines
import Sabotage
import TestSupport
import Testing

@testable import Fuzzer
@testable import JIT

/// Faults in the programs they are hunted with; nothing faulty runs here.
@Suite struct `Planted faults` {
  private func language(_ workload: Fault.Workload) -> GeneratedLanguage {
    switch workload {
    case .core: .core
    case .whole, .loops, .optimized: .whole
    }
  }

  /// Programs that may be compiled before a fault has found a place.
  private static let limit: UInt64 = 1_000
  /// Those that are tried before the seeds.
  private static let first: UInt64 = 50

  @Test(arguments: Fault.all.filter { $0.workload != .optimized })
  func `find a place in generated programs`(_ fault: Fault) throws {
    let places = PlantedPlaces()
    var options = fault.options(counting: places)
    options.isHooked = true
    let compiler = UnitCompiler(options: options)
    for seed in 0..<Self.limit {
      let generated = ProgramGenerator.program(
        seed: seed, options: GeneratorOptions(language: language(fault.workload)))
      let program = try Verifier.verify(generated)
      _ = try compiler.compileProgram(program)
      // Loops and foreign calls are compiled with sessions.
      _ = try fault.engine(counting: places).prepare(program)
      if places.count > 0 { return }
    }
    Issue.record("\(fault.name) was planted nowhere in \(Self.limit) programs")
  }

  /// Those that are planted when facts break or guards fail: what is only compiled has no place for
  /// them.
  private static let discards: [Fault] = [
    .compiler(.discardMissed), .compiler(.discardOfOthers), .compiler(.refutationForgotten),
  ]

  /// What the verifier of points refuses, wherever a callback has a walk's function below it.
  private static let refused = Fault.compiler(.chainPastWalk)

  @Test(
    arguments: Fault.all.filter {
      $0.workload == .optimized && !discards.contains($0) && $0 != refused
    })
  func `find a place in optimized code`(_ fault: Fault) throws {
    let places = PlantedPlaces()
    var options = fault.options(counting: places)
    options.isHooked = fault == .compiler(.hooksMissDiscard)
    let compiler = UnitCompiler(options: options)
    func isPlanted(in seeds: Range<UInt64>) throws -> Bool {
      for seed in seeds where places.count == 0 { try compile(seed, compiler) }
      return places.count > 0
    }
    if try isPlanted(in: 0..<Self.first) { return }
    // Hunts begin with the seeds, and each fault has one that shows it.
    for path in Repository.files(under: "corpus/seeds", withExtension: "sasm") {
      try compile(learned(Assembler.assemble(Repository.text(of: path))), compiler)
      if places.count > 0 { return }
    }
    if try isPlanted(in: Self.first..<Self.limit) { return }
    Issue.record("\(fault.name) was planted nowhere in \(Self.limit) programs and the seeds")
  }

  @Test func `are refused where points do not fit the program`() throws {
    let places = PlantedPlaces()
    let compiler = UnitCompiler(options: Self.refused.options(counting: places))
    #expect(throws: EngineFailure.self) {
      for seed in 0..<Self.limit { try compile(seed, compiler) }
    }
    #expect(places.count > 0)
  }

  /// Compiles all functions of a generated program by what is claimed of it, and by what a run has
  /// seen.
  private func compile(_ seed: UInt64, _ compiler: UnitCompiler) throws {
    try compile(claimed(seed), compiler)
    try compile(
      learned(ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: .whole))),
      compiler)
  }

  private func compile(
    _ learned: (program: VerifiedProgram, feedback: [FunctionFeedback]),
    _ compiler: UnitCompiler
  ) throws {
    _ = try compiler.compile(
      functions: learned.program.program.functions.indices.map { FunctionIndex($0) },
      in: learned.program, speculatingOn: learned.feedback)
  }

  /// A program with feedback that is made up.
  private func claimed(_ seed: UInt64) throws -> (VerifiedProgram, [FunctionFeedback]) {
    let program = try Verifier.verify(
      FeedbackLies.told(
        of: Verifier.verify(
          ProgramGenerator.program(seed: seed, options: GeneratorOptions(language: .whole))),
        seed: seed))
    var claimed = FeedbackClaims(program.program).applied(
      to: program.program.functions.map { FunctionFeedback(bodyLength: $0.bodyLength) },
      FeedbackClaims.Circumstances(isDisproved: { _ in false }, hasShape: nil))
    // Facts are of sessions; these let code rest on some.
    for index in claimed.indices {
      for case .layout(.shape(let keys))? in claimed[index].properties.map({ $0?.entries.first }) {
        claimed[index].childless.insert(keys)
      }
    }
    return (program, claimed)
  }

  /// A program with what a run in tier 0 has seen.
  private func learned(_ program: Program) throws -> (VerifiedProgram, [FunctionFeedback]) {
    var plain = program
    let arguments = program.schedule?.arguments.first ?? []
    plain.schedule = nil
    let program = try Verifier.verify(plain)
    let policy = CountingPolicy.never(program.program)
    let session = try AutoSession(program, policy, DeterministicExecutor(), speculates: true)
    _ = try session.run(
      RunRequest(
        entry: program.program.mainIndex, arguments: arguments.map { ObservedValue($0) },
        limits: RunLimits(fuel: 10_000, heapBytes: 1 << 24)))
    return (program, session.tiering.feedback)
  }

  @Test func `are detected by the harness, and nothing is where there is none`() throws {
    func hunt(_ engine: any Engine, seconds: Double) throws -> FaultResult {
      try SabotageRun(judge: Engines.judge, secondsPerFault: seconds).run(
        PlantedFault(
          name: "fault", faultClass: "class", language: .core, makeEngine: { engine },
          canaries: { session in
            let counts = session.statistics.filter { $0.name == Canary.reached }
            return FaultCanaries(reached: counts.first?.value ?? 0, triggered: 0)
          }, places: { 0 }))
    }
    let found = try hunt(Fault.numeric(.trapSitePlusOne).engine(), seconds: 60)
    #expect(found.detected)
    #expect(found.oracle == .exit)
    #expect(found.reached > 0)
    #expect(found.programs > 0)
    let control = try hunt(Fault.Workload.core.engine, seconds: 1)
    #expect(!control.detected)
    #expect(control.programs > 0)
    #expect(control.reached == 0)
  }
}
