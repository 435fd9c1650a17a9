import Bytecode

/// Points an instruction at another local, binding, capture, field, key, width, builtin, method or
/// function.
struct OperandMutator: Mutator {
  let name = "operand"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    for _ in 0..<6 {
      guard let place = subject.place(where: { hasChoice($0) }) else { return false }
      let instruction = subject.program.functions[place.function].code[place.offset]
      guard let new = replacement(for: instruction, at: place, &subject),
        new != instruction.operand
      else { continue }
      subject.program.functions[place.function].code[place.offset].operand = new
      return true
    }
    return false
  }

  private func hasChoice(_ instruction: EditableInstruction) -> Bool {
    switch instruction.operand {
    case .property, .method: return true
    case .constant, .jump, .loop: return false
    case .plain(let operand):
      switch operand {
      case .local, .localWidth, .width, .binding, .builtin, .function, .capture, .field, .foreign:
        return true
      case .none, .constant, .schema, .jump, .loop, .count, .method, .property: return false
      }
    }
  }

  private func replacement(
    for instruction: EditableInstruction, at place: MutationSubject.Place,
    _ subject: inout MutationSubject
  ) -> EditableOperand? {
    switch instruction.operand {
    case .constant, .jump, .loop: return nil
    case .property:
      return names(in: subject.program, .property).map { .property($0) }
        .randomElement(&subject.entropy)
    case .method(_, let count):
      let name =
        names(in: subject.program, .method).randomElement(&subject.entropy)
        ?? Literal("len")
      let methods = Builtin.allCases.filter {
        !$0.methodReceivers.isEmpty && $0.facts.argumentCounts.contains(count + 1)
      }
      guard let method = methods.randomElement(&subject.entropy), subject.entropy.chance(1, in: 2)
      else { return .method(name, argumentCount: count) }
      return .method(Literal(method.facts.name), argumentCount: count)
    case .plain(let operand):
      return replacement(for: operand, of: instruction.opcode, at: place, &subject)
        .map { .plain($0) }
    }
  }

  private enum NameUse { case property, method }

  /// The names the program's instructions use so, in order.
  private func names(in program: EditableProgram, _ use: NameUse) -> [Literal] {
    program.functions.flatMap(\.code).compactMap { instruction in
      switch (instruction.operand, use) {
      case (.property(let name), .property), (.method(let name, _), .method): name
      case (.plain, _), (.constant, _), (.jump, _), (.loop, _), (.property, .method),
        (.method, .property):
        nil
      }
    }
  }

  private func replacement(
    for old: Operand, of opcode: Opcode, at place: MutationSubject.Place,
    _ subject: inout MutationSubject
  ) -> Operand? {
    let function = subject.program.functions[place.function]
    switch old {
    case .local(let local):
      return other(local, in: function, opcode, &subject.entropy).map { .local($0) }
    case .localWidth(let local, let width):
      if subject.entropy.chance(1, in: 2) { return .localWidth(local, drawWidth(&subject.entropy)) }
      return other(local, in: function, opcode, &subject.entropy).map { .localWidth($0, width) }
    case .width: return .width(drawWidth(&subject.entropy))
    case .binding(let binding):
      let bindings = subject.program.bindings
      let alike = bindings.indices.filter {
        opcode != .boxModuleBinding || bindings[$0].kind == bindings[binding.position].kind
      }
      return .binding(BindingIndex(subject.entropy.pick(alike)))
    case .capture(let capture):
      let alike = function.captures.indices.filter {
        !function.captures[capture.position].isMutable || function.captures[$0].isMutable
      }
      return .capture(CaptureIndex(subject.entropy.pick(alike)))
    case .field(let schema, _):
      let count = subject.program.schemas[schema.position].fields.count
      return .field(schema, subject.entropy.below(count))
    case .foreign(let foreign):
      let declarations = subject.program.foreignFunctions
      let alike = declarations.indices.filter {
        declarations[$0].parameters.count == declarations[foreign.position].parameters.count
      }
      return .foreign(ForeignIndex(subject.entropy.pick(alike)))
    case .builtin(let builtin, let count):
      return sibling(of: builtin, count, isWhole: subject.isWhole, &subject.entropy)
    case .function(let callee):
      return otherFunction(callee, subject.program, &subject.entropy)
    case .none, .constant, .schema, .jump, .loop, .count, .method, .property: return nil
    }
  }

  /// A function that takes what another takes.
  private func otherFunction(
    _ callee: FunctionIndex, _ program: EditableProgram, _ entropy: inout Entropy
  ) -> Operand? {
    let old = program.functions[callee.position]
    let candidates = program.functions.indices.filter {
      let candidate = program.functions[$0]
      return candidate.parameters.count == old.parameters.count
        && candidate.captures.map(\.kind) == old.captures.map(\.kind)
        && candidate.captures.map(\.isMutable) == old.captures.map(\.isMutable)
        && $0 != program.mainIndex.position
        && zip(candidate.parameters, old.parameters).allSatisfy {
          $0.isReference == $1.isReference && (!$0.isReference || $0.kind == $1.kind)
        }
    }
    return candidates.randomElement(&entropy).map { .function(FunctionIndex($0)) }
  }

  private func other(
    _ local: LocalIndex, in function: EditableFunction, _ opcode: Opcode,
    _ entropy: inout Entropy
  ) -> LocalIndex? {
    func isReference(_ local: LocalIndex) -> Bool {
      local.position < function.parameters.count
        && function.parameters[local.position].isReference
    }
    let kind = function.kind(of: local)
    let candidates = (0..<function.slotCount).map { LocalIndex($0) }.filter {
      $0 != local && isReference($0) == isReference(local)
        && ((opcode != .boxLocal && opcode != .makeRef) || function.kind(of: $0) == kind)
    }
    let alike = candidates.filter { function.kind(of: $0)?.base == kind?.base }
    if !alike.isEmpty, entropy.chance(4, in: 5) { return entropy.pick(alike) }
    return candidates.randomElement(&entropy)
  }

  private func drawWidth(_ entropy: inout Entropy) -> NumericWidth {
    entropy.pick([.i8, .i16, .i32, .i64, .u8, .u16, .u32, .f32, .f64])
  }

  private func sibling(
    of builtin: Builtin, _ count: Int, isWhole: Bool, _ entropy: inout Entropy
  ) -> Operand? {
    let siblings = Builtin.allCases.filter {
      (isWhole || NumericCore.contains($0)) && $0 != builtin
        && $0.facts.argumentCounts.contains(count)
    }
    // Most often one of the same family, which takes the same kinds of arguments.
    let alike = siblings.filter { $0.facts.category == builtin.facts.category }
    let candidates = alike.isEmpty || entropy.chance(1, in: 3) ? siblings : alike
    return candidates.randomElement(&entropy).map { .builtin($0, argumentCount: count) }
  }
}
