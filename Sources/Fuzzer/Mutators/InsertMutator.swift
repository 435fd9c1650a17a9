import Bytecode

/// Inserts a statement the generator makes for the place.
struct InsertMutator: Mutator {
  let name = "insert"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard let place = subject.place(where: { _ in true }) else { return false }
    let function = subject.program.functions[place.function]
    var generator = FunctionGenerator(
      entropy: subject.entropy, program: subject.program,
      environment: environment(of: subject, caller: place.function), budget: 16)
    generator.handlers = Int(subject.facts[place.function].handlerDepths[place.offset])
    generator.parameters = function.parameters
    generator.locals = function.locals
    generator.slots = slots(of: function)
    generator.result =
      function.code.contains { $0.opcode == .returnValue } ? .unknown(.numeric) : .unknown(.unit)
    generator.statement(nesting: 1, share: 16)
    let statement = generator.inserted()
    subject.entropy = generator.entropy
    subject.program = generator.program
    guard !statement.body.isEmpty else { return false }
    subject.program.functions[place.function].locals = generator.locals
    subject.program.functions[place.function].insert(
      statement.body, at: place.offset, catchingJumps: subject.entropy.chance(1, in: 2))
    subject.program.functions[place.function].insert(
      statement.prologue, at: 0, catchingJumps: false)
    return true
  }

  /// What an inserted statement may read and write: declared locals may not be assigned yet at the
  /// place, and are left alone.
  private func slots(of function: EditableFunction) -> [SlotFact] {
    let parameters = function.parameters.map { parameter in
      slot(parameter.kind, isUsable: !parameter.isReference)
    }
    return parameters + function.locals.map { slot($0.kind, isUsable: $0.kind == nil) }
  }

  private func slot(_ kind: SlotKind?, isUsable: Bool) -> SlotFact {
    guard isUsable else {
      // No want accepts a value that is of no kind.
      return SlotFact(
        fact: ValueFact(known: .anything, actual: [], magnitude: nil), declared: kind,
        isWritable: false)
    }
    guard let kind else {
      return SlotFact(
        fact: ValueFact(known: .anything, actual: .numeric, magnitude: nil), declared: nil,
        isWritable: true)
    }
    var slot = SlotGenerator.slot(declaring: kind)
    // Its functions may take any number of arguments: nothing is known to call them with.
    if kind.base == .function { slot.isWritable = false }
    return slot
  }

  private func environment(
    of subject: MutationSubject, caller: Int
  ) -> GeneratorEnvironment {
    let program = subject.program
    var environment = GeneratorEnvironment(
      options: GeneratorOptions(), bindings: [], callables: [], isRisky: false, allowsDebug: false)
    environment.isWhole = subject.isWhole
    environment.bindings = program.bindings.map { slot($0.kind, isUsable: true) }
    for (position, function) in program.functions.enumerated()
    where position != program.mainIndex.position && position != caller && function.isValue {
      environment.callables.append(
        CallableFunction(
          index: FunctionIndex(position),
          parameters: function.parameters.map { parameter(of: $0.kind) },
          result: .unknown(subject.isWhole ? .anything : .numeric), cost: 1, frames: 1,
          recursionBound: nil))
    }
    guard subject.isWhole else { return environment }
    environment.schemas = program.schemas.enumerated().map { position, schema in
      SchemaFact(
        index: SchemaIndex(position),
        fields: schema.fields.map { ($0.name, SlotGenerator.slot(declaring: $0.kind)) })
    }
    environment.keys = keys(of: program)
    return environment
  }

  private func parameter(of kind: SlotKind?) -> SlotFact {
    kind.map { slot($0, isUsable: true) }
      ?? SlotGenerator.undeclared(.unknown(.numeric))
  }

  /// The keys the program's instructions name, of which nothing is known.
  private func keys(of program: EditableProgram) -> [KeyFact] {
    var keys: [KeyFact] = []
    for case .property(let name) in program.functions.flatMap(\.code).map(\.operand)
    where !keys.contains(where: { $0.name == name }) {
      keys.append(KeyFact(name: name, fact: .unknown(.anything)))
    }
    return keys.isEmpty ? [KeyFact(name: Literal("x"), fact: .unknown(.anything))] : keys
  }
}
