import Bytecode

extension FunctionGenerator {
  static let wrappingWidths: [NumericWidth] = [.i8, .i16, .i32, .u8, .u16, .u32]
  static let floatWidths: [NumericWidth] = [.f32, .f64]

  /// An int at run time.
  mutating func intExpression(level: Int) -> ValueFact {
    switch entropy.below(14) {
    case 0, 1, 2:
      _ = pair(.int, level: level)
      emit(entropy.pick([.bitAnd, .bitOr, .bitXor, .bitShr]), pops: 2, pushes: 1)
      return .int
    case 3:
      _ = expression(.int, level: level - 1)
      emit(.bitNot, pops: 1, pushes: 1)
      return .int
    case 4:
      _ = expression(.numeric, level: level - 1)
      emit(.numberToInt, pops: 1, pushes: 1)
      return .int
    case 5:
      _ = expression(.numeric, level: level - 1)
      emit(.castWidth, .width(entropy.pick(Self.wrappingWidths)), pops: 1, pushes: 1)
      return ValueFact(known: .int, actual: .int, magnitude: 32)
    case 6, 7:
      return wrapping(level: level)
    case 8:
      _ = pair(.integral, level: level)
      emit(.cmpTyped, .width(entropy.pick(Self.wrappingWidths + [.i64])), pops: 2, pushes: 1)
      return ValueFact(known: .int, actual: .int, magnitude: 1)
    case 9:
      return intBuiltin(level: level)
    case 10, 11:
      let fact = smallArithmetic(level: level)
      return fact.actual == .int ? fact : converted(fact)
    default:
      return converted(integralExpression(level: level))
    }
  }

  private mutating func converted(_ fact: ValueFact) -> ValueFact {
    if fact.actual == .int { return fact }
    emit(.numberToInt, pops: 1, pushes: 1)
    return .int
  }

  /// Arithmetic of an 8- to 32-bit width.
  private mutating func wrapping(level: Int) -> ValueFact {
    let width = entropy.pick(Self.wrappingWidths)
    _ = expression(.integral, level: level - 1)
    let opcode = entropy.pick([Opcode.addTyped, .subTyped, .mulTyped, .divTyped, .modTyped])
    if opcode == .divTyped || opcode == .modTyped {
      _ = divisor(level: level)
    } else {
      _ = expression(.integral, level: level - 1)
    }
    emit(opcode, .width(width), pops: 2, pushes: 1)
    return ValueFact(known: .int, actual: .int, magnitude: 32)
  }

  /// An int that is not zero in any width, save in risky programs.
  private mutating func divisor(level: Int) -> ValueFact {
    if environment.isRisky, entropy.chance(1, in: 4) {
      return expression(.int, level: level - 1)
    }
    switch entropy.below(3) {
    case 0, 1:
      push(.int(entropy.pick([1, -1, 2, 3, -2, 7, 10, 127, -128, 255, 65_537, 2_147_483_647])))
    default:
      _ = expression(.int, level: level - 1)
      push(.int(1))
      emit(.bitOr, pops: 2, pushes: 1)
    }
    return .int
  }

  /// An Int-form operation on a value and a small constant.
  private mutating func smallArithmetic(level: Int) -> ValueFact {
    let left = expression(.integral, level: level - 1)
    let constant = pushSmall(1...8)
    let right = ValueFact(known: .int, actual: .int, magnitude: constant < 4 ? 2 : 4)
    return intForm(entropy.pick([.addInt, .subInt]), left, right)
  }

  /// Emits an Int-form addition, subtraction or multiplication or its trusted twin.
  mutating func intForm(_ opcode: Opcode, _ left: ValueFact, _ right: ValueFact) -> ValueFact {
    let isTrusted = left.known == .int && right.known == .int && entropy.chance(1, in: 2)
    emit(isTrusted ? Self.trustedTwin(of: opcode) ?? opcode : opcode, pops: 2, pushes: 1)
    let magnitude = opcode == .mulInt ? left.bound + right.bound : max(left.bound, right.bound) + 1
    return .intForm(magnitude: magnitude)
  }

  /// The opcode that does the same relying on proved kinds, nil if there is none.
  static func trustedTwin(of opcode: Opcode) -> Opcode? {
    TrustedTwin.all.first { $0.guarded == opcode }?.trusted
  }

  /// What `toInt` takes.
  mutating func integralExpression(level: Int) -> ValueFact {
    switch entropy.below(8) {
    case 0, 1, 2:
      let (left, right) = pair(.integral, level: level)
      let sum = max(left.bound, right.bound) + 1
      let opcodes: [Opcode] =
        left.bound + right.bound <= 62 ? [.addInt, .subInt, .mulInt] : [.addInt, .subInt]
      let fact = intForm(entropy.pick(opcodes), left, right)
      return sum <= 62 && fact.isIntegral ? fact : truncated(fact)
    case 3:
      let left = expression(.integral, level: level - 1)
      let right = divisor(level: level)
      return divisionForm(entropy.pick([.divInt, .modInt]), left, right)
    case 4:
      _ = expression(.int, level: level - 1)
      emit(.neg, pops: 1, pushes: 1)
      return ValueFact(known: .numeric, actual: .numeric, magnitude: 47)
    case 5:
      let left = expression(.integral, level: level - 1)
      if environment.isRisky, entropy.chance(1, in: 4) {
        _ = expression(.int, level: level - 1)
      } else {
        push(.int(entropy.pick([1, -1, 2, 3, -3, 10, 1 << 40])))
      }
      let opcode = entropy.pick([Opcode.divTyped, .modTyped, .addTyped, .subTyped])
      emit(opcode, .width(.i64), pops: 2, pushes: 1)
      return truncated(.intForm(magnitude: max(left.bound, 47) + 1))
    case 6:
      return intBuiltin(level: level)
    default:
      return expression(.int, level: level - 1)
    }
  }

  private mutating func divisionForm(
    _ opcode: Opcode, _ left: ValueFact, _ right: ValueFact
  ) -> ValueFact {
    let isProved = left.known == .int && right.known == .int
    let twin = isProved && entropy.chance(1, in: 2) ? Self.trustedTwin(of: opcode) : nil
    emit(twin ?? opcode, pops: 2, pushes: 1)
    return ValueFact(known: .numeric, actual: .numeric, magnitude: max(left.bound, 47))
  }

  /// Brings what is no longer integral for sure back to an int.
  private mutating func truncated(_ fact: ValueFact) -> ValueFact {
    if fact.isIntegral { return fact }
    emit(.numberToInt, pops: 1, pushes: 1)
    return .int
  }

  /// A builtin that gives an int for ints.
  private mutating func intBuiltin(level: Int) -> ValueFact {
    switch entropy.below(6) {
    case 0, 1:
      let count = 1 + entropy.below(4)
      for _ in 0..<count { _ = expression(.int, level: level - 1) }
      builtin(entropy.pick([.min, .max]), count)
      return .unknown(.int)
    case 2:
      for _ in 0..<3 { _ = expression(.int, level: level - 1) }
      builtin(.clamp, 3)
      return .unknown(.int)
    case 3:
      _ = expression(.int, level: level - 1)
      builtin(entropy.pick([.sign, .floor, .ceil, .round]), 1)
      return .unknown(.int)
    case 4:
      _ = pair(.int, level: level)
      builtin(.gcd, 2)
      return converted(.unknown(.numeric, magnitude: 47))
    default:
      _ = expression(.int, level: level - 1)
      builtin(.abs, 1)
      return converted(.unknown(.numeric, magnitude: 47))
    }
  }

  mutating func builtin(_ builtin: Builtin, _ count: Int) {
    emit(.builtinCall, .builtin(builtin, argumentCount: count), pops: count, pushes: 1)
  }
}
