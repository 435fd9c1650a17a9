import LLVM

/// Every knob of the judged engines; none changes a result.
enum Tuning {
  /// Bytes of each stack that stay resident between runs.
  static let keptStackBytes = 1 << 20
}

extension Tuning {
  /// How much work code generation does in the baseline tier: the greedy register allocator keeps
  /// loops in registers.
  static let baselineLevel = CodeGenerationLevel.less
  /// The same in campaigns, which compile every input and run it for microseconds: the fast
  /// allocator takes a third of the time and makes loops half as fast.
  static let campaignLevel = CodeGenerationLevel.none
  /// Modules after which an LLVM context is replaced.
  static let modulesPerContext = 1_000
  /// Bytes of the stack that compiled code runs on, reserved and not committed.
  static let stackBytes = 256 << 20
  /// Bytes of that stack that stay free for the runtime below compiled frames.
  static let stackReserveBytes = 1 << 20
}
