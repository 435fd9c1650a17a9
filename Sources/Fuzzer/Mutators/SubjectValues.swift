import Bytecode

extension EditableProgram {
  /// Schemas within schemas a new value fills; what lies deeper is null and may trap.
  private static let deepestRecord = 4

  /// Instructions that push a plain new value of a declared kind; a number of no declared one.
  mutating func value(
    of kind: SlotKind?, _ entropy: inout Entropy, depth: Int = 0
  ) -> [EditableInstruction] {
    guard let base = kind?.base else {
      return [constant(BoundaryConstants.constant(of: .numeric, &entropy))]
    }
    switch base {
    case .int: return [constant(.int(Int64(entropy.below(8))))]
    case .number: return [constant(.number(BoundaryConstants.number(&entropy)))]
    case .bool: return [constant(.bool(entropy.chance(1, in: 2)))]
    case .string: return [constant(.string(BoundaryStrings.string(&entropy)))]
    case .array: return [make(.newArray, .plain(.count(0)))]
    case .intArray: return [constant(.int(1)), make(.newTypedArray, .plain(.count(1)))]
    case .floatArray: return [constant(.number(0.5)), make(.newTypedArray, .plain(.count(1)))]
    case .boolArray: return [constant(.bool(true)), make(.newTypedArray, .plain(.count(1)))]
    case .object: return [make(.newObject, .plain(.count(0)))]
    case .map: return [make(.builtinCall, .plain(.builtin(.makeMap, argumentCount: 0)))]
    case .range:
      return [
        constant(.int(0)), constant(.int(3)), constant(.bool(false)), make(.makeRange),
      ]
    case .function:
      let candidates = functions.indices.filter {
        functions[$0].isValue && $0 != mainIndex.position
      }
      guard let function = candidates.randomElement(&entropy) else { return [make(.pushNull)] }
      return [constant(.function(FunctionIndex(function)))]
    case .schema(let schema):
      guard depth < Self.deepestRecord, kind?.isNullable == false || depth == 0 else {
        return [make(.pushNull)]
      }
      var code: [EditableInstruction] = []
      for field in schemas[schema.position].fields {
        code += value(of: field.kind, &entropy, depth: depth + 1)
      }
      return code + [make(.newTypedObject, .plain(.schema(schema)))]
    }
  }

  private mutating func constant(_ constant: Constant) -> EditableInstruction {
    make(.pushConst, .constant(constant))
  }

  mutating func make(
    _ opcode: Opcode, _ operand: EditableOperand = .plain(.none)
  ) -> EditableInstruction {
    EditableInstruction(tag: makeTag(), opcode: opcode, operand: operand)
  }
}

extension EditableFunction {
  /// Whether a constant may name it, `main` aside.
  var isValue: Bool { captures.isEmpty && !parameters.contains(where: \.isReference) }
}
