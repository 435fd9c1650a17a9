import Bytecode

/// Why a function is no numeric kernel.
public enum NumericRefusal: Error, Hashable, Sendable {
  /// A kernel takes no such instruction there.
  case instruction(Opcode, instructionPointer: Int)
  /// A parameter or local that a kernel uses declares a kind other than `number`.
  case slot(LocalIndex)
  /// Code generation failed.
  case broken(String)
}

/// Decides whether a function is a straight line of numeric instructions.
struct NumericPreflight {
  let program: VerifiedProgram
  let index: FunctionIndex
  /// How many doubles of the stack are locals on entry.
  let count: Int

  private var function: Function { program.program[index] }

  /// The first reason against the function, nil if there is none.
  var refusal: NumericRefusal? {
    if let reference = function.parameters.firstIndex(where: \.isReference) {
      return .slot(LocalIndex(reference))
    }
    for slot in 0..<function.slotCount {
      if let kind = function.kind(of: LocalIndex(slot)), kind != SlotKind(.number) {
        return .slot(LocalIndex(slot))
      }
    }
    var isWritten = [Bool](repeating: false, count: function.slotCount)
    for offset in 0..<function.bodyLength {
      let instruction = program.program.instructions[function.entryPoint + offset]
      guard takes(instruction, at: offset), writes(instruction, &isWritten) else {
        return .instruction(
          instruction.opcode, instructionPointer: function.entryPoint + offset)
      }
    }
    return nil
  }

  /// Notes a store; false for a load of a local that holds nothing.
  private func writes(_ instruction: Instruction, _ isWritten: inout [Bool]) -> Bool {
    switch instruction.operand {
    case .local(let local) where instruction.opcode == .storeLocal:
      isWritten[local.position] = true
    case .localWidth(let local, _): isWritten[local.position] = true
    case .local(let local): return local.position < count || isWritten[local.position]
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      break
    }
    return true
  }

  private func takes(_ instruction: Instruction, at offset: Int) -> Bool {
    let isLast = offset == function.bodyLength - 1
    if isLast { return endsKernel(instruction.opcode, at: offset) }
    switch instruction.opcode.facts.category {
    case .stack: return takesConstant(instruction)
    case .locals: return takesLocal(instruction.operand)
    case .arithmetic: return true
    case .comparison:
      guard instruction.opcode == .cmpTyped, case .width(let width) = instruction.operand
      else { return true }
      // Of numbers it may be null.
      return width.isInteger
    case .logic: return instruction.opcode != .nullCoalesce
    case .calls:
      guard case .builtin(let builtin, _) = instruction.operand else { return false }
      return builtin.facts.category == .math
    case .control, .cells, .references, .arrays, .objects, .exceptions: return false
    }
  }

  private func endsKernel(_ opcode: Opcode, at offset: Int) -> Bool {
    opcode == .returnValue || opcode == .halt && program[index].stackDepths[offset] > 0
  }

  private func takesConstant(_ instruction: Instruction) -> Bool {
    if instruction.opcode == .pushNull { return false }
    guard case .constant(let constant) = instruction.operand else { return true }
    switch program.program.constants[constant.position] {
    case .int, .number, .bool: return true
    case .null, .unit, .string, .function: return false
    }
  }

  private func takesLocal(_ operand: Operand) -> Bool {
    switch operand {
    case .local, .localWidth: true
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      false
    }
  }
}
