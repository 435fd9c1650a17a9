import Bytecode
import Glibc
import JIT
import Testing

/// Assembles and verifies a program written in a test.
func assembled(_ text: String) throws -> VerifiedProgram {
  try Verifier.verify(try Assembler.assemble(text))
}

/// Runs main of a program once.
func outcome(
  _ engine: any Engine, _ text: String, _ arguments: [ObservedValue] = [],
  limits: RunLimits = RunLimits(fuel: 1_000_000, depth: 200)
) throws -> Outcome {
  let program = try assembled(text)
  return try engine.prepare(program).run(
    RunRequest(
      entry: program.program.mainIndex, arguments: arguments, limits: limits,
      recordsEvents: true))
}

/// Wraps instructions in a main of these parameters.
func main(_ parameters: String = "", _ body: String, before: String = "") -> String {
  """
  \(before)
  main(\(parameters)) {
      \(body.split(separator: ";").map { $0.trimmingPrefix(while: \.isWhitespace) }
    .joined(separator: "\n    "))
  }
  """
}

func siteZero(_ offset: Int, depth: Int = 1, function: Int = 0) -> Raise {
  Raise(site: Site(FunctionIndex(function), offset: offset), depth: depth)
}

/// Resident memory of this process.
func residentKibibytes() throws -> Int {
  let file = try #require(fopen("/proc/self/statm", "r"))
  defer { fclose(file) }
  var pages: Int = 0
  var resident: Int = 0
  let count = withUnsafeMutablePointer(to: &pages) { first in
    withUnsafeMutablePointer(to: &resident) { second in
      withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  #expect(count == 2)
  return resident * Int(getpagesize()) / 1_024
}
