import Bytecode

/// Generates and checks the programs of a range of seeds; nothing it finds stops it.
public struct Survey {
  let harness: Harness
  let options: GeneratorOptions
  /// Whether each program claims feedback that is made up.
  let tellsLies: Bool
  /// Called after each program, with the summary so far.
  let progress: (SurveySummary) -> Void
  /// Called for each divergence of a signature not seen before.
  let found: (Finding) -> Void

  public init(
    harness: Harness, options: GeneratorOptions = GeneratorOptions(), tellsLies: Bool = false,
    progress: @escaping (SurveySummary) -> Void = { _ in },
    found: @escaping (Finding) -> Void = { _ in }
  ) {
    self.harness = harness
    self.options = options
    self.tellsLies = tellsLies
    self.progress = progress
    self.found = found
  }

  /// Checks the program of each seed.
  ///
  /// - Parameter shouldStop: asked before each program; true ends the survey.
  public func run(
    seeds: Range<UInt64>, shouldStop: () -> Bool = { false }
  ) -> SurveySummary {
    var summary = SurveySummary(language: options.language)
    for seed in seeds {
      if shouldStop() { break }
      check(seed, &summary)
      progress(summary)
    }
    return summary
  }

  private func check(_ seed: UInt64, _ summary: inout SurveySummary) {
    var program = ProgramGenerator.program(seed: seed, options: options)
    summary.programs += 1
    summary.instructionCounts.append(program.instructions.count)
    var verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(program)
      if tellsLies {
        program = FeedbackLies.told(of: verified, seed: seed)
        verified = try Verifier.verify(program)
      }
    } catch {
      return record(Harness.rejection(of: program, error), program, seed, &summary)
    }
    summary.verified += 1
    do throws(EngineFailure) {
      // Legs rotate by bits of a hash; those of a seed change too slowly.
      var hash = SplitMix64(seed: seed)
      let report = try harness.check(verified, inputHash: hash.next())
      summary.count(verified, report)
      switch report.verdict {
      case .agree: break
      case .inconclusive: summary.inconclusive += 1
      case .diverge(let divergence):
        record(divergence, Finding.replayable(verified, divergence), seed, &summary)
      }
    } catch {
      // The judge refused it: the closing summary counts that.
      summary.unsupported += 1
    }
  }

  private func record(
    _ divergence: Divergence, _ program: Program, _ seed: UInt64, _ summary: inout SurveySummary
  ) {
    let known = summary.divergences.count
    summary.record(divergence, seed: seed)
    if summary.divergences.count > known {
      found(Finding(program: program, divergence: divergence, origin: "seed \(seed)"))
    }
  }
}
