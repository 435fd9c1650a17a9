/// What forward inference knows of a function's slots and operand stack.
///
/// States are kept where control flow joins; `state(at:)` replays the block up to an instruction.
public struct KindInference: Sendable {
  /// The kinds of every parameter and local, and of every operand stack slot, bottom first.
  public struct State: Hashable, Sendable {
    public var locals: [KindSet]
    public var stack: [KindSet]

    public init(locals: [KindSet], stack: [KindSet]) {
      self.locals = locals
      self.stack = stack
    }
  }

  /// The states at block starts, by offset; nil entries are not block starts or not reachable.
  let blockStates: [Int: State]
}

/// Which parameters and locals may still be read, at each instruction of a function.
public struct Liveness: Sendable {
  /// The live sets at block starts, by offset, one bit per parameter or local.
  let blockLiveIn: [Int: [UInt64]]
}
