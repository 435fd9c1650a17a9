import Bytecode
import LLVM

/// Arithmetic: inline where operands are known or tested to be what the fast path takes, through
/// the runtime otherwise.
extension FunctionLowering {
  func lowerBinary(_ operation: ArithmeticOperation, _ form: ArithmeticForm) {
    let speculated = guardOperands()
    let right = pop()
    let left = pop()
    let result = arithmetic(operation, form, left, right)
    push(speculated.map { guardResult(result, $0.result) } ?? result)
  }

  private func arithmetic(
    _ operation: ArithmeticOperation, _ form: ArithmeticForm, _ left: Value, _ right: Value
  ) -> Value {
    switch form {
    case .int: return intForm(operation, left, right)
    case .number: return numberForm(operation, left, right)
    case .generic: return genericForm(operation, left, right)
    case .bits: return bitsForm(operation, left, right)
    case .typed: return typedForm(operation, left, right)
    }
  }

  // MARK: Generic

  /// Two ints as the Int form, everything else as the Number form; what is no number traps there.
  /// The runtime does the same in less code.
  private func genericForm(
    _ operation: ArithmeticOperation, _ left: Value, _ right: Value
  ) -> Value {
    if operation == .add, left.kinds.contains(.string) || right.kinds.contains(.string) {
      return sumOrConcatenation(left, right)
    }
    if left.kinds == .number || right.kinds == .number {
      return numberForm(operation, left, right)
    }
    // `pow` is a call in any case, and the runtime's takes care of ints too.
    guard operation != .power else { return slowBinary(left, right) }
    let numbers = { self.numberForm(operation, left, right) }
    let otherwise = isNumberPathWorthwhile(left, right) ? numbers : nil
    return withIntegers(left, right, strictly: true, otherwise: otherwise) { a, b in
      self.integer(operation, a, b)
    }
  }

  /// `Add` where an operand may be a string, which is for the runtime.
  private func sumOrConcatenation(_ left: Value, _ right: Value) -> Value {
    if left.kinds == .string, right.kinds == .string {
      return runtime(.concatenate, [context, box(left), box(right)], .string)
    }
    guard plan.isInLoop[offset], !left.kinds.isDisjoint(with: .numeric),
      !right.kinds.isDisjoint(with: .numeric)
    else { return sumThroughRuntime(left, right) }
    let kinds: KindSet = [.int, .number, .string]
    let numbers = {
      let slow = self.coldBlock("strings")
      let a = self.number(left, else: slow)
      let sum = self.build.fadd(a, self.number(right, else: slow), self.name("fadd"))
      return self.rejoin(.number(sum, isCanonical: false), kinds, slow: slow) {
        self.slowBinary(left, right)
      }
    }
    return withIntegers(
      left, right, strictly: true, result: .boxed(kinds), otherwise: numbers
    ) { a, b in self.integer(.add, a, b) }
  }

  private func sumThroughRuntime(_ left: Value, _ right: Value) -> Value {
    let sum = slowBinary(left, right)
    // With a string on either side nothing else comes back.
    guard left.kinds == .string || right.kinds == .string else { return sum }
    return .boxed(box(sum), .string)
  }

  // MARK: Int

  private func intForm(
    _ operation: ArithmeticOperation, _ left: Value, _ right: Value
  ) -> Value {
    guard operation != .power else { return slowBinary(left, right) }
    return withIntegers(left, right, strictly: false) { a, b in
      self.integer(operation, a, b)
    }
  }

  /// Computes with two exact integers; both in ±2^53.
  private func integer(
    _ operation: ArithmeticOperation, _ left: RangedInteger, _ right: RangedInteger
  ) -> Value {
    let (a, b) = (left.value, right.value)
    let (x, y) = (left.range, right.range)
    switch operation {
    case .add:
      let range = x.lowerBound + y.lowerBound...x.upperBound + y.upperBound
      return settled(build.add(a, b, name("add")), range)
    case .subtract:
      let range = x.lowerBound - y.upperBound...x.upperBound - y.lowerBound
      return settled(build.sub(a, b, name("sub")), range)
    case .multiply: return multiply(left, right)
    case .divide:
      let limit = x.magnitude
      return settled(divide(left, right), -limit...limit)
    case .remainder:
      let limit = min(x.magnitude, max(y.magnitude - 1, 0))
      return settled(remainder(left, right), (x.lowerBound < 0 ? -limit : 0)...limit)
    case .power, .and, .or, .xor, .shiftLeft, .shiftRight:
      preconditionFailure("no inline Int form")
    }
  }

  /// An integer as a value: exact while in ±2^53, a word beyond.
  private func settled(_ integer: IRValue, _ range: ClosedRange<Int64>) -> Value {
    let value = Value.integer(integer, range)
    return range.fitsExact ? value : .boxed(box(value), .numeric)
  }

  private func multiply(_ left: RangedInteger, _ right: RangedInteger) -> Value {
    let (limit, overflow) = left.range.magnitude.multipliedReportingOverflow(
      by: right.range.magnitude)
    if !overflow, limit <= 1 << 62 {
      return settled(build.mul(left.value, right.value, name("mul")), -limit...limit)
    }
    let pair = build.call(
      scope.multiplyWithOverflow, [left.value, right.value], name("mul.pair"))
    let low = build.extractvalue(pair, 0, name("mul"))
    let overflows = build.extractvalue(pair, 1, name("mul.overflow"))
    let isWhole = build.xor(overflows, types.constant(true), name("mul.whole"))
    let fits = build.and(fitsInt(low), isWhole, name("mul.fits"))
    return .product(low: low, fits: fits, left: left.value, right: right.value)
  }

  /// Traps if a divisor is zero.
  private func requireNonzero(_ divisor: RangedInteger) {
    guard divisor.range.contains(0) else { return }
    let isZero = build.icmp(.eq, divisor.value, types.constant(0 as Int64), name("zero"))
    trap(.divisionByZero, if: isZero, "trap.zero")
  }

  private func divide(_ left: RangedInteger, _ right: RangedInteger) -> IRValue {
    requireNonzero(right)
    guard let shift = right.powerOfTwo else {
      return build.sdiv(left.value, right.value, name("sdiv"))
    }
    let biased = build.add(left.value, bias(left, shift), name("biased"))
    return build.ashr(biased, types.constant(Int64(shift)), name("sdiv"))
  }

  private func remainder(_ left: RangedInteger, _ right: RangedInteger) -> IRValue {
    requireNonzero(right)
    guard let shift = right.powerOfTwo else {
      return build.srem(left.value, right.value, name("srem"))
    }
    let bias = bias(left, shift)
    let mask = types.constant((1 << Int64(shift)) - 1)
    let low = build.and(build.add(left.value, bias, name("biased")), mask, name("low"))
    return build.sub(low, bias, name("srem"))
  }

  /// What makes an arithmetic shift truncate toward zero: 2^shift − 1 for negative dividends.
  private func bias(_ dividend: RangedInteger, _ shift: Int) -> IRValue {
    guard shift > 0, dividend.range.lowerBound < 0 else { return types.constant(0 as Int64) }
    let sign = build.ashr(dividend.value, types.constant(63 as Int64), name("sign"))
    return build.lshr(sign, types.constant(Int64(64 - shift)), name("bias"))
  }

  // MARK: Number

  private func numberForm(
    _ operation: ArithmeticOperation, _ left: Value, _ right: Value
  ) -> Value {
    let a = toNumber(left)
    let b = toNumber(right)
    let result: IRValue
    switch operation {
    case .add: result = build.fadd(a, b, name("fadd"))
    case .subtract: result = build.fsub(a, b, name("fsub"))
    case .multiply: result = build.fmul(a, b, name("fmul"))
    case .divide:
      requireNonzero(b)
      result = build.fdiv(a, b, name("fdiv"))
    case .remainder:
      requireNonzero(b)
      result = build.call(scope.callee(.remainder), [a, b], name("frem"))
    case .power: result = build.call(scope.callee(.power), [a, b], name("pow"))
    case .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no Number form")
    }
    return .number(result, isCanonical: false)
  }

  private func requireNonzero(_ divisor: IRValue) {
    let isZero = build.fcmp(.oeq, divisor, types.constant(0.0), name("zero"))
    trap(.divisionByZero, if: isZero, "trap.zero")
  }

  // MARK: Bits

  private func bitsForm(
    _ operation: ArithmeticOperation, _ left: Value, _ right: Value
  ) -> Value {
    let a = strictInt(left)
    let b = strictInt(right)
    switch operation {
    case .and: return .integer(build.and(a, b, name("and")), .int)
    case .or: return .integer(build.or(a, b, name("or")), .int)
    case .xor: return .integer(build.xor(a, b, name("xor")), .int)
    case .shiftLeft:
      let shifted = build.shl(a, shiftCount(b), name("shl"))
      return .boxed(box(.integer(shifted, Int64.min...Int64.max)), .numeric)
    case .shiftRight: return .integer(build.ashr(a, shiftCount(b), name("ashr")), .int)
    case .add, .subtract, .multiply, .divide, .remainder, .power:
      preconditionFailure("no bitwise instruction")
    }
  }

  private func shiftCount(_ count: IRValue) -> IRValue {
    build.and(count, types.constant(63 as Int64), name("count"))
  }

  /// The int of a value, or TypeError here.
  func strictInt(_ value: Value) -> IRValue {
    provedInteger(admit(value, into: SlotKind(.int)))
  }

  // MARK: Widths

  private func typedForm(
    _ operation: ArithmeticOperation, _ left: Value, _ right: Value
  ) -> Value {
    guard case .width(let width) = instruction.operand else {
      preconditionFailure("a typed instruction has a width")
    }
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32:
      return withIntegers(left, right, strictly: false, result: .integer) { a, b in
        let (x, y) = (self.wrap(a.value, to: width), self.wrap(b.value, to: width))
        let result = self.wrap(self.narrow(operation, x, y), to: width)
        return .integer(result.value, result.range)
      }
    case .i64: return intForm(operation, left, right)
    case .f32: return .number(provedNumber(slowBinary(left, right)), isCanonical: true)
    case .f64: return numberForm(operation, left, right)
    case .u64: preconditionFailure("the verifier refuses u64")
    }
  }

  /// An operation on integers of at most 32 bits, right in its low 32 bits.
  private func narrow(
    _ operation: ArithmeticOperation, _ left: RangedInteger, _ right: RangedInteger
  ) -> IRValue {
    switch operation {
    case .add: build.add(left.value, right.value, name("add"))
    case .subtract: build.sub(left.value, right.value, name("sub"))
    case .multiply: build.mul(left.value, right.value, name("mul"))
    case .divide: divide(left, right)
    case .remainder: remainder(left, right)
    case .power, .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no typed form")
    }
  }

  /// The low bits of an integer, sign- or zero-extended.
  func wrap(_ integer: IRValue, to width: NumericWidth) -> RangedInteger {
    guard let (bits, isSigned) = width.wrapping else {
      preconditionFailure("a width that wraps")
    }
    let unused = types.constant(Int64(64 - bits))
    let high = build.shl(integer, unused, name("wrap.high"))
    if isSigned {
      return RangedInteger(
        value: build.ashr(high, unused, name("wrap")),
        range: -(1 << Int64(bits - 1))...(1 << Int64(bits - 1)) - 1)
    }
    return RangedInteger(
      value: build.lshr(high, unused, name("wrap")), range: 0...(1 << Int64(bits)) - 1)
  }
}

extension NumericWidth {
  /// The bits and signedness of the widths that wrap; nil for the others.
  var wrapping: (bits: Int, isSigned: Bool)? {
    switch self {
    case .i8: (8, true)
    case .i16: (16, true)
    case .i32: (32, true)
    case .u8: (8, false)
    case .u16: (16, false)
    case .u32: (32, false)
    case .i64, .u64, .f32, .f64: nil
    }
  }
}

/// A machine integer and the range it lies in.
struct RangedInteger {
  var value: IRValue
  var range: ClosedRange<Int64>

  /// The exponent, if it is a known power of two.
  var powerOfTwo: Int? {
    guard range.lowerBound == range.upperBound, range.lowerBound > 0,
      range.lowerBound.nonzeroBitCount == 1
    else { return nil }
    return range.lowerBound.trailingZeroBitCount
  }
}
