/// The part of the language whose values are null, unit, bool, int and number.
///
/// The compiled tiers of this version take exactly this part; they decline a program that needs more
/// by name, and it runs in tier 0.
public enum NumericCore {
  static let part = LanguagePart(
    opcodes: { contains($0) }, builtins: { contains($0) },
    constants: { kind in
      switch kind {
      case .null, .unit, .bool, .int, .number: true
      case .string, .array, .intArray, .floatArray, .boolArray, .object, .record, .map, .range,
        .some, .ok, .err, .function, .closure, .reference, .cell:
        false
      }
    }, slotKinds: { supports($0) }, hasClosures: false)

  /// The first thing, in program order, that lies outside the core; nil if there is none.
  public static func firstUnsupported(in verified: VerifiedProgram) -> Unsupported? {
    part.firstUnsupported(in: verified)
  }

  /// The first argument of a run that is no core value; nil if there is none.
  public static func firstUnsupported(in arguments: [ObservedValue]) -> Unsupported? {
    for argument in arguments {
      let kind: ValueKind
      switch argument {
      case .null, .unit, .bool, .int, .number: continue
      case .string: kind = .string
      case .function: kind = .function
      case .identity(let own, _): kind = own
      }
      return Unsupported(feature: "argument of kind \(kind.name)", site: nil)
    }
    return nil
  }

  /// Whether compiled tiers run the opcode with the operands the core allows.
  public static func contains(_ opcode: Opcode) -> Bool {
    switch opcode.facts.category {
    case .stack, .locals, .arithmetic, .comparison, .logic, .control: true
    case .calls: opcode == .call || opcode == .builtinCall
    case .cells, .references, .arrays, .objects, .exceptions: false
    }
  }

  /// Whether compiled tiers run the builtin.
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
}
