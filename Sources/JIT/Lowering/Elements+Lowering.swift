import Bytecode
import LLVM

/// Elements of arrays: inline with an int index inside the bounds, through the runtime otherwise.
extension FunctionLowering {
  /// The value a receiver has under a key.
  func element(of receiver: Value, _ key: Value) -> Value {
    let kinds = elementKinds(receiver.kinds, key.kinds)
    let otherwise = {
      self.runtime(.get, [self.context, self.box(receiver), self.box(key)], kinds)
    }
    let wanted = inlineArrays(receiver.kinds)
    guard isHeapPathWorthwhile(receiver, wanted), case .boxed(let word, _) = receiver,
      let index = TestedIndex(integerView(key, strictly: true))
    else { return otherwise() }
    let slow = coldBlock("element.slow")
    let position = self.index(index, else: slow)
    let array = arrayCell(word, receiver.kinds, wanted, else: slow)
    let length = arrayLength(array)
    leave(for: slow, unless: isInside(position, length), "in.bounds")
    return rejoin(element(array, position, wanted), kinds, slow: slow, otherwise)
  }

  /// Stores under a key of a receiver.
  func storeElement(of receiver: Value, _ key: Value, _ value: Value) {
    let otherwise = {
      self.perform(
        .set, [self.context, self.box(receiver), self.box(key), self.box(value)])
    }
    let wanted = takers(of: value, among: receiver.kinds)
    guard isHeapPathWorthwhile(receiver, wanted), case .boxed(let word, _) = receiver,
      let index = TestedIndex(integerView(key, strictly: true))
    else { return otherwise() }
    let slow = coldBlock("store.slow")
    let position = self.index(index, else: slow)
    let array = arrayCell(word, receiver.kinds, wanted, else: slow)
    let length = arrayLength(array)
    leave(for: slow, unless: isInside(position, length), "in.bounds")
    let bits = elementBits(of: value, array.kind, wanted, else: slow)
    build.store(bits, elementAddress(array, position, wanted), in: .elements)
    rejoin(slow: slow, otherwise)
  }

  /// Whether an index that may be negative lies inside a length.
  func isInside(_ index: IRValue, _ length: IRValue) -> IRValue {
    build.icmp(.ult, index, length, name("is.inside"))
  }

  /// The kinds of what `GetProp` gives for kinds of receivers and keys.
  private func elementKinds(_ receivers: KindSet, _ keys: KindSet) -> KindSet {
    // The only member by a string key is the length, an int.
    let lengths: KindSet = keys.contains(.string) ? .int : []
    if receivers.isSubset(of: .intArray) { return .int }
    if receivers.isSubset(of: .floatArray) { return lengths.union(.number) }
    if receivers.isSubset(of: .boolArray) { return lengths.union(.bool) }
    if receivers.isSubset(of: .string) { return lengths.union(.string) }
    return .anything
  }
}

// MARK: - Parts of the paths

extension FunctionLowering {
  /// An index that is an int always or where a test holds.
  struct TestedIndex {
    var test: IRValue?
    var integer: Value

    init?(_ view: IntegerView) {
      switch view {
      case .always(let value, let range): integer = .integer(value, range)
      case .tested(let condition, let value):
        test = condition
        integer = value
      case .never: return nil
      }
    }
  }

  /// The machine integer of an index; leaves for a block if it is no int.
  func index(_ index: TestedIndex, else slow: IRBlock) -> IRValue {
    if let test = index.test { leave(for: slow, unless: test, "index.is.int") }
    return provedInteger(index.integer)
  }

  /// The arrays among some kinds that an inline path takes together: a BoolArray, whose elements
  /// are bytes, only alone.
  func inlineArrays(_ kinds: KindSet) -> KindSet {
    let arrays = kinds.intersection(.arrays)
    return arrays == .boolArray ? arrays : arrays.intersection(.wordArrays)
  }

  /// The cell of an array; leaves for a block if it is none of `wanted`.
  func arrayCell(
    _ word: IRValue, _ kinds: KindSet, _ wanted: KindSet, else slow: IRBlock
  ) -> CellView {
    let tested = wanted.only == nil ? KindSet.wordArrays : wanted
    return cell(of: word, kinds, as: tested, else: slow)
  }

  /// The number of an array's elements.
  func arrayLength(_ array: CellView) -> IRValue {
    let field = build.offset(array.address, by: CellOffset.arrayLength, name("part"))
    return array.header?.length
      ?? build.load(types.i64, field, in: .arrayHeader, name("length"))
  }

  /// Where an array has its elements.
  func arrayElements(_ array: CellView) -> IRValue {
    let field = build.offset(array.address, by: CellOffset.arrayElements, name("part"))
    return build.load(types.pointer, field, in: .arrayHeader, name("elements"))
  }

  func elementAddress(_ array: CellView, _ index: IRValue, _ kinds: KindSet) -> IRValue {
    let elements = array.header?.elements ?? arrayElements(array)
    let type = kinds == .boolArray ? types.i8 : types.i64
    return build.element(type, of: elements, at: index, name("element.address"))
  }

  /// The element at an index inside the bounds of an array of one of some kinds.
  func element(_ array: CellView, _ index: IRValue, _ kinds: KindSet) -> Value {
    let address = elementAddress(array, index, kinds)
    if kinds == .boolArray {
      let byte = build.load(types.i8, address, in: .elements, name("element"))
      return .bool(build.trunc(byte, to: types.i1, name("element.bool")))
    }
    if kinds == .floatArray {
      return .number(
        build.load(types.double, address, in: .elements, name("element")), isCanonical: true)
    }
    let bits = build.load(types.i64, address, in: .elements, name("element"))
    if kinds == .intArray { return .integer(bits, .int) }
    guard kinds.contains(.intArray), let kind = array.kind else {
      return .boxed(bits, .anything)
    }
    let boxed = box(.integer(bits, .int))
    let word = build.select(isOne(of: .intArray, kind), boxed, bits, name("element.word"))
    return .boxed(word, .anything)
  }

  /// The arrays among some kinds that an inline path may store a value into.
  func takers(of value: Value, among kinds: KindSet) -> KindSet {
    var takers = inlineArrays(kinds)
    if !value.kinds.contains(.bool) { takers.subtract(.boolArray) }
    if !value.kinds.contains(.int) { takers.subtract(.intArray) }
    if value.kinds.isDisjoint(with: .numeric) { takers.subtract(.floatArray) }
    return takers
  }

  /// The bits of a value as an element of an array of one of some kinds, all of which take values
  /// of its kinds; leaves for a block where this one does not take this one.
  func elementBits(
    of value: Value, _ kind: IRValue?, _ kinds: KindSet, else slow: IRBlock
  ) -> IRValue {
    if let only = kinds.only { return elementBits(of: value, KindSet(only), else: slow) }
    guard let kind else { preconditionFailure("several kinds are told apart by their byte") }
    let word = box(value)
    let isInts = isOne(of: .intArray, kind)
    let isFloats = isOne(of: .floatArray, kind)
    if case .always(let integer, let range) = integerView(value, strictly: true) {
      let ints = build.select(isInts, integer, word, name("element.int"))
      let widened = box(.number(provedNumber(.integer(integer, range)), isCanonical: true))
      return build.select(isFloats, widened, ints, name("element.bits"))
    }
    // An array of ints takes ints as they are here, one of floats numbers: all else is for the
    // runtime, which converts.
    let takesAny = isOne(of: .array, kind)
    let isTaken: IRValue
    if value.kinds.isSubset(of: .number) {
      isTaken = build.or(takesAny, isFloats, name("takes.number"))
    } else {
      let asInt = build.and(isInts, isInt(word), name("takes.int"))
      let asNumber = build.and(isFloats, isNumber(word), name("takes.number"))
      let asEither = build.or(asInt, asNumber, name("takes.either"))
      isTaken = build.or(takesAny, asEither, name("takes"))
    }
    leave(for: slow, unless: isTaken, "element.fits")
    return build.select(isInts, unboxInt(word), word, name("element.bits"))
  }

  private func elementBits(
    of value: Value, _ kind: KindSet, else slow: IRBlock
  ) -> IRValue {
    if kind == .array { return box(value) }
    if kind == .boolArray {
      if !value.kinds.isSubset(of: .bool) {
        leave(for: slow, unless: isOf(.bool, box(value)), "element.is.bool")
      }
      return build.zext(provedBool(value), to: types.i8, name("element.byte"))
    }
    if kind == .intArray {
      guard let view = TestedIndex(integerView(value, strictly: true)) else {
        preconditionFailure("an array of ints takes no value that is never one")
      }
      return index(view, else: slow)
    }
    if case .always(let integer, let range) = integerView(value, strictly: true) {
      return box(.number(provedNumber(.integer(integer, range)), isCanonical: true))
    }
    let word = box(value)
    if !value.kinds.isSubset(of: .number) {
      leave(for: slow, unless: isNumber(word), "element.is.number")
    }
    return word
  }
}
