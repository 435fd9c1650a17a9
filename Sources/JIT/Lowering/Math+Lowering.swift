import Bytecode
import LLVM

/// Math builtins and tests of kinds inline.
extension FunctionLowering {
  /// Whether a value is of some kinds: those of numbers, or neighbouring ones of cells, or one.
  func lowerTest(of asked: KindSet) { push(.bool(isOne(of: asked, pop()))) }

  private func isOne(of asked: KindSet, _ value: Value) -> IRValue {
    if value.kinds.isSubset(of: asked) { return types.constant(true) }
    if value.kinds.isDisjoint(with: asked) { return types.constant(false) }
    if asked.isSubset(of: .cells) { return isCell(value, of: asked) }
    let word = box(value)
    let tests = asked.kinds.map { isOf($0, word) }
    return tests.dropFirst().reduce(tests[0]) { build.or($0, $1, name("is.kind")) }
  }

  func lowerIsNaN() {
    let operand = toNumber(pop())
    push(.bool(build.fcmp(.uno, operand, operand, name("is.nan"))))
  }

  func lowerIsFinite() {
    let operand = toNumber(pop())
    // The difference of an infinity or NaN with itself is NaN.
    let difference = build.fsub(operand, operand, name("difference"))
    push(.bool(build.fcmp(.ord, difference, difference, name("is.finite"))))
  }

  /// A function of one number.
  func lowerFunction(_ callee: IRFunction) {
    let operand = toNumber(pop())
    push(.number(build.call(callee, [operand], name("function")), isCanonical: false))
  }

  func lowerHypotenuse() {
    let right = pop()
    let x = toNumber(pop())
    let result = build.call(scope.callee(.hypot), [x, toNumber(right)], name("hypot"))
    push(.number(result, isCanonical: false))
  }

  /// `abs`: of values of proved kind inline.
  func lowerAbsolute() {
    let operand = stack[stack.count - 1]
    if operand.kinds == .number { return lowerFunction(scope.intrinsic(.absolute)) }
    guard case .always(let integer, let range) = integerView(operand, strictly: true) else {
      return lowerMath(.abs, 1)
    }
    _ = pop()
    let zero = types.constant(0 as Int64)
    let isNegative = build.icmp(.slt, integer, zero, name("is.negative"))
    let negated = build.sub(zero, integer, name("negated"))
    // The magnitude of the least int is no int: the range says so.
    let magnitude = build.select(isNegative, negated, integer, name("abs"))
    push(.integer(magnitude, 0...range.magnitude))
  }

  /// `floor` and `ceil`: of values of proved kind inline.
  func lowerRounding(_ builtin: Builtin, _ intrinsic: Intrinsic) {
    let operand = stack[stack.count - 1]
    if case .always(let integer, let range) = integerView(operand, strictly: true) {
      _ = pop()
      return push(.integer(integer, range))
    }
    guard operand.kinds == .number, TargetMachine.hostRounds else {
      return lowerMath(builtin, 1)
    }
    lowerFunction(scope.intrinsic(intrinsic))
  }

  /// `min` and `max` of two ints or two numbers; nil for all else.
  func extremum(_ count: Int, isMaximum: Bool) -> Value? {
    guard count == 2 else { return nil }
    let (left, right) = (stack[stack.count - 2], stack[stack.count - 1])
    if case .always(let a, let x) = integerView(left, strictly: true),
      case .always(let b, let y) = integerView(right, strictly: true)
    {
      stack.removeLast(2)
      let isFirst = build.icmp(isMaximum ? .sgt : .slt, a, b, name("is.first"))
      let range =
        isMaximum
        ? max(x.lowerBound, y.lowerBound)...max(x.upperBound, y.upperBound)
        : min(x.lowerBound, y.lowerBound)...min(x.upperBound, y.upperBound)
      return .integer(build.select(isFirst, a, b, name("extremum")), range)
    }
    guard left.kinds == .number, right.kinds == .number else { return nil }
    stack.removeLast(2)
    let result = build.call(
      scope.intrinsic(isMaximum ? .maximum : .minimum),
      [provedNumber(left), provedNumber(right)], name("extremum"))
    return .number(result, isCanonical: false)
  }
}

/// Functions on doubles that the processor computes exactly as the runtime does.
enum Intrinsic: CaseIterable, Hashable {
  case sqrt, absolute, floor, ceiling
  /// NaN if an operand is; −0.0 is less than 0.0.
  case minimum, maximum

  var symbol: String {
    switch self {
    case .sqrt: "llvm.sqrt.f64"
    case .absolute: "llvm.fabs.f64"
    case .floor: "llvm.floor.f64"
    case .ceiling: "llvm.ceil.f64"
    case .minimum: "llvm.minimum.f64"
    case .maximum: "llvm.maximum.f64"
    }
  }

  func type(_ types: IRTypes) -> IRType {
    switch self {
    case .sqrt, .absolute, .floor, .ceiling: .function([types.double], returning: types.double)
    case .minimum, .maximum:
      .function([types.double, types.double], returning: types.double)
    }
  }
}
