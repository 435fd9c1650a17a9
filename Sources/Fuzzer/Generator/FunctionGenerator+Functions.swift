import Bytecode

extension FunctionGenerator {
  /// How often a callback is assumed to be called by one builtin.
  static let callsPerWalk = 8

  /// Pushes a function that takes so many arguments of any kinds.
  mutating func functionValue(arity: Int) -> ValueFact {
    let slots = localCandidates(for: .function(arity))
    if !slots.isEmpty, entropy.chance(1, in: 2) { return load(entropy.pick(slots)) }
    // What is captured captures nothing: closures of closures may never end.
    let candidates = environment.callables.filter {
      $0.takesAnything && $0.parameters.count == arity && !$0.mayTrap
        && (!isCapturing || $0.captures.isEmpty)
    }
    guard !candidates.isEmpty else {
      preconditionFailure("only arities there are, are asked for")
    }
    pushFunction(entropy.pick(candidates))
    return .function(arity: arity)
  }

  /// Pushes a function as a constant or a closure of it, with all it captures.
  mutating func pushFunction(_ callable: CallableFunction) {
    if callable.captures.isEmpty, entropy.chance(2, in: 3) {
      return push(.function(callable.index))
    }
    let wasCapturing = isCapturing
    isCapturing = true
    for capture in callable.captures { self.capture(capture) }
    isCapturing = wasCapturing
    emit(
      .makeClosure, .function(callable.index), pops: callable.captures.count, pushes: 1)
  }

  /// Pushes what a closure captures: the cell of a slot it then shares, or a value.
  private mutating func capture(_ capture: CaptureFact) {
    guard capture.isMutable, entropy.chance(2, in: 3) else {
      return argument(for: capture.slot)
    }
    let bindings = environment.bindings.indices.filter {
      environment.bindings[$0].isAlike(capture.slot)
    }
    if !bindings.isEmpty, entropy.chance(1, in: 2) {
      emit(
        .boxModuleBinding, .binding(BindingIndex(entropy.pick(bindings))), pops: 0, pushes: 1)
      return
    }
    emit(.boxLocal, .local(sharedLocal(like: capture.slot)), pops: 0, pushes: 1)
  }

  /// A shared local of the same declaration and facts, added if there is none.
  private mutating func sharedLocal(like slot: SlotFact) -> LocalIndex {
    let candidates = slots.indices.filter {
      slots[$0].isShared && !slots[$0].isReference && slots[$0].isAlike(slot)
    }
    if !candidates.isEmpty { return LocalIndex(entropy.pick(candidates)) }
    var shared = slot
    shared.fact.known = slot.declared?.kinds ?? .anything
    shared.isShared = true
    shared.isWritable = true
    shared.isReference = false
    let local = addLocal(shared)
    initializeAtEntry(local)
    return local
  }

  /// Pushes a reference for a parameter that takes one; two of them may well be the same.
  mutating func reference(to parameter: SlotFact) {
    let own = slots.indices.filter { slots[$0].isReference && slots[$0].isAlike(parameter) }
    let local =
      !own.isEmpty && entropy.chance(1, in: 2)
      ? LocalIndex(entropy.pick(own)) : sharedLocal(like: parameter)
    emit(.makeRef, .local(local), pops: 0, pushes: 1)
  }

  /// Pushes a capture of the function that serves, if there is one.
  mutating func capture(_ want: Want) -> ValueFact? {
    let candidates = captures.indices.filter { want.accepts(captures[$0].slot.fact) }
    guard !candidates.isEmpty, entropy.chance(1, in: 2) else { return nil }
    let index = entropy.pick(candidates)
    emit(.loadClosure, .capture(CaptureIndex(index)), pops: 0, pushes: 1)
    return captures[index].slot.fact
  }

  /// Stores into a `mut` capture; false if there is none.
  mutating func storeCapture() -> Bool {
    let candidates = captures.indices.filter { captures[$0].isMutable }
    guard !candidates.isEmpty else { return false }
    let index = entropy.pick(candidates)
    argument(for: captures[index].slot)
    emit(.storeClosure, .capture(CaptureIndex(index)), pops: 1, pushes: 0)
    return true
  }

  // MARK: Calls of values

  /// Calls a function value whose result serves, if one is cheap enough here.
  mutating func callValue(_ want: Want) -> ValueFact? {
    let candidates = environment.callables.filter {
      $0.isValue && want.accepts($0.result) && affords($0.cost) && (!$0.mayTrap || mayRisk)
    }
    guard !candidates.isEmpty else { return nil }
    let callee = entropy.pick(candidates)
    if entropy.chance(1, in: 4) {
      return callMember(callee)
    }
    pushFunction(callee)
    arguments(of: callee, from: 0)
    let count = callee.parameters.count
    emit(.callValue, .count(count), pops: count + 1, pushes: 1)
    account(for: callee)
    return callee.result
  }

  /// Calls a function as a member of a new object that holds it.
  private mutating func callMember(_ callee: CallableFunction) -> ValueFact {
    let name = environment.keys.isEmpty ? Literal("m") : entropy.pick(environment.keys).name
    push(.string(name))
    pushFunction(callee)
    var count = 1
    if let other = environment.keys.first(where: { $0.name != name }), entropy.chance(1, in: 2) {
      push(.string(other.name))
      _ = part(wholeWant(for: other.fact, other.fact.actual), level: 0)
      count += 1
    }
    emit(.newObject, .count(count), pops: 2 * count, pushes: 1)
    arguments(of: callee, from: 0)
    emit(
      .callMethod, .method(name, argumentCount: callee.parameters.count),
      pops: callee.parameters.count + 1, pushes: 1)
    account(for: callee)
    return callee.result
  }

  /// Calls a method of a record whose result serves, if one is cheap enough here.
  mutating func callRecordMethod(_ want: Want, level: Int) -> ValueFact? {
    let candidates = environment.callables.filter {
      $0.method != nil && want.accepts($0.result) && affords($0.cost) && (!$0.mayTrap || mayRisk)
    }
    guard !candidates.isEmpty else { return nil }
    let callee = entropy.pick(candidates)
    guard let method = callee.method else { return nil }
    _ = expression(.record(method.schema), level: level - 1)
    arguments(of: callee, from: 1)
    let count = callee.parameters.count
    emit(
      .callMethod, .method(method.name, argumentCount: count - 1), pops: count, pushes: 1)
    account(for: callee)
    return callee.result
  }
}

extension SlotFact {
  /// Whether a cell or reference of the one may stand for the other: what either side stores suits
  /// both.
  func isAlike(_ other: SlotFact) -> Bool {
    declared == other.declared && fact.actual == other.fact.actual
      && fact.schema == other.fact.schema && fact.arity == other.fact.arity
  }
}
