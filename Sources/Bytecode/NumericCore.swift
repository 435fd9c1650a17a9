/// The part of the language whose values are null, unit, bool, int and number.
///
/// All engines of this version run exactly this part; a program that needs more assembles and
/// verifies, and is refused by name when an engine is asked to run it.
public enum NumericCore {
  /// The first thing, in program order, that lies outside the core; nil if there is none.
  public static func firstUnsupported(in verified: VerifiedProgram) -> Unsupported? {
    let program = verified.program
    for binding in program.bindings where !supports(binding.kind) {
      return Unsupported(feature: name(of: binding.kind, in: program), site: nil)
    }
    for (position, function) in program.functions.enumerated() {
      let index = FunctionIndex(position)
      let slots = function.parameters.map(\.kind) + function.locals.map(\.kind)
      for kind in slots where !supports(kind) {
        return Unsupported(
          feature: name(of: kind, in: program), site: Site(index, offset: 0))
      }
      for offset in 0..<function.bodyLength {
        let instruction = program.instructions[function.entryPoint + offset]
        if let feature = unsupportedFeature(of: instruction, in: program) {
          return Unsupported(feature: feature, site: Site(index, offset: offset))
        }
      }
    }
    return nil
  }

  /// Whether every engine runs the opcode with the operands the core allows.
  public static func contains(_ opcode: Opcode) -> Bool {
    switch opcode.facts.category {
    case .stack, .locals, .arithmetic, .comparison, .logic, .control: true
    case .calls: opcode == .call || opcode == .builtinCall
    case .cells, .references, .arrays, .objects, .exceptions: false
    }
  }

  /// Whether every engine runs the builtin.
  public static func contains(_ builtin: Builtin) -> Bool {
    switch builtin.facts.category {
    case .math, .output: true
    case .constructor, .conversion, .type, .collection, .callback, .statistics, .vector, .string,
      .map:
      false
    }
  }

  /// Whether a slot of the kind holds core values only; nil (undeclared) does.
  public static func supports(_ kind: SlotKind?) -> Bool {
    switch kind?.base {
    case nil, .int, .number, .bool: true
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function,
      .schema:
      false
    }
  }

  private static func unsupportedFeature(
    of instruction: Instruction, in program: Program
  ) -> String? {
    guard contains(instruction.opcode) else { return instruction.opcode.facts.name }
    switch instruction.operand {
    case .constant(let index):
      switch program.constants[index.position] {
      case .null, .unit, .bool, .int, .number: return nil
      case .string: return "PushConst string"
      case .function: return "PushConst function"
      }
    case .builtin(let builtin, _):
      return contains(builtin) ? nil : "BuiltinCall \(builtin.facts.name)"
    case .function(let index):
      return program[index].captures.isEmpty ? nil : "captures"
    case .none, .local, .localWidth, .width, .binding, .capture, .foreign, .schema, .field, .jump,
      .loop, .count, .method, .property:
      return nil
    }
  }

  private static func name(of kind: SlotKind?, in program: Program) -> String {
    kind.map { "slot kind \(program.description(of: $0))" } ?? "undeclared slot"
  }
}
