import Bytecode
import Foundation

/// How often, in the runs of one session, a planted fault was met.
public struct FaultCanaries: Hashable, Sendable {
  /// Executions of the code the fault was planted in.
  public var reached: UInt64
  /// Times the fault changed something.
  public var triggered: UInt64

  public init(reached: UInt64, triggered: UInt64) {
    self.reached = reached
    self.triggered = triggered
  }
}

/// An engine with a known fault.
public struct PlantedFault: Sendable {
  public var name: String
  /// The family of faults it stands for.
  public var faultClass: String
  /// What the programs it is hunted with are made of.
  public var language: GeneratedLanguage
  /// Whether each program is run by made up feedback, too.
  public var tellsLies: Bool
  public var makeEngine: @Sendable () -> any Engine
  /// Reads the canaries of a session of that engine after its runs.
  public var canaries: @Sendable (any EngineSession) -> FaultCanaries
  /// How many places the fault has been planted in so far.
  public var places: @Sendable () -> Int

  public init(
    name: String, faultClass: String, language: GeneratedLanguage, tellsLies: Bool = false,
    makeEngine: @escaping @Sendable () -> any Engine,
    canaries: @escaping @Sendable (any EngineSession) -> FaultCanaries,
    places: @escaping @Sendable () -> Int
  ) {
    self.name = name
    self.faultClass = faultClass
    self.language = language
    self.tellsLies = tellsLies
    self.makeEngine = makeEngine
    self.canaries = canaries
    self.places = places
  }
}

/// Measures whether the harness finds planted faults, from a corpus that may be empty.
public struct SabotageRun {
  let judge: any Engine
  let secondsPerFault: Double
  let seed: UInt64
  let corpus: [VerifiedProgram]

  /// - Parameter corpus: programs that are checked, and mutated, among those that are generated.
  public init(
    judge: any Engine, secondsPerFault: Double = 120, seed: UInt64 = 1,
    corpus: [VerifiedProgram] = []
  ) {
    self.judge = judge
    self.corpus = corpus
    self.secondsPerFault = secondsPerFault
    self.seed = seed
  }

  /// Generates and mutates programs, and checks them as a campaign does, until the fault shows or its
  /// CPU seconds are used up.
  ///
  /// - Parameters:
  ///   - found: is given what shows the fault.
  ///   - progress: is told how things stand behind each program.
  public func run(
    _ fault: PlantedFault, shouldStop: () -> Bool = { false },
    found: (Finding) throws -> Void = { _ in },
    progress: (FaultResult) throws -> Void = { _ in }
  ) rethrows -> FaultResult {
    var result = FaultResult(fault: fault.name, faultClass: fault.faultClass)
    var options = HarnessOptions.campaign
    // One engine leaves time for what the others would have taken.
    options.forcedExitShare = 2
    if fault.tellsLies { options.liesShare = 1 }
    let harness = Harness(judge: judge, engines: [fault.makeEngine()], options: options)
    let start = Self.processSeconds
    var pool = ProgramPool(seed: seed, language: fault.language, corpus)
    var hashes = SplitMix64(seed: seed)
    while !result.detected, result.seconds < secondsPerFault, !shouldStop() {
      let program = pool.next()
      result.programs += 1
      let divergence = check(program, harness, fault, &result, hash: hashes.next())
      result.seconds = Self.processSeconds - start
      result.planted = fault.places()
      if let divergence {
        result.detected = true
        result.oracle = divergence.signature.oracle
        result.signature = divergence.signature.description
        try found(
          Finding(
            program: Finding.replayable(program, divergence), divergence: divergence,
            origin: "hunt for \(fault.name), program \(result.programs)"))
      }
      try progress(result)
    }
    return result
  }

  private func check(
    _ program: VerifiedProgram, _ harness: Harness, _ fault: PlantedFault,
    _ result: inout FaultResult, hash: UInt64
  ) -> Divergence? {
    var reached: UInt64 = 0
    var triggered: UInt64 = 0
    defer {
      result.reached += reached
      result.triggered += triggered
    }
    do throws(EngineFailure) {
      let report = try harness.check(program, inputHash: hash) { name, session in
        guard name != harness.judge.name else { return }
        let canaries = fault.canaries(session)
        reached += canaries.reached
        triggered += canaries.triggered
      }
      return report.divergence
    } catch {
      preconditionFailure("a generated program was refused: \(error)")
    }
  }

  /// CPU time of this process, all threads.
  private static var processSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Programs of a corpus, generated ones and mutants of both, without end.
struct ProgramPool {
  private var entropy: Entropy
  private let language: GeneratedLanguage
  private let corpus: [VerifiedProgram]
  private var order: SplitMix64
  /// Programs of the corpus that have not come in this round, the next one last.
  private var rest: [VerifiedProgram] = []
  private var programs: [VerifiedProgram] = []
  private var mutation = Mutation()

  /// Programs kept as parents.
  private static let limit = 64

  init(seed: UInt64, language: GeneratedLanguage, _ corpus: [VerifiedProgram] = []) {
    entropy = Entropy(seed: seed)
    self.language = language
    self.corpus = corpus
    order = SplitMix64(seed: seed)
  }

  mutating func next() -> VerifiedProgram {
    // They come again and again, in another order: each check has other legs.
    if rest.isEmpty { rest = corpus.shuffled(using: &order) }
    if !rest.isEmpty, entropy.chance(1, in: 2) { return keep(rest.removeLast()) }
    if !programs.isEmpty, entropy.chance(1, in: 2) {
      let parent = entropy.below(programs.count)
      if let child = mutation.mutate(programs[parent], seed: entropy.word()) {
        if entropy.chance(1, in: 4) { programs[parent] = child }
        return child
      }
    }
    let program = ProgramGenerator.program(
      seed: entropy.word(), options: GeneratorOptions(language: language))
    do throws(VerificationFailure) {
      return keep(try Verifier.verify(program))
    } catch {
      preconditionFailure("the generator made a program that does not verify: \(error.findings)")
    }
  }

  /// Makes a program one of the parents.
  private mutating func keep(_ program: VerifiedProgram) -> VerifiedProgram {
    if programs.count < Self.limit {
      programs.append(program)
    } else {
      programs[entropy.below(Self.limit)] = program
    }
    return program
  }
}
