/// What a feedback slot may have seen, by the instruction it belongs to.
extension Schedule.FeedbackEntry {
  /// Whether tier 0 could record the entry at some execution of an instruction.
  ///
  /// - Precondition: the site exists, and so do the names of the entry and of the instruction.
  /// - Complexity: O(instructions of the function) for loops, O(1) for others.
  public func fits(_ site: Site, in program: Program) -> Bool {
    let instruction = program.instructions[program[site.function].entryPoint + site.offset]
    switch self {
    case .arithmetic: return instruction.comparesOrComputes
    case .call(let function):
      // What is called is a value, or could be one.
      return instruction.mayEnterFunction && program.misuse(ofClosure: function) == nil
    case .shapeProperty(let keys, let property):
      let names = keys.map { program.strings[$0.position] }
      return Set(names).count == names.count && program.sees(property, among: names, instruction)
    case .schemaProperty(let schema, let property):
      guard schema.position < program.schemas.count else { return false }
      let fields = program.schemas[schema.position].fields.map { Literal($0.name) }
      return program.sees(property, among: fields, instruction)
    case .dictionary: return instruction.isAccess || instruction.opcode == .callMethod
    case .method(_, let name):
      guard case .method(let called, _) = instruction.operand else { return false }
      return program.strings[called.position] == program.strings[name.position]
    case .element: return instruction.isAccess && program.memberName(of: instruction) == nil
    case .branch:
      return [.jumpIfFalse, .jumpIfTrue, .jumpIfFalseTrusted].contains(instruction.opcode)
    case .loop: return program.mayLoop(to: site)
    case .kind: return instruction.isAccess || instruction.mayEnterFunction
    }
  }
}

extension Instruction {
  /// Whether it is an operation or comparison of two operands.
  fileprivate var comparesOrComputes: Bool {
    let facts = opcode.compactFacts
    guard case .fixed(2) = facts.pops else { return false }
    return facts.category == .arithmetic || facts.category == .comparison
  }

  /// Whether it looks for a key, an index or a field in its receiver.
  public var isAccess: Bool {
    [
      .getProp, .setProp, .getFieldTyped, .setFieldTyped, .setLocalIndex, .setModuleBindingIndex,
      .setIndexRef,
    ].contains(opcode)
  }
}

extension Program {
  /// The key, field or method that an instruction names; nil if it names none.
  public func memberName(of instruction: Instruction) -> Literal? {
    switch instruction.operand {
    case .property(let name): name.map { strings[$0.position] }
    case .field(let schema, let field): fieldName(schema, field)
    case .method(let name, _): strings[name.position]
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .function, .foreign,
      .schema, .jump, .loop, .count, .builtin:
      nil
    }
  }

  /// The name of a field; nil for one that does not exist, as programs that do not verify name.
  private func fieldName(_ schema: SchemaIndex, _ field: Int) -> Literal? {
    guard schema.position < schemas.count,
      schemas[schema.position].fields.indices.contains(field)
    else { return nil }
    return Literal(schemas[schema.position].fields[field].name)
  }

  /// Whether an instruction may have found a member, or none, where a receiver has some.
  fileprivate func sees(
    _ member: StringIndex?, among members: [Literal], _ instruction: Instruction
  ) -> Bool {
    guard instruction.isAccess || instruction.opcode == .callMethod else { return false }
    let wanted = memberName(of: instruction)
    // The feedback of a method call says what was called, whether or not the receiver has it.
    if instruction.opcode == .callMethod { return member.map { strings[$0.position] } == wanted }
    guard let found = member.map({ strings[$0.position] }) else {
      return wanted.map { !members.contains($0) } ?? true
    }
    return members.contains(found) && (wanted ?? found) == found
  }

  /// Whether a jump of the function may go backward to an instruction.
  fileprivate func mayLoop(to site: Site) -> Bool {
    let function = self[site.function]
    return function.range.contains { pointer in
      let next = pointer - function.entryPoint + 1
      switch instructions[pointer].operand {
      case .jump(let distance): return next + distance == site.offset && distance < 0
      case .loop(_, let continueAt):
        return next - 1 == site.offset || continueAt.map { next + $0 } == site.offset
      case .none, .constant, .width, .local, .localWidth, .binding, .capture, .function, .foreign,
        .schema, .field, .count, .builtin, .method, .property:
        return false
      }
    }
  }
}
