import Foundation
import Testing

@testable import Fuzzer

@Suite struct `Hunts for planted faults` {
  private func result(
    _ fault: String, _ faultClass: String, oracle: Oracle? = nil, crash: Int32? = nil,
    triggered: UInt64 = 1
  ) -> FaultResult {
    var result = FaultResult(fault: fault, faultClass: faultClass)
    result.triggered = triggered
    result.oracle = oracle
    result.crash = crash
    result.detected = oracle != nil || crash != nil
    return result
  }

  private func hunt(_ script: String) throws -> FaultResult {
    try HuntProcess(executable: "/bin/sh", arguments: ["-c", script]).result(
      named: "f", class: "c")
  }

  /// A line as a hunt prints it.
  private func line(_ result: FaultResult) throws -> String {
    String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
  }

  @Test func `end with the last result of their process`() throws {
    let first = try line(result("f", "c", triggered: 0))
    let last = result("f", "c", oracle: .frame, triggered: 3)
    #expect(try hunt("echo '\(first)'; echo '\(try line(last))'") == last)
  }

  @Test func `find what ends their process by a signal`() throws {
    let line = try line(result("f", "c", triggered: 2))
    // The second line is cut off.
    let found = try hunt("echo '\(line)'; printf '\(line.prefix(9))'; kill -SEGV $$")
    #expect(found.detected)
    #expect(found.crash == SIGSEGV)
    #expect(found.oracle == nil)
    #expect(found.triggered == 2)
    #expect(found.programs == 1)
    let atOnce = try hunt("kill -ILL $$")
    #expect(atOnce.fault == "f")
    #expect(atOnce.crash == SIGILL)
    #expect(atOnce.isTriggered)
  }

  @Test func `fail if there is no result`() {
    #expect(throws: HuntFailure.self) { try hunt("exit 3") }
    #expect(throws: HuntFailure.self) { try hunt("exit 0") }
    #expect(throws: (any Error).self) { try hunt("echo nonsense") }
  }

  @Test func `are summed up by class and by what detected them`() {
    let summary = SabotageSummary([
      result("a", "call", oracle: .trace), result("b", "root", crash: 11, triggered: 0),
      result("c", "call", triggered: 0), result("d", "call", oracle: .trace),
    ])
    #expect(summary.detected == 3)
    #expect(summary.triggered == 3)
    #expect(summary.score == 1)
    #expect(
      summary.lines == [
        "class  faults  triggered  detected    score",
        "call        3          2         2  100.0 %",
        "root        1          1         1  100.0 %",
        "all         4          3         3  100.0 %", "first  faults", "T           2",
        "crash       1",
      ])
  }

  @Test func `are scored by those that made a difference`() {
    let found = (0..<18).map { result("f\($0)", "call", oracle: .trace, triggered: 0) }
    let untouched = result("never", "call", triggered: 0)
    let summary = SabotageSummary(found + [result("missed", "call"), untouched])
    #expect(summary.triggered == 19)
    #expect(summary.score < SabotageSummary.leastScore)
    #expect(summary.lines[1] == "call       20         19        18  94.7 %")
    #expect(summary.undetected.map(\.fault) == ["missed", "never"])
    #expect(SabotageSummary([untouched]).lines[1] == "call        1          0         0      -")
    #expect(SabotageSummary(found + [result("missed", "call")] + found).score > 0.97)
  }
}
