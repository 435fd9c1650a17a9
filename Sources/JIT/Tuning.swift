import LLVM

/// Every knob of the judged engines; none changes a result.
enum Tuning {
  /// Bytes of each stack that stay resident between runs.
  static let keptStackBytes = 1 << 20
}

extension Tuning {
  /// How much work code generation does in the baseline tier.
  ///
  /// Level none with its fast register allocator takes half the time of the same selection with
  /// the greedy allocator. That one makes loops twice as fast, but this tier's work is to be
  /// quick: a fuzzer compiles every input, and hot loops are for the optimizing tier.
  static let baselineLevel = CodeGenerationLevel.none
  /// Modules after which an LLVM context is replaced.
  static let modulesPerContext = 1_000
  /// Bytes of the stack that compiled code runs on, reserved and not committed.
  static let stackBytes = 256 << 20
  /// Bytes of that stack that stay free for the runtime below compiled frames.
  static let stackReserveBytes = 1 << 20
}
