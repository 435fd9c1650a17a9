import Bytecode
import Foundation
import JIT
import Testing

struct PerfMapTests {
  /// A line of the map.
  struct Entry {
    let range: Range<UInt>
    let name: String

    init(_ line: Substring) throws {
      let parts = line.split(separator: " ", maxSplits: 2)
      try #require(parts.count == 3)
      let start = try #require(UInt(parts[0], radix: 16))
      range = start..<start + (try #require(UInt(parts[1], radix: 16)))
      name = String(parts[2])
    }
  }

  // The map is the process's, and slows all compiles after it.
  @Test func `the map's ranges are the code that was loaded`() async {
    await #expect(processExitsWith: .success) {
      let path = try CodeObservers.writePerfMap()
      defer { unlink(path) }
      let program = try assembled(BaselineControlTests.recursion)
      let compiled = try UnitCompiler().compileProgram(program)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let entries = try text.split(separator: "\n").map(Entry.init)
      for (entry, next) in zip(entries, entries.dropFirst()) {
        try #require(!entry.range.isEmpty)
        try #require(!entry.range.overlaps(next.range))
      }
      for function in compiled.functions {
        let name = program.program[function.function].name
        let own = entries.filter { $0.name.hasPrefix("\(name)+") || $0.name.hasPrefix("\(name) ") }
        try #require(own.map(\.range.count).reduce(0, +) == function.codeSize)
        let entry = entries.first { $0.name.hasPrefix("entry.\(function.function.position)") }
        try #require(entry?.range.lowerBound == function.entry)
      }
      // The recursive call is the instruction at offset 9.
      try #require(entries.contains { $0.name == "down+9 (baseline)" })
    }
  }
}
