import Bytecode

extension FunctionGenerator {
  /// Statements until the body has grown by so many instructions.
  mutating func statements(_ share: Int, nesting: Int) {
    let end = budget - max(share, 1)
    while budget > max(end, 0) { statement(nesting: nesting, share: budget - end) }
  }

  /// One statement; it leaves the operand stack as it was.
  mutating func statement(nesting: Int, share: Int) {
    if isKernel { return storeLocal(level: 3) }
    if isWhole, entropy.chance(3, in: 5) {
      return wholeStatement(nesting: nesting, share: share)
    }
    switch entropy.below(20) {
    case 0, 1, 2, 3: storeLocal(level: 3)
    case 4, 5: storeBinding()
    case 6, 7:
      printCall(level: 2)
      emit(.pop, pops: 1, pushes: 0)
    case 8, 9:
      if nesting > 0 { branch(nesting: nesting, share: share / 2) } else { storeLocal(level: 2) }
    case 10, 11, 12, 13:
      if nesting > 0, loops.count < 3 {
        loop(nesting: nesting, share: share / 2)
      } else {
        storeLocal(level: 2)
      }
    case 14: factInjection()
    case 15: escape()
    case 16: held(nesting: nesting, share: share / 2)
    case 17: discardedCall()
    case 18:
      if mayRisk { risk() } else { deadCode() }
    default:
      _ = expression(.any, level: 3)
      emit(.pop, pops: 1, pushes: 0)
    }
  }

  /// A store into a writable parameter or local, plain or through a width.
  mutating func storeLocal(level: Int) {
    let writable = slots.indices.filter { slots[$0].isWritable }
    guard !writable.isEmpty else {
      _ = expression(.numeric, level: level)
      emit(.pop, pops: 1, pushes: 0)
      return
    }
    let local = LocalIndex(entropy.pick(writable))
    let slot = slots[local.position]
    if slot.fact.actual.contains(.null), entropy.chance(1, in: 4) {
      push(.null)
      return store(local)
    }
    let want = want(for: slot)
    if entropy.chance(1, in: 4), !isKernel, !slot.isReference, let widths = widths(storing: slot) {
      _ = expression(.numeric, level: level)
      emit(
        .storeLocalTyped, .localWidth(local, entropy.pick(widths)), pops: 1, pushes: 0)
      return
    }
    let value = expression(want, level: level)
    if !slot.fact.actual.contains(.null) { _ = coerce(value, to: slot) }
    store(local)
  }

  /// The widths whose results fit a slot.
  private func widths(storing slot: SlotFact) -> [NumericWidth]? {
    let actual = slot.fact.actual
    if actual.isSuperset(of: .numeric) {
      return Self.wrappingWidths + Self.floatWidths + [.i64]
    }
    if actual.contains(.int) { return Self.wrappingWidths }
    if actual.contains(.number) { return Self.floatWidths }
    return nil
  }

  private mutating func storeBinding() {
    guard !environment.bindings.isEmpty else { return storeLocal(level: 3) }
    let index = entropy.below(environment.bindings.count)
    let slot = environment.bindings[index]
    if slot.fact.actual.contains(.null), entropy.chance(1, in: 3) {
      push(.null)
    } else {
      let value = expression(want(for: slot), level: 3)
      if !slot.fact.actual.contains(.null) { _ = coerce(value, to: slot) }
    }
    emit(.storeModuleBinding, .binding(BindingIndex(index)), pops: 1, pushes: 0)
  }

  /// `if`, with or without `else`.
  private mutating func branch(nesting: Int, share: Int) {
    let (otherwise, end) = (makeTag(), makeTag())
    condition(jumpingTo: otherwise, level: 2)
    statements(share / 2, nesting: nesting - 1)
    if entropy.chance(1, in: 2) {
      jump(.jump, to: end, pops: 0)
      place(otherwise)
      statements(share / 2, nesting: nesting - 1)
    } else {
      place(otherwise)
    }
    place(end)
  }

  /// Compares a value with an edge and, where the test holds, computes next to that edge: what an
  /// optimizer would conclude from the test must be right.
  private mutating func factInjection() {
    let candidates = localCandidates(for: .integral)
    guard !candidates.isEmpty else { return storeLocal(level: 3) }
    let local = entropy.pick(candidates)
    let end = makeTag()
    let edge = BoundaryConstants.int(&entropy)
    let left = load(local)
    push(.int(edge))
    let right = ValueFact.int
    let test = entropy.pick([Opcode.ltInt, .gtInt, .lteInt, .gteInt, .eqInt, .neqInt])
    let isProved = left.known == .int && entropy.chance(1, in: 2)
    emit(isProved ? Self.trustedTwin(of: test) ?? test : test, pops: 2, pushes: 1)
    jump(entropy.chance(1, in: 2) ? .jumpIfFalse : .jumpIfTrue, to: end, pops: 1)
    let again = load(local)
    push(.int(entropy.pick([1, -1, 2, edge == 0 ? 1 : edge])))
    let opcode = entropy.pick([Opcode.addInt, .subInt])
    _ = intForm(opcode, again, right)
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
    place(end)
  }

  /// A conditional `Break`, `Continue`, jump out of a loop, or early return.
  private mutating func escape() {
    let past = makeTag()
    guard let loop = loops.last, loop.depth == depth else {
      guard entropy.chance(1, in: 3) else { return storeLocal(level: 2) }
      condition(jumpingTo: past, level: 2)
      leave(level: 1)
      place(past)
      return
    }
    condition(jumpingTo: past, level: 2)
    for _ in loop.handlers..<handlers { emit(.popHandler, .none) }
    if loop.isMarked {
      emit(entropy.chance(1, in: 2) ? .break : .continue, .none)
    } else {
      jump(.jump, to: loop.exit, pops: 0)
    }
    place(past)
  }

  /// A value left on the operand stack while statements run.
  private mutating func held(nesting: Int, share: Int) {
    let fact = expression(.any, level: 2)
    statements(share, nesting: max(0, nesting - 1))
    if fact.actual == .int {
      _ = expression(.int, level: 1)
      emit(entropy.pick([.bitXor, .bitAnd, .bitOr]), pops: 2, pushes: 1)
    }
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
  }

  private mutating func discardedCall() {
    guard call(.any) != nil else { return storeLocal(level: 2) }
    emit(.pop, pops: 1, pushes: 0)
  }

  /// Instructions no path reaches.
  private mutating func deadCode() {
    let past = makeTag()
    jump(.jump, to: past, pops: 0)
    _ = expression(.any, level: 1)
    emit(.pop, pops: 1, pushes: 0)
    place(past)
  }

  /// Something that may trap, or run until the fuel is gone.
  mutating func risk() {
    switch entropy.below(6) {
    case 0, 1:
      // An operand of a kind the instruction refuses.
      _ = expression(.any, level: 1)
      _ = expression(.any, level: 1)
      emit(
        entropy.pick([
          .add, .sub, .mul, .lt, .addInt, .gtInt, .eqInt, .bitAnd, .bitShr, .addNumber, .ltNumber,
          .powInt,
        ]), pops: 2, pushes: 1)
      emit(.pop, pops: 1, pushes: 0)
    case 2:
      // A value of a kind the slot refuses.
      let declared = slots.indices.filter { slots[$0].declared != nil && slots[$0].isWritable }
      guard !declared.isEmpty else { return }
      _ = expression(.any, level: 1)
      store(LocalIndex(entropy.pick(declared)))
    case 3, 4:
      _ = expression(.numeric, level: 1)
      _ = expression(.any, level: 1)
      emit(entropy.pick([.div, .mod, .divInt, .modInt, .divNumber]), pops: 2, pushes: 1)
      emit(.pop, pops: 1, pushes: 0)
    default:
      // Runs on while the test holds.
      guard environment.isRisky, entropy.chance(1, in: 4) else { return }
      let head = makeTag()
      place(head)
      _ = expression(.bool, level: 1)
      jump(.jumpIfTrue, to: head, pops: 1)
    }
  }
}
