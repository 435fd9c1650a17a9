import Bytecode
import CFuzzer
import RefInterpreter
import Testing

@testable import Fuzzer

@Suite struct `The legs over compiled code` {
  @Test func `leave at the first, middle and last passing`() {
    func occurrences(_ count: UInt64) -> [UInt64] {
      ExitPlan.occurrences(of: count, isExhaustive: false)
    }
    #expect(occurrences(0) == [])
    #expect(occurrences(1) == [1])
    #expect(occurrences(2) == [1, 2])
    #expect(occurrences(3) == [1, 2, 3])
    #expect(occurrences(100) == [1, 50, 100])
    #expect(occurrences(.max) == [1, 1 << 63, .max])
  }

  @Test func `leave at 32 passings, powers of two and the last, if exhaustive`() {
    func occurrences(_ count: UInt64) -> [UInt64] {
      ExitPlan.occurrences(of: count, isExhaustive: true)
    }
    #expect(occurrences(0) == [])
    #expect(occurrences(5) == [1, 2, 3, 4, 5])
    #expect(occurrences(64) == Array(1...32) + [64])
    #expect(occurrences(200) == Array(1...32) + [64, 128, 200])
  }

  @Test func `enter at the first three iterations and the last`() {
    #expect(ExitPlan.iterations(upTo: 0) == [0])
    #expect(ExitPlan.iterations(upTo: 2) == [0, 1, 2])
    #expect(ExitPlan.iterations(upTo: 8) == [0, 1, 2, 8])
  }

  @Test func `spread the budget, and reach everything as the hash rotates`() {
    #expect(ExitPlan.chosen([1, 2, 3], budget: 3, rotation: 7) == [1, 2, 3])
    #expect(ExitPlan.chosen([Int](), budget: 0, rotation: 7) == [])
    let all = Array(0..<10)
    #expect(ExitPlan.chosen(all, budget: 2, rotation: 1) == [1, 6])
    #expect(ExitPlan.chosen(all, budget: 4, rotation: 9) == [1, 4, 6, 9])
    var seen: Set<Int> = []
    for rotation in 0..<10 {
      seen.formUnion(ExitPlan.chosen(all, budget: 3, rotation: UInt64(rotation)))
    }
    #expect(seen.count == 10)
  }

  @Test func `make fewer runs where a run costs more, but eight`() {
    #expect(ExitPlan.count(of: [], within: 0) == 0)
    #expect(ExitPlan.count(of: [0, 0, 0], within: 1_000) == 3)
    #expect(ExitPlan.count(of: Array(repeating: 900, count: 100), within: 50_000) == 50)
    #expect(ExitPlan.count(of: Array(repeating: 900, count: 100), within: 1_000) == 8)
    #expect(ExitPlan.count(of: Array(repeating: 900, count: 3), within: 1_000) == 3)
    #expect(ExitPlan.count(of: [.max, .max], within: .max) == 2)
  }

  @Test func `count what they did`() throws {
    let harness = Harness(
      judge: ReferenceEngine(), engines: [ExitingEngine(base: ReferenceEngine())])
    let report = try harness.check(SelfTestProgram.framed.program)
    #expect(report.verdict == .agree)
    let figures = report.code
    #expect(figures.safepoints.count == 6)
    #expect(figures.executedSafepoints.count == 6)
    #expect(figures.forcedSafepoints == figures.executedSafepoints)
    // Entries of main once, of step twice, of next four times; head, call and walk twice.
    #expect(figures.forcedExits == 1 + 2 + 3 + 3 * 2 + 6 + 2)
    #expect(figures.checkpoints == figures.forcedExits)
    #expect(figures.slots > figures.checkpoints)
    #expect(figures.stackReplacements == 2 * 2)
    #expect(report.executions > 20)
    #expect(report.legs == [.determinism, .exits, .replacements])
    #expect(figures.features.contains(.exit(.callValue, .baseline)))
    #expect(figures.features.contains(.exitDepth(1, .baseline)))
    let iterations = figures.features.compactMap { feature -> Int? in
      if case .replacement(_, let iteration) = feature { iteration } else { nil }
    }
    #expect(iterations.sorted() == [-1, 0])
  }

  @Test func `are counted for the fuzzer`() throws {
    let harness = Harness(
      judge: ReferenceEngine(), engines: [ExitingEngine(base: ReferenceEngine())])
    let program = SelfTestProgram.framed.program
    let report = try harness.check(program)
    func marks(_ report: CheckReport) -> UInt32 {
      tierproof_clear_marks()
      FeatureCounters.mark(program, report)
      return tierproof_marked_count()
    }
    var plain = report
    plain.code.features = []
    #expect(marks(report) == marks(plain) + UInt32(report.code.features.count))
  }

  @Test func `take turns by the hash`() {
    var options = HarnessOptions()
    options.rotatesEngines = true
    options.forcedExitShare = 4
    let engines: [EngineName] = [.interpreter, .baseline, .selective, .osr, .auto, .numeric]
    var turns: [EngineName: Int] = [:]
    var exits = 0
    var tuples: [Int: Int] = [:]
    var hashes = SplitMix64(seed: 7)
    for _ in 0..<7_000 {
      let legs = LegChoice(options, inputHash: hashes.next())
      for engine in engines where legs.picks(engine, among: engines) {
        turns[engine, default: 0] += 1
      }
      if legs.forcesExits { exits += 1 }
      tuples[legs.tuple(of: 3) ?? -1, default: 0] += 1
    }
    #expect(turns[.interpreter] == 7_000)
    #expect(turns[.numeric] == 7_000)
    for (engine, share) in [(EngineName.baseline, 3), (.auto, 2), (.selective, 1), (.osr, 1)] {
      #expect((800 * share...1_200 * share).contains(turns[engine] ?? 0))
    }
    #expect((1_500...2_000).contains(exits))
    #expect(Set(tuples.keys) == [0, 1, 2])
    // Alone it stands for itself, and nothing is left out otherwise.
    #expect(LegChoice(options, inputHash: 7).picks(.osr, among: [.osr]))
    let all = LegChoice(HarnessOptions(), inputHash: 7)
    #expect(engines.allSatisfy { all.picks($0, among: engines) })
    #expect(all.tuple(of: 3) == nil)
  }

  @Test func `run code as production makes it for one input in so many`() throws {
    var options = HarnessOptions()
    options.productionShare = 4
    let production = [ExitingEngine(base: ReferenceEngine())]
    let harness = Harness(
      judge: ReferenceEngine(), engines: [], production: production, options: options)
    var hashes = SplitMix64(seed: 7)
    var turns = 0
    for _ in 0..<100 {
      let report = try harness.check(SelfTestProgram.framed.program, inputHash: hashes.next())
      #expect(report.legs.contains(.production) == !report.tiers.isEmpty)
      if report.legs.contains(.production) { turns += 1 }
    }
    #expect((10...40).contains(turns))
    let none = Harness(judge: ReferenceEngine(), engines: production, options: options)
    #expect(!LegChoice(HarnessOptions(), inputHash: 0).makesProductionCode)
    #expect(
      try !none.check(SelfTestProgram.framed.program, inputHash: 0).legs.contains(.production))
  }

  @Test func `keep to their budgets`() throws {
    var options = HarnessOptions()
    options.forcedExitBudget = 2
    options.replacementBudget = 1
    let harness = Harness(
      judge: ReferenceEngine(), engines: [ExitingEngine(base: ReferenceEngine())],
      options: options)
    let figures = try harness.check(SelfTestProgram.framed.program).code
    #expect(figures.forcedExits == 2 + 6 + 1)
    #expect(figures.stackReplacements == 2)
    options.forcedExitShare = 2
    options.replacementShare = 2
    let rotated = Harness(judge: harness.judge, engines: harness.engines, options: options)
    let none = try rotated.check(SelfTestProgram.framed.program, inputHash: 1 << 24 | 1 << 32)
    #expect(none.code.forcedExits == 0)
    #expect(none.code.stackReplacements == 0)
  }

  @Test func `hold few checkpoints of a large heap at once`() throws {
    let program = try Assembler.assemble(
      """
      func f() {
          Return
      }

      main() {
          PushConst 800000
          PushNull
          BuiltinCall filled 2
          Call f
          Pop
          Call f
          Halt
      }
      """)
    var options = HarnessOptions()
    options.forcedExitBudget = 0
    let harness = Harness(
      judge: ReferenceEngine(), engines: [ExitingEngine(base: ReferenceEngine())],
      options: options)
    let report = try harness.check(program)
    #expect(report.verdict == .agree)
    // Of four safepoints two have room.
    #expect(report.code.executedSafepoints.count == 4)
    #expect(report.code.forcedExits == 2)
  }

  @Test func `say of a divergence which lines show it again`() throws {
    let altered = AlteredEngine(
      name: .baseline, base: ExitingEngine(base: ReferenceEngine()),
      alteration: .observations { observations in
        for index in observations.checkpoints.indices {
          observations.checkpoints[index].frames[0].handlerDepth += 1
        }
      })
    let harness = Harness(judge: ReferenceEngine(), engines: [altered])
    let verified = try Verifier.verify(SelfTestProgram.framed.program)
    let divergence = try #require(try harness.check(verified).divergence)
    #expect(
      divergence.directives == [
        .exit(FunctionIndex(0), offset: 0, occurrence: 1)
      ])
    #expect(divergence.run == "main(), tuple 1 of 1, exit next at 0 occurrence 1")
    let replayed = Finding.replayable(verified, divergence)
    let again = try #require(try harness.check(replayed).divergence)
    #expect(again.signature == divergence.signature)
    #expect(again.run == "main(), tuple 1 of 1")
  }
}

@Suite struct `Exit and osr lines` {
  private static func program(_ lines: String) throws -> VerifiedProgram {
    try Verifier.verify(
      Assembler.assemble(
        """
        func f() {
            Return
        }

        main() {
            Nop
            Call f
            Pop
        head:
            PushConst false
            JumpIfTrue head
            Call f
            Halt
        }

        schedule {
        \(lines)
        }
        """))
  }

  private static let f = FunctionIndex(0)
  private static let main = FunctionIndex(1)

  @Test func `name safepoints and loops`() throws {
    let verified = try Self.program(
      "    exit main at 5 occurrence 3\n    osr main loop 0 iteration 2\n")
    #expect(verified.missingSafepoint == nil)
    #expect(
      verified.scheduledExits == [
        ForcedExit(safepoint: Safepoint(function: Self.main, offset: 5), occurrence: 3)
      ])
    #expect(
      verified.scheduledReplacements == [
        StackReplacement(function: Self.main, loop: 0, iteration: 2)
      ])
    #expect(verified.namingExistingSafepoints == verified.program)
  }

  @Test func `name guards that code has`() throws {
    let record = Guard(
      kind: .kind, site: Site(Self.main, offset: 1), operand: 0, predicate: .kinds(.int))
    let code = CodeAccount(
      activations: [
        CodeAccount.Activation(function: Self.f, call: nil, start: 0, handlers: [], blocks: [])
      ], decisions: [], guards: [record, record], dependencies: [], feedback: [:], refuted: [])
    func missing(_ line: String, _ accounts: [CodeAccount]) throws -> String? {
      try Self.program("    \(line) occurrence 1\n").missingGuard(among: accounts)
    }
    #expect(try missing("deopt f guard 1", [code]) == nil)
    #expect(
      try missing("deopt f guard 2", [code])
        == "schedule: f has no guard 2; its code has 2, from 0")
    #expect(
      try missing("deopt main guard 0", [code])
        == "schedule: main has no guard 0; its code has none")
    #expect(try missing("deopt main at 1 kind kind", [code]) == nil)
    #expect(
      try missing("deopt main at 0 kind kind", [code])
        == "schedule: no code has such a guard at main+0")
    #expect(try missing("exit main at 5", []) == nil)
  }

  @Test func `stand for existing ones in a fuzz input`() throws {
    let verified = try Self.program(
      """
          exit main at 2 occurrence 1
          exit f at 0 occurrence 1
          osr main loop 7 iteration 0
          osr f loop 0 iteration 0
      """)
    // Safepoints of main are 0, 1, 3 and 5.
    #expect(verified.scheduledExits.map(\.safepoint.offset) == [3, 0])
    #expect(verified.scheduledReplacements.map(\.loop) == [0])
    let renamed = try Verifier.verify(verified.namingExistingSafepoints)
    #expect(renamed.missingSafepoint == nil)
    #expect(renamed.scheduledExits == verified.scheduledExits)
    #expect(renamed.scheduledReplacements == verified.scheduledReplacements)
  }

  @Test func `stay within a function that edits make shorter`() throws {
    let verified = try Self.program("    exit main at 5 occurrence 3\n")
    var editable = EditableProgram(verified.program)
    editable.functions[1].remove(0..<3)
    let edited = try #require(editable.program())
    #expect(
      edited.schedule?.directives == [.exit(Self.main, offset: 1, occurrence: 3)])
    #expect(try Verifier.verify(edited).scheduledExits.map(\.safepoint.offset) == [2])
  }

  @Test(arguments: [
    (
      "    exit main at 2 occurrence 1",
      "schedule: main+2 is no safepoint; those of main are at 0, 1, 3, 5"
    ),
    (
      "    osr main loop 1 iteration 0",
      "schedule: main has no loop 1; its loops are 0 at 3"
    ),
    ("    osr f loop 0 iteration 0", "schedule: f has no loop 0; its loops are none"),
  ])
  func `are refused in a replayed file if there is no such place`(
    line: String, reason: String
  ) throws {
    let verified = try Self.program(line)
    #expect(verified.missingSafepoint == reason)
    let replay = Replay(harness: Harness(judge: ReferenceEngine(), engines: []))
    let result = replay.check(Printer.bytes(of: verified.program), path: "file")
    guard case .refused(let sentence) = result.status else {
      Issue.record("the file was not refused")
      return
    }
    #expect(sentence == "file: " + reason)
  }

  @Test func `are asked of engines that can`() throws {
    let verified = try Self.program(
      "    exit main at 1 occurrence 1\n    osr main loop 0 iteration 0\n")
    var options = HarnessOptions()
    options.forcedExitBudget = 0
    options.replacementBudget = 0
    let engines: [any Engine] = [ReferenceEngine(), ExitingEngine(base: ReferenceEngine())]
    for (engine, count) in zip(engines, [0, 1]) {
      let altered = AlteredEngine(name: .baseline, base: engine, alteration: .none)
      let harness = Harness(judge: ReferenceEngine(), engines: [altered], options: options)
      let figures = try harness.check(verified).code
      // The first exits of all safepoints are forced besides.
      #expect(figures.forcedExits == count * 6)
      #expect(figures.stackReplacements == count)
    }
  }
}
