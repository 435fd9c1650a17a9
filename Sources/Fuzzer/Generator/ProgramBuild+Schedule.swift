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

  private mutating func argument(for slot: SlotFact) -> Constant {
    BoundaryConstants.constant(of: slot.fact.actual, &entropy)
  }
}
