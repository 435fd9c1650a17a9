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
      environment: environment(of: subject.program, caller: place.function), budget: 16)
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
      slot(
        parameter.kind,
        isUsable: !parameter.isReference && NumericCore.supports(parameter.kind))
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
    let kinds = kind?.kinds
    return SlotFact(
      fact: ValueFact(
        known: kinds ?? .anything, actual: kinds ?? .numeric,
        magnitude: kinds == .int ? 47 : nil),
      declared: kind, isWritable: true)
  }

  private func environment(
    of program: EditableProgram, caller: Int
  ) -> GeneratorEnvironment {
    var callables: [CallableFunction] = []
    for (position, function) in program.functions.enumerated()
    where position != program.mainIndex.position && position != caller
      && function.captures.isEmpty && !function.parameters.contains(where: \.isReference)
    {
      callables.append(
        CallableFunction(
          index: FunctionIndex(position),
          parameters: function.parameters.map {
            slot($0.kind, isUsable: NumericCore.supports($0.kind))
          }, result: .unknown(.numeric), cost: 1, frames: 1, recursionBound: nil))
    }
    let bindings = program.bindings.map { binding in
      slot(binding.kind, isUsable: NumericCore.supports(binding.kind))
    }
    return GeneratorEnvironment(
      options: GeneratorOptions(), bindings: bindings, callables: callables, isRisky: false,
      allowsDebug: false)
  }
}
