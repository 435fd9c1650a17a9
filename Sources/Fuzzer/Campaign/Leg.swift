import Bytecode

/// What is done with some inputs only in a campaign.
public enum Leg: String, CaseIterable, Hashable, Sendable {
  /// Every session is made twice.
  case determinism
  /// Functions are run as numeric kernels.
  case kernels
  /// Garbage is collected at every allocation.
  case collection
  /// Code with hooks runs, nothing asked of it but to count.
  case hooks
  /// Compiled code is left at safepoints.
  case exits
  /// Compiled code is entered at loop headers.
  case replacements
  /// Code rests on feedback that lies.
  case lies
  /// Code is made with all passes, as in production.
  case production
}

/// Which of the rotating legs a check runs.
struct LegChoice: Sendable {
  let checksDeterminism: Bool
  let checksKernels: Bool
  let collects: Bool
  let forcesExits: Bool
  let replacesStacks: Bool
  var tellsLies: Bool
  var makesProductionCode: Bool
  /// Whether the engine that runs makes one version of its code only.
  let sharesCode: Bool
  /// Chooses among exits and replacements where there are more than the budget allows.
  let rotation: UInt64

  /// - Parameter inputHash: each leg looks at bits of its own, so that they meet in all ways.
  init(_ options: HarnessOptions, inputHash: UInt64) {
    func isTurn(_ shift: UInt64, _ share: UInt64) -> Bool {
      (inputHash >> shift) % max(1, share) == 0
    }
    checksDeterminism = isTurn(0, options.determinismShare)
    collects = options.collectionShare > 0 && isTurn(8, options.collectionShare)
    checksKernels = isTurn(16, options.kernelShare)
    forcesExits = isTurn(24, options.forcedExitShare)
    replacesStacks = isTurn(32, options.replacementShare)
    tellsLies = options.liesShare > 0 && isTurn(40, options.liesShare)
    makesProductionCode = options.productionShare > 0 && isTurn(48, options.productionShare)
    rotation = inputHash ^ inputHash >> 40
    sharesCode = options.rotatesEngines
  }

  /// Whether an engine is tried, of those that take turns.
  func picks(_ engine: EngineName, among engines: [EngineName]) -> Bool {
    guard sharesCode, engine.turns > 0 else { return true }
    let turns = engines.flatMap { Array(repeating: $0, count: $0.turns) }
    return turns[Int((rotation >> 8) % UInt64(turns.count))] == engine
  }

  /// The place of the argument tuple that is tried, of so many; nil for all.
  func tuple(of count: Int) -> Int? {
    sharesCode ? Int((rotation >> 20) % UInt64(count)) : nil
  }
}
