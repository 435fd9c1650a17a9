import Bytecode
import LLVM

/// Arithmetic of one operand.
extension FunctionLowering {
  func lowerNegate() {
    let operand = pop()
    switch operand {
    case .number(let number, _):
      push(.number(build.fneg(number, name("fneg")), isCanonical: false))
    case .integer(let integer, let range) where range.fitsInt:
      push(negated(integer, range))
    case .boxed(_, let kinds) where kinds == .int:
      push(negated(provedInteger(operand), .int))
    case .boxed(_, let kinds) where kinds == .number:
      push(.number(build.fneg(provedNumber(operand), name("fneg")), isCanonical: false))
    case .boxed, .integer, .product, .bool, .virtual: push(slowUnary(operand))
    }
  }

  private func negated(_ integer: IRValue, _ range: ClosedRange<Int64>) -> Value {
    .integer(
      build.sub(types.constant(0 as Int64), integer, name("neg")),
      -range.upperBound...(-range.lowerBound))
  }

  func lowerBitNot() {
    let operand = strictInt(pop())
    push(.integer(build.xor(operand, types.constant(-1 as Int64), name("not")), .int))
  }

  func lowerIntToNumber() {
    let operand = pop()
    push(.number(toNumber(operand), isCanonical: false))
  }

  func lowerNumberToInt() {
    let operand = pop()
    if case .integer(_, let range) = operand, range.fitsInt { return push(operand) }
    push(.integer(provedInteger(slowUnary(operand)), .int))
  }

  func lowerCast(to width: NumericWidth) { push(cast(pop(), to: width)) }

  /// `CastWidth`: a value truncated, saturated and wrapped to a width.
  func cast(_ operand: Value, to width: NumericWidth) -> Value {
    switch width {
    case .i8, .i16, .i32, .u8, .u16, .u32:
      // Wrapping keeps the low bits, whatever a wide integer is as a number.
      if case .always(let integer, _) = integerView(operand, strictly: false) {
        let wrapped = wrap(integer, to: width)
        return .integer(wrapped.value, wrapped.range)
      }
      return .integer(provedInteger(slowCast(operand, to: width)), .int)
    case .i64:
      if case .always(let integer, let range) = integerView(operand, strictly: false) {
        return .integer(integer, range)
      }
      return slowCast(operand, to: width)
    case .f32: return .number(provedNumber(slowCast(operand, to: width)), isCanonical: true)
    case .f64: return .number(toNumber(operand), isCanonical: false)
    case .u64: preconditionFailure("the verifier refuses u64")
    }
  }

  private func slowCast(_ operand: Value, to width: NumericWidth) -> Value {
    let code = types.constant32(OperationCode(.castWidth, width).rawValue)
    let word = build.call(scope.callee(.unary), [code, box(operand)], name("slow"))
    return .boxed(checked(word), .numeric)
  }
}
