import Bytecode

/// Points an instruction at another local, binding, width, builtin or function.
struct OperandMutator: Mutator {
  let name = "operand"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    for _ in 0..<6 {
      guard let place = subject.place(where: { hasChoice($0) }) else { return false }
      let instruction = subject.program.functions[place.function].code[place.offset]
      guard case .plain(let old) = instruction.operand,
        let new = replacement(for: old, of: instruction.opcode, at: place, &subject), new != old
      else { continue }
      subject.program.functions[place.function].code[place.offset].operand = .plain(new)
      return true
    }
    return false
  }

  private func hasChoice(_ instruction: EditableInstruction) -> Bool {
    guard case .plain(let operand) = instruction.operand,
      NumericCore.contains(instruction.opcode)
    else { return false }
    switch operand {
    case .local, .localWidth, .width, .binding, .builtin, .function: return true
    case .none, .constant, .capture, .foreign, .schema, .field, .jump, .loop, .count, .method,
      .property:
      return false
    }
  }

  private func replacement(
    for old: Operand, of opcode: Opcode, at place: MutationSubject.Place,
    _ subject: inout MutationSubject
  ) -> Operand? {
    let function = subject.program.functions[place.function]
    switch old {
    case .local(let local):
      return other(local, in: function, &subject.entropy).map { .local($0) }
    case .localWidth(let local, let width):
      if subject.entropy.chance(1, in: 2) { return .localWidth(local, drawWidth(&subject.entropy)) }
      return other(local, in: function, &subject.entropy).map { .localWidth($0, width) }
    case .width: return .width(drawWidth(&subject.entropy))
    case .binding:
      return .binding(BindingIndex(subject.entropy.below(subject.program.bindings.count)))
    case .builtin(let builtin, let count):
      return sibling(of: builtin, count, &subject.entropy)
    case .function(let callee):
      let count = subject.program.functions[callee.position].parameters.count
      let candidates = subject.program.functions.indices.filter {
        let candidate = subject.program.functions[$0]
        return candidate.parameters.count == count && candidate.captures.isEmpty
          && $0 != subject.program.mainIndex.position
          && !candidate.parameters.contains { $0.isReference }
      }
      return candidates.isEmpty ? nil : .function(FunctionIndex(subject.entropy.pick(candidates)))
    case .none, .constant, .capture, .foreign, .schema, .field, .jump, .loop, .count, .method,
      .property:
      return nil
    }
  }

  private func other(
    _ local: LocalIndex, in function: EditableFunction, _ entropy: inout Entropy
  ) -> LocalIndex? {
    guard function.slotCount > 1 else { return nil }
    let kind = function.kind(of: local)
    let alike = (0..<function.slotCount).map { LocalIndex($0) }.filter {
      $0 != local && function.kind(of: $0)?.base == kind?.base
    }
    if !alike.isEmpty, entropy.chance(4, in: 5) { return entropy.pick(alike) }
    return LocalIndex(entropy.below(function.slotCount))
  }

  private func drawWidth(_ entropy: inout Entropy) -> NumericWidth {
    entropy.pick([.i8, .i16, .i32, .i64, .u8, .u16, .u32, .f32, .f64])
  }

  private func sibling(
    of builtin: Builtin, _ count: Int, _ entropy: inout Entropy
  ) -> Operand? {
    let siblings = Builtin.allCases.filter {
      NumericCore.contains($0) && $0 != builtin && $0.facts.argumentCounts.contains(count)
    }
    return siblings.isEmpty ? nil : .builtin(entropy.pick(siblings), argumentCount: count)
  }
}
