import Foundation

/// Why a hunt in a process of its own has no result.
public struct HuntFailure: Error, CustomStringConvertible {
  public let description: String
}

/// A hunt for one fault in a process of its own, which the fault may crash or keep busy for ever.
public struct HuntProcess {
  let executable: String
  let arguments: [String]

  /// - Parameter arguments: what makes the executable hunt and print a `FaultResult` as a line of
  ///   JSON behind each program.
  public init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// Runs the hunt to its end; one that a signal ends has found the fault.
  ///
  /// - Throws: If the process cannot be started, or ends without a result.
  public func result(named fault: String, class faultClass: String) throws -> FaultResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // What was cut off by the signal is no whole line.
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let last = try lines.dropLast().last.map {
      try JSONDecoder().decode(FaultResult.self, from: Data($0))
    }
    if process.terminationReason == .uncaughtSignal {
      var result = last ?? FaultResult(fault: fault, faultClass: faultClass)
      result.detected = true
      result.crash = process.terminationStatus
      result.programs += 1
      return result
    }
    guard process.terminationStatus == 0, let last else {
      throw HuntFailure(
        description: "the hunt for \(fault) ended with status \(process.terminationStatus)")
    }
    return last
  }

  /// Makes this process one that signals end as they would without Swift's backtraces, and that ends
  /// when it is kept busy for so long.
  ///
  /// - Parameter seconds: of processor time.
  public static func limitThisProcess(seconds: Double) {
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] { signal(number, SIG_DFL) }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
    limit.rlim_cur = rlim_t(seconds.rounded(.up))
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
  }
}
