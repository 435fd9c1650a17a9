import Bytecode

/// One line of a self test.
public struct SelfTestResult: Sendable {
  public var name: String
  public var passed: Bool
  /// What was found where something else was expected.
  public var detail: String
}

/// Shows, in seconds, that the oracles see what they must and nothing else, and that every tier
/// is really entered.
public struct SelfTest {
  let judge: any Engine
  let engines: [any Engine]

  public init(judge: any Engine, engines: [any Engine]) {
    self.judge = judge
    self.engines = engines
  }

  /// Runs everything, in a fixed order.
  public func run() -> [SelfTestResult] {
    mustNotDiffer() + mustDiffer() + programThatDoesNotVerify() + everyTierIsEntered()
  }

  private var exiting: any Engine { ExitingEngine(base: judge) }

  // MARK: Pairs

  private func mustNotDiffer() -> [SelfTestResult] {
    SelfTestProgram.all.map { program in
      let verdict = verdict(of: program, .none)
      return SelfTestResult(
        name: "must not differ: \(program.name)", passed: verdict == .agree,
        detail: Self.detail(verdict))
    }
  }

  private func mustDiffer() -> [SelfTestResult] {
    SelfTestPair.all.map { pair in
      let verdict = verdict(of: pair.program, pair.alteration())
      var found: Signature?
      if case .diverge(let divergence) = verdict { found = divergence.signature }
      return SelfTestResult(
        name: "must differ: \(pair.oracle.rawValue): \(pair.name)",
        passed: found?.oracle == pair.oracle && found?.field == pair.field,
        detail: Self.detail(verdict))
    }
  }

  private func verdict(
    of program: SelfTestProgram, _ alteration: AlteredEngine.Alteration
  ) -> Verdict {
    // Grids over the longer programs take too long, and only these are about frames.
    let base: any Engine =
      switch program.name {
      case SelfTestProgram.framed.name: exiting
      case SelfTestProgram.guarded.name: GuardingEngine.framed(base: judge)
      default: judge
      }
    let name: EngineName = program.name == SelfTestProgram.guarded.name ? .optimizing : .baseline
    let altered = AlteredEngine(name: name, base: base, alteration: alteration)
    let harness = Harness(judge: judge, engines: [altered])
    do throws(EngineFailure) {
      return try harness.check(program.program).verdict
    } catch {
      return .inconclusive("refused: \(error)")
    }
  }

  private func programThatDoesNotVerify() -> [SelfTestResult] {
    var program = SelfTestProgram.returning.program
    program.instructions[program.main.range.upperBound - 1] = Instruction(.nop)
    let harness = Harness(judge: judge, engines: [])
    let verdict: Verdict
    do throws(EngineFailure) {
      verdict = try harness.check(program).verdict
    } catch {
      verdict = .inconclusive("refused: \(error)")
    }
    var passed = false
    if case .diverge(let divergence) = verdict {
      passed = divergence.signature.oracle == .verifier && divergence.signature.field == .program
    }
    return [
      SelfTestResult(
        name: "must differ: V: a program that does not verify", passed: passed,
        detail: Self.detail(verdict))
    ]
  }

  // MARK: Tiers

  private func everyTierIsEntered() -> [SelfTestResult] {
    var entered: Set<EngineName> = []
    var difference: Divergence?
    let harness = Harness(judge: judge, engines: engines)
    for seed in UInt64(0)..<64 {
      do throws(EngineFailure) {
        let report = try harness.check(ProgramGenerator.program(seed: seed))
        for tier in report.tiers where tier.use == .entered { entered.insert(tier.tier) }
        difference = difference ?? report.divergence
      } catch {
        return [
          SelfTestResult(
            name: "every tier is entered", passed: false, detail: "seed \(seed): \(error)")
        ]
      }
    }
    let tiers = engines.map { engine in
      SelfTestResult(
        name: "entered: \(engine.name.rawValue)", passed: entered.contains(engine.name),
        detail: "no generated program entered it")
    }
    return tiers + [
      SelfTestResult(
        name: "engines agree on 64 generated programs", passed: difference == nil,
        detail: difference.map { "\($0.signature)\n\($0.explanation)" } ?? "")
    ]
  }

  private static func detail(_ verdict: Verdict) -> String {
    switch verdict {
    case .agree: "agree"
    case .inconclusive(let reason): "inconclusive: \(reason)"
    case .diverge(let divergence): "\(divergence.signature)\n\(divergence.explanation)"
    }
  }
}
