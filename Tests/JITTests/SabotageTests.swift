import Bytecode
import JIT
import Sabotage
import Testing

/// Each fault changes the program made for it, and no program that does not reach it.
struct SabotageTests {
  struct Example: Sendable {
    var text: String
    var arguments: [ObservedValue] = []
    var limits = RunLimits(fuel: 1_000, depth: 50)
    /// Where compiled code is left: an offset of main, or else of the first function.
    var exit: (isInMain: Bool, offset: Int)?
  }

  /// A program that the fault changes.
  static func example(_ fault: Fault) -> Example {
    switch fault {
    case .numeric(let fault): example(fault)
    case .code(let fault): example(fault)
    case .point(let fault): example(fault)
    case .guard(let fault): example(fault)
    case .optimized(let fault): example(fault)
    case .chain(let fault): example(fault)
    case .walk(let fault): example(fault)
    case .record(let fault): example(fault)
    case .virtual: virtualExample()
    case .compiler(let mistake): example(mistake)
    }
  }

  private static func example(_ fault: NumericFault) -> Example {
    let two = "a: int, b: int"
    let numbers = "a: number, b: number"
    switch fault {
    case .swappedSubtractionOperands:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;SubInt;Halt"), arguments: [.int(5), .int(3)])
    case .lessForLessOrEqual:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;LteInt;Halt"), arguments: [.int(5), .int(5)])
    case .greaterForGreaterOrEqual:
      return Example(
        text: main(numbers, "LoadLocal a;LoadLocal b;GteNumber;Halt"),
        arguments: [.number(5), .number(5)])
    case .unorderedIsTrue:
      return Example(
        text: main(numbers, "LoadLocal a;LoadLocal b;Lt;Halt"),
        arguments: [.number(.nan), .number(5)])
    case .nanIsTruthy:
      return Example(text: main("a: number", "LoadLocal a;Not;Halt"), arguments: [.number(.nan)])
    case .lostOverflowCheck:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;AddInt;Halt"),
        arguments: [.int(IntRange.maximum), .int(1)])
    case .lostZeroDivisorCheck:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;ModInt;Halt"), arguments: [.int(5), .int(0)])
    case .lostSlotCheck:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;AddInt;StoreLocal a;Halt"),
        arguments: [.int(IntRange.maximum), .int(1)])
    case .remainderSignLost:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;ModInt;Halt"), arguments: [.int(-5), .int(3)])
    case .shortShiftCount:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;BitShr;Halt"), arguments: [.int(5000), .int(40)])
    case .negativeZeroLost:
      return Example(
        text: main(numbers, "LoadLocal a;LoadLocal b;MulNumber;Halt"),
        arguments: [.number(-1), .number(0)])
    case .nanNotCanonical:
      return Example(
        text: main(numbers, "LoadLocal a;LoadLocal b;SubNumber;Halt"),
        arguments: [.number(.infinity), .number(.infinity)])
    case .fuelChargedTwice:
      return Example(text: BaselineControlTests.countdown, arguments: [.int(5)])
    case .depthCountedTwice:
      return Example(
        text: BaselineControlTests.recursion, arguments: [.int(10)],
        limits: RunLimits(fuel: 1_000, depth: 15))
    case .trapSitePlusOne, .trapSiteMinusOne:
      return Example(
        text: main(two, "LoadLocal a;LoadLocal b;DivInt;Halt"), arguments: [.int(5), .int(0)])
    case .storeEventLost:
      return Example(
        text: main("", "PushConst 1;StoreModuleBinding total;Halt", before: "binding total"))
    case .swappedArguments:
      return Example(
        text: main(
          "", "PushConst 5;PushConst 3;Call f;Halt",
          before: "func f(a, b) {\nLoadLocal a\nReturnValue\n}"))
    }
  }

  /// What a run shows: how it ended, the frames it showed, and the figures of its session.
  private struct Shown {
    var outcome: Outcome
    var checkpoints: [Checkpoint]
    var guardExits: [GuardExit]
    var statistics: [String: UInt64]
  }

  private func run(_ engine: any Engine, _ example: Example) throws -> Shown {
    let program = try assembled(example.text)
    let session = try engine.prepare(program)
    var request = RunRequest(
      entry: program.program.mainIndex, arguments: example.arguments, limits: example.limits,
      recordsEvents: true)
    request.showsGuardExits = true
    if let exit = example.exit {
      let function = exit.isInMain ? program.program.mainIndex : FunctionIndex(0)
      let safepoint = Safepoint(function: function, offset: exit.offset)
      request.forcedExits = [ForcedExit(safepoint: safepoint, occurrence: 1)]
    }
    let outcome = try session.run(request)
    return Shown(
      outcome: outcome, checkpoints: session.observations.checkpoints,
      guardExits: session.observations.guardExits,
      statistics: Dictionary(
        uniqueKeysWithValues: session.statistics.map { ($0.name, $0.value) }))
  }

  @Test(arguments: Fault.all)
  func `changes the program made for it`(_ fault: Fault) throws {
    let example = Self.example(fault)
    let places = PlantedPlaces()
    let right = try run(fault.workload.engine, example)
    #expect(right.outcome == (try run(InterpreterEngine(), example)).outcome)
    if fault == .compiler(.roundsHalved) {
      // The runtime does not survive code that uses more fuel than there is: hunts have processes of
      // their own.
      var calm = example
      calm.limits.fuel = 100_000
      _ = try run(fault.engine(counting: places), calm)
      #expect(places.count > 0)
      return
    }
    if fault == .code(.rootNotKept) {
      // Code that uses freed cells does not run in the process of all tests: hunts have their own.
      _ = try fault.engine(counting: places).prepare(assembled(example.text))
      #expect(places.count > 0)
      return
    }
    if fault == .compiler(.refutationForgotten) {
      // Every outcome is right: that the same code is made again and again, the session says.
      let failure = #expect(throws: EngineFailure.self) {
        try run(fault.engine(counting: places), example)
      }
      guard case .storm? = failure else {
        Issue.record("not a storm: \(failure.map { "\($0)" } ?? "nothing")")
        return
      }
      #expect(places.count > 0)
      return
    }
    let wrong = try run(fault.engine(counting: places), example)
    #expect(
      wrong.outcome != right.outcome || wrong.checkpoints != right.checkpoints
        || wrong.guardExits != right.guardExits)
    #expect(places.count > 0)
    #expect(try #require(wrong.statistics[Canary.reached]) > 0)
    #expect(try #require(wrong.statistics[Canary.triggered]) > 0)
  }

  @Test(arguments: Fault.all)
  func `changes no program that does not reach it`(_ fault: Fault) throws {
    let example = Example(
      text: main("a: int", "LoadLocal a;PushConst 3;BitXor;Halt"), arguments: [.int(9)])
    let right = try run(fault.workload.engine, example)
    let places = PlantedPlaces()
    let same = try run(fault.engine(counting: places), example)
    #expect(same.outcome == right.outcome)
    #expect(places.count == 0)
    #expect(same.statistics[Canary.reached] == 0)
    #expect(same.statistics[Canary.triggered] == 0)
  }

  @Test func `faults have distinct names, by which they are found`() {
    #expect(Set(Fault.all.map(\.name)).count == Fault.all.count)
    #expect(Fault.all.count >= 28)
    for fault in Fault.all { #expect(Fault(named: fault.name) == fault) }
    #expect(Fault(named: "no-such-fault") == nil)
  }

  @Test func `every class has a fault`() {
    for name in Fault.Class.allCases {
      #expect(Fault.all.contains { $0.faultClass == name }, "\(name)")
    }
  }
}
