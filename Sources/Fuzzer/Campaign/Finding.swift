import Bytecode

/// A divergence and the program that shows it.
public struct Finding: Sendable {
  public var program: Program
  public var divergence: Divergence
  /// Where the program came from: a seed, a file, a mutation.
  public var origin: String
  /// The checks made before this one, the mutators' figures: context for the reader.
  public var counters: [String]

  public init(
    program: Program, divergence: Divergence, origin: String, counters: [String] = []
  ) {
    self.program = program
    self.divergence = divergence
    self.origin = origin
    self.counters = counters
  }

  /// The program as a file shows it: its schedule names what exists, and asks for what showed the
  /// difference.
  static func replayable(_ verified: VerifiedProgram, _ divergence: Divergence) -> Program {
    if let program = divergence.program { return program }
    var program = verified.namingExistingSafepoints
    guard !divergence.directives.isEmpty else { return program }
    var schedule = program.schedule ?? Schedule()
    schedule.directives += divergence.directives
    program.schedule = schedule
    return program
  }

  /// The name of the finding's file: the signature, made safe for file systems.
  public var fileName: String {
    let safe = divergence.signature.description.map { character in
      character.isLetter || character.isNumber || character == "-" ? character : "_"
    }
    return String(safe) + ".sasm"
  }
}
