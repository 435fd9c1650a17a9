import Bytecode

/// Jumps and fuel.
extension Machine {
  /// Goes to the running instruction's target if the jump is taken, else to the next instruction.
  ///
  /// A taken jump whose target is not after it costs one unit of fuel.
  mutating func jump(isTaken: Bool, popping count: Int) throws(Stop) {
    let target = code.targets[frame.instructionPointer]
    if isTaken && target <= frame.instructionPointer { try charge() }
    operands.removeLast(count)
    frame.instructionPointer = isTaken ? target : frame.instructionPointer + 1
  }

  /// Charges one unit of fuel; with N units N events happen, the next one ends the run.
  mutating func charge() throws(Stop) {
    if let fuel = limits.fuel, clock >= fuel { throw .exited(.outOfFuel) }
    clock += 1
  }
}
