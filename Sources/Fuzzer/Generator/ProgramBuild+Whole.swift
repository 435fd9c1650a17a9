import Bytecode

/// The functions only programs of the whole language have.
extension ProgramBuild {
  mutating func addWholeFunction(_ name: String, budget: Int) {
    switch entropy.below(12) {
    case 0: addKernel(name, budget: budget)
    case 1: addRecursion(name, budget: budget)
    case 2, 3, 4: addCallback(name, budget: budget)
    case 5: addThrower(name, budget: budget)
    case 6, 7: addClosure(name, budget: budget)
    case 8: addReferenceFunction(name, budget: budget)
    case 9 where !environment.schemas.isEmpty: addMethod(name, budget: budget)
    default: addPlain(name, budget: budget)
    }
  }

  private static let anything = SlotGenerator.undeclared(.unknown(.anything))

  /// A function that takes anything: a callback of builtins, a value for calls of values.
  mutating func addCallback(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    // The first of a program takes few enough for every builtin.
    let count = generator.entropy.pick(
      environment.callables.isEmpty ? [1, 2, 1, 2, 0] : [1, 2, 0, 3])
    let parameters = [SlotFact](repeating: Self.anything, count: count)
    generator.declare(parameters: parameters)
    generator.result = .unknown(.anything)
    if budget > 8 {
      generator.declareLocals(generator.entropy.below(2))
      generator.statements(budget - 6, nesting: 1)
    }
    generator.leave(level: 2)
    close(generator, name: name, parameters: parameters)
  }

  /// A function that takes anything and, for some of it, throws.
  private mutating func addThrower(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let parameters = [SlotFact](
      repeating: Self.anything, count: 1 + generator.entropy.below(2))
    generator.declare(parameters: parameters)
    generator.result = .unknown(.anything)
    let past = generator.makeTag()
    generator.condition(jumpingTo: past, level: 2)
    _ = generator.expression(.any, level: 1)
    generator.emit(.throw, pops: 1, pushes: 0)
    generator.place(past)
    if generator.entropy.chance(1, in: 2) { generator.statements(budget / 2, nesting: 1) }
    generator.leave(level: 1)
    var callable = complete(generator, name: name, parameters: parameters)
    callable.mayTrap = true
    environment.callables.append(callable)
  }

  /// A function of captures, some of them shared.
  private mutating func addClosure(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    generator.captures = (0..<(1 + generator.entropy.below(3))).map { _ in
      var slot = SlotGenerator.parameter(&generator.entropy, environment)
      slot.isWritable = false
      return CaptureFact(slot: slot, isMutable: generator.entropy.chance(1, in: 2))
    }
    let takesAnything = generator.entropy.chance(2, in: 3)
    let parameters = (0..<generator.entropy.pick([1, 2, 0])).map { _ in
      takesAnything
        ? Self.anything : SlotGenerator.parameter(&generator.entropy, environment)
    }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(2))
    generator.result =
      takesAnything
      ? .unknown(.anything) : SlotGenerator.result(&generator.entropy, environment)
    _ = generator.storeCapture()
    generator.statements(budget - 6, nesting: 1)
    generator.leave(level: 2)
    close(generator, name: name, parameters: parameters)
  }

  /// A function of reference parameters, alike more often than not.
  private mutating func addReferenceFunction(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    var parameters: [SlotFact] = []
    for position in 0..<(1 + generator.entropy.below(2)) {
      var slot = SlotGenerator.parameter(&generator.entropy, environment)
      if position == 1, generator.entropy.chance(2, in: 3) { slot = parameters[0] }
      slot.isReference = true
      slot.fact.known = .anything
      parameters.append(slot)
    }
    for _ in 0..<generator.entropy.below(2) {
      parameters.append(SlotGenerator.parameter(&generator.entropy, environment))
    }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(2))
    generator.result = SlotGenerator.result(&generator.entropy, environment)
    generator.storeThroughReference()
    generator.statements(budget - 6, nesting: 1)
    generator.leave(level: 2)
    close(generator, name: name, parameters: parameters)
  }

  /// A function records of a schema find by its name.
  private mutating func addMethod(_ name: String, budget: Int) {
    var generator = open(budget: budget)
    let schema = generator.entropy.pick(environment.schemas).index
    let receiver =
      generator.entropy.chance(1, in: 2)
      ? SlotGenerator.slot(declaring: SlotKind(.schema(schema)))
      : SlotGenerator.undeclared(.record(schema))
    let parameters =
      [receiver]
      + (0..<generator.entropy.below(3)).map { _ in
        SlotGenerator.parameter(&generator.entropy, environment)
      }
    generator.declare(parameters: parameters)
    generator.declareLocals(generator.entropy.below(2))
    generator.result = SlotGenerator.result(&generator.entropy, environment)
    generator.statements(budget - 4, nesting: 1)
    generator.leave(level: 2)
    let owner = program.schemas[schema.position].name
    var callable = complete(generator, name: "\(owner).\(name)", parameters: parameters)
    callable.method = (schema, Literal(name))
    environment.callables.append(callable)
  }

  /// A function that calls itself for ever.
  mutating func addBottomless(_ name: String) {
    var generator = open(budget: 4)
    generator.declare(parameters: [])
    generator.result = .unknown(.anything)
    generator.emit(
      .call, .function(FunctionIndex(program.functions.count)), pops: 0, pushes: 1)
    generator.emit(.returnValue, pops: 1, pushes: 0)
    var callable = complete(generator, name: name, parameters: [])
    callable.mayTrap = true
    callable.isBottomless = true
    callable.cost = 200
    environment.callables.append(callable)
  }

  /// A function for a callback parameter of a foreign function.
  mutating func foreignCallback(
    _ types: [ForeignType], _ result: ForeignType
  ) -> CallableFunction {
    var generator = open(budget: 10)
    let parameters = types.map { SlotGenerator.undeclared(.unknown($0.receivedKinds)) }
    generator.declare(parameters: parameters)
    generator.result = .unknown(result.receivedKinds)
    if generator.entropy.chance(1, in: 2) { generator.statements(6, nesting: 0) }
    generator.leaveCallback(with: result)
    return complete(
      generator, name: "callback\(program.functions.count)", parameters: parameters)
  }
}

extension FunctionGenerator {
  /// A store through a reference parameter.
  mutating func storeThroughReference() {
    let references = slots.indices.filter { slots[$0].isReference && slots[$0].isWritable }
    guard !references.isEmpty else { return }
    let local = LocalIndex(entropy.pick(references))
    argument(for: slots[local.position])
    store(local)
  }
}

extension SlotFact {
  /// Whether a binding of the declaration starts with a value that suits the fact.
  var hasFirstValue: Bool {
    guard let declared else { return false }
    return !declared.isNullable || fact.actual.contains(.null)
  }
}
