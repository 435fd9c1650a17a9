import Bytecode
import LLVM

/// Jumps and returns.
extension FunctionLowering {
  func lowerJump() {
    guard let target = BlockPlan.target(facts, offset) else {
      preconditionFailure("the verifier resolved the target")
    }
    go(to: target)
  }

  /// Jumps if the popped value's truth is as given; the block ends here.
  func lowerConditionalJump(ifTrue: Bool) {
    guard let target = BlockPlan.target(facts, offset) else {
      preconditionFailure("the verifier resolved the target")
    }
    let condition = truthy(pop())
    let next = edge(to: offset + 1)
    let taken = edge(to: target)
    if ifTrue {
      build.br(condition, taken, next)
    } else {
      build.br(condition, next, taken)
    }
  }

  func lowerReturn() { returnValue(.boxed(types.constant(bits: Word.unit.bits), .unit)) }

  func lowerReturnValue() { returnValue(pop()) }

  func lowerHalt() {
    guard let top = stack.popLast() else { return lowerReturn() }
    returnValue(top)
  }
}
