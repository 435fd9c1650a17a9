import Bytecode

extension ProgramBuild {
  mutating func makeSchedule() -> Schedule {
    var schedule = Schedule()
    if !mainParameters.isEmpty {
      for _ in 0..<(1 + entropy.below(4)) {
        schedule.arguments.append(mainParameters.map { argument(for: $0) })
      }
    }
    // What callbacks cost is an estimate.
    schedule.fuel = UInt64(
      environment.isWhole ? 500 + mainCost * 3 : max(64, mainCost * 2))
    schedule.depth = mainFrames + entropy.pick([0, 1, 4, 20, 100])
    if environment.isWhole { limitHeap(&schedule) }
    if environment.isRisky {
      switch entropy.below(8) {
      case 0: schedule.fuel = UInt64(entropy.below(max(1, mainCost)))
      case 1: schedule.depth = max(1, mainFrames - 1 - entropy.below(3))
      case 2 where !environment.isWhole:
        schedule.depth = max(1, mainFrames - 1 - entropy.below(3))
      case 3 where !mainParameters.isEmpty:
        schedule.arguments[0] = mainParameters.map { _ in
          BoundaryConstants.constant(of: [.int, .number, .bool, .null, .unit], &entropy)
        }
      default: break
      }
    }
    if entropy.chance(1, in: 10) {
      let function = FunctionIndex(entropy.below(program.functions.count))
      schedule.directives.append(
        .tier(
          function, entropy.chance(1, in: 4) ? .interpreter : .baseline,
          after: UInt64(entropy.below(4))))
    }
    return schedule
  }

  /// Memory for what a program needs, now and then less, and collections at some clocks.
  private mutating func limitHeap(_ schedule: inout Schedule) {
    schedule.heapBytes = entropy.pick([1_000_000, 4_000_000])
    if environment.isRisky, entropy.chance(1, in: 8) {
      schedule.heapBytes = UInt64(entropy.below(1200))
    }
    for _ in 0..<entropy.pick([0, 0, 1, 2]) {
      schedule.directives.append(.collect(clock: UInt64(entropy.below(max(2, mainCost)))))
    }
  }

  /// Adds lines that leave or enter compiled code to one program in eight each, at safepoints and
  /// loops it has.
  mutating func addExitsAndReplacements(to program: inout Program) {
    let exitCount = entropy.chance(1, in: 8) ? 1 + entropy.below(2) : 0
    let replacementCount = entropy.chance(1, in: 8) ? 1 + entropy.below(2) : 0
    guard exitCount + replacementCount > 0 else { return }
    let verified: VerifiedProgram
    do throws(VerificationFailure) {
      verified = try Verifier.verify(program)
    } catch {
      // Whoever asked for the program verifies it, and reports what is wrong.
      return
    }
    let functions = program.functions.indices.map { FunctionIndex($0) }
    let safepoints = functions.flatMap { verified.safepoints(of: $0) }
    let loops = functions.flatMap { function in
      verified[function].loopHeaders.indices.map { (function, $0) }
    }
    for _ in 0..<exitCount {
      let safepoint = entropy.pick(safepoints)
      program.schedule?.directives.append(
        .exit(
          safepoint.function, offset: safepoint.offset,
          occurrence: UInt64(1 + entropy.below(4))))
    }
    for _ in 0..<replacementCount where !loops.isEmpty {
      let (function, loop) = entropy.pick(loops)
      program.schedule?.directives.append(
        .onStackReplacement(function, loop: loop, iteration: UInt64(entropy.below(4))))
    }
  }

  /// Has one program in eight claim feedback, about one slot in most of them.
  mutating func addClaims(to program: inout Program) {
    guard entropy.chance(1, in: 8) else { return }
    do throws(VerificationFailure) {
      let verified = try Verifier.verify(program)
      if entropy.chance(1, in: 4) {
        program = FeedbackLies.told(of: verified, seed: entropy.word())
      } else {
        program = FeedbackLies.toldOnce(of: program, verified.functions, &entropy)
      }
    } catch {
      // Whoever asked for the program verifies it, and reports what is wrong.
    }
  }

  /// Has guards of one program in eight fail, and breaks facts that code may rest on in another.
  ///
  /// Which guards there will be nobody knows: their numbers are taken modulo those there are.
  mutating func addFailuresAndBreaks(to program: inout Program) {
    let failureCount = entropy.chance(1, in: 8) ? 1 + entropy.below(2) : 0
    let breakCount = entropy.chance(1, in: 8) ? 1 + entropy.below(2) : 0
    for _ in 0..<failureCount {
      program.schedule?.directives.append(
        .deoptimize(
          FunctionIndex(entropy.below(program.functions.count)), .ordinal(entropy.below(8)),
          occurrence: UInt64(1 + entropy.below(4))))
    }
    for _ in 0..<breakCount {
      guard let fact = fact(in: program) else { continue }
      program.schedule?.directives.append(
        .invalidate(fact, clock: UInt64(entropy.below(max(2, mainCost)))))
    }
  }

  /// A binding, or a shape of keys that the program names.
  private mutating func fact(in program: Program) -> Schedule.Fact? {
    if !program.bindings.isEmpty, entropy.chance(1, in: 2) {
      return .binding(BindingIndex(entropy.below(program.bindings.count)))
    }
    let names = program.instructions.compactMap { instruction -> StringIndex? in
      if case .property(let name?) = instruction.operand { name } else { nil }
    }
    guard !names.isEmpty else { return nil }
    var keys: [StringIndex] = []
    for _ in 0..<(1 + entropy.below(3)) {
      let key = entropy.pick(names)
      if !keys.contains(key) { keys.append(key) }
    }
    return .shape(keys)
  }

  private mutating func argument(for slot: SlotFact) -> Constant {
    BoundaryConstants.constant(of: slot.fact.actual, &entropy)
  }
}
