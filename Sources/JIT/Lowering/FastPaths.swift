import Bytecode
import LLVM

/// Fast paths that a test at run time leads to, with the runtime behind them.
extension FunctionLowering {
  /// Computes with two integers where both operands are, in another way elsewhere.
  ///
  /// - Parameters:
  ///   - strictly: whether only ints count; otherwise what `toInt` takes.
  ///   - result: the representation of the result where both paths meet.
  ///   - otherwise: what the instruction does with all other operands; nil is the runtime.
  func withIntegers(
    _ left: Value, _ right: Value, strictly: Bool, result: Representation = .boxed(.numeric),
    otherwise: (() -> Value)? = nil, _ fast: (RangedInteger, RangedInteger) -> Value
  ) -> Value {
    // Results of the runtime are ints more often than not: no use to hold them twice.
    let pairs = plan.isInLoop[offset] && result.mayBePaired && otherwise != nil
    let otherwise = otherwise ?? { self.slowBinary(left, right) }
    let views = (
      integerView(left, strictly: strictly), integerView(right, strictly: strictly)
    )
    if case .always(let a, let x) = views.0, case .always(let b, let y) = views.1 {
      return fast(RangedInteger(value: a, range: x), RangedInteger(value: b, range: y))
    }
    guard let a = TestedInteger(views.0), let b = TestedInteger(views.1) else {
      return representation(result, of: otherwise())
    }
    let slow = coldBlock("slow")
    for test in [a.test, b.test] {
      guard let test else { continue }
      let next = hotBlock("fast")
      build.br(test, next, slow)
      build.position(atEndOf: next)
    }
    let x = ranged(a.integer)
    let y = ranged(b.integer)
    let fastEnd = end(of: fast(x, y), as: result, pairs: pairs)
    let join = hotBlock("join")
    build.br(join)
    build.position(atEndOf: slow)
    let slowEnd = end(of: otherwise(), as: result, pairs: pairs)
    build.br(join)
    build.position(atEndOf: join)
    let phi = build.phi(result.type(in: types), name("result"))
    let number = pairs ? build.phi(types.double, name("result.number")) : nil
    for end in [fastEnd, slowEnd] {
      build.addIncoming(end.value, from: end.block, to: phi)
      if let number, let double = end.double {
        build.addIncoming(double, from: end.block, to: number)
      }
    }
    doubles[phi] = number
    return result.value(phi)
  }

  /// The end of a path: its result, and with `pairs` the double of that, too.
  private func end(
    of value: Value, as result: Representation, pairs: Bool
  ) -> (value: IRValue, double: IRValue?, block: IRBlock) {
    let machine = machineValue(value, as: result)
    let number = pairs ? double(of: value, machine) : nil
    return (machine, number, build.block)
  }

  /// Whether inline code for numbers of unproved kinds is worth its size: where it need not test for
  /// what is no number, or runs more than once.
  func isNumberPathWorthwhile(_ left: Value, _ right: Value) -> Bool {
    plan.isInLoop[offset]
      || left.kinds.isSubset(of: .numeric) && right.kinds.isSubset(of: .numeric)
  }

  private struct TestedInteger {
    var test: IRValue?
    var integer: Value

    init?(_ view: IntegerView) {
      switch view {
      case .always(let value, let range):
        test = nil
        integer = .integer(value, range)
      case .tested(let condition, let value):
        test = condition
        integer = value
      case .never: return nil
      }
    }
  }

  private func ranged(_ value: Value) -> RangedInteger {
    if case .integer(let integer, let range) = value {
      return RangedInteger(value: integer, range: range)
    }
    return RangedInteger(value: provedInteger(value), range: .int)
  }

  /// The machine value of a value proved to be of a representation.
  func machineValue(_ value: Value, as representation: Representation) -> IRValue {
    switch representation {
    case .boxed: box(value)
    case .integer: provedInteger(value)
    case .number: provedNumber(value)
    case .bool: provedBool(value)
    }
  }

  private func representation(_ representation: Representation, of value: Value) -> Value {
    representation.value(machineValue(value, as: representation))
  }

  /// The instruction through the runtime: complete for all operands, traps included.
  func slowBinary(_ left: Value, _ right: Value) -> Value {
    // In a kernel, whose values are no strings, nothing looks at the context.
    let word = build.call(
      scope.callee(.binary), [context, operationCode, box(left), box(right)], name("slow"))
    return .boxed(checked(word), resultKinds)
  }

  /// The instruction through the runtime: complete for all operands, traps included.
  func slowUnary(_ operand: Value) -> Value {
    let word = build.call(scope.callee(.unary), [operationCode, box(operand)], name("slow"))
    return .boxed(checked(word), resultKinds)
  }

  /// Opcode and width as the runtime takes them.
  private var operationCode: IRValue {
    let width: NumericWidth? =
      switch instruction.operand {
      case .width(let width), .localWidth(_, let width): width
      case .none, .constant, .local, .binding, .capture, .function, .foreign, .schema, .field,
        .jump, .loop, .count, .builtin, .method, .property:
        nil
      }
    return types.constant32(OperationCode(instruction.opcode, width).rawValue)
  }

  /// The kinds the opcode table gives the instruction's result.
  private var resultKinds: KindSet {
    switch instruction.opcode.facts.result {
    case .kinds(let kinds): return kinds
    case .typedArithmetic, .typedComparison: return [.int, .number, .null]
    case .none, .anything, .constant, .local, .binding, .capture, .duplicate, .swap, .receiver,
      .nullCoalesce:
      return .anything
    }
  }
}

extension Representation {
  /// Whether a number among values held so is worth a register of its own in loops.
  var mayBePaired: Bool {
    guard case .boxed(let kinds) = self else { return false }
    return kinds.isSuperset(of: .numeric) && kinds.isSubset(of: [.int, .number, .string])
  }
}

/// An instruction of sections 2 and 3 in one machine word: opcode, and width + 1 or 0.
struct OperationCode: RawRepresentable {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ opcode: Opcode, _ width: NumericWidth?) {
    rawValue = UInt32(opcode.rawValue) | (width.map { UInt32($0.rawValue) + 1 } ?? 0) << 8
  }

  var opcode: Opcode {
    guard let opcode = Opcode(rawValue: UInt8(truncatingIfNeeded: rawValue)) else {
      preconditionFailure("generated code names an opcode")
    }
    return opcode
  }

  var width: NumericWidth? {
    rawValue >> 8 == 0 ? nil : NumericWidth(rawValue: UInt8(rawValue >> 8) - 1)
  }
}
