import Bytecode

/// Walks over arrays by indices that nothing proves to lie inside.
extension FunctionGenerator {
  /// Reads, and now and then writes, elements from a start up to a limit, either of which may lie
  /// outside the array; what changes on the way may be the array, its length, the limit or the index.
  ///
  /// A handler sees where the walk comes to an element that is not there.
  mutating func span() {
    let trips = 12
    guard affords(2 * trips + 2) else { return storeLocal(level: 2) }
    let want = entropy.pick([Want.intArray, .array, .floatArray, .boolArray])
    let array = addLocal(SlotFact(fact: .unknown(want.kinds), declared: nil, isWritable: false))
    initializeAtEntry(array)
    _ = expression(want, level: 1)
    store(array)
    let limit = counter(startingAt: entropy.pick([3, 2, 1, 4, 0, 8]), declaredIn: 3)
    if entropy.chance(1, in: 3) {
      _ = load(array)
      emit(.length, pops: 1, pushes: 1)
      push(.int(8))
      emit(.builtinCall, .builtin(.min, argumentCount: 2), pops: 2, pushes: 1)
      emit(.numberToInt, pops: 1, pushes: 1)
      store(limit)
    }
    cost += trips * multiplier
    let outer = multiplier
    multiplier *= trips
    guarded { $0.walk(array, of: want, upTo: limit) }
    multiplier = outer
  }

  private mutating func walk(_ array: LocalIndex, of want: Want, upTo limit: LocalIndex) {
    let index = counter(startingAt: entropy.pick([0, 0, 0, 1, -1, -2]), declaredIn: 3)
    let (head, exit) = (makeTag(), makeTag())
    let change = entropy.below(12)
    place(head)
    _ = load(index)
    _ = load(limit)
    let isIncluded = entropy.chance(1, in: 3)
    emit(
      entropy.pick(isIncluded ? [.lteInt, .lte] : [.ltInt, .ltInt, .lt]), pops: 2, pushes: 1)
    jump(.jumpIfFalse, to: exit, pops: 1)
    if entropy.chance(1, in: 2) { self.change(change, array, of: want, limit, index) }
    access(array, at: index, of: want, beside: limit)
    if entropy.chance(1, in: 2) { self.change(change, array, of: want, limit, index) }
    step(index, by: entropy.pick([1, 1, 1, 2]))
    jump(.jump, to: head, pops: 0)
    place(exit)
  }

  private mutating func access(
    _ array: LocalIndex, at index: LocalIndex, of want: Want, beside limit: LocalIndex
  ) {
    if entropy.chance(1, in: 3) {
      _ = load(index)
      _ = constant(want.elementWant)
      storeIndexed(array)
    }
    _ = load(array)
    _ = load(index)
    if entropy.chance(1, in: 4) {
      push(.int(entropy.pick([1, -1])))
      emit(.addInt, pops: 2, pushes: 1)
    } else if entropy.chance(1, in: 6) {
      // A distance of which only its bounds are known.
      _ = load(limit)
      push(.int(entropy.pick([1, 3])))
      emit(.bitAnd, pops: 2, pushes: 1)
      emit(entropy.pick([.addInt, .subInt]), pops: 2, pushes: 1)
    }
    emit(.getProp, .plain(.property(nil)), pops: 2, pushes: 1)
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
  }

  /// One of some changes to what the walk rests on, or, more often than not, none.
  private mutating func change(
    _ choice: Int, _ array: LocalIndex, of want: Want, _ limit: LocalIndex, _ index: LocalIndex
  ) {
    switch choice {
    case 0, 1:
      _ = load(array)
      call(.pop, count: 1, asMethod: entropy.chance(2, in: 3))
      emit(.pop, pops: 1, pushes: 0)
    case 2:
      _ = expression(want, level: 1)
      store(array)
    case 3: step(limit, by: -1)
    case 4, 5:
      // Ahead, past the test.
      step(index, by: entropy.pick([1, 1, 2]))
    case 6:
      _ = expression(.any, level: 1)
      emit(.pop, pops: 1, pushes: 0)
    default: break
    }
  }
}
