import Bytecode
import LLVM

/// What is particular to a numeric kernel `(stack*, constants*, count) -> double`.
extension FunctionLowering {
  /// Lowers a kernel: locals are the doubles of the stack, or unassigned.
  func lowerKernel() {
    let start = scope.withModule { $0.appendBlock(ValueName(0, "entry"), to: code) }
    build.position(atEndOf: start)
    if let count = operandBufferSize {
      argumentBuffer = build.alloca(types.i64.array(count: max(count, 1)), name("arguments"))
    }
    for position in 0..<function.slotCount where isLoadedFirst[position] {
      let address = build.offset(context, by: 8 * position, name("local.address"))
      locals[position] = .number(
        build.load(types.double, address, name("local")), isCanonical: false)
    }
    lowerBody()
  }

  /// Which locals are read before they are written; a kernel has no branches.
  private var isLoadedFirst: [Bool] {
    let live = program.liveLocals(of: index, at: 0)
    return (0..<function.slotCount).map { live.contains(LocalIndex($0)) }
  }

  /// The double a kernel gives for a value: ints widened, bools 1 and 0.
  func returnFromKernel(_ value: Value) {
    let result = build.call(scope.callee(.kernelResult), [box(value)], name("result"))
    setTrap(types.constant(0.0))
    build.ret(result)
  }

  /// Reports a trap's number and gives NaN.
  func raiseFromKernel(_ reason: IRValue) {
    setTrap(build.sitofp(reason, to: types.double, name("trap")))
    build.ret(types.constant(Double(bitPattern: canonicalNaN)))
  }

  /// Stores the trap's number, or zero, behind the locals.
  private func setTrap(_ number: IRValue) {
    let count = code.parameter(2)
    let bytes = build.shl(count, types.constant(3 as Int64), name("count.bytes"))
    build.store(number, build.offset(context, by: bytes, name("trap.address")))
  }
}
