import Bytecode
import CRuntime
import LLVM

/// Iteration: arrays and ranges inline, the rest through the runtime.
extension FunctionLowering {
  func lowerIterDone() {
    let index = pop()
    let iterated = pop()
    let otherwise = {
      self.runtime(.iterDone, [self.context, self.box(iterated), self.box(index)], .bool)
    }
    let wanted = iterated.kinds.intersection(.arrays.union(.range))
    guard isHeapPathWorthwhile(iterated, wanted), case .boxed(let word, let kinds) = iterated,
      let view = TestedIndex(integerView(index, strictly: true))
    else { return push(otherwise()) }
    let slow = coldBlock("iter.slow")
    let position = self.index(view, else: slow)
    if !isNeverNegative(view.integer) {
      let zero = types.constant(0 as Int64)
      leave(for: slow, unless: build.icmp(.sge, position, zero, name("is.index")), "index")
    }
    let count = iterationCount(word, kinds, wanted, else: slow)
    let isDone = build.icmp(.sge, position, count, name("is.done"))
    push(rejoin(.bool(isDone), .bool, slow: slow, otherwise))
  }

  private func isNeverNegative(_ value: Value) -> Bool {
    if case .integer(_, let range) = value { return range.lowerBound >= 0 }
    return false
  }

  /// The number of elements of an array or range, of whichever kind it may be.
  private func iterationCount(
    _ word: IRValue, _ kinds: KindSet, _ wanted: KindSet, else slow: IRBlock
  ) -> IRValue {
    let arrays = wanted.intersection(.arrays)
    if arrays.isEmpty {
      return rangeCount(cell(of: word, kinds, as: .range, else: slow).address)
    }
    if !wanted.contains(.range) {
      let tested = arrays.only == nil ? KindSet.arrays : arrays
      let array = cell(of: word, kinds, as: tested, else: slow)
      return load(types.i64, array.address, CellOffset.arrayLength, "length")
    }
    let (array, range) = arrayOrRange(word, kinds, .arrays, else: slow)
    build.position(atEndOf: array.block)
    let length = load(types.i64, array.cell, CellOffset.arrayLength, "length")
    let join = hotBlock("count.join")
    build.br(join)
    build.position(atEndOf: range)
    let count = rangeCount(array.cell)
    let rangeEnd = build.block
    build.br(join)
    build.position(atEndOf: join)
    let result = build.phi(types.i64, name("count"))
    build.addIncoming(length, from: array.block, to: result)
    build.addIncoming(count, from: rangeEnd, to: result)
    return result
  }

  /// Branches to a block for arrays of some kinds, to one for ranges, and to `slow` for all else.
  private func arrayOrRange(
    _ word: IRValue, _ kinds: KindSet, _ arrays: KindSet, else slow: IRBlock
  ) -> (array: (block: IRBlock, cell: IRValue, kind: IRValue), range: IRBlock) {
    let address = cell(of: word, kinds, else: slow)
    let kind = kindByte(of: address)
    let array = hotBlock("iter.array")
    let other = hotBlock("iter.other")
    build.br(isOne(of: arrays, kind), array, other)
    build.position(atEndOf: other)
    leave(for: slow, unless: isOne(of: .range, kind), "iter.range")
    return ((array, address, kind), build.block)
  }

  /// The number of ints of a range; below zero where there are none.
  private func rangeCount(_ range: IRValue) -> IRValue {
    let start = load(types.i64, range, CellOffset.rangeStart, "range.start")
    let end = load(types.i64, range, CellOffset.rangeEnd, "range.end")
    let flags = build.zext(
      load(types.i8, range, CellOffset.flags, "range.flags"), to: types.i64, name("flags"))
    let bit = build.and(
      flags, types.constant(bits: UInt64(JIT_RANGE_INCLUSIVE)), name("inclusive"))
    return build.add(build.sub(end, start, name("distance")), bit, name("range.count"))
  }
}

// MARK: - Elements

extension FunctionLowering {
  func lowerIterNext() {
    let index = pop()
    let iterated = pop()
    let resultKinds = iterationKinds(iterated.kinds)
    let otherwise = {
      self.runtime(
        .iterNext, [self.context, self.box(iterated), self.box(index)], resultKinds)
    }
    let arrays = inlineArrays(iterated.kinds)
    let wanted = arrays.union(iterated.kinds.intersection(.range))
    guard isHeapPathWorthwhile(iterated, wanted), case .boxed(let word, let kinds) = iterated,
      let view = TestedIndex(integerView(index, strictly: true))
    else { return push(otherwise()) }
    let slow = coldBlock("iter.slow")
    let position = self.index(view, else: slow)
    let fast: Value
    if arrays.isEmpty {
      let range = cell(of: word, kinds, as: .range, else: slow)
      fast = rangeElement(range.address, position, else: slow)
    } else if wanted.contains(.range), arrays != .boolArray {
      fast = arrayOrRangeElement(word, kinds, position, else: slow)
    } else {
      let array = arrayCell(word, kinds, arrays, else: slow)
      fast = arrayElement(array, position, arrays, else: slow)
    }
    push(rejoin(fast, resultKinds, slow: slow, otherwise))
  }

  /// The kinds of what `IterNext` gives: null past the end.
  private func iterationKinds(_ iterated: KindSet) -> KindSet {
    if iterated.isSubset(of: [.range, .intArray]) { return [.int, .null] }
    if iterated.isSubset(of: .floatArray) { return [.number, .null] }
    if iterated.isSubset(of: .boolArray) { return [.bool, .null] }
    if iterated.isSubset(of: .string) { return [.string, .null] }
    if iterated.isSubset(of: .map) { return [.array, .null] }
    return .anything
  }

  private func arrayElement(
    _ array: CellView, _ index: IRValue, _ kinds: KindSet, else slow: IRBlock
  ) -> Value {
    let length = load(types.i64, array.address, CellOffset.arrayLength, "length")
    leave(
      for: slow, unless: build.icmp(.ult, index, length, name("is.inside")), "in.bounds")
    return element(array, index, kinds)
  }

  private func rangeElement(
    _ range: IRValue, _ index: IRValue, else slow: IRBlock
  ) -> Value {
    let count = rangeCount(range)
    let zero = types.constant(0 as Int64)
    // The count may be negative, so one unsigned comparison does not do.
    leave(for: slow, unless: build.icmp(.sge, index, zero, name("is.index")), "index")
    leave(
      for: slow, unless: build.icmp(.slt, index, count, name("is.inside")), "in.bounds")
    let start = load(types.i64, range, CellOffset.rangeStart, "range.first")
    return .integer(build.add(start, index, name("range.element")), .int)
  }

  private func arrayOrRangeElement(
    _ word: IRValue, _ kinds: KindSet, _ index: IRValue, else slow: IRBlock
  ) -> Value {
    let (array, range) = arrayOrRange(word, kinds, .wordArrays, else: slow)
    build.position(atEndOf: array.block)
    let view = CellView(address: array.cell, kind: array.kind)
    let arrayWord = box(arrayElement(view, index, .wordArrays, else: slow))
    let arrayEnd = build.block
    let join = hotBlock("iter.join")
    build.br(join)
    build.position(atEndOf: range)
    let rangeWord = box(rangeElement(array.cell, index, else: slow))
    let rangeEnd = build.block
    build.br(join)
    build.position(atEndOf: join)
    let result = build.phi(types.i64, name("iter.word"))
    build.addIncoming(arrayWord, from: arrayEnd, to: result)
    build.addIncoming(rangeWord, from: rangeEnd, to: result)
    return .boxed(result, .anything)
  }
}
