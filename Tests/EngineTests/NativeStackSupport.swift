@testable import JIT

extension RunState {
  /// Runs a body whose native frames the collector searches, from this one down, as `jit_enter` has
  /// them searched.
  func belowThisFrame(_ body: () -> Word) -> Word {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { marker in
      context.pointee.native_stack_top = UInt64(UInt(bitPattern: marker))
      return body()
    }
  }
}
