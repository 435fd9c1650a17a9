import Foundation

/// Why a comparison could not be made.
public enum BenchFailure: Error, Hashable, Sendable {
  /// A command that is needed is not on the machine.
  case missing(String)
  /// A command or a file did not do what it is there for.
  case failed(String)
  /// Two runners computed different results.
  case diverged(String)
}

/// A command that ran to its end in a process of its own.
struct ChildProcess {
  /// The exit status; the number of a signal, negative, if one ended it.
  let status: Int
  let output: String
  let errorOutput: String
  /// Seconds of all its threads, in user and kernel mode.
  let processorSeconds: Double
  let wallSeconds: Double

  /// Runs a command and waits for it.
  ///
  /// - Parameters:
  ///   - command: the executable, searched for in `PATH`, and its arguments.
  ///   - scratch: a directory for what it writes.
  /// - Throws: `.failed` if it cannot be started.
  init(_ command: [String], scratch: String) throws(BenchFailure) {
    let outputs = ["output", "error"].map { "\(scratch)/\($0)" }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Files and not pipes: nobody has to read while the command runs.
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    for (position, path) in outputs.enumerated() {
      posix_spawn_file_actions_addopen(&actions, Int32(position + 1), path, flags, 0o600)
    }
    var arguments = Self.cStrings(command)
    var environment = Self.cStrings(
      ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted())
    defer { for string in arguments + environment { free(string) } }
    let start = ContinuousClock.now
    var process: pid_t = 0
    let error = posix_spawnp(&process, command[0], &actions, nil, &arguments, &environment)
    guard error == 0 else {
      throw .failed("\(command[0]): \(String(cString: strerror(error)))")
    }
    var end: Int32 = 0
    var usage = rusage()
    while wait4(process, &end, 0, &usage) < 0 {
      guard errno == EINTR else {
        throw .failed("\(command[0]): \(String(cString: strerror(errno)))")
      }
    }
    wallSeconds = start.duration(to: .now) / .seconds(1)
    processorSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    status = end & 0x7F == 0 ? Int(end >> 8 & 0xFF) : -Int(end & 0x7F)
    (output, errorOutput) = (Self.text(of: outputs[0]), Self.text(of: outputs[1]))
  }

  private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
    strings.map { strdup($0) } + [nil]
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
  }

  private static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// Whether a command of this name is in `PATH`.
  static func finds(_ command: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(command)")
    }
  }
}
