import Bytecode

/// Runs a function in tier 0 to its end.
///
/// The caller has charged the call and checked the arguments, and gives the frame back after a
/// value. Re-entrant: compiled code may call it from below an interpreted frame.
///
/// - Parameter arguments: one word for each parameter; copied before anything runs.
/// - Returns: the result, or the sentinel with the context's status set.
func interpret(
  _ function: FunctionIndex, arguments: UnsafePointer<Word>, state: RunState
) -> Word {
  preconditionFailure("the loop lands in the next commit")
}
