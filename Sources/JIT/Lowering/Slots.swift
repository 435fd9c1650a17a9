import Bytecode
import LLVM

/// Stores into declared slots: the value in the slot's representation, or TypeError here.
extension FunctionLowering {
  /// Admits a value into a slot; nil is an undeclared one.
  func admit(_ value: Value, into kind: SlotKind?) -> Value {
    guard let kind else { return value }
    if admitsVirtually(virtuals.resolved(value), kind) { return virtuals.resolved(value) }
    let value = made(value)
    if kind.isNullable || Representation(kind).isBoxed { return admitBoxed(value, into: kind) }
    switch Representation(kind) {
    case .integer: return admitInt(value)
    case .number: return admitNumber(value)
    case .bool: return admitBool(value)
    case .boxed: preconditionFailure("handled above")
    }
  }

  private func admitInt(_ value: Value) -> Value {
    switch value {
    case .integer(let integer, let range):
      if range.fitsInt { return value }
      trap(.typeError, unless: fitsInt(integer, "slot"), "trap.slot")
      return .integer(integer, .int)
    case .product(let low, let fits, _, _):
      trap(.typeError, unless: fits, "trap.slot")
      return .integer(low, .int)
    case .boxed(let word, let kinds):
      if kinds == .int { return .integer(unboxInt(word), .int) }
      if kinds.contains(.int) {
        trap(.typeError, unless: isInt(word, "slot"), "trap.slot")
        return .integer(unboxInt(word), .int)
      }
    case .number, .bool, .virtual: break
    }
    trapAlways(.typeError)
    return .integer(types.constant(0 as Int64), .int)
  }

  private func admitNumber(_ value: Value) -> Value {
    switch value {
    case .number: return value
    case .integer(let integer, let range):
      if !range.fitsInt {
        trap(.typeError, if: fitsInt(integer, "slot.int"), "trap.slot")
        return .number(provedNumber(value), isCanonical: true)
      }
    case .product(_, let fits, _, _):
      trap(.typeError, if: fits, "trap.slot")
      return .number(provedNumber(value), isCanonical: true)
    case .boxed(let word, let kinds):
      if kinds == .number { return .number(provedNumber(value), isCanonical: true) }
      if kinds.contains(.number) {
        trap(.typeError, unless: isNumber(word, "slot"), "trap.slot")
        return .number(provedNumber(value), isCanonical: true)
      }
    case .bool, .virtual: break
    }
    trapAlways(.typeError)
    return .number(types.constant(0.0), isCanonical: true)
  }

  private func admitBool(_ value: Value) -> Value {
    switch value {
    case .bool: return value
    case .boxed(let word, let kinds):
      if kinds == .bool { return .bool(provedBool(value)) }
      if kinds.contains(.bool) {
        trap(.typeError, unless: isOf(.bool, word), "trap.slot")
        return .bool(provedBool(value))
      }
    case .integer, .product, .number, .virtual: break
    }
    trapAlways(.typeError)
    return .bool(types.constant(false))
  }

  private func admitBoxed(_ value: Value, into kind: SlotKind) -> Value {
    let admitted = kind.kinds
    let possible = value.kinds
    let word = box(value)
    // A record's kind does not tell its schema.
    let isSchema = admitted.contains(.record)
    if possible.isSubset(of: admitted), !isSchema || !possible.contains(.record) {
      return .boxed(word, possible)
    }
    let common = possible.intersection(admitted)
    if common.isEmpty {
      trapAlways(.typeError)
      return .boxed(types.constant(bits: Word.null.bits), admitted)
    }
    trap(.typeError, unless: isAdmitted(word, possible, by: kind, common), "trap.slot")
    return .boxed(word, common)
  }

  /// Whether a word of some kinds is what a slot takes, of which it has `common`.
  private func isAdmitted(
    _ word: IRValue, _ possible: KindSet, by kind: SlotKind, _ common: KindSet
  ) -> IRValue {
    let told = common.subtracting(.cells)
    let cells = common.intersection(.cells)
    guard told.kinds.allSatisfy({ $0.isToldByWord }),
      cells.isEmpty || cells.areNeighbours && isOftenRun
    else {
      let mask = types.constant(bits: KindMask(kind).bits)
      let bit = build.call(scope.callee(.admits), [word, mask], name("admits"))
      return build.icmp(.ne, bit, types.constant(bits: 0), name("slot"))
    }
    var tests = told.kinds.map { isOf($0, word) }
    if case .schema(let schema) = kind.base, !cells.isEmpty {
      tests.append(isRecord(word, possible, of: schema))
    } else if !cells.isEmpty {
      tests.append(isCell(.boxed(word, possible), of: cells))
    }
    return tests.dropFirst().reduce(tests[0]) { build.or($0, $1, name("slot")) }
  }

  /// Whether a word is of a kind that words tell by themselves.
  func isOf(_ kind: ValueKind, _ word: IRValue) -> IRValue {
    switch kind {
    case .null: return build.icmp(.eq, word, types.constant(bits: Word.null.bits), name("is.null"))
    case .unit: return build.icmp(.eq, word, types.constant(bits: Word.unit.bits), name("is.unit"))
    case .bool:
      let bit = build.or(word, types.constant(bits: 1), name("either"))
      return build.icmp(.eq, bit, types.constant(bits: Word.true.bits), name("is.bool"))
    case .int: return isInt(word)
    case .number: return isNumber(word)
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range,
      .some, .ok, .err, .function, .closure, .reference, .cell:
      preconditionFailure("a word does not tell this kind by itself")
    }
  }
}

extension ValueKind {
  /// Whether a word tells by itself that it is of the kind.
  fileprivate var isToldByWord: Bool {
    switch self {
    case .null, .unit, .bool, .int, .number: true
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range,
      .some, .ok, .err, .function, .closure, .reference, .cell:
      false
    }
  }
}

extension Representation {
  fileprivate var isBoxed: Bool {
    switch self {
    case .boxed: true
    case .integer, .number, .bool: false
    }
  }
}
