import Bytecode
import CRuntime

/// What compiled code needs of the run.
extension RunState {
  /// Brings the recorded raise to a handler of compiled code.
  ///
  /// A delivery is a fuel event of the raising instruction: its tests come first, and one that fails
  /// turns the trap into an exit.
  ///
  /// - Returns: what the handler sees, or the sentinel if the run has ended.
  func deliverInCompiledCode() -> Word {
    guard context.pointee.status == UInt32(JIT_STATUS_TRAPPED) else { return .sentinel }
    if context.pointee.heap_charged > context.pointee.heap_limit, !testHeapLimit() {
      context.pointee.status = UInt32(JIT_STATUS_OUT_OF_MEMORY)
    } else if context.pointee.fuel == 0 {
      context.pointee.status = UInt32(JIT_STATUS_OUT_OF_FUEL)
    }
    guard context.pointee.status == UInt32(JIT_STATUS_TRAPPED) else { return .sentinel }
    context.pointee.fuel -= 1
    if let interpretedRaise { stops[interpretedRaise, default: 0] += 1 }
    interpretedRaise = nil
    return takePayload()
  }
}
