import Bytecode

/// A program in tier 0's internal code.
final class TierZeroProgram {
  let verified: VerifiedProgram
  /// The words of the largest frame: slots and operand stack.
  let largestFrame: Int

  /// Words above the last frame that a call's result may use.
  static let stackSlack = 1_024

  init(_ verified: VerifiedProgram) {
    self.verified = verified
    largestFrame = zip(verified.program.functions, verified.functions).reduce(1) {
      max($0, $1.0.slotCount + $1.1.maximumStackDepth + 1)
    }
  }

  func beginRun() {}
}

struct TierZeroInstruction: BitwiseCopyable {
  var word: UInt64
}
