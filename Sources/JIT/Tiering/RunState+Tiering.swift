import Bytecode
import CRuntime

/// Calls of functions that are not compiled yet.
extension RunState {
  /// The public entry of every function that counts its calls; which one it is, the context says.
  static var countingEntry: UnsafeRawPointer {
    unsafeBitCast(runCounted as PublicEntry, to: UnsafeRawPointer.self)
  }

  /// Runs a call that has been charged, with the context's arguments and closure, in the tier it has
  /// earned with it.
  fileprivate func enterCounted(_ function: FunctionIndex) -> Word {
    guard let tiering else { preconditionFailure("only tiering has calls counted") }
    tiering.count(function)
    if let entry = tiering.entry(of: function) {
      // Who called this finishes what the code leaves, as if it had been there before.
      return Word(bits: unsafeBitCast(entry, to: PublicEntry.self)(context, nil))
    }
    return interpretFromCompiledCode(function)
  }

  /// Runs a call that compiled code makes of a function without a direct entry, or for want of
  /// native stack.
  func enterElsewhere(_ function: FunctionIndex) -> Word {
    if let tiering, hasNativeStack {
      tiering.count(function)
      if let entry = tiering.entry(of: function) {
        return withCallsRestored {
          enterCompiled(entry, closure: Word(bits: context.pointee.closure))
        }
      }
    }
    return interpretFromCompiledCode(function)
  }

  /// The direct entry of the code that a call goes on in which was counted in baseline code; 0 where
  /// that is the one it is in.
  func promoted(_ function: FunctionIndex) -> UInt64 {
    guard let tiering else { preconditionFailure("only tiering has calls counted") }
    return UInt64(UInt(bitPattern: tiering.promotedEntry(of: function)))
  }

  private func interpretFromCompiledCode(_ function: FunctionIndex) -> Word {
    // Called for want of native stack, it must not come back here with still less.
    withCallsRestored {
      interpret(
        function, arguments: UnsafePointer(arguments), closure: Word(bits: context.pointee.closure),
        state: self, entersCompiledCode: hasNativeStack)
    }
  }
}

private func runCounted(
  _ context: UnsafeMutablePointer<JITContext>, _ unused: UnsafeRawPointer?
) -> UInt64 {
  RunState.with(context) { state in
    state.enterCounted(FunctionIndex(Int(context.pointee.callee))).bits
  }
}
