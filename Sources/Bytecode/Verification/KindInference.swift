/// What forward inference knows of a function's slots and operand stack.
///
/// States are kept where control flow joins; the others follow by replaying a block.
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

  let blocks: BlockGraph
  /// The states at block starts, one behind the other: locals, then operand stack.
  let states: [KindSet]
  /// Where each block's state begins; one more entry ends the last.
  let stateStarts: [Int32]
  let slotCount: Int

  /// The state before a block's first instruction.
  func state(ofBlock block: Int) -> State {
    let start = Int(stateStarts[block])
    let end = Int(stateStarts[block + 1])
    return State(
      locals: Array(states[start..<start + slotCount]),
      stack: Array(states[start + slotCount..<end]))
  }
}

extension VerifiedProgram {
  /// Calls the body with each reachable instruction's offset and the state before it, in order of
  /// offsets.
  ///
  /// The state is valid during the call; keeping it copies it.
  /// - Complexity: O(instructions + block starts × slots).
  public func forEachReachableState<Failure: Error>(
    of function: FunctionIndex,
    _ body: (_ offset: Int, _ state: borrowing KindInference.State) throws(Failure) -> Void
  ) throws(Failure) {
    let inference = self[function].inference
    let transfer = KindTransfer(program: program, function: function, self[function].cellLocals)
    for block in 0..<inference.blocks.count {
      var state = inference.state(ofBlock: block)
      for offset in inference.blocks.range(of: block) {
        try body(offset, state)
        transfer.apply(offset, to: &state)
      }
    }
  }

  /// The state before a reachable instruction; nil if it is unreachable.
  ///
  /// - Complexity: O(slots + instructions of the block).
  public func state(of function: FunctionIndex, at offset: Int) -> KindInference.State? {
    guard self[function].isReachable(offset) else { return nil }
    let inference = self[function].inference
    let transfer = KindTransfer(program: program, function: function, self[function].cellLocals)
    let block = inference.blocks.block(containing: offset)
    var state = inference.state(ofBlock: block)
    for earlier in inference.blocks.range(of: block).lowerBound..<offset {
      transfer.apply(earlier, to: &state)
    }
    return state
  }
}
