import Bytecode
import Glibc
import LLVM

/// The file in which `perf` looks up addresses of generated code.
///
/// One line a symbol, `START SIZE NAME`, both numbers in hexadecimal; perf's
/// `tools/perf/Documentation/jit-interface.txt`.
final class PerfMap: @unchecked Sendable {
  // The descriptor is used under the code generator's lock only.
  private let descriptor: Int32
  let path: String

  /// Makes the file of this process, emptying one that a process of the same number left.
  ///
  /// - Throws: `.inconclusive` if it cannot be made.
  init() throws(EngineFailure) {
    path = "/tmp/perf-\(getpid()).map"
    // Another user may have put a link there: it must not be followed.
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .inconclusive("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Appends the lines of what was loaded.
  ///
  /// - Throws: If the file system does not take them, as any failure to load code.
  func append(_ symbols: [LoadedSymbol]) throws(LLVMFailure) {
    let bytes = Array(symbols.flatMap(Self.lines).map { $0 + "\n" }.joined().utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        throw LLVMFailure(
          operation: "write \(path)", message: String(cString: strerror(errno)))
      }
      written += count
    }
  }

  /// A symbol for each run of code from one bytecode instruction.
  static func lines(of symbol: LoadedSymbol) -> [String] {
    symbol.runs.enumerated().map { position, run in
      let isLast = position + 1 == symbol.runs.count
      let end = isLast ? symbol.size : symbol.runs[position + 1].offset
      let start = String(symbol.address + UInt(run.offset), radix: 16)
      let place = run.line.map { "+\($0 - 1)" } ?? ""
      return "\(start) \(String(end - run.offset, radix: 16)) "
        + "\(symbol.name)\(place) (\(symbol.tier.rawValue))"
    }
  }
}
