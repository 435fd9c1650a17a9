import Bytecode

/// Jumps.
extension Machine {
  /// Goes to the running instruction's target if the jump is taken, else to the next instruction.
  ///
  /// A taken jump whose target is not after it costs one unit of fuel.
  mutating func jump(isTaken: Bool, popping count: Int) throws(Stop) {
    let target = code.targets[frame.instructionPointer]
    if isTaken && target <= frame.instructionPointer {
      try chargeFuel()
      control?.noteBackwardJump()
    }
    operands.removeLast(count)
    frame.instructionPointer = isTaken ? target : frame.instructionPointer + 1
  }
}
