import Bytecode
import LLVM

/// Jumps and returns.
extension FunctionLowering {
  func lowerJump() {
    guard let target = jumpTarget else {
      preconditionFailure("the verifier resolved the target")
    }
    go(to: target)
  }

  /// Jumps if the popped value's truth is as given; the block ends here.
  func lowerConditionalJump(ifTrue: Bool) {
    guard let target = jumpTarget else {
      preconditionFailure("the verifier resolved the target")
    }
    guard !lowerGuardedJump(to: target, ifTrue: ifTrue) else { return }
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

/// Exceptions: which handlers are in force is known of every instruction.
extension FunctionLowering {
  func lowerThrow() {
    build.store(
      box(pop()), contextField(ContextOffset.pendingPayload, "payload.field"))
    raise(.thrown)
  }

  /// Returns null and err from the function; goes on with what is inside ok and some.
  func lowerTryUnwrap() {
    let value = pop()
    let (isEarly, content) = unwrapped(value)
    let leaving = coldBlock("early")
    let next = hotBlock("unwrapped")
    build.br(isEarly, leaving, next)
    build.position(atEndOf: leaving)
    returnValue(value)
    build.position(atEndOf: next)
    push(content)
  }
}
