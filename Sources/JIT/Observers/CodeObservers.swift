import Bytecode
import LLVM

/// Who outside of the process is told where which function's code is: profilers, by a perf map, and
/// debuggers, by gdb's JIT interface.
///
/// Both are the process's, not a session's: they hear of all code loaded from now on.
public enum CodeObservers {
  /// Writes `/tmp/perf-PID.map`, where `perf report` looks for symbols of code that is in no file.
  ///
  /// Each stretch of code made for one bytecode instruction is a symbol of its own, `fib+12
  /// (baseline)`; code for none is `fib (baseline)`. Lines stay when code is freed: the addresses may
  /// then be another function's, whose lines follow.
  /// - Returns: the path.
  /// - Throws: `.inconclusive` if the file cannot be written, `.broken` if no code can be generated.
  @discardableResult
  public static func writePerfMap() throws(EngineFailure) -> String {
    let map = try PerfMap()
    do {
      try CodeGenerator.shared().observe(by: map)
    } catch { throw .broken("\(error)") }
    return map.path
  }

  /// Registers what is loaded with debuggers, with symbols, lines (bytecode offset + 1) and unwind
  /// tables; <https://sourceware.org/gdb/current/onlinedocs/gdb.html/JIT-Interface.html>.
  ///
  /// - Throws: `.broken` if no code can be generated or the interface is missing.
  public static func registerWithDebuggers() throws(EngineFailure) {
    do {
      try CodeGenerator.shared().registerWithDebuggers()
    } catch { throw .broken("\(error)") }
  }
}

/// A function whose code is in memory.
struct LoadedSymbol: Hashable, Sendable {
  /// The function's name in the program, or the name of the code if it is no function of it.
  let name: String
  let tier: EngineName
  let address: UInt
  /// Bytes.
  let size: Int
  /// Where which line's code is.
  let runs: [CodeRun]
}

extension LoadedSymbol {
  /// The functions of an object that was loaded.
  ///
  /// - Parameter known: the address of one function by its symbol. The sections of code of an object
  ///   move as one each; there is no symbol for code in a section of which no address is known.
  static func all(
    of symbols: [CodeSymbol], at known: [(symbol: String, address: UInt)], tier: EngineName
  ) -> [LoadedSymbol] {
    var bases: [Int: UInt] = [:]
    for (name, address) in known {
      for symbol in symbols where symbol.name == name {
        bases[symbol.section] = address - UInt(symbol.offset)
      }
    }
    return symbols.compactMap { symbol in
      bases[symbol.section].map { base in
        LoadedSymbol(
          name: programName(ofSymbol: symbol.name), tier: tier,
          address: base + UInt(symbol.offset), size: symbol.size, runs: symbol.runs)
      }
    }
  }
}
