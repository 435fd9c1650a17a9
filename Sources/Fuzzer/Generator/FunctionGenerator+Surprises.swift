import Bytecode

extension FunctionGenerator {
  /// Something that may trap; values it changes stay what the rest of the program expects.
  mutating func surprise() {
    switch entropy.below(20) {
    case 0, 1: thrown()
    case 2, 3, 4: wrongArgument()
    case 5, 6: wrongIndex()
    case 7: wrongUnwrap()
    case 8: wrongCall()
    case 9, 10: wrongMethod()
    case 11: wrongRecord()
    case 12: wrongCallback()
    case 13: wrongCapture()
    case 14: wrongKey()
    case 15: wrongReceiver()
    case 16: discardResult(of: foreignSurprise())
    case 17: overflow()
    case 18: trappingCall()
    default: risk()
    }
  }

  private mutating func discardResult(of fact: ValueFact?) {
    if fact == nil { return thrown() }
    dropResult()
  }

  /// Drops the top of the stack, which is printed first more often than not: what nobody looks at may
  /// be anything.
  private mutating func dropResult() {
    if entropy.chance(3, in: 5) { builtin(.print, 1) }
    emit(.pop, pops: 1, pushes: 0)
  }

  /// `Throw`, mostly under a condition.
  private mutating func thrown() {
    let past = makeTag()
    condition(jumpingTo: past, level: 2)
    _ = expression(.any, level: 2)
    emit(.throw, pops: 1, pushes: 0)
    place(past)
    if entropy.chance(1, in: 6) { emit(.nop, .none) }
  }

  /// A production of which one argument may be of any kind.
  private mutating func wrongArgument() {
    let production = entropy.pick(Production.all)
    let wrong = entropy.below(max(1, production.arguments.count))
    for (position, argument) in production.arguments.enumerated() {
      _ = expression(position == wrong ? .any : argument, level: 1)
    }
    if case .opcode(.tryUnwrap) = production.form, !result.actual.isSuperset(of: .anything) {
      // It would leave the function with a value its callers do not expect.
      return emit(.pop, pops: 1, pushes: 0)
    }
    emit(production, asMethod: production.methodName != nil && entropy.chance(2, in: 5))
    dropResult()
  }

  /// A read or store at an index or key that may not be there, or of a kind no index is of.
  private mutating func wrongIndex() {
    let want = entropy.pick([Want.intArray, .array, .string, .floatArray, .boolArray, .map])
    _ = expression(want, level: 1)
    switch entropy.below(4) {
    case 0: push(.number(entropy.pick([0.5, .nan, .infinity, 1e300, -1])))
    case 1: push(.string(BoundaryStrings.string(&entropy)))
    default: push(.int(entropy.pick([0, 1, -1, 2, 4, -5, 8, 1 << 40])))
    }
    if entropy.chance(1, in: 2) {
      emit(.getProp, .plain(.property(nil)), pops: 2, pushes: 1)
    } else {
      _ = element(of: want, level: 1)
      emit(.setProp, .plain(.property(nil)), pops: 3, pushes: 1)
    }
    dropResult()
  }

  private mutating func wrongUnwrap() {
    let opcode = entropy.pick([Opcode.unwrapOk, .unwrapErr, .unwrapOption])
    if opcode == .unwrapOption, entropy.chance(1, in: 2) {
      push(.null)
    } else {
      _ = expression(entropy.pick([.ok, .err, .some, .any]), level: 1)
    }
    emit(opcode, pops: 1, pushes: 1)
    dropResult()
  }

  /// A call of what may be no function, or with another number of arguments.
  private mutating func wrongCall() {
    let callables = environment.callables.filter { $0.checksArguments && affords($0.cost) }
    let arity: Int
    if let callee = callables.randomElement(&entropy), entropy.chance(2, in: 3) {
      pushFunction(callee)
      account(for: callee)
      arity = max(0, callee.parameters.count + entropy.pick([-1, 1, 0]))
    } else {
      _ = construct(entropy.pick([.int, .object, .string]), level: 0)
      arity = entropy.below(3)
    }
    for _ in 0..<arity { _ = expression(.any, level: 1) }
    emit(.callValue, .count(arity), pops: arity + 1, pushes: 1)
    dropResult()
  }

  /// A method the receiver may not have, or with arguments it may not take.
  private mutating func wrongMethod() {
    let builtins = Builtin.allCases.filter { !$0.takesCallback && !$0.methodReceivers.isEmpty }
    // Statistics refuse whole kinds of arrays that they are methods of.
    let builtin =
      entropy.chance(1, in: 4)
      ? entropy.pick([.min, .max, .sum, .mean, .std, .variance]) : entropy.pick(builtins)
    let name =
      entropy.chance(4, in: 5)
      ? Literal(builtin.facts.name) : BoundaryStrings.string(&entropy)
    if entropy.chance(3, in: 4) {
      let wants = [Want.string, .array, .intArray, .floatArray, .boolArray, .map].filter {
        builtin.methodReceivers.isSuperset(of: $0.kinds)
      }
      let want = entropy.pick(wants)
      _ = expression(want, level: 1)
      declareReceiver(want, inThirds: 2)
    } else {
      _ = expression(.any, level: 1)
    }
    let counts = builtin.facts.argumentCounts
    let count =
      entropy.chance(3, in: 4)
      ? entropy.pick([counts.lowerBound, min(counts.upperBound, 2)]) - 1 : entropy.below(3)
    for _ in 0..<max(0, count) { _ = expression(.any, level: 1) }
    emit(
      .callMethod, .method(name, argumentCount: max(0, count)), pops: max(0, count) + 1, pushes: 1)
    dropResult()
  }

  /// A record made of, or asked for, what may not fit it.
  private mutating func wrongRecord() {
    guard let schema = environment.schemas.randomElement(&entropy) else { return wrongIndex() }
    switch entropy.below(5) {
    case 0:
      for _ in schema.fields { _ = expression(.any, level: 1) }
      emit(.newTypedObject, .schema(schema.index), pops: schema.fields.count, pushes: 1)
    case 1:
      _ = expression(entropy.pick([.object, .any]), level: 1)
      _ = expression(.object, level: 1)
      emit(.typedMergeObject, .schema(schema.index), pops: 2, pushes: 1)
    case 2 where !schema.fields.isEmpty:
      // Records of other schemas are asked by the field's name.
      let other = environment.schemas.randomElement(&entropy) ?? schema
      if entropy.chance(2, in: 3) {
        _ = construct(.record(other.index), level: 1)
      } else {
        _ = expression(entropy.pick([.any, .record(schema.index)]), level: 1)
      }
      emit(
        .getFieldTyped, .field(schema.index, entropy.below(schema.fields.count)), pops: 1,
        pushes: 1)
    case 3 where !schema.fields.isEmpty:
      let other = environment.schemas.randomElement(&entropy) ?? schema
      _ = construct(.record(other.index), level: 1)
      _ = expression(.any, level: 1)
      emit(
        .setFieldTyped, .field(schema.index, entropy.below(schema.fields.count)), pops: 2,
        pushes: 1)
    default:
      _ = construct(.record(schema.index), level: 1)
      _ = expression(.any, level: 1)
      emit(.setProp, .property(BoundaryStrings.string(&entropy)), pops: 2, pushes: 1)
    }
    dropResult()
  }

  /// A walk by a function that may take too many arguments, or others, or is none.
  private mutating func wrongCallback() {
    let builtins = Builtin.allCases.filter(\.takesCallback)
    let builtin = entropy.pick(builtins)
    let callables = environment.callables.filter {
      $0.checksArguments && affords($0.cost * Self.callsPerWalk)
    }
    _ = expression(entropy.pick([.anyArray, .array, .any]), level: 1)
    if let callee = callables.randomElement(&entropy), entropy.chance(3, in: 4) {
      pushFunction(callee)
      account(for: callee, calls: Self.callsPerWalk)
    } else {
      _ = construct(entropy.pick([.int, .object, .string]), level: 0)
    }
    if builtin == .reduce { _ = expression(.any, level: 1) }
    call(builtin, count: builtin == .reduce ? 3 : 2, asMethod: entropy.chance(2, in: 5))
    dropResult()
  }

  /// A closure of values its captures may not take.
  private mutating func wrongCapture() {
    let closures = environment.callables.filter { callable in
      callable.captures.contains { $0.slot.declared != nil }
    }
    guard let closure = closures.randomElement(&entropy) else { return wrongCall() }
    for _ in closure.captures { _ = expression(.any, level: 1) }
    emit(
      .makeClosure, .function(closure.index), pops: closure.captures.count, pushes: 1)
    dropResult()
  }

  private mutating func wrongKey() {
    _ = expression(.any, level: 1)
    _ = expression(.any, level: 1)
    emit(.newObject, .count(1), pops: 2, pushes: 1)
    dropResult()
  }

  /// A property of whatever there is.
  private mutating func wrongReceiver() {
    _ = expression(.any, level: 1)
    if entropy.chance(1, in: 2) {
      emit(
        .getProp, .property(environment.keys.randomElement(&entropy)?.name ?? Literal("length")),
        pops: 1, pushes: 1)
    } else {
      emit(
        entropy.pick([.length, .arrayPop, .neg, .bitNot, .intToNumber, .numberToInt]), pops: 1,
        pushes: 1)
    }
    dropResult()
  }

  /// A recursion without end.
  private mutating func overflow() {
    let candidates = environment.callables.filter { $0.isBottomless && affords($0.cost) }
    guard let callee = candidates.randomElement(&entropy) else { return thrown() }
    call(callee)
    dropResult()
  }

  /// A call of a function that may trap.
  private mutating func trappingCall() {
    let candidates = environment.callables.filter {
      $0.mayTrap && $0.isCallable && affords($0.cost)
    }
    guard let callee = candidates.randomElement(&entropy) else { return thrown() }
    call(callee)
    dropResult()
  }
}
