import Bytecode

/// What leaves the lengths of all arrays as they are, in every tier.
struct ArrayLengthEffects {
  /// By function, whether none of its activations, and of what they call, changes a length.
  private var functions: [Bool]
  /// Whether it is the mistake to miss what callees do.
  private let missesCalls: Bool

  init(_ program: Program, missingCalls: Bool = false) {
    missesCalls = missingCalls
    functions = Array(repeating: true, count: program.functions.count)
    // A function is taken for one that changes nothing until something in it does.
    var changes = true
    while changes {
      changes = false
      for index in functions.indices where functions[index] {
        let body = program.body(of: FunctionIndex(index))
        if !body.allSatisfy(keepsLengths) {
          functions[index] = false
          changes = true
        }
      }
    }
  }

  /// Whether an instruction leaves the lengths of all arrays as they are.
  func keepsLengths(_ instruction: Instruction) -> Bool {
    if missesCalls, instruction.mayEnterFunction || instruction.opcode == .callMethod {
      return true
    }
    switch instruction.operand {
    case .function(let callee):
      return instruction.opcode == .makeClosure || functions[callee.position]
    case .builtin(let builtin, _):
      return builtin.facts.category != .callback && builtin != .push && builtin != .pop
    case .foreign, .method: return false
    case .none, .constant, .local, .localWidth, .width, .binding, .capture, .schema, .field,
      .jump, .loop, .property:
      return ![.arrayPush, .arrayPushLocal, .arrayPop].contains(instruction.opcode)
    case .count: return instruction.opcode != .callValue
    }
  }
}
