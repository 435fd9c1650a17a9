import Bytecode
import LLVM

/// Comparison and logic.
extension FunctionLowering {
  func lowerRelation(_ relation: Relation, _ form: ArithmeticForm) {
    guardOperands()
    let right = pop()
    let left = pop()
    push(compare(relation, form, left, right))
  }

  private func compare(
    _ relation: Relation, _ form: ArithmeticForm, _ left: Value, _ right: Value
  ) -> Value {
    switch form {
    case .int: return compareIntegers(relation, left, right)
    case .number: return .bool(compareNumbers(relation, toNumber(left), toNumber(right)))
    case .generic: return compareAny(relation, left, right)
    case .bits, .typed: preconditionFailure("no comparison has this form")
    }
  }

  private func compareAny(_ relation: Relation, _ left: Value, _ right: Value) -> Value {
    let involvesNumber = left.kinds == .number || right.kinds == .number
    let isEquality = relation == .equal || relation == .notEqual
    // An integer in ±2^53 widens exactly. Equality of a number with what is none is no TypeError.
    let bothNumeric =
      left.kinds.isSubset(of: .numeric) && right.kinds.isSubset(of: .numeric)
    if involvesNumber, !isEquality || bothNumeric {
      return .bool(compareNumbers(relation, toNumber(left), toNumber(right)))
    }
    if isEquality, case .bool(let a) = left, case .bool(let b) = right {
      return .bool(build.icmp(relation.integerPredicate, a, b, name(relation.role)))
    }
    if isEquality, left.kinds.isIdentity || right.kinds.isIdentity {
      return .bool(
        build.icmp(relation.integerPredicate, box(left), box(right), name(relation.role)))
    }
    let mayBeStrings = left.kinds.contains(.string) && right.kinds.contains(.string)
    // What is no int is compared as a number; order traps there if it is none.
    let numbers = {
      if mayBeStrings { return self.orderNumbers(relation, left, right) }
      return .bool(self.compareNumbers(relation, self.toNumber(left), self.toNumber(right)))
    }
    let mayBeNumbers =
      !left.kinds.isDisjoint(with: .numeric) && !right.kinds.isDisjoint(with: .numeric)
    let isInline =
      bothNumeric || !isEquality && mayBeNumbers && isNumberPathWorthwhile(left, right)
    return compareIntegers(relation, left, right, otherwise: isInline ? numbers : nil)
  }

  /// The order of two numbers; that of strings is for the runtime.
  private func orderNumbers(_ relation: Relation, _ left: Value, _ right: Value) -> Value {
    let slow = coldBlock("strings")
    let a = number(left, else: slow)
    let order = compareNumbers(relation, a, number(right, else: slow))
    return rejoin(.bool(order), .bool, slow: slow) { self.slowBinary(left, right) }
  }

  private func compareIntegers(
    _ relation: Relation, _ left: Value, _ right: Value, otherwise: (() -> Value)? = nil
  ) -> Value {
    withIntegers(left, right, strictly: false, result: .bool, otherwise: otherwise) { a, b in
      .bool(
        self.build.icmp(
          relation.integerPredicate, a.value, b.value, self.name(relation.role)))
    }
  }

  private func compareNumbers(_ relation: Relation, _ a: IRValue, _ b: IRValue) -> IRValue {
    build.fcmp(relation.floatPredicate, a, b, name(relation.role))
  }

  func lowerTypedComparison() {
    let right = pop()
    let left = pop()
    let word = slowBinary(left, right)
    guard case .width(let width) = instruction.operand else {
      preconditionFailure("CmpTyped has a width")
    }
    push(
      width.isInteger
        ? .integer(provedInteger(word), -1...1) : .boxed(box(word), [.int, .null]))
  }

  func lowerAnd() {
    let right = truthy(pop())
    push(.bool(build.and(truthy(pop()), right, name("and"))))
  }

  func lowerOr() {
    let right = truthy(pop())
    push(.bool(build.or(truthy(pop()), right, name("or"))))
  }

  func lowerNot() {
    push(.bool(build.xor(truthy(pop()), types.constant(true), name("not"))))
  }

  func lowerNullCoalesce() {
    let right = pop()
    let left = pop()
    guard left.kinds.contains(.null), case .boxed(let word, let kinds) = left else {
      return push(left)
    }
    if kinds == .null { return push(right) }
    let chosen = build.select(isOf(.null, word), box(right), word, name("coalesced"))
    push(.boxed(chosen, kinds.subtracting(.null).union(right.kinds)))
  }
}

extension KindSet {
  /// Whether values of these kinds are equal to what is the same word only.
  fileprivate var isIdentity: Bool {
    isDisjoint(with: [.int, .number, .string, .range, .some, .ok, .err])
  }
}

extension Relation {
  var integerPredicate: IntegerPredicate {
    switch self {
    case .greater: .sgt
    case .less: .slt
    case .greaterOrEqual: .sge
    case .lessOrEqual: .sle
    case .equal: .eq
    case .notEqual: .ne
    }
  }

  /// False for NaN, except `notEqual`.
  var floatPredicate: FloatPredicate {
    switch self {
    case .greater: .ogt
    case .less: .olt
    case .greaterOrEqual: .oge
    case .lessOrEqual: .ole
    case .equal: .oeq
    case .notEqual: .une
    }
  }

  /// The role in value names.
  var role: StaticString {
    switch self {
    case .greater: "gt"
    case .less: "lt"
    case .greaterOrEqual: "gte"
    case .lessOrEqual: "lte"
    case .equal: "eq"
    case .notEqual: "neq"
    }
  }
}
