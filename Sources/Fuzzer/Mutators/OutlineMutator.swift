import Bytecode

/// Moves an instruction into a function of its own and calls that instead.
struct OutlineMutator: Mutator {
  let name = "outline"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    guard subject.program.functions.count < 16 else { return false }
    let isWhole = subject.isWhole
    let place = subject.place {
      (isWhole || NumericCore.contains($0.opcode)) && Self.operandCount($0) != nil
    }
    guard let place else { return false }
    let instruction = subject.program.functions[place.function].code[place.offset]
    guard let count = Self.operandCount(instruction) else { return false }
    let kind: SlotKind? =
      subject.entropy.chance(1, in: 4)
      ? SlotKind(subject.entropy.pick([.int, .number]), isNullable: true) : nil
    var code = (0..<count).map { subject.make(.loadLocal, .plain(.local(LocalIndex($0)))) }
    var moved = instruction
    moved.tag = subject.program.makeTag()
    code += [moved, subject.make(.returnValue)]
    let index = FunctionIndex(subject.program.functions.count)
    subject.program.functions.append(
      EditableFunction(
        name: subject.program.freshName("outlined", among: subject.program.globalNames),
        parameters: (0..<count).map { Parameter("p\($0)", $0 == 0 ? kind : nil) }, locals: [],
        captures: [], code: code))
    subject.program.functions[place.function].code[place.offset].opcode = .call
    subject.program.functions[place.function].code[place.offset].operand =
      .plain(.function(index))
    return true
  }

  /// How many values an instruction takes that computes one from them; nil for any other.
  static func operandCount(_ instruction: EditableInstruction) -> Int? {
    let facts = instruction.opcode.facts
    switch facts.category {
    case .arithmetic, .comparison, .logic, .arrays, .objects, .exceptions: break
    case .stack, .locals, .cells, .references, .control, .calls: return nil
    }
    guard facts.result.pushCount == 1 else { return nil }
    switch (facts.pops, instruction.operand) {
    case (.fixed(let count), _): return count
    case (.property(let below), .property): return below
    case (.property(let below), _): return below + 1
    case (.count(let more), .plain(.count(let count))): return count + more
    case (.pairs, .plain(.count(let count))): return 2 * count
    case (.parameters, _), (.foreignParameters, _), (.captures, _), (.count, _), (.pairs, _),
      (.fields, _):
      return nil
    }
  }
}
