import Bytecode
import Fuzzer

extension Engines {
  /// What tier 0 records of one function while `main` runs, as lines `fib+2 (int, int)` in order of
  /// offset; `none` if that is nothing.
  ///
  /// - Parameter tuples: the arguments of the runs, in order, each as many as `main` has parameters.
  ///   The limits of the runs are the schedule's, or the harness's where it has none.
  /// - Throws: `.inconclusive` or `.broken`, as runs do. A trap or exit ends a run, not the listing.
  public static func recordedFeedback(
    of function: FunctionIndex, in verified: VerifiedProgram, running tuples: [[ObservedValue]]
  ) throws(EngineFailure) -> String {
    let program = verified.program
    var limits = HarnessOptions().limits
    limits.fuel = program.schedule?.fuel ?? limits.fuel
    limits.depth = program.schedule?.depth ?? limits.depth
    limits.heapBytes = program.schedule?.heapBytes ?? limits.heapBytes
    let session = try named(.interpreter).prepare(verified)
    for arguments in tuples {
      _ = try session.run(
        RunRequest(entry: program.mainIndex, arguments: arguments, limits: limits))
    }
    let prefix = program[function].name + "+"
    let lines = session.fingerprint.split(separator: "\n").filter { $0.hasPrefix(prefix) }
    return lines.isEmpty ? "none" : lines.joined(separator: "\n")
  }
}
