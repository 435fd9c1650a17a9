import Bytecode

extension FunctionGenerator {
  /// Calls a finished function whose result serves, if one is cheap enough here.
  mutating func call(_ want: Want) -> ValueFact? {
    let candidates = environment.callables.filter {
      $0.isCallable && want.accepts($0.result) && affords($0.cost) && (!$0.mayTrap || mayRisk)
    }
    guard !candidates.isEmpty else { return nil }
    let callee = entropy.pick(candidates)
    call(callee)
    return callee.result
  }

  /// Whether so many fuel units more, each time this place runs, stay within the limit.
  func affords(_ units: Int) -> Bool {
    cost + units * multiplier <= environment.options.costLimit
  }

  mutating func call(_ callee: CallableFunction) {
    arguments(of: callee, from: 0)
    emit(
      .call, .function(callee.index), pops: callee.parameters.count, pushes: 1)
    account(for: callee)
  }

  /// Pushes arguments for the parameters from a position on.
  mutating func arguments(of callee: CallableFunction, from first: Int) {
    for position in callee.parameters.indices.dropFirst(first) {
      let parameter = callee.parameters[position]
      if let bound = callee.recursionBound, bound.parameter == position {
        _ = pushSmall(bound.range)
      } else if callee.references.contains(position) {
        reference(to: parameter)
      } else {
        argument(for: parameter)
      }
    }
  }

  /// Counts the cost and frames of so many calls at the place now written.
  mutating func account(for callee: CallableFunction, calls: Int = 1) {
    cost += callee.cost * calls * multiplier
    framesBelow = max(framesBelow, callee.frames)
  }

  /// Pushes a value a parameter takes.
  mutating func argument(for parameter: SlotFact) {
    if parameter.fact.actual.contains(.null), entropy.chance(1, in: 4) {
      push(.null)
      return
    }
    _ = expression(want(for: parameter), level: 2)
  }

  /// What to ask for to fill a slot.
  func want(for slot: SlotFact) -> Want {
    var actual = slot.fact.actual
    actual.remove(.null)
    if actual == .int { return .int }
    if actual == .number { return .number }
    if actual == .bool { return .bool }
    if KindSet.numeric.isSuperset(of: actual), !actual.isEmpty { return .numeric }
    return isWhole ? wholeWant(for: slot.fact, actual) : .any
  }

  /// Leaves the function with a value of its result's kinds.
  mutating func leave(level: Int) {
    if result.actual == .unit {
      emit(.return, .none)
      return
    }
    _ = expression(
      want(for: SlotFact(fact: result, declared: nil, isWritable: false)), level: level)
    emit(.returnValue, pops: 1, pushes: 0)
  }
}
