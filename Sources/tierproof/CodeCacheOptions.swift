import ArgumentParser
import Bytecode
import JIT

/// `--code-cache`: where machine code is kept for other processes.
struct CodeCacheOptions: ParsableArguments {
  @Option(
    name: .customLong("code-cache"),
    help: ArgumentHelp(
      "Keep machine code in this directory, and take it from there.", valueName: "dir"))
  var directory: String?

  /// The cache asked for, nil if none is.
  ///
  /// - Parameter recompiles: whether every hit is compared with a fresh compile.
  func open(recompiles: Bool) throws -> CodeCache? {
    guard let directory else { return nil }
    do throws(EngineFailure) {
      return try CodeCache(directory: directory, recompiles: recompiles)
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
