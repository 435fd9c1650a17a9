import Bytecode
import LLVM

// MARK: - Words

extension FunctionLowering {
  private static let intTag = Word.intTag << 48
  /// Words from here on are no numbers.
  private static let firstNonNumber = Word.firstNonNumber

  /// The NaN-boxed word of a value; a NaN becomes canonical.
  func box(_ value: Value) -> IRValue {
    switch value {
    case .boxed(let word, _): return word
    case .integer(let integer, let range):
      if range.fitsInt { return words[integer] ?? boxInt(integer) }
      let int = boxInt(integer)
      let number = build.sitofp(integer, to: types.double, name("rounded"))
      let bits = build.bitcast(number, to: types.i64, name("bits"))
      return build.select(fitsInt(integer), int, bits, name("boxed"))
    case .product(let low, let fits, let left, let right):
      let bits = build.bitcast(product(left, right), to: types.i64, name("bits"))
      return build.select(fits, boxInt(low), bits, name("boxed"))
    case .number(let number, let isCanonical):
      let bits = build.bitcast(number, to: types.i64, name("bits"))
      if isCanonical { return bits }
      let isNaN = build.fcmp(.uno, number, number, name("is.nan"))
      return build.select(isNaN, types.constant(bits: canonicalNaN), bits, name("canonical"))
    case .bool(let bool):
      let bit = build.zext(bool, to: types.i64, name("bit"))
      return build.or(bit, types.constant(bits: Word.false.bits), name("boxed"))
    case .virtual: preconditionFailure("what is needed as a word has been made")
    }
  }

  private func boxInt(_ integer: IRValue) -> IRValue {
    let payload = build.and(
      integer, types.constant(bits: Word.payloadMask), name("payload"))
    return build.or(payload, types.constant(bits: Self.intTag), name("int"))
  }

  /// The int of a word that is one.
  func unboxInt(_ word: IRValue) -> IRValue {
    let high = build.shl(word, types.constant(bits: 16), name("high"))
    return build.ashr(high, types.constant(bits: 16), name("unboxed"))
  }

  /// Whether a word is an int.
  func isInt(_ word: IRValue, _ role: StaticString = "is.int") -> IRValue {
    let tag = build.lshr(word, types.constant(bits: 48), name("tag"))
    return build.icmp(.eq, tag, types.constant(bits: Word.intTag), name(role))
  }

  /// Whether a word is a number.
  func isNumber(_ word: IRValue, _ role: StaticString = "is.number") -> IRValue {
    build.icmp(.ult, word, types.constant(bits: Self.firstNonNumber), name(role))
  }

  /// Whether an integer fits the int kind.
  func fitsInt(_ integer: IRValue, _ role: StaticString = "fits") -> IRValue {
    build.icmp(.eq, unboxInt(integer), integer, name(role))
  }

  /// The number nearest to a product of integers that are exact as numbers.
  private func product(_ left: IRValue, _ right: IRValue) -> IRValue {
    build.fmul(
      build.sitofp(left, to: types.double, name("left")),
      build.sitofp(right, to: types.double, name("right")), name("rounded"))
  }
}

// MARK: - What is proved

extension FunctionLowering {
  /// The machine integer of a value proved to be an int.
  func provedInteger(_ value: Value) -> IRValue {
    switch value {
    case .boxed(let word, _): unboxInt(word)
    case .integer(let integer, _): integer
    case .product(let low, _, _, _): low
    // Of another kind than proved only where control never comes.
    case .number, .bool, .virtual: types.poison(types.i64)
    }
  }

  /// The double of a value proved to be a number.
  func provedNumber(_ value: Value) -> IRValue {
    switch value {
    case .boxed(let word, _): build.bitcast(word, to: types.double, name("number"))
    case .integer(let integer, _):
      build.sitofp(integer, to: types.double, name("widened"))
    case .product(_, _, let left, let right):
      // An int has one zero; a negative factor of zero gives the other, which 0.0 takes away.
      build.fadd(product(left, right), types.constant(0.0), name("widened"))
    case .number(let number, _): number
    case .bool, .virtual: types.poison(types.double)
    }
  }

  /// The bit of a value proved to be a bool.
  func provedBool(_ value: Value) -> IRValue {
    switch value {
    case .boxed(let word, _): build.trunc(word, to: types.i1, name("bool"))
    case .bool(let bool): bool
    case .integer, .product, .number, .virtual: types.poison(types.i1)
    }
  }
}

// MARK: - Conversions that test

extension FunctionLowering {
  /// A value as an integer, if it is one always, or where a test holds, or never.
  enum IntegerView {
    case always(IRValue, ClosedRange<Int64>)
    case tested(IRValue, integer: Value)
    case never
  }

  /// Views a value as `toInt` does; with `strictly`, only ints count.
  func integerView(_ value: Value, strictly: Bool) -> IntegerView {
    switch value {
    case .integer(let integer, let range):
      if range.fitsInt || !strictly { return .always(integer, range) }
      return .tested(fitsInt(integer), integer: .integer(integer, .int))
    case .product(let low, let fits, _, _): return .tested(fits, integer: .integer(low, .int))
    case .boxed(let word, let kinds):
      if kinds == .int { return .always(unboxInt(word), .int) }
      guard kinds.contains(.int) else { return .never }
      return .tested(isInt(word), integer: value)
    case .number, .bool, .virtual: return .never
    }
  }

  /// `toNumber`: the double of a value, or TypeError at this instruction.
  func toNumber(_ value: Value) -> IRValue {
    switch value {
    case .integer, .product, .number: return provedNumber(value)
    case .bool, .virtual:
      trapAlways(.typeError)
      return types.constant(0.0)
    case .boxed(let word, let kinds):
      if kinds == .number { return provedNumber(value) }
      if kinds == .int { return provedNumber(.integer(unboxInt(word), .int)) }
      if kinds.isDisjoint(with: .numeric) {
        trapAlways(.typeError)
        return types.constant(0.0)
      }
      return toNumber(word, kinds)
    }
  }

  private func toNumber(_ word: IRValue, _ kinds: KindSet) -> IRValue {
    numeric(word, kinds) { self.trap(.typeError, unless: $0, "trap.type") }
  }

  /// `toNumber` of a value that may be numeric; leaves for a block if it is not.
  func number(_ value: Value, else other: IRBlock) -> IRValue {
    guard case .boxed(let word, let kinds) = value, !kinds.isSubset(of: .numeric) else {
      return toNumber(value)
    }
    return numeric(word, kinds) { self.leave(for: other, unless: $0, "number.fits") }
  }

  /// The double of a word of kinds, one of which is numeric.
  ///
  /// - Parameter require: ends the path of all other words.
  private func numeric(
    _ word: IRValue, _ kinds: KindSet, _ require: (IRValue) -> Void
  ) -> IRValue {
    if !kinds.contains(.int) {
      require(isNumber(word))
      return build.bitcast(word, to: types.double, name("number"))
    }
    let direct = doubles[word] ?? build.bitcast(word, to: types.double, name("number"))
    let from = build.block
    let join = hotBlock("number.join")
    let other = hotBlock("number.other")
    build.br(isNumber(word), join, other)
    build.position(atEndOf: other)
    if !kinds.subtracting(.numeric).isEmpty { require(isInt(word)) }
    let widened = build.sitofp(unboxInt(word), to: types.double, name("widened"))
    let otherEnd = build.block
    build.br(join)
    build.position(atEndOf: join)
    let phi = build.phi(types.double, name("to.number"))
    build.addIncoming(direct, from: from, to: phi)
    build.addIncoming(widened, from: otherEnd, to: phi)
    return phi
  }

  /// The double whose bits a value's word is, a NaN apart; of no use where it is no number.
  func double(of value: Value, _ word: IRValue) -> IRValue {
    if case .number(let number, _) = value { return number }
    return doubles[word] ?? build.bitcast(word, to: types.double, name("number"))
  }

  /// Whether a value is truthy.
  func truthy(_ value: Value) -> IRValue {
    switch value {
    case .bool(let bool): return bool
    case .integer(let integer, _):
      return build.icmp(.ne, integer, types.constant(bits: 0), name("truthy"))
    case .number(let number, _):
      return build.fcmp(.one, number, types.constant(0.0), name("truthy"))
    case .product(_, _, let left, let right):
      return build.fcmp(.one, product(left, right), types.constant(0.0), name("truthy"))
    case .virtual: preconditionFailure("what is tested has been made")
    case .boxed(let word, let kinds):
      if kinds.isSubset(of: [.null, .unit, .bool]) {
        return build.icmp(.eq, word, types.constant(bits: Word.true.bits), name("truthy"))
      }
      let bit = build.call(scope.callee(.truthy), [word], name("truthy.word"))
      return build.icmp(.ne, bit, types.constant(bits: 0), name("truthy"))
    }
  }
}
