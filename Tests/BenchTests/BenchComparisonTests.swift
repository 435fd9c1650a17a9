import Bench
import Bytecode
import Foundation
import Testing

/// A directory with a program, and a shell script that stands for the executable.
private struct Workshop: ~Copyable {
  let folder: URL

  /// - Parameter script: sees the tier as `$tier`.
  init(script: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = "#!/bin/sh\n# run PROGRAM --tier TIER …\ntier=$4\n\(script)\n"
    let source = folder.appending(path: "script.sh")
    try text.write(to: source, atomically: true, encoding: .utf8)
    // What this process has open for writing, a child that another test starts holds open too until it
    // has become another program, and nobody can run the file meanwhile. So a child writes it.
    let copy = Process()
    copy.executableURL = URL(filePath: "/usr/bin/install")
    copy.arguments = ["-m", "755", source.path, executable.path]
    try copy.run()
    copy.waitUntilExit()
    guard copy.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  var executable: URL { folder.appending(path: "tierproof") }

  func report(tiers: [String]) throws -> ComparisonReport {
    let options = BenchComparison.Options(
      executable: executable.path, tiers: tiers, peers: [], rounds: 2)
    let text = "; Full size: main(12) = 5.\nmain(n: int) {\n    LoadLocal n\n    Halt\n}\n"
    let program = BenchProgram(
      path: folder.appending(path: "01_five.sasm").path, text: text,
      program: try Assembler.assemble(text), takesFullSize: false)
    return try BenchComparison(options: options, scratch: folder.path, progress: { _ in })
      .report(on: [program])
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch { Issue.record(error) }
  }
}

struct BenchComparisonTests {
  @Test func `compares tiers that compute the same, each as often as asked for`() throws {
    let workshop = try Workshop(
      script: """
        [ "$tier" = lazy ] && echo "tier.lazy=declined" >&2
        [ "$tier" = first ] && echo "instructions=700" >&2
        [ "$tier" = second ] && i=0 && while [ $i -lt 20000 ]; do i=$((i + 1)); done
        echo "printed before"
        if [ "$tier" = first ]; then echo "=> 5"; else echo "=> 5.0"; fi
        """)
    let report = try workshop.report(tiers: ["first", "second", "lazy"])
    let program = try #require(report.programs.first)
    #expect(program.program == "01_five")
    #expect(program.arguments == ["12"])
    #expect(program.result == "5")
    #expect(program.declined == ["lazy"])
    #expect(program.instructions == 700)
    #expect(program.runners.map(\.runner) == ["first", "second"])
    #expect(program.runners.map(\.rounds.count) == [2, 2])
    let (first, second) = (try #require(program["first"]), try #require(program["second"]))
    #expect(first.speed == 1)
    #expect(second.speed == first.seconds / second.seconds)
    #expect(report.speeds.map(\.runner) == ["second"])
    #expect(report.speeds == report.numericSpeeds)
    let text = ComparisonText(report).text
    #expect(text.contains("01_five 12"))
    #expect(text.contains("declined"))
    let page = ComparisonPage(report).html
    #expect(page.contains("<rect"))
    #expect(!page.contains("http"), "the page needs nothing else")
  }

  @Test func `refuses to compare runners of which one computes something else`() throws {
    let workshop = try Workshop(
      script: #"if [ "$tier" = wrong ]; then echo "=> 4"; else echo "=> 5"; fi"#)
    #expect(throws: BenchFailure.diverged("01_five: wrong computes 4, right 5")) {
      try workshop.report(tiers: ["right", "wrong"])
    }
  }

  @Test func `says what a run that failed wrote`() throws {
    let workshop = try Workshop(script: "echo 'it broke' >&2; exit 70")
    let failure = #expect(throws: BenchFailure.self) { try workshop.report(tiers: ["first"]) }
    guard case .failed(let reason)? = failure else {
      Issue.record("another failure: \(String(describing: failure))")
      return
    }
    #expect(reason.contains("status 70: it broke"))
  }
}
