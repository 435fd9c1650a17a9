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
  /// Programs whose runs under their schedules ran optimized code, entered it in mid-function, and
  /// left it at a guard that failed.
  public var optimized = 0
  public var replaced = 0
  public var deoptimized = 0
  /// Programs whose code there had virtual objects, and had some made with the frames that left.
  public var withVirtualObjects = 0
  public var rebuilding = 0
  /// Programs with vectorized loops.
  public var withVectors = 0
  /// Programs by the calls that their optimized code had inlined in each other, at most; those
  /// without inlined calls are left out.
  public var inlineDepths: [Int: Int] = [:]
  /// Exits at guards in all runs, by kind.
  public var guardExits: [Schedule.GuardKind: Int] = [:]
  public var executions = 0
  public var instructionCounts: [Int] = []
  public var reachedOpcodes: Set<Opcode> = []
  public var reachedBuiltins: Set<Builtin> = []
  public var reachedWidths: Set<NumericWidth> = []
  public var reachedMethods: Set<MethodReach> = []
  public var reachedSymbols: Set<String> = []
  /// One divergence per signature, with the first seed that showed it and how many did.
  public var divergences: [(seed: UInt64, divergence: Divergence, count: Int)] = []

  /// What the programs kept to, and so could reach.
  public let language: GeneratedLanguage

  public init(language: GeneratedLanguage) { self.language = language }

  public var divergenceCount: Int { divergences.reduce(0) { $0 + $1.count } }

  public var verifiedShare: Double { share(verified, programs) }
  public var normalShare: Double { share(normalEnds, runs) }
  public var loopingShare: Double { share(looping, programs) }

  /// The median number of instructions of a program.
  public var medianSize: Int {
    let sorted = instructionCounts.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// Of all programs.
  public var optimizedShare: Double { share(optimized, programs) }
  public var replacedShare: Double { share(replaced, programs) }
  public var deoptimizedShare: Double { share(deoptimized, programs) }
  public var virtualShare: Double { share(withVirtualObjects, programs) }
  public var rebuildingShare: Double { share(rebuilding, programs) }
  public var vectorShare: Double { share(withVectors, programs) }
  public var inliningShare: Double { share(inlineDepths.values.reduce(0, +), programs) }

  private func share(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }

  mutating func count(_ program: VerifiedProgram, _ report: CheckReport) {
    executions += report.executions + report.determinismRuns
    if report.kernels > 0 { withKernels += 1 }
    let guards = report.code.guards
    if guards.ranOptimized { optimized += 1 }
    if guards.replacedStack { replaced += 1 }
    if guards.deoptimized { deoptimized += 1 }
    if guards.hasVirtualObjects { withVirtualObjects += 1 }
    if guards.rebuiltObjects { rebuilding += 1 }
    if guards.hasVectors { withVectors += 1 }
    if guards.inlineDepth > 0 { inlineDepths[guards.inlineDepth, default: 0] += 1 }
    guardExits.merge(guards.exits) { $0 + $1 }
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
    reachedMethods.formUnion(features.methods)
    reachedSymbols.formUnion(features.symbols)
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

/// What of the language no run reached.
extension SurveySummary {
  private var isWhole: Bool { language != .core }

  /// Opcodes no run executed, in table order.
  public var missingOpcodes: [Opcode] {
    Opcode.allCases.filter {
      (isWhole || NumericCore.contains($0)) && !reachedOpcodes.contains($0)
    }
  }

  /// Builtins no `BuiltinCall` called, in table order.
  public var missingBuiltins: [Builtin] {
    Builtin.allCases.filter {
      (isWhole || NumericCore.contains($0)) && !reachedBuiltins.contains($0)
    }
  }

  /// Builtins no `CallMethod` called on a kind of receiver they are methods of, as `kind.name`.
  public var missingMethods: [String] {
    guard isWhole else { return [] }
    return Builtin.allCases.flatMap { builtin in
      builtin.methodReceivers.kinds.filter {
        !reachedMethods.contains(MethodReach(builtin: builtin, receiver: $0))
      }.map { "\($0.name).\(builtin.facts.name)" }
    }
  }

  /// Foreign functions no run called, in the library's order.
  public var missingSymbols: [String] {
    guard isWhole else { return [] }
    return FixtureLibrary.shared.functions.map(\.symbol).filter { !reachedSymbols.contains($0) }
  }

  /// Widths no executed instruction named; `u64` is in no verified program.
  public var missingWidths: [NumericWidth] {
    NumericWidth.allCases.filter { $0 != .u64 && !reachedWidths.contains($0) }
  }

  /// Traps and exits that ended no run.
  public var missingEnds: [String] {
    let traps: [TrapKind] =
      isWhole ? TrapKind.allCases : [.typeError, .divisionByZero, .stackOverflow]
    let exits: [ExitKind] = isWhole ? ExitKind.allCases : [.outOfFuel]
    return traps.filter { self.traps[$0, default: 0] == 0 }.map(\.name)
      + exits.filter { self.exits[$0, default: 0] == 0 }.map(\.name)
  }

  /// Everything missing, by name.
  public var missing: [String] {
    missingOpcodes.map(\.facts.name) + missingBuiltins.map(\.facts.name) + missingMethods
      + missingWidths.map(\.name) + missingSymbols.map { "foreign \($0)" } + missingEnds
  }
}
