import Bytecode

extension FunctionGenerator {
  /// One statement of the whole language; it leaves the operand stack as it was.
  mutating func wholeStatement(nesting: Int, share: Int) {
    if !environment.foreign.isEmpty, entropy.chance(1, in: 5) { return foreignStatement() }
    if environment.isRisky, entropy.chance(1, in: 6) { return surprise() }
    switch entropy.below(24) {
    case 0, 1: storeLocal(level: 2)
    case 3, 4: storeIntoLocal()
    case 5: storeIntoBinding()
    case 6: alias()
    case 7, 8:
      if nesting > 0 { guarded(nesting: nesting, share: share / 2) } else { storeLocal(level: 1) }
    case 9:
      if nesting > 0, loops.count < 2 {
        iteration(nesting: nesting, share: share / 2)
      } else {
        storeIntoLocal()
      }
    case 10:
      if nesting > 0, loops.count < 2 { elements() } else { storeIntoLocal() }
    case 11:
      if nesting > 0, loops.count < 2 { polymorphicSite() } else { storeLocal(level: 1) }
    case 12: if !storeCapture() { discard(callback(.any, level: 2)) }
    case 13, 14: discard(callback(.any, level: 2))
    case 15: discard(callValue(.any))
    case 16: discard(callRecordMethod(.any, level: 2))
    case 17: discard(referenceCall())
    case 18:
      if nesting > 0, loops.count < 2 { span() } else { storeIntoLocal() }
    case 19: unwrapped()
    case 20:
      if entropy.chance(1, in: 6) { growth() } else { storeProperty() }
    case 2, 21:
      if nesting > 0, loops.count < 2 { shortLived() } else { storeProperty() }
    case 22:
      printCall(level: 2)
      emit(.pop, pops: 1, pushes: 0)
    default:
      _ = expression(.any, level: 3)
      emit(.pop, pops: 1, pushes: 0)
    }
  }

  /// Calls a function in the way it asks for, and drops the result; under a handler if it may trap.
  mutating func exercise(_ callee: CallableFunction) {
    guard affords(callee.cost + 2) else { return }
    if callee.mayTrap, !mayRisk {
      return guarded { $0.exercise(callee) }
    }
    if let method = callee.method, entropy.chance(2, in: 3) {
      argument(for: callee.parameters[0])
      arguments(of: callee, from: 1)
      let count = callee.parameters.count
      emit(.callMethod, .method(method.name, argumentCount: count - 1), pops: count, pushes: 1)
      account(for: callee)
    } else if callee.isCallable, !isWhole || !callee.isValue || entropy.chance(1, in: 2) {
      call(callee)
    } else {
      pushFunction(callee)
      arguments(of: callee, from: 0)
      let count = callee.parameters.count
      emit(.callValue, .count(count), pops: count + 1, pushes: 1)
      account(for: callee)
    }
    discard(callee.result)
  }

  /// Drops a result; without one, a store is the statement.
  private mutating func discard(_ fact: ValueFact?) {
    guard let fact else { return storeLocal(level: 2) }
    if fact.actual != .unit, entropy.chance(1, in: 3) {
      emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    }
    emit(.pop, pops: 1, pushes: 0)
  }

  // MARK: Stores into what slots hold

  /// Changes the array, object, map or record a local holds.
  mutating func storeIntoLocal() {
    let wants: [Want] = [.object, .array, .intArray, .floatArray, .boolArray, .map]
    let candidates = slots.indices.compactMap { index -> (LocalIndex, Want)? in
      wants.first { $0.accepts(slots[index].fact) }.map { (LocalIndex(index), $0) }
    }
    guard !candidates.isEmpty else { return storeProperty() }
    let (local, want) = entropy.pick(candidates)
    if want == .map {
      _ = load(local)
      _ = construct(.key, level: 0)
      if entropy.chance(1, in: 3) {
        call(.delete, count: 2, asMethod: entropy.chance(2, in: 5))
      } else {
        _ = expression(.any, level: 1)
        call(.set, count: 3, asMethod: entropy.chance(2, in: 5))
      }
      emit(.pop, pops: 1, pushes: 0)
    } else if want == .object {
      guard let key = environment.keys.randomElement(&entropy) else { return }
      push(.string(key.name))
      _ = expression(wholeWant(for: key.fact, key.fact.actual), level: 2)
      storeIndexed(local)
    } else {
      storeIntoArray(local, want)
    }
  }

  /// `SetLocalIndex`, or `SetIndexRef` for a reference parameter, of an index and value pushed.
  mutating func storeIndexed(_ local: LocalIndex) {
    emit(
      slots[local.position].isReference ? .setIndexRef : .setLocalIndex, .local(local), pops: 2,
      pushes: 0)
  }

  private mutating func storeIntoArray(_ local: LocalIndex, _ want: Want) {
    let isReference = slots[local.position].isReference
    switch entropy.below(4) {
    case 0, 1:
      if isReference {
        _ = load(local)
        _ = element(of: want, level: 2)
        emit(.arrayPush, pops: 2, pushes: 1)
        emit(.pop, pops: 1, pushes: 0)
      } else {
        _ = element(of: want, level: 2)
        emit(.arrayPushLocal, .local(local), pops: 1, pushes: 0)
      }
    case 2:
      _ = load(local)
      if entropy.chance(1, in: 2) {
        emit(.arrayPop, pops: 1, pushes: 1)
      } else {
        call(.pop, count: 1, asMethod: entropy.chance(2, in: 5))
      }
      emit(.pop, pops: 1, pushes: 0)
    default:
      // The index is there if the array is not empty when the store is made.
      let past = makeTag()
      push(.int(entropy.pick([0, -1])))
      _ = element(of: want, level: 1)
      _ = load(local)
      emit(.length, pops: 1, pushes: 1)
      jump(.jumpIfFalse, to: past, pops: 1)
      storeIndexed(local)
      let end = makeTag()
      jump(.jump, to: end, pops: 0)
      depth += 2
      place(past)
      emit(.pop, pops: 1, pushes: 0)
      emit(.pop, pops: 1, pushes: 0)
      place(end)
    }
  }

  /// Pushes a value an array takes.
  mutating func element(of array: Want, level: Int) -> ValueFact {
    switch array {
    case .intArray: expression(.int, level: level)
    case .floatArray: expression(.numeric, level: level)
    case .boolArray: expression(.bool, level: level)
    case .int, .integral, .number, .numeric, .bool, .any, .string, .text, .array, .anyArray,
      .object, .map, .range, .iterable, .record, .some, .ok, .err, .function, .small, .bound, .key:
      expression(.any, level: level)
    }
  }

  private mutating func storeIntoBinding() {
    let candidates = environment.bindings.indices.filter {
      Want.object.accepts(environment.bindings[$0].fact)
    }
    guard !candidates.isEmpty, let key = environment.keys.randomElement(&entropy) else {
      return storeIntoLocal()
    }
    push(.string(key.name))
    _ = expression(wholeWant(for: key.fact, key.fact.actual), level: 2)
    emit(
      .setModuleBindingIndex, .binding(BindingIndex(entropy.pick(candidates))), pops: 2, pushes: 0)
  }

  /// A property stored into any object.
  mutating func storeProperty() {
    guard let key = environment.keys.randomElement(&entropy) else { return storeLocal(level: 2) }
    _ = expression(.object, level: 2)
    _ = expression(wholeWant(for: key.fact, key.fact.actual), level: 2)
    emit(.setProp, .property(key.name), pops: 2, pushes: 1)
    showObject(with: key.name)
    emit(.pop, pops: 1, pushes: 0)
  }

  /// Shows now and then what became of the object on top of the stack, which got a key or another
  /// value: the key's value, or all of them, or how many there are.
  mutating func showObject(with key: Literal) {
    let choice = entropy.below(4)
    guard choice > 0 else { return }
    emit(.dup, pops: 1, pushes: 2)
    switch choice {
    case 1: emit(.getProp, .property(key), pops: 1, pushes: 1)
    case 2: emit(.getProp, .property(Literal("length")), pops: 1, pushes: 1)
    default: break
    }
    builtin(.print, 1)
    emit(.pop, pops: 1, pushes: 0)
  }

  /// Lets one slot hold what another holds, changes it through one and shows it through the other.
  private mutating func alias() {
    let targets = slots.indices.filter {
      slots[$0].isWritable && slots[$0].fact.isWithin(Self.mutableKinds)
    }
    guard !targets.isEmpty else { return storeIntoLocal() }
    let target = LocalIndex(entropy.pick(targets))
    let want = want(for: slots[target.position])
    let sources = localCandidates(for: want).filter { $0 != target }
    if sources.isEmpty {
      _ = expression(want, level: 2)
    } else {
      _ = load(entropy.pick(sources))
    }
    store(target)
    storeIntoLocal()
    _ = load(sources.isEmpty ? target : entropy.pick(sources))
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
  }

  private static let mutableKinds = KindSet.arrays.union([.object, .record, .map])

  /// An object that outgrows shapes in a loop.
  private mutating func growth() {
    let trips = 60 + entropy.below(10)
    guard affords(trips + 2) else { return storeProperty() }
    let object = addLocal(
      SlotFact(fact: .unknown(.object), declared: nil, isWritable: false))
    initializeAtEntry(object)
    _ = expression(.object, level: 1)
    store(object)
    counted(trips: trips) { generator, counter in
      generator.push(.string(Literal("k")))
      _ = generator.load(counter)
      generator.emit(.add, pops: 2, pushes: 1)
      _ = generator.load(counter)
      generator.storeIndexed(object)
    }
    _ = load(object)
    emit(.length, pops: 1, pushes: 1)
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
  }

  /// Calls a function that takes references.
  private mutating func referenceCall() -> ValueFact? {
    let candidates = environment.callables.filter {
      !$0.references.isEmpty && affords($0.cost) && (!$0.mayTrap || mayRisk)
    }
    guard !candidates.isEmpty else { return nil }
    let callee = entropy.pick(candidates)
    call(callee)
    return callee.result
  }

  /// `TryUnwrap` of what may return from the function, where any result is right.
  private mutating func unwrapped() {
    let wants: [Want] = [.some, .ok, .err, .any]
    let mayReturn = result.actual.isSuperset(of: .anything)
    _ = expression(mayReturn ? entropy.pick(wants) : entropy.pick([.some, .ok]), level: 2)
    emit(.tryUnwrap, pops: 1, pushes: 1)
    emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    emit(.pop, pops: 1, pushes: 0)
  }
}
