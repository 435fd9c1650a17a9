import Bytecode

/// What a survey has counted so far.
public struct SurveySummary: Sendable {
  public var programs = 0
  public var verified = 0
  public var runs = 0
  public var normalEnds = 0
  public var traps: [TrapKind: Int] = [:]
  public var exits: [ExitKind: Int] = [:]
  public var inconclusive = 0
  public var unsupported = 0
  /// Programs in which some loop was run twice or more.
  public var looping = 0
  /// Programs with at least one function taken as a numeric kernel.
  public var withKernels = 0
  /// Programs that entered each tier.
  public var entered: [EngineName: Int] = [:]
  public var executions = 0
  public var instructionCounts: [Int] = []
  public var reachedOpcodes: Set<Opcode> = []
  public var reachedBuiltins: Set<Builtin> = []
  public var reachedWidths: Set<NumericWidth> = []
  /// One divergence per signature, with the first seed that showed it and how many did.
  public var divergences: [(seed: UInt64, divergence: Divergence, count: Int)] = []

  public init() {}

  public var divergenceCount: Int { divergences.reduce(0) { $0 + $1.count } }

  /// Core opcodes no run executed, in table order.
  public var missingOpcodes: [Opcode] {
    Opcode.allCases.filter { NumericCore.contains($0) && !reachedOpcodes.contains($0) }
  }

  /// Core builtins no run called, in table order.
  public var missingBuiltins: [Builtin] {
    Builtin.allCases.filter { NumericCore.contains($0) && !reachedBuiltins.contains($0) }
  }

  /// Widths no executed instruction named; `u64` is in no verified program.
  public var missingWidths: [NumericWidth] {
    NumericWidth.allCases.filter { $0 != .u64 && !reachedWidths.contains($0) }
  }

  /// Core traps, and `OutOfFuel`, that ended no run.
  public var missingEnds: [String] {
    let traps = [TrapKind.typeError, .divisionByZero, .stackOverflow]
      .filter { self.traps[$0, default: 0] == 0 }.map(\.name)
    return traps + (exits[.outOfFuel, default: 0] == 0 ? [ExitKind.outOfFuel.name] : [])
  }

  public var verifiedShare: Double { share(verified, programs) }
  public var normalShare: Double { share(normalEnds, runs) }
  public var loopingShare: Double { share(looping, programs) }

  /// The median number of instructions of a program.
  public var medianSize: Int {
    let sorted = instructionCounts.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private func share(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }

  mutating func count(_ program: Program, _ report: CheckReport) {
    executions += report.executions + report.determinismRuns
    if report.kernels > 0 { withKernels += 1 }
    for tier in report.tiers where tier.use == .entered { entered[tier.tier, default: 0] += 1 }
    for outcome in report.outcomes {
      runs += 1
      switch outcome.ending {
      case .returned: normalEnds += 1
      case .trapped(let kind, _, _): traps[kind, default: 0] += 1
      case .exited(let kind, _): exits[kind, default: 0] += 1
      }
    }
    let features = ExecutionFeatures(program: program, report: report)
    if features.hasRepeatedLoop { looping += 1 }
    reachedOpcodes.formUnion(features.opcodes)
    reachedBuiltins.formUnion(features.builtins)
    reachedWidths.formUnion(features.widths)
  }

  mutating func record(_ divergence: Divergence, seed: UInt64) {
    if let known = divergences.firstIndex(where: {
      $0.divergence.signature == divergence.signature
    }) {
      divergences[known].count += 1
    } else {
      divergences.append((seed, divergence, 1))
    }
  }
}

/// Generates and checks the programs of a range of seeds; nothing it finds stops it.
public struct Survey {
  let harness: Harness
  let options: GeneratorOptions
  /// Called after each program, with the summary so far.
  let progress: (SurveySummary) -> Void
  /// Called for each divergence of a signature not seen before.
  let found: (Finding) -> Void

  public init(
    harness: Harness, options: GeneratorOptions = GeneratorOptions(),
    progress: @escaping (SurveySummary) -> Void = { _ in },
    found: @escaping (Finding) -> Void = { _ in }
  ) {
    self.harness = harness
    self.options = options
    self.progress = progress
    self.found = found
  }

  /// Checks the program of each seed.
  ///
  /// - Parameter shouldStop: asked before each program; true ends the survey.
  public func run(
    seeds: Range<UInt64>, shouldStop: () -> Bool = { false }
  ) -> SurveySummary {
    var summary = SurveySummary()
    for seed in seeds {
      if shouldStop() { break }
      check(seed, &summary)
      progress(summary)
    }
    return summary
  }

  private func check(_ seed: UInt64, _ summary: inout SurveySummary) {
    let program = ProgramGenerator.program(seed: seed, options: options)
    summary.programs += 1
    summary.instructionCounts.append(program.instructions.count)
    do throws(EngineFailure) {
      let report = try harness.check(program, inputHash: seed)
      summary.count(program, report)
      switch report.verdict {
      case .agree: summary.verified += 1
      case .inconclusive:
        summary.verified += 1
        summary.inconclusive += 1
      case .diverge(let divergence):
        if divergence.signature.field != .program { summary.verified += 1 }
        let known = summary.divergences.count
        summary.record(divergence, seed: seed)
        if summary.divergences.count > known {
          found(Finding(program: program, divergence: divergence, origin: "seed \(seed)"))
        }
      }
    } catch {
      // The generator keeps to what every engine runs: the closing summary counts a refusal.
      summary.unsupported += 1
    }
  }
}
