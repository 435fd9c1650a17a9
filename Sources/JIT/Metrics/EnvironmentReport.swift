import Glibc

/// Lines for standard error that a variable of the environment asks for by its presence.
public protocol EnvironmentReport {
  /// The lines an environment asks for; none if it does not.
  func lines(environment: (String) -> String?) -> [String]
}

extension EnvironmentReport {
  /// Writes the lines the process's environment asks for to standard error.
  public func emitIfAsked() {
    for line in lines(environment: { getenv($0).map { String(cString: $0) } }) {
      let bytes = Array((line + "\n").utf8)
      _ = write(STDERR_FILENO, bytes, bytes.count)
    }
  }
}
