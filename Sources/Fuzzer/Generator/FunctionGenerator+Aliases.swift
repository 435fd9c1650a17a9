import Bytecode

/// Records that live for a few instructions, under two names.
extension FunctionGenerator {
  /// Makes a record that two slots hold, stores through either, shows it through the other, and gives
  /// it away in between, always or in some rounds only: code that has not made it must make it there,
  /// and go on with what became of it.
  mutating func shortLived() {
    guard let schema = environment.schemas.randomElement(&entropy), !schema.fields.isEmpty else {
      return storeProperty()
    }
    let slot = SlotFact(fact: .record(schema.index), declared: nil, isWritable: false)
    let names = [addLocal(slot), addLocal(slot)]
    for name in names { initializeAtEntry(name) }
    let trips = 2 + entropy.below(4)
    guard affords(4 * trips), entropy.chance(2, in: 3) else {
      return live(names, schema, given: .always)
    }
    let round = entropy.below(trips)
    let giving = entropy.pick([Giving.always, .inRound(round), .inRound(round), .butInRound(round)])
    counted(trips: trips) { generator, counter in
      generator.live(names, schema, counter, given: giving)
    }
  }

  /// When a short-lived record is given away.
  private enum Giving {
    case always
    case inRound(Int)
    case butInRound(Int)
  }

  private mutating func live(
    _ names: [LocalIndex], _ schema: SchemaFact, _ counter: LocalIndex? = nil, given: Giving
  ) {
    _ = newRecord(schema.index, level: 0)
    store(names[0])
    _ = load(names[0])
    store(names[1])
    setField(of: entropy.pick(names), schema)
    let past = makeTag()
    switch (given, counter) {
    case (.inRound(let round), let counter?): skip(to: past, in: .jumpIfFalse, round, counter)
    case (.butInRound(let round), let counter?): skip(to: past, in: .jumpIfTrue, round, counter)
    case (_, _): break
    }
    giveAway(entropy.pick(names), schema)
    place(past)
    if entropy.chance(1, in: 2) { setField(of: names[0], schema) }
    showField(of: names[1], schema)
    if entropy.chance(1, in: 2) { setField(of: names[1], schema) }
    showField(of: names[0], schema)
  }

  private mutating func skip(
    to past: Tag, in opcode: Opcode, _ round: Int, _ counter: LocalIndex
  ) {
    _ = load(counter)
    push(.int(Int64(round)))
    emit(.eqInt, pops: 2, pushes: 1)
    jump(opcode, to: past, pops: 1)
  }

  /// Lets others have a record: what changes it, what takes anything, or an array that is printed.
  private mutating func giveAway(_ name: LocalIndex, _ schema: SchemaFact) {
    let changing = environment.callables.filter { $0.changes == schema.index && affords($0.cost) }
    let others = environment.callables.filter {
      $0.takesAnything && $0.isCallable && $0.parameters.count == 1 && !$0.mayTrap
        && affords($0.cost)
    }
    let takers = !changing.isEmpty && entropy.chance(3, in: 4) ? changing : others
    _ = load(name)
    if let taker = takers.randomElement(&entropy) {
      if let method = taker.method, entropy.chance(1, in: 2) {
        emit(.callMethod, .method(method.name, argumentCount: 0), pops: 1, pushes: 1)
      } else {
        emit(.call, .function(taker.index), pops: 1, pushes: 1)
      }
      account(for: taker)
    } else {
      emit(.newArray, .count(1), pops: 1, pushes: 1)
      builtin(.print, 1)
    }
    emit(.pop, pops: 1, pushes: 0)
  }

  /// Stores something into a field of the record that a slot holds.
  mutating func setField(of name: LocalIndex, _ schema: SchemaFact) {
    let position = entropy.below(schema.fields.count)
    let field = schema.fields[position]
    _ = load(name)
    if field.slot.fact.actual.contains(.null), entropy.chance(1, in: 4) {
      push(.null)
    } else {
      _ = part(want(for: field.slot), level: 0)
    }
    if entropy.chance(2, in: 3) {
      emit(.setFieldTyped, .field(schema.index, position), pops: 2, pushes: 1)
    } else {
      emit(.setProp, .property(Literal(field.name)), pops: 2, pushes: 1)
    }
    emit(.pop, pops: 1, pushes: 0)
  }

  private mutating func showField(of name: LocalIndex, _ schema: SchemaFact) {
    let position = entropy.below(schema.fields.count)
    _ = load(name)
    if entropy.chance(2, in: 3) {
      emit(.getFieldTyped, .field(schema.index, position), pops: 1, pushes: 1)
    } else {
      readProperty(Literal(schema.fields[position].name))
    }
    builtin(.print, 1)
    emit(.pop, pops: 1, pushes: 0)
  }
}

extension ProgramBuild {
  /// A function that changes the record it is given, as a method of it or not; every other one is
  /// compiled by no tier.
  mutating func addChanger(_ name: String) {
    guard let schema = environment.schemas.randomElement(&entropy), !schema.fields.isEmpty else {
      return
    }
    var generator = open(budget: 8)
    let parameter =
      generator.entropy.chance(1, in: 2)
      ? SlotGenerator.slot(declaring: SlotKind(.schema(schema.index)))
      : SlotGenerator.undeclared(.record(schema.index))
    generator.declare(parameters: [parameter])
    generator.result = .record(schema.index)
    if generator.entropy.chance(1, in: 2) { generator.emit(.debug, .none) }
    for _ in 0..<(1 + generator.entropy.below(2)) {
      generator.setField(of: LocalIndex(0), schema)
    }
    _ = generator.load(LocalIndex(0))
    generator.emit(.returnValue, pops: 1, pushes: 0)
    let isMethod = generator.entropy.chance(1, in: 2)
    let owner = isMethod ? program.schemas[schema.index.position].name + "." : ""
    var callable = complete(generator, name: owner + name, parameters: [parameter])
    if isMethod { callable.method = (schema.index, Literal(name)) }
    callable.changes = schema.index
    environment.callables.append(callable)
  }
}
