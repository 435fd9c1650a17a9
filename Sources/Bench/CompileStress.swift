import Bytecode
import Glibc
import JIT

/// Functions compiled and discarded one after the other, and what memory the process keeps.
public struct CompileStress: Sendable {
  /// Functions between two looks at the memory; those before the first are for warming up.
  public static let interval = 20_000
  /// How much the memory may grow after the first look, in percent.
  public static let admittedGrowth = 10.0

  public let functions: Int
  /// Resident bytes after each interval.
  public private(set) var resident: [Int] = []

  /// Compiles the functions of programs in turn.
  ///
  /// - Parameter progress: gets a line after each interval.
  /// - Throws: `.broken` if code generation fails or there is nothing to compile.
  public init(
    of programs: [VerifiedProgram], count: Int, progress: (String) -> Void
  ) throws(EngineFailure) {
    functions = count
    let compiler = UnitCompiler()
    let subjects = programs.flatMap { program in
      program.program.functions.indices.map { (program, FunctionIndex($0)) }
        .filter { UnitCompiler.decline(of: $1, in: $0) == nil }
    }
    guard !subjects.isEmpty else { throw .broken("there is no function to compile") }
    for number in 1...count {
      let (program, function) = subjects[number % subjects.count]
      // Nothing keeps the unit: its code is freed at once.
      _ = try compiler.compileBaseline(function, in: program)
      guard number % Self.interval == 0 else { continue }
      let bytes = try Self.residentBytes()
      resident.append(bytes)
      progress("\(number) functions compiled and discarded, \(bytes >> 20) MiB resident")
    }
  }

  /// The growth from the first look to the greatest later one, in percent.
  public var growth: Double {
    guard let first = resident.first, let greatest = resident.max() else { return 0 }
    return Double(greatest - first) / Double(first) * 100
  }

  public var isFlat: Bool { growth <= Self.admittedGrowth }

  public var line: String {
    let tenths = (growth * 10).rounded() / 10
    return "compile stress: \(functions) functions, resident memory grew by \(tenths) % "
      + "after the first \(Self.interval)"
  }

  /// What the process has in memory now.
  private static func residentBytes() throws(EngineFailure) -> Int {
    guard let file = fopen("/proc/self/statm", "r") else {
      throw .inconclusive("the system does not tell the resident memory")
    }
    defer { fclose(file) }
    var pages = 0
    var resident = 0
    let count = withUnsafeMutablePointer(to: &pages) { first in
      withUnsafeMutablePointer(to: &resident) { second in
        withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
      }
    }
    guard count == 2 else {
      throw .inconclusive("the system does not tell the resident memory")
    }
    return resident * Int(getpagesize())
  }
}
