/// A part of the language, by what a program may name.
public struct LanguagePart: Sendable {
  public let opcodes: @Sendable (Opcode) -> Bool
  public let builtins: @Sendable (Builtin) -> Bool
  public let constants: @Sendable (ValueKind) -> Bool
  /// Kinds a declared slot may have; an undeclared one is in every part.
  public let slotKinds: @Sendable (SlotKind) -> Bool
  /// Whether functions may have captures.
  public let hasClosures: Bool

  public init(
    opcodes: @escaping @Sendable (Opcode) -> Bool, builtins: @escaping @Sendable (Builtin) -> Bool,
    constants: @escaping @Sendable (ValueKind) -> Bool,
    slotKinds: @escaping @Sendable (SlotKind) -> Bool, hasClosures: Bool
  ) {
    self.opcodes = opcodes
    self.builtins = builtins
    self.constants = constants
    self.slotKinds = slotKinds
    self.hasClosures = hasClosures
  }

  /// The first thing, in program order, that lies outside the part; nil if there is none.
  public func firstUnsupported(in verified: VerifiedProgram) -> Unsupported? {
    let program = verified.program
    for constant in (program.schedule?.arguments ?? []).joined()
    where !constants(constant.kind) {
      return Unsupported(feature: "argument of kind \(constant.kind.name)", site: nil)
    }
    for binding in program.bindings where !supports(binding.kind) {
      return Unsupported(feature: name(of: binding.kind, in: program), site: nil)
    }
    for (position, function) in program.functions.enumerated() {
      let index = FunctionIndex(position)
      let slots = function.parameters.map(\.kind) + function.locals.map(\.kind)
      for kind in slots where !supports(kind) {
        return Unsupported(feature: name(of: kind, in: program), site: Site(index, offset: 0))
      }
      if !hasClosures, !function.captures.isEmpty {
        return Unsupported(feature: "captures", site: Site(index, offset: 0))
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

  private func supports(_ kind: SlotKind?) -> Bool { kind.map(slotKinds) ?? true }

  private func unsupportedFeature(of instruction: Instruction, in program: Program) -> String? {
    guard opcodes(instruction.opcode) else { return instruction.opcode.facts.name }
    switch instruction.operand {
    case .constant(let index):
      let kind = program.constants[index.position].kind
      return constants(kind) ? nil : "\(instruction.opcode.facts.name) \(kind.name)"
    case .builtin(let builtin, _):
      return builtins(builtin) ? nil : "BuiltinCall \(builtin.facts.name)"
    case .none, .local, .localWidth, .width, .binding, .capture, .function, .foreign, .schema,
      .field, .jump, .loop, .count, .method, .property:
      return nil
    }
  }

  private func name(of kind: SlotKind?, in program: Program) -> String {
    kind.map { "slot kind \(program.description(of: $0))" } ?? "undeclared slot"
  }
}
