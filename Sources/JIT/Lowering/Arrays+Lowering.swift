import Bytecode
import LLVM

/// Arrays and other sequences as a whole.
extension FunctionLowering {
  func lowerNewArray(_ count: Int) {
    let row = popRow(count)
    let arguments = [context, row, types.constant32(UInt32(count))]
    push(runtime(.newArray, arguments, .array))
  }

  func lowerNewTypedArray(_ count: Int) {
    let kinds = typedArrayKinds(stack.suffix(count))
    let row = popRow(count)
    push(runtime(.newTypedArray, [context, row, types.constant32(UInt32(count))], kinds))
  }

  /// What `NewTypedArray` makes of values.
  private func typedArrayKinds(_ values: ArraySlice<Value>) -> KindSet {
    let kinds = values.reduce(KindSet()) { $0.union($1.kinds) }
    if kinds.isEmpty { return .array }
    if kinds == .int { return .intArray }
    if kinds.isSubset(of: .numeric) {
      return values.contains { $0.kinds == .number } ? .floatArray : [.intArray, .floatArray]
    }
    return kinds == .bool ? .boolArray : .arrays
  }

  func lowerLength() { push(length(of: pop())) }

  /// The length of a value, an int.
  private func length(of value: Value) -> Value {
    length(of: value, .int) {
      self.runtime(.length, [self.context, self.box(value)], .int)
    }
  }

  /// The length of an array or string inline, what another path gives for all else.
  func length(of value: Value, _ kinds: KindSet, otherwise: () -> Value) -> Value {
    let wanted: KindSet = value.kinds.contains(.string) ? [.string] : []
    let arrays = value.kinds.intersection(.arrays)
    guard isHeapPathWorthwhile(value, wanted.union(arrays)),
      case .boxed(let word, let possible) = value
    else { return otherwise() }
    let slow = coldBlock("length.slow")
    if arrays.isEmpty {
      let string = cell(of: word, possible, as: .string, else: slow)
      return rejoin(scalarCount(string.address), kinds, slow: slow, otherwise)
    }
    // A string of unproved kind goes through the runtime: arrays are asked more often.
    let tested = arrays.only == nil ? KindSet.arrays : arrays
    let array = cell(of: word, possible, as: tested, else: slow)
    let length = load(types.i64, array.address, CellOffset.arrayLength, "length")
    return rejoin(.integer(length, 0...IntRange.maximum), kinds, slow: slow, otherwise)
  }

  /// The scalars of a string.
  private func scalarCount(_ string: IRValue) -> Value {
    let count = load(types.i32, string, CellOffset.scalarCount, "scalar.count")
    let wide = build.zext(count, to: types.i64, name("length"))
    return .integer(wide, 0...Int64(UInt32.max))
  }

  func lowerArrayPush() {
    let value = pop()
    append(value, to: stack[stack.count - 1])
  }

  func lowerArrayPop() {
    let array = pop()
    var kinds = KindSet.anything
    if array.kinds.isSubset(of: .intArray) { kinds = [.int, .null] }
    if array.kinds.isSubset(of: .floatArray) { kinds = [.number, .null] }
    if array.kinds.isSubset(of: .boolArray) { kinds = [.bool, .null] }
    push(runtime(.pop, [box(array)], kinds))
  }

  func lowerSliceAccess() {
    let end = pop()
    let start = pop()
    let receiver = pop()
    let kinds = receiver.kinds.intersection([.string, .array, .intArray, .floatArray, .boolArray])
    // Of other receivers nothing comes back: any kind will do.
    push(
      runtime(
        .slice, [context, box(receiver), box(start), box(end)], kinds.isEmpty ? .array : kinds))
  }

  func lowerMakeRange() {
    let isInclusive = pop()
    let end = pop()
    let start = pop()
    push(runtime(.makeRange, [context, box(start), box(end), box(isInclusive)], .range))
  }
}

// MARK: - Appending

extension FunctionLowering {
  /// Appends a value to an array: inline where it has room and the heap limit is far.
  func append(_ value: Value, to receiver: Value) {
    let otherwise = {
      self.perform(.push, [self.context, self.box(receiver), self.box(value)])
    }
    let wanted = takers(of: value, among: receiver.kinds)
    guard isHeapPathWorthwhile(receiver, wanted), case .boxed(let word, _) = receiver else {
      return otherwise()
    }
    let slow = coldBlock("push.slow")
    let array = arrayCell(word, receiver.kinds, wanted, else: slow)
    let length = load(types.i64, array.address, CellOffset.arrayLength, "length")
    let capacity = load(types.i64, array.address, CellOffset.arrayCapacity, "capacity")
    leave(for: slow, unless: build.icmp(.ult, length, capacity, name("has.room")), "room")
    let charged = charged(forElementOf: wanted, else: slow)
    let bits = elementBits(of: value, array.kind, wanted, else: slow)
    build.store(bits, elementAddress(array, length, wanted))
    let longer = build.add(length, types.constant(bits: 1), name("longer"))
    build.store(
      longer, build.offset(array.address, by: CellOffset.arrayLength, name("length.field")))
    build.store(charged, contextField(ContextOffset.heapCharged, "charged.field"))
    rejoin(slow: slow, otherwise)
  }

  /// The bytes charged with one more element; leaves for a block if the heap limit is near.
  private func charged(forElementOf kinds: KindSet, else slow: IRBlock) -> IRValue {
    let field = contextField(ContextOffset.heapCharged, "charged.field")
    let before = build.load(types.i64, field, name("charged.before"))
    let kind: ArrayKind = kinds == .boolArray ? .bool : .plain
    let size = UInt64(kind.elementBytes)
    let charged = build.add(before, types.constant(bits: size), name("charged"))
    let limit = build.load(
      types.i64, contextField(ContextOffset.heapLimit, "limit.field"), name("heap.limit"))
    leave(
      for: slow, unless: build.icmp(.ule, charged, limit, name("is.affordable")), "affordable")
    return charged
  }
}
