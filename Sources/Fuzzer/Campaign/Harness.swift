import Bytecode

/// Runs one program on the judge and on every judged engine, and compares.
///
/// The judge runs first. Every engine runs the argument tuples of the schedule in order on one
/// session. The first difference ends the check.
public struct Harness: Sendable {
  public let judge: any Engine
  public let engines: [any Engine]
  /// The engines with code as production makes it, for `HarnessOptions.productionShare`; empty if
  /// there are none, or `engines` are of that kind.
  public let production: [any Engine]
  public let options: HarnessOptions

  public init(
    judge: any Engine, engines: [any Engine], production: [any Engine] = [],
    options: HarnessOptions = HarnessOptions()
  ) {
    self.judge = judge
    self.engines = engines
    self.production = production
    self.options = options
  }

  /// Sees each session when its runs are over, before it is dropped.
  public typealias SessionObserver = (EngineName, any EngineSession) -> Void

  /// Verifies a program that must verify (generated, mutated, or verified before), and checks it.
  ///
  /// - Throws: `.unsupported` if the judge refuses the program; other failures are verdicts.
  public func check(
    _ program: Program, inputHash: UInt64 = 0, observer: SessionObserver? = nil
  ) throws(EngineFailure) -> CheckReport {
    let verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(program)
    } catch {
      var report = CheckReport()
      report.verdict = .diverge(Self.rejection(of: program, error))
      return report
    }
    return try check(verified, inputHash: inputHash, observer: observer)
  }

  /// Checks a verified program.
  ///
  /// - Parameter inputHash: chooses the rotating legs.
  /// - Throws: `.unsupported` if the judge refuses the program; other failures are verdicts.
  public func check(
    _ program: VerifiedProgram, inputHash: UInt64 = 0, observer: SessionObserver? = nil
  ) throws(EngineFailure) -> CheckReport {
    var legs = LegChoice(options, inputHash: inputHash)
    if production.isEmpty { legs.makesProductionCode = false }
    var check = Check(
      harness: self, program: program,
      heapStress: heapStress(of: program.program, legs), legs: legs, observer: observer)
    do throws(Check.End) {
      try check.run()
    } catch {
      switch error {
      case .verdict(let verdict): check.report.verdict = verdict
      case .unsupported(let unsupported): throw .unsupported(unsupported)
      }
    }
    return check.report
  }

  private func heapStress(of program: Program, _ legs: LegChoice) -> HeapStress {
    var stress = legs.collects ? HarnessOptions.greatestStress : options.heapStress
    for directive in program.schedule?.directives ?? [] {
      if case .collect(let clock) = directive { stress.collectionClocks.append(clock) }
    }
    return stress
  }

  /// The V finding about a program the verifier rejects although it should not.
  static func rejection(of program: Program, _ failure: VerificationFailure) -> Divergence {
    let first = failure.findings.first
    let place = first?.site.map { " at \(program.description(of: $0))" } ?? ""
    return Divergence(
      signature: Signature(
        oracle: .verifier, expected: nil, actual: nil, reason: first?.rule.rawValue ?? "-",
        opcode: first?.site.map {
          program.instructions[program[$0.function].entryPoint + $0.offset].opcode
        }, field: .program),
      run: "verification", expected: "a program that verifies",
      actual: first.map { "\($0.rule.rawValue): \($0.reason)\(place)" } ?? "refused")
  }
}

extension Program {
  /// The argument tuples the harness runs; a program without any is run once without arguments.
  public var scheduledArguments: [[ObservedValue]] {
    guard let tuples = schedule?.arguments, !tuples.isEmpty else { return [[]] }
    return tuples.map { $0.map(ObservedValue.init) }
  }
}
