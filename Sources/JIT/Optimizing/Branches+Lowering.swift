import Bytecode
import LLVM

/// Conditional jumps that went one way only.
extension FunctionLowering {
  /// Ends the block with a jump the way that tier 0 has seen alone, which a guard makes sure of.
  ///
  /// - Returns: whether it did; false if nothing is taken for granted here.
  func lowerGuardedJump(to target: Int, ifTrue: Bool) -> Bool {
    guard let way = plan.successors(of: offset).guardedWay else { return false }
    let isTruthy = ifTrue == (way == .taken)
    let truth = truthy(pop())
    let holds = isTruthy ? truth : build.xor(truth, types.constant(true), name("is.falsy"))
    require(holds, .branchNotTaken, operand: 0, .truth(isTruthy))
    go(to: way == .taken ? target : offset + 1)
    return true
  }
}
