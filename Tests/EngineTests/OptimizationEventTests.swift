import Bytecode
import CFuzzer
import Engines
import JIT
import TestSupport
import Testing

@testable import Fuzzer

@Suite struct `What was done in optimized code` {
  private let report: CheckReport
  private let program: VerifiedProgram

  init() throws {
    let text = try Repository.text(of: "corpus/seeds/LoopGuards-greatest.sasm")
    program = try Verifier.verify(Assembler.assemble(text))
    report = try Harness(judge: Engines.judge, engines: [OptimizingEngine()]).check(program)
  }

  @Test func `is told one by one, and in pairs of the same code`() {
    let features = report.code.features
    let expected: [OptimizationEvent] = [
      .met(.range, .made), .met(.range, .proved), .met(.bounds, .made), .declined(.range, .refuted),
      .inlined(depth: 1), .guardedAtLoop(.sign), .guardedAtLoop(.limit),
    ]
    for event in expected { #expect(features.contains(.optimization(event)), "\(event)") }
    #expect(!features.contains(.optimization(.guardedAtLoop(.length))))
    // Only the callee of `places` is inlined, and only its loop has guards.
    #expect(
      features.contains(.optimizations(.inlined(depth: 1), .guardedAtLoop(.limit))))
    #expect(
      !features.contains(.optimizations(.guardedAtLoop(.limit), .inlined(depth: 1))))
    #expect(!features.contains(.optimizations(.met(.bounds, .made), .inlined(depth: 1))))
  }

  @Test func `is known of loops that become vectors`() throws {
    func hasVectors(_ path: String) throws -> Bool {
      let program = try Verifier.verify(Assembler.assemble(Repository.text(of: path)))
      let harness = Harness(judge: Engines.judge, engines: [OptimizingEngine()])
      return try harness.check(program).code.guards.hasVectors
    }
    #expect(try hasVectors("corpus/seeds/Vector-fill.sasm"))
    #expect(try !hasVectors("corpus/seeds/Add-strings.sasm"))
  }

  @Test func `is counted for the fuzzer`() {
    func marks(_ report: CheckReport) -> UInt32 {
      tierproof_clear_marks()
      FeatureCounters.mark(program.program, report)
      return tierproof_marked_count()
    }
    var plain = report
    plain.code.features = report.code.features.filter { feature in
      switch feature {
      case .optimization, .optimizations: false
      case .exit, .exitDepth, .replacement, .decline: true
      }
    }
    let count = report.code.features.count - plain.code.features.count
    #expect(count > 50)
    // A few share a counter.
    #expect(Int(marks(report)) >= Int(marks(plain)) + count * 9 / 10)
  }

  @Test func `has a number of its own`() {
    var numbers: Set<UInt32> = []
    var count = 0
    func add(_ event: OptimizationEvent) {
      count += 1
      numbers.insert(event.number)
      #expect(event.number < 1 << 15)
    }
    for need in GuardNeed.allCases {
      for means in OptimizationEvent.Means.allCases { add(.met(need, means)) }
      for reason in GuardDecline.allCases { add(.declined(need, reason)) }
    }
    for depth in 1...8 { add(.inlined(depth: depth)) }
    for kind in Schedule.GuardKind.allCases { add(.guardedInCallee(kind)) }
    for subject in OptimizationEvent.LoopSubject.allCases { add(.guardedAtLoop(subject)) }
    add(.restsOnBinding)
    add(.restsOnShape)
    #expect(numbers.count == count)
  }
}
