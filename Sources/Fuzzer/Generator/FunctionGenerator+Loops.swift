import Bytecode

extension FunctionGenerator {
  /// A trip-counted loop in one of several forms, if its iterations can be afforded here.
  mutating func loop(nesting: Int, share: Int) {
    let trips = entropy.pick([3, 2, 4, 5, 8, 3, 12, 20, 2, 6, 1, 0])
    guard affords(trips + 1) else { return storeLocal(level: 3) }
    cost += (trips + 1) * multiplier
    let outer = multiplier
    multiplier *= max(1, trips)
    defer { multiplier = outer }
    switch entropy.below(5) {
    case 0: markedLoop(trips: trips, nesting: nesting, share: share)
    case 1: countdownLoop(trips: trips, nesting: nesting, share: share)
    case 2: whileLoop(trips: trips, nesting: nesting, share: share)
    case 3: doWhileLoop(trips: trips, nesting: nesting, share: share)
    default: numberLoop(trips: trips, nesting: nesting, share: share)
    }
  }

  /// A local only its loop writes, holding a small int; set here.
  ///
  /// - Parameter share: in so many cases of four it is declared an int.
  mutating func counter(startingAt start: Int, declaredIn share: Int = 2) -> LocalIndex {
    let isDeclared = entropy.chance(share, in: 4)
    let fact =
      isDeclared
      ? ValueFact(known: .int, actual: .int, magnitude: 6)
      : ValueFact(known: .numeric, actual: .int, magnitude: 6)
    let local = addLocal(
      SlotFact(fact: fact, declared: isDeclared ? SlotKind(.int) : nil, isWritable: false))
    initializeAtEntry(local)
    push(.int(Int64(start)))
    store(local)
    return local
  }

  /// counter ± step, stored back.
  mutating func step(_ counter: LocalIndex, by step: Int64) {
    _ = load(counter)
    push(.int(step.magnitude == 1 && entropy.chance(1, in: 4) ? -step : step))
    // Written as the opposite operation where the sign was flipped above.
    if case .constant(.int(let pushed)) = code[code.count - 1].operand, pushed != step {
      emit(.subInt, pops: 2, pushes: 1)
    } else {
      emit(entropy.chance(1, in: 2) ? .addInt : .add, pops: 2, pushes: 1)
      if slots[counter.position].declared == nil, code[code.count - 1].opcode == .add {
        // Generic addition may give a string as far as inference knows.
        emit(.numberToInt, pops: 1, pushes: 1)
      }
    }
    store(counter)
  }

  /// Pushes counter ⋚ limit by the Int form, its trusted twin where the kind is proved, or one of
  /// the other forms.
  private mutating func test(
    _ counter: LocalIndex, _ intForm: Opcode, _ others: [Opcode], _ limit: Int
  ) {
    let left = load(counter)
    push(.int(Int64(limit)))
    let twin = left.known == .int ? Self.trustedTwin(of: intForm) : nil
    switch entropy.below(4) {
    case 0, 1: emit(intForm, pops: 2, pushes: 1)
    case 2: emit(twin ?? intForm, pops: 2, pushes: 1)
    default: emit(entropy.pick(others), pops: 2, pushes: 1)
    }
  }

  /// `LoopStart END CONTINUE`, test at the top, `Break` at the end, increment at CONTINUE.
  private mutating func markedLoop(trips: Int, nesting: Int, share: Int) {
    let counter = counter(startingAt: 0)
    let (start, body, increment, end) = (makeTag(), makeTag(), makeTag(), makeTag())
    place(start)
    emit(.loopStart, .loop(end: end, continueAt: increment))
    test(counter, .ltInt, [.lt, .ltNumber], trips)
    if entropy.chance(1, in: 2) {
      jump(.jumpIfTrue, to: body, pops: 1)
      emit(.break, .none)
    } else {
      jump(.jumpIfFalse, to: end, pops: 1)
    }
    place(body)
    openBody(isMarked: true, exit: end, nesting: nesting, share: share)
    place(increment)
    step(counter, by: 1)
    jump(.jump, to: start, pops: 0)
    place(end)
    emit(.loopEnd, .none)
  }

  /// `LoopStart END`, counting down at the top, `Continue` as the back edge.
  private mutating func countdownLoop(trips: Int, nesting: Int, share: Int) {
    let counter = counter(startingAt: trips)
    let (start, body, end) = (makeTag(), makeTag(), makeTag())
    place(start)
    emit(.loopStart, .loop(end: end, continueAt: nil))
    step(counter, by: -1)
    test(counter, .gteInt, [.gte, .gteNumber], 0)
    jump(.jumpIfTrue, to: body, pops: 1)
    emit(.break, .none)
    place(body)
    openBody(isMarked: true, exit: end, nesting: nesting, share: share)
    emit(.continue, .none)
    place(end)
    emit(.loopEnd, .none)
  }

  /// No markers, test at the top.
  private mutating func whileLoop(trips: Int, nesting: Int, share: Int) {
    let counter = counter(startingAt: 0)
    let (head, exit) = (makeTag(), makeTag())
    place(head)
    test(counter, .ltInt, [.lt, .ltNumber], trips)
    jump(.jumpIfFalse, to: exit, pops: 1)
    step(counter, by: 1)
    openBody(isMarked: false, exit: exit, nesting: nesting, share: share)
    jump(.jump, to: head, pops: 0)
    place(exit)
  }

  /// No markers, test at the bottom; now and then entered in the middle, which makes the flow
  /// irreducible.
  private mutating func doWhileLoop(trips: Int, nesting: Int, share: Int) {
    let counter = counter(startingAt: 0)
    let (head, middle, exit) = (makeTag(), makeTag(), makeTag())
    if entropy.chance(1, in: 6) {
      _ = expression(.bool, level: 1)
      jump(.jumpIfTrue, to: middle, pops: 1)
    }
    place(head)
    openBody(isMarked: false, exit: exit, nesting: nesting, share: share)
    place(middle)
    step(counter, by: 1)
    if entropy.chance(1, in: 2) {
      test(counter, .ltInt, [.lt, .ltNumber], trips)
      jump(.jumpIfTrue, to: head, pops: 1)
    } else {
      test(counter, .gteInt, [.gte, .gteNumber], trips)
      jump(.jumpIfFalse, to: head, pops: 1)
    }
    place(exit)
  }

  /// No markers, the counter a number.
  private mutating func numberLoop(trips: Int, nesting: Int, share: Int) {
    let slot = SlotFact(
      fact: .number, declared: entropy.chance(1, in: 2) ? SlotKind(.number) : nil,
      isWritable: false)
    let counter = addLocal(slot)
    initializeAtEntry(counter)
    let (head, exit) = (makeTag(), makeTag())
    push(.number(0))
    store(counter)
    place(head)
    _ = load(counter)
    push(.number(Double(trips) * 0.5))
    emit(entropy.pick([.ltNumberTrusted, .ltNumber, .lt]), pops: 2, pushes: 1)
    jump(.jumpIfFalseTrusted, to: exit, pops: 1)
    _ = load(counter)
    push(.number(0.5))
    emit(entropy.pick([.addNumberTrusted, .addNumber]), pops: 2, pushes: 1)
    store(counter)
    openBody(isMarked: false, exit: exit, nesting: nesting, share: share)
    jump(.jump, to: head, pops: 0)
    place(exit)
  }

  mutating func openBody(isMarked: Bool, exit: Tag, nesting: Int, share: Int) {
    loops.append(
      OpenLoop(depth: depth, isMarked: isMarked, exit: exit, handlers: handlers))
    statements(share, nesting: nesting - 1)
    loops.removeLast()
  }
}
