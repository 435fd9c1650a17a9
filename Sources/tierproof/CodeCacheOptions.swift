import ArgumentParser
import Bytecode
import JIT

/// `--code-cache`: where machine code is kept for other processes, and how much of it.
struct CodeCacheOptions: ParsableArguments {
  @Option(
    name: .customLong("code-cache"),
    help: ArgumentHelp(
      "Keep machine code in this directory, and take it from there.", valueName: "dir"))
  var directory: String?

  @Option(
    name: .customLong("code-cache-limit"),
    help: ArgumentHelp(
      "Remove the oldest code above this size before anything else; 256 MiB without.",
      valueName: "MiB"))
  var limit: Int?

  func validate() throws {
    guard let limit else { return }
    guard directory != nil else { throw ValidationError("--code-cache-limit needs --code-cache") }
    guard (1...Self.greatestLimit).contains(limit) else {
      throw ValidationError("--code-cache-limit is 1 to \(Self.greatestLimit) MiB")
    }
  }

  /// MiB, as many as a mistake in the number of digits would not reach: a tebibyte.
  private static let greatestLimit = 1 << 20

  /// The cache asked for, nil if none is.
  ///
  /// - Parameter recompiles: whether every hit is compared with a fresh compile.
  func open(recompiles: Bool) throws -> CodeCache? {
    guard let directory else { return nil }
    do throws(EngineFailure) {
      return try CodeCache(
        directory: directory, limit: limit.map { $0 << 20 }, recompiles: recompiles)
    } catch {
      throw CommandFailure(.missing, file: directory, "\(error)")
    }
  }
}

extension CodeCache.Counts {
  /// `code-cache hits=… misses=… damaged=… unwritten=…`.
  var text: String {
    "code-cache hits=\(hits) misses=\(misses) damaged=\(damaged) unwritten=\(unwritten)"
  }
}
