import Bytecode

/// Declares, undeclares or changes the kind of a parameter, local or binding.
struct SlotMutator: Mutator {
  let name = "slot"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let count = subject.program.functions.count
    for _ in 0..<4 {
      let choice = subject.entropy.below(count + 1)
      if choice == count {
        guard !subject.program.bindings.isEmpty else { continue }
        let binding = subject.entropy.below(subject.program.bindings.count)
        let old = subject.program.bindings[binding].kind
        let new = changed(old, isWhole: subject.isWhole, &subject.entropy)
        guard !isBoxed(binding: binding, in: subject.program) else { continue }
        subject.program.bindings[binding].kind = new.map(Self.forBinding)
        return true
      }
      let function = subject.program.functions[choice]
      guard function.slotCount > 0 else { continue }
      let slot = subject.entropy.below(function.slotCount)
      let old = function.kind(of: LocalIndex(slot))
      guard !isShared(LocalIndex(slot), in: function) else { continue }
      let new = changed(old, isWhole: subject.isWhole, &subject.entropy)
      if slot < function.parameters.count {
        guard !function.parameters[slot].isReference else { continue }
        subject.program.functions[choice].parameters[slot].kind = new
      } else {
        subject.program.functions[choice].locals[slot - function.parameters.count].kind = new
      }
      return true
    }
    return false
  }

  /// Whether closures or references share the slot: they declare what it declares.
  private func isShared(_ local: LocalIndex, in function: EditableFunction) -> Bool {
    function.code.contains {
      ($0.opcode == .boxLocal || $0.opcode == .makeRef) && $0.operand == .plain(.local(local))
    }
  }

  private func isBoxed(binding: Int, in program: EditableProgram) -> Bool {
    program.functions.contains { function in
      function.code.contains {
        $0.opcode == .boxModuleBinding && $0.operand == .plain(.binding(BindingIndex(binding)))
      }
    }
  }

  /// The declaration a binding may have: with `?` where there is no value to start with.
  private static func forBinding(_ kind: SlotKind) -> SlotKind {
    switch kind.base {
    case .int, .number, .bool, .string: kind
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      SlotKind(kind.base, isNullable: true)
    }
  }

  private static let bases: [SlotKind.Base] = [
    .int, .number, .bool, .string, .array, .intArray, .floatArray, .boolArray, .object, .map,
    .range, .function,
  ]

  private func changed(
    _ old: SlotKind?, isWhole: Bool, _ entropy: inout Entropy
  ) -> SlotKind? {
    let bases = isWhole ? Self.bases : [.int, .number, .bool]
    guard let old else {
      return SlotKind(entropy.pick(bases), isNullable: entropy.chance(1, in: 2))
    }
    switch entropy.below(3) {
    case 0: return nil
    case 1: return SlotKind(old.base, isNullable: !old.isNullable)
    default: return SlotKind(entropy.pick(bases), isNullable: old.isNullable)
    }
  }
}
