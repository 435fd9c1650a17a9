import Bytecode
import Fuzzer
import JIT

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
    let session = try named(.interpreter).prepare(verified)
    for request in runs(of: verified.program, with: tuples) { _ = try session.run(request) }
    let prefix = verified.program[function].name + "+"
    let lines = session.fingerprint.split(separator: "\n").filter { $0.hasPrefix(prefix) }
    return lines.isEmpty ? "none" : lines.joined(separator: "\n")
  }

  /// The listing of a function in the optimizing tier, compiled with the feedback of such runs.
  ///
  /// - Throws: as above, and if the compiler fails.
  public static func optimizedListing(
    of function: FunctionIndex, in verified: VerifiedProgram, running tuples: [[ObservedValue]],
    isHooked: Bool
  ) throws(EngineFailure) -> FunctionListing {
    try FunctionListing(
      of: function, optimizedBehind: runs(of: verified.program, with: tuples), in: verified,
      isHooked: isHooked)
  }

  private static func runs(of program: Program, with tuples: [[ObservedValue]]) -> [RunRequest] {
    var limits = HarnessOptions().limits
    limits.fuel = program.schedule?.fuel ?? limits.fuel
    limits.depth = program.schedule?.depth ?? limits.depth
    limits.heapBytes = program.schedule?.heapBytes ?? limits.heapBytes
    return tuples.map {
      RunRequest(entry: program.mainIndex, arguments: $0, limits: limits)
    }
  }
}
