import Bytecode
import CRuntime

/// The stack that runs of compiled code execute on: one thread of the process, one run at a time.
public enum BigStack {
  /// Runs the body on the big stack; directly if the caller is on it already.
  ///
  /// A harness that makes many runs in a row saves the change of threads by wrapping them all.
  /// - Throws: `.inconclusive` if the host has no room for the stack.
  public static func run<Result>(_ body: () -> Result) throws(EngineFailure) -> Result {
    var result: Result?
    let error = withoutActuallyEscaping(body) { body in
      var job: () -> Void = { result = body() }
      return withUnsafeMutablePointer(to: &job) { job in
        jit_stack_run(
          Tuning.stackBytes,
          { $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, job)
      }
    }
    guard error == 0, let result else {
      throw .inconclusive("no stack for compiled code: error \(error)")
    }
    return result
  }

  /// The address below which compiled entries run interpreted; valid once something has run.
  static var limit: UInt { UInt(jit_stack_base()) + UInt(Tuning.stackReserveBytes) }
}
