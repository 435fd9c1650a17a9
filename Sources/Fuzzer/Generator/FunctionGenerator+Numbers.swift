import Bytecode

extension FunctionGenerator {
  /// A number at run time.
  mutating func numberExpression(level: Int) -> ValueFact {
    switch entropy.below(12) {
    case 0, 1, 2:
      let (left, right) = pair(.numeric, level: level)
      let opcode = entropy.pick([Opcode.addNumber, .subNumber, .mulNumber, .powNumber])
      return numberForm(opcode, left, right)
    case 3, 4:
      let left = expression(.numeric, level: level - 1)
      let right = numberDivisor(level: level)
      return numberForm(entropy.pick([.divNumber, .modNumber]), left, right)
    case 5:
      _ = expression(.numeric, level: level - 1)
      emit(.intToNumber, pops: 1, pushes: 1)
      return .number
    case 6:
      _ = expression(.numeric, level: level - 1)
      emit(.castWidth, .width(entropy.pick(Self.floatWidths)), pops: 1, pushes: 1)
      return .number
    case 7:
      _ = expression(.numeric, level: level - 1)
      let opcode = entropy.pick([Opcode.addTyped, .subTyped, .mulTyped, .divTyped, .modTyped])
      if opcode == .divTyped || opcode == .modTyped {
        push(.number(entropy.pick([1, -1, 0.5, 3, -2.5, 1e10, .infinity, .nan])))
      } else {
        _ = expression(.numeric, level: level - 1)
      }
      emit(opcode, .width(entropy.pick(Self.floatWidths)), pops: 2, pushes: 1)
      return .number
    case 8, 9:
      _ = expression(.numeric, level: level - 1)
      builtin(
        entropy.pick([.sqrt, .ln, .exp, .log10, .sin, .cos, .tan, .asin, .acos, .atan]), 1)
      return .unknown(.number)
    case 10:
      return numberBuiltin(level: level)
    default:
      _ = expression(.number, level: level - 1)
      emit(.neg, pops: 1, pushes: 1)
      return ValueFact(known: .numeric, actual: .number, magnitude: nil)
    }
  }

  private mutating func numberBuiltin(level: Int) -> ValueFact {
    switch entropy.below(4) {
    case 0:
      _ = pair(.numeric, level: level)
      builtin(.hypot, 2)
    case 1:
      let count = 1 + entropy.below(4)
      _ = expression(.number, level: level - 1)
      for _ in 1..<max(2, count) { _ = expression(.numeric, level: level - 1) }
      builtin(entropy.pick([.min, .max]), max(2, count))
    case 2:
      _ = expression(.number, level: level - 1)
      _ = pair(.number, level: level)
      builtin(.clamp, 3)
    default:
      _ = expression(.number, level: level - 1)
      builtin(entropy.pick([.abs, .sign, .floor, .ceil, .round]), 1)
    }
    return .unknown(.number)
  }

  /// A number that is not ±0, save in risky programs.
  private mutating func numberDivisor(level: Int) -> ValueFact {
    if environment.isRisky, entropy.chance(1, in: 4) {
      return expression(.number, level: level - 1)
    }
    if entropy.chance(2, in: 3) {
      push(.number(entropy.pick([1, -1, 0.5, 3, -2.5, 10, 0x1p-1074, 1e300, .infinity, .nan])))
      return .number
    }
    // |x| + 1 is at least 1, or NaN.
    _ = expression(.numeric, level: level - 1)
    builtin(.abs, 1)
    push(.number(1))
    emit(.addNumber, pops: 2, pushes: 1)
    return .number
  }

  /// Emits a Number form, or its trusted twin where both kinds are proved.
  mutating func numberForm(
    _ opcode: Opcode, _ left: ValueFact, _ right: ValueFact
  ) -> ValueFact {
    let isProved = left.known == .number && right.known == .number
    let twin = isProved && entropy.chance(1, in: 2) ? Self.trustedTwin(of: opcode) : nil
    emit(twin ?? opcode, pops: 2, pushes: 1)
    return .number
  }

  /// An int or a number.
  mutating func numericExpression(level: Int) -> ValueFact {
    switch entropy.below(12) {
    case 0, 1, 2:
      _ = pair(.numeric, level: level)
      return generic(entropy.pick([.add, .sub, .mul]))
    case 3:
      _ = expression(.numeric, level: level - 1)
      push(
        entropy.chance(1, in: 2)
          ? .int(entropy.pick([1, -1, 2, 3, -7])) : .number(entropy.pick([1, -1, 0.5, .nan])))
      return generic(entropy.pick([.div, .mod]))
    case 4:
      _ = pair(.numeric, level: level)
      return generic(.pow)
    case 5:
      _ = expression(.integral, level: level - 1)
      let isWide = entropy.chance(1, in: 3)
      if isWide { _ = expression(.int, level: level - 1) } else { _ = pushSmall(0...15) }
      emit(.powInt, pops: 2, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: nil)
    case 6:
      _ = pair(.int, level: level)
      emit(.bitShl, pops: 2, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: nil)
    case 7:
      let (left, right) = pair(.integral, level: level)
      if entropy.chance(1, in: 2) { return intForm(.mulInt, left, right) }
      emit(entropy.pick([.mulTyped, .addTyped, .subTyped]), .width(.i64), pops: 2, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: nil)
    case 8:
      _ = expression(.numeric, level: level - 1)
      emit(.castWidth, .width(.i64), pops: 1, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: nil)
    case 9:
      _ = pair(entropy.chance(1, in: 2) ? .int : .numeric, level: level)
      builtin(.pow, 2)
      return .unknown(.numeric)
    case 10:
      _ = pair(.int, level: level)
      builtin(.lcm, 2)
      return .unknown(.numeric)
    default:
      _ = expression(.numeric, level: level - 1)
      emit(.neg, pops: 1, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: nil)
    }
  }

  private mutating func generic(_ opcode: Opcode) -> ValueFact {
    emit(opcode, pops: 2, pushes: 1)
    let known: KindSet = opcode == .add ? [.int, .number, .string] : .numeric
    return ValueFact(known: known, actual: .numeric, magnitude: nil)
  }

  /// A bool at run time.
  mutating func boolExpression(level: Int) -> ValueFact {
    switch entropy.below(12) {
    case 0, 1, 2:
      let (left, right) = pair(.integral, level: level)
      let isOrder = entropy.chance(2, in: 3)
      let opcode =
        isOrder
        ? entropy.pick([Opcode.gtInt, .ltInt, .gteInt, .lteInt]) : entropy.pick([.eqInt, .neqInt])
      return comparison(opcode, isProved: left.known == .int && right.known == .int)
    case 3, 4, 5:
      let (left, right) = pair(entropy.chance(1, in: 2) ? .number : .numeric, level: level)
      let isOrder = entropy.chance(2, in: 3)
      let opcode =
        isOrder
        ? entropy.pick([Opcode.gtNumber, .ltNumber, .gteNumber, .lteNumber])
        : entropy.pick([.eqNumber, .neqNumber])
      return comparison(opcode, isProved: left.known == .number && right.known == .number)
    case 6, 7:
      _ = pair(.numeric, level: level)
      return comparison(entropy.pick([.gt, .lt, .gte, .lte]), isProved: false)
    case 8:
      _ = pair(.any, level: level)
      return comparison(entropy.pick([.eq, .neq]), isProved: false)
    case 9:
      _ = pair(.any, level: level)
      emit(entropy.pick([.and, .or]), pops: 2, pushes: 1)
      return .bool
    case 10:
      _ = expression(.any, level: level - 1)
      emit(.not, pops: 1, pushes: 1)
      return .bool
    default:
      _ = expression(.numeric, level: level - 1)
      builtin(entropy.pick([.isNan, .isFinite]), 1)
      return .unknown(.bool)
    }
  }

  private mutating func comparison(_ opcode: Opcode, isProved: Bool) -> ValueFact {
    let twin = isProved && entropy.chance(1, in: 2) ? Self.trustedTwin(of: opcode) : nil
    emit(twin ?? opcode, pops: 2, pushes: 1)
    return .bool
  }
}
