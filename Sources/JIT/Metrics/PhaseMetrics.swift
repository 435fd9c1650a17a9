/// How long the phases of a run in a compiled tier took.
public struct PhaseMetrics: EnvironmentReport, Hashable, Sendable {
  /// The environment variable that asks for the line.
  public static let variable = "SHAPE_JIT_PHASE_METRICS"

  /// From the file's bytes to a verified program.
  public var bytecodeCompile: Duration
  /// From there to compiled code.
  public var jitCompile: Duration
  /// The run; a tier that compiles while it runs compiles here.
  public var jitExecution: Duration

  public init(bytecodeCompile: Duration, jitCompile: Duration, jitExecution: Duration) {
    self.bytecodeCompile = bytecodeCompile
    self.jitCompile = jitCompile
    self.jitExecution = jitExecution
  }

  /// The phases in whole milliseconds, rounded down, and the sum of those.
  public var line: String {
    let phases = [bytecodeCompile, jitCompile, jitExecution].map(Self.milliseconds)
    return "[shape-jit-phases] bytecode_compile_ms=\(phases[0]) jit_compile_ms=\(phases[1]) "
      + "jit_exec_ms=\(phases[2]) total_ms=\(phases.reduce(0, +))"
  }

  public func lines(environment: (String) -> String?) -> [String] {
    environment(Self.variable) == nil ? [] : [line]
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
