/// Where a translation of a function put things; internal instructions by their numbers.
struct TierZeroLayout {
  /// The instruction a call enters at: frames of shared cells begin by making them.
  var entry: Int32 = 0
  /// What frames keep behind the locals.
  var constants: [Word] = []
  /// By offset: the instruction at which a whole frame resumes, −1 for none.
  var resume: [Int32]
  /// Conditional jumps: the offset and the instruction, whose counters follow it.
  var branches: [(offset: Int, instruction: Int)] = []
  /// Backward jumps: the offset, its target and the internal `jumpBack`.
  var backwardJumps: [(offset: Int, target: Int, instruction: Int)] = []
  /// `SetupTry`s: the offset and the instruction.
  var setups: [(offset: Int, instruction: Int)] = []
  /// Loop headers: the offset and the instruction, which counters follow; empty unless loops are
  /// observed.
  var loops: [(offset: Int, instruction: Int)] = []

  /// The same with all instructions a number of places further on.
  func moved(by distance: Int) -> TierZeroLayout {
    TierZeroLayout(
      entry: entry + Int32(distance), constants: constants,
      resume: resume.map { $0 < 0 ? $0 : $0 + Int32(distance) },
      branches: branches.map { ($0.offset, $0.instruction + distance) },
      backwardJumps: backwardJumps.map { ($0.offset, $0.target, $0.instruction + distance) },
      setups: setups.map { ($0.offset, $0.instruction + distance) },
      loops: loops.map { ($0.offset, $0.instruction + distance) })
  }
}
