import Bytecode

/// Gives an object one more key where it is made or merged, or reads and stores another key.
struct TransitionMutator: Mutator {
  let name = "transition"
  let grows = true
  let leavesCore = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      switch ($0.opcode, $0.operand) {
      case (.newObject, _), (.mergeObject, _), (_, .property): true
      case (_, .plain), (_, .constant), (_, .method), (_, .jump), (_, .loop): false
      }
    }
    guard let place else { return makeObject(&subject) }
    let key = key(&subject)
    if case .property(let old) = subject.program.functions[place.function].code[place.offset]
      .operand, old != key, subject.entropy.chance(1, in: 2)
    {
      subject.program.functions[place.function].code[place.offset].operand = .property(key)
      return true
    }
    guard subject.program.functions[place.function].code[place.offset].opcode != .getProp else {
      // The receiver gets the key before it is asked for one.
      return store(key, before: place, &subject)
    }
    return store(
      key, before: MutationSubject.Place(function: place.function, offset: place.offset + 1),
      &subject)
  }

  /// Stores a constant under a key of the object on top of the stack.
  private func store(
    _ key: Literal, before place: MutationSubject.Place, _ subject: inout MutationSubject
  ) -> Bool {
    let value = BoundaryConstants.constant(of: [.int, .number, .null, .string], &subject.entropy)
    var code = [
      subject.make(.pushConst, .constant(value)), subject.make(.setProp, .property(key)),
    ]
    if subject.entropy.chance(1, in: 2) {
      // A key that nobody looks at shows nothing.
      code += [
        subject.make(.dup), subject.make(.getProp, .property(key)),
        subject.make(.builtinCall, .plain(.builtin(.print, argumentCount: 1))),
        subject.make(.pop),
      ]
    }
    subject.program.functions[place.function].insert(
      code, at: place.offset, catchingJumps: false)
    return true
  }

  /// A new object, printed, in a program that has none.
  private func makeObject(_ subject: inout MutationSubject) -> Bool {
    guard let place = subject.place(where: { _ in true }) else { return false }
    let code = [
      subject.make(.newObject, .plain(.count(0))),
      subject.make(.pushConst, .constant(.int(1))),
      subject.make(.setProp, .property(key(&subject))),
      subject.make(.builtinCall, .plain(.builtin(.print, argumentCount: 1))),
      subject.make(.pop),
    ]
    subject.program.functions[place.function].insert(
      code, at: place.offset, catchingJumps: false)
    return true
  }

  /// A key the program uses, or one of those generated programs use.
  private func key(_ subject: inout MutationSubject) -> Literal {
    let used = subject.program.functions.flatMap(\.code).compactMap { instruction -> Literal? in
      if case .property(let name) = instruction.operand { name } else { nil }
    }
    guard let name = used.randomElement(&subject.entropy), subject.entropy.chance(2, in: 3) else {
      return Literal(subject.entropy.pick(BoundaryStrings.keys))
    }
    return name
  }
}
