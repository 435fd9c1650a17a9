import Bytecode

extension FunctionGenerator {
  /// A loop by a counter the body may read, without markers.
  mutating func counted(
    trips: Int, _ body: (inout FunctionGenerator, LocalIndex) -> Void
  ) {
    cost += (trips + 1) * multiplier
    let outer = multiplier
    multiplier *= max(1, trips)
    let counter = counter(startingAt: 0)
    let (head, exit) = (makeTag(), makeTag())
    place(head)
    _ = load(counter)
    push(.int(Int64(trips)))
    emit(.ltInt, pops: 2, pushes: 1)
    jump(.jumpIfFalse, to: exit, pops: 1)
    loops.append(OpenLoop(depth: depth, isMarked: false, exit: exit, handlers: handlers))
    body(&self, counter)
    loops.removeLast()
    step(counter, by: 1)
    jump(.jump, to: head, pops: 0)
    place(exit)
    multiplier = outer
  }

  /// The turns a walk makes at most, however the body changes what it walks.
  private static let longestWalk = 10

  /// Walks a string, array, range or map by `IterDone` and `IterNext`.
  mutating func iteration(nesting: Int, share: Int) {
    guard affords(Self.longestWalk + 1) else { return storeLocal(level: 2) }
    let want = entropy.pick([Want.array, .intArray, .string, .range, .map, .floatArray, .boolArray])
    let iterated = addLocal(
      SlotFact(fact: .unknown(want.kinds), declared: nil, isWritable: false))
    initializeAtEntry(iterated)
    _ = expression(want, level: 2)
    store(iterated)
    let element = addLocal(
      SlotFact(
        fact: .unknown(want.walkedElement), declared: nil, isWritable: entropy.chance(1, in: 2)))
    initializeAtEntry(element)
    counted(trips: Self.longestWalk) { generator, counter in
      let exit = generator.loops[generator.loops.count - 1].exit
      _ = generator.load(iterated)
      _ = generator.load(counter)
      generator.emit(.iterDone, pops: 2, pushes: 1)
      generator.jump(.jumpIfTrue, to: exit, pops: 1)
      _ = generator.load(iterated)
      _ = generator.load(counter)
      generator.emit(.iterNext, pops: 2, pushes: 1)
      generator.store(element)
      generator.statements(max(4, share), nesting: nesting - 1)
    }
  }

  /// Reads, and now and then writes, the elements of an array by index while there are any.
  mutating func elements() {
    guard affords(Self.longestWalk + 1) else { return storeLocal(level: 2) }
    let want = entropy.pick([Want.intArray, .array, .floatArray, .boolArray])
    let array = addLocal(SlotFact(fact: .unknown(want.kinds), declared: nil, isWritable: false))
    initializeAtEntry(array)
    _ = expression(want, level: 2)
    store(array)
    let writes = entropy.chance(1, in: 2)
    counted(trips: Self.longestWalk) { generator, counter in
      let exit = generator.loops[generator.loops.count - 1].exit
      _ = generator.load(counter)
      _ = generator.load(array)
      generator.emit(.length, pops: 1, pushes: 1)
      generator.emit(.gteInt, pops: 2, pushes: 1)
      generator.jump(.jumpIfTrue, to: exit, pops: 1)
      if writes {
        _ = generator.load(counter)
        _ = generator.constant(want.elementWant)
        generator.storeIndexed(array)
      }
      _ = generator.load(array)
      _ = generator.load(counter)
      generator.emit(.getProp, .plain(.property(nil)), pops: 2, pushes: 1)
      generator.emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
      generator.emit(.pop, pops: 1, pushes: 0)
    }
  }

  /// One site that meets receivers of several shapes or sorts, the last of which surprises it.
  mutating func polymorphicSite() {
    let count = 2 + entropy.below(4)
    guard affords(count * 3 + 2), let key = environment.keys.randomElement(&entropy) else {
      return storeProperty()
    }
    let receivers = addLocal(
      SlotFact(fact: .unknown(.array), declared: nil, isWritable: false))
    initializeAtEntry(receivers)
    for position in 0..<count { receiver(holding: key, isLast: position == count - 1) }
    emit(.newArray, .count(count), pops: count, pushes: 1)
    store(receivers)
    let isPrinted = entropy.chance(1, in: 2)
    let operation = entropy.pick([Opcode.add, .addInt, .sub, .eq, .lt, .mul])
    // The receivers come around again: the surprise is met by code that is warm.
    counted(trips: count * 2 - 1) { generator, counter in
      generator.guarded { generator in
        _ = generator.load(receivers)
        _ = generator.load(counter)
        generator.emit(.iterNext, pops: 2, pushes: 1)
        generator.readProperty(key.name)
        if isPrinted {
          generator.emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
        } else {
          generator.push(.int(1))
          generator.emit(operation, pops: 2, pushes: 1)
        }
        generator.emit(.pop, pops: 1, pushes: 0)
      }
    }
  }

  /// A receiver of a polymorphic site: an object with the key in some shape, or, as the last one, a
  /// value the site has not seen.
  private mutating func receiver(holding key: KeyFact, isLast: Bool) {
    guard isLast, entropy.chance(2, in: 3) else {
      let others = shuffledKeys().filter { $0.name != key.name }
      let place = entropy.below(others.count + 1)
      var keys = others
      keys.insert(key, at: place)
      for key in keys {
        push(.string(key.name))
        _ = constant(wholeWant(for: key.fact, key.fact.actual))
      }
      emit(.newObject, .count(keys.count), pops: 2 * keys.count, pushes: 1)
      return
    }
    switch entropy.below(3) {
    case 0: _ = construct(anyWant(), level: 0)
    case 1:
      push(.string(key.name))
      _ = constant(anyWant())
      emit(.newObject, .count(1), pops: 2, pushes: 1)
    default: emit(.newObject, .count(0), pops: 0, pushes: 1)
    }
  }
}

extension Want {
  /// What walking it gives.
  fileprivate var walkedElement: KindSet {
    switch self {
    case .string: [.string, .null]
    case .range: [.int, .null]
    case .map: [.array, .null]
    case .int, .integral, .number, .numeric, .bool, .any, .text, .array, .intArray, .floatArray,
      .boolArray, .anyArray, .object, .iterable, .record, .some, .ok, .err, .function, .small,
      .bound, .key:
      elementOrNull
    }
  }

  /// What an array of the want takes.
  var elementWant: Want {
    switch self {
    case .intArray: .int
    case .floatArray: .numeric
    case .boolArray: .bool
    case .int, .integral, .number, .numeric, .bool, .any, .string, .text, .array, .anyArray,
      .object, .map, .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      .any
    }
  }
}
