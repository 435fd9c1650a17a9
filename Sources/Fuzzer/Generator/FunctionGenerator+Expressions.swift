import Bytecode

extension FunctionGenerator {
  /// Pushes one value that serves; `level` bounds the nesting.
  mutating func expression(_ want: Want, level: Int) -> ValueFact {
    if level <= 0 || budget <= 0 { return leaf(want) }
    let choice = entropy.below(16)
    if choice < 4 { return leaf(want) }
    if isWhole, let fact = wholeExpression(want, level: level) { return fact }
    if !isKernel {
      if entropy.chance(1, in: 24) { decoration() }
      if choice == 4 { return conditional(want, level: level) }
      if choice == 5, let fact = call(want) { return fact }
      if choice == 6, let fact = coalesced(want, level: level) { return fact }
    }
    switch want {
    case .int: return intExpression(level: level)
    case .integral: return integralExpression(level: level)
    case .number: return numberExpression(level: level)
    case .numeric: return numericExpression(level: level)
    case .bool: return boolExpression(level: level)
    case .any:
      let wants: [Want] = [.int, .number, .numeric, .bool, .any]
      let want = entropy.pick(wants)
      return want == .any && !isKernel
        ? anyExpression(level: level) : expression(want == .any ? .bool : want, level: level)
    case .string, .text, .array, .intArray, .floatArray, .boolArray, .anyArray, .object, .map,
      .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      return construct(want, level: level)
    }
  }

  /// An instruction without effect.
  private mutating func decoration() {
    emit(environment.allowsDebug && entropy.chance(1, in: 3) ? .debug : .nop, .none)
  }

  /// Pushes two values that serve, in one of the orders engines must not confuse.
  mutating func pair(_ want: Want, level: Int) -> (left: ValueFact, right: ValueFact) {
    switch entropy.below(8) {
    case 0:
      let fact = expression(want, level: level - 1)
      emit(.dup, pops: 1, pushes: 2)
      return (fact, fact)
    case 1:
      let right = expression(want, level: level - 1)
      let left = expression(want, level: level - 1)
      emit(.swap, pops: 2, pushes: 2)
      return (left, right)
    default:
      let left = expression(want, level: level - 1)
      return (left, expression(want, level: level - 1))
    }
  }

  /// One of two values, chosen by a jump.
  private mutating func conditional(_ want: Want, level: Int) -> ValueFact {
    let (otherwise, end) = (makeTag(), makeTag())
    condition(jumpingTo: otherwise, level: level - 1)
    let left = expression(want, level: level - 1)
    jump(.jump, to: end, pops: 0)
    depth -= 1
    place(otherwise)
    let right = expression(want, level: level - 1)
    place(end)
    return left.union(right)
  }

  /// A test and a conditional jump taken when the test fails or, by the other opcode, holds.
  mutating func condition(jumpingTo tag: Tag, level: Int) {
    let fact = expression(entropy.chance(1, in: 8) ? .any : .bool, level: level)
    switch entropy.below(4) {
    case 0, 1: jump(.jumpIfFalse, to: tag, pops: 1)
    case 2 where fact.known == .bool: jump(.jumpIfFalseTrusted, to: tag, pops: 1)
    default: jump(.jumpIfTrue, to: tag, pops: 1)
    }
  }

  /// `a ?? b`, where a may be null.
  private mutating func coalesced(_ want: Want, level: Int) -> ValueFact? {
    let candidates = slots.indices.filter {
      let actual = slots[$0].fact.actual
      guard actual.contains(.null) else { return false }
      var rest = slots[$0].fact
      rest.actual.remove(.null)
      return want.accepts(rest)
    }
    let left: ValueFact
    if candidates.isEmpty || entropy.chance(1, in: 4) {
      // CmpTyped of floats gives null for NaN.
      guard want == .int || want == .numeric || want == .integral else { return nil }
      _ = pair(.numeric, level: level)
      emit(
        .cmpTyped, .width(entropy.chance(1, in: 2) ? .f32 : .f64), pops: 2, pushes: 1)
      left = ValueFact(known: [.int, .null], actual: [.int, .null], magnitude: 1)
    } else {
      left = load(LocalIndex(entropy.pick(candidates)))
    }
    let right = expression(want, level: level - 1)
    emit(.nullCoalesce, pops: 2, pushes: 1)
    var result = left
    result.known.remove(.null)
    result.actual.remove(.null)
    return result.union(right)
  }

  private mutating func anyExpression(level: Int) -> ValueFact {
    switch entropy.below(3) {
    case 0:
      _ = pair(.numeric, level: level)
      emit(.cmpTyped, .width(entropy.pick([.f32, .f64])), pops: 2, pushes: 1)
      return ValueFact(known: [.int, .null], actual: [.int, .null], magnitude: nil)
    case 1:
      printCall(level: level)
      return .unknown(.unit)
    default:
      let left = expression(.any, level: level - 1)
      let right = expression(.any, level: level - 1)
      emit(.nullCoalesce, pops: 2, pushes: 1)
      var result = left.union(right)
      result.magnitude = nil
      return result
    }
  }

  /// `print` with several arguments; leaves unit.
  mutating func printCall(level: Int) {
    let count = entropy.pick([1, 1, 2, 3, 0, 5])
    for _ in 0..<count { _ = expression(.any, level: level - 1) }
    emit(.builtinCall, .builtin(.print, argumentCount: count), pops: count, pushes: 1)
  }
}
