import Bytecode

/// Whether the reasons that code gives for doing without a guard hold of feedback and program.
extension CodeModel {
  func isReason(_ reason: GuardDecline, _ need: GuardNeed, _ site: Site) -> Bool {
    guard let instruction = program.instruction(at: site) else { return false }
    switch reason {
    case .refuted: return isRefuted(need, site)
    case .kinds: return slots(at: site).contains { isWorthless($0, need, instruction) }
    case .operation:
      return [.leftKind, .rightKind].contains(need) && instruction.opcode.form == .other
    case .arity: return hasOtherArity(need, site, instruction)
    case .member: return lacksMember(need, site, instruction)
    case .variety: return hasVariety(need, site)
    case .callback:
      return need == .callee && [.callMethod, .callForeign].contains(instruction.opcode)
    case .value: return need == .bounds && instruction.opcode.storesElement
    case .returns: return need == .way && instruction.opcode == .tryUnwrap
    }
  }

  private func isRefuted(_ need: GuardNeed, _ site: Site) -> Bool {
    let kinds: [Schedule.GuardKind] =
      switch need {
      case .leftKind, .rightKind: [.kind]
      case .range: [.intRange]
      case .callee: [.callee]
      case .layout: [.shape, .schema, .arrayKind]
      // One decision is behind them.
      case .arrayKind, .indexKind: [.arrayKind, .kind]
      case .bounds: [.bounds, .arrayKind, .kind]
      case .receiver: [.receiver]
      case .way: []
      }
    return kinds.contains { account.refuted.contains(GuardRefutation(kind: $0, site: site)) }
  }

  /// Whether nothing is gained by what a slot has seen.
  private func isWorthless(
    _ slot: FeedbackSlot, _ need: GuardNeed, _ instruction: Instruction
  ) -> Bool {
    switch (need, slot) {
    case (.leftKind, .operands(let entries)), (.rightKind, .operands(let entries)):
      let areNumeric = entries.allSatisfy {
        KindSet.numeric.contains(KindSet($0.left)) && KindSet.numeric.contains(KindSet($0.right))
      }
      let areInts = entries.allSatisfy { $0.left == .int && $0.right == .int }
      return !areNumeric || !areInts && instruction.opcode.form == .int
    case (.callee, .callees(let entries)):
      return entries.contains { if case .kind = $0 { true } else { false } }
    case (.layout, .properties(let entries)):
      if isLength(instruction), entries.count == 1, case .kind(let kind) = entries[0],
        KindSet.arrays.contains(KindSet(kind))
      {
        return false
      }
      return entries.contains { receiver in
        switch receiver {
        case .kind, .dictionary: true
        case .shape: instruction.opcode.namesField
        case .schema: false
        }
      }
    case (.arrayKind, .elements(let entries)), (.indexKind, .elements(let entries)),
      (.bounds, .elements(let entries)):
      return entries.contains {
        $0.index != .int || !KindSet.arrays.contains(KindSet($0.receiver))
      }
    case (.receiver, .methods(let entries)):
      return entries.contains { if case .schema = $0 { false } else { true } }
    case (.leftKind, _), (.rightKind, _), (.range, _), (.callee, _), (.layout, _),
      (.arrayKind, _), (.indexKind, _), (.bounds, _), (.receiver, _), (.way, _):
      return false
    }
  }

  private func isLength(_ instruction: Instruction) -> Bool {
    instruction.opcode == .getProp && program.memberName(of: instruction) == Literal("length")
  }

  private func hasOtherArity(
    _ need: GuardNeed, _ site: Site, _ instruction: Instruction
  ) -> Bool {
    func differs(_ function: FunctionIndex, _ counts: ClosedRange<Int>) -> Bool {
      !counts.contains(program[function].parameters.count)
    }
    switch (need, instruction.operand) {
    case (.callee, _):
      guard let counts = program.calleeParameters(at: site) else { return false }
      let isKnown = account.dependencies.contains { $0.callee.map { differs($0, counts) } == true }
      return isKnown
        || slots(at: site).contains { slot in
          guard case .callees(let entries) = slot else { return false }
          return entries.contains {
            if case .function(let callee) = $0 { differs(callee, counts) } else { false }
          }
        }
    case (.receiver, .method(_, let count)):
      return methods(at: site, instruction).contains {
        $0.map { differs($0, (count + 1)...(count + 1)) } ?? false
      }
    case (.receiver, _), (.leftKind, _), (.rightKind, _), (.range, _), (.layout, _),
      (.arrayKind, _), (.indexKind, _), (.bounds, _), (.way, _):
      return false
    }
  }

  private func lacksMember(_ need: GuardNeed, _ site: Site, _ instruction: Instruction) -> Bool {
    if need == .receiver { return methods(at: site, instruction).contains(nil) }
    guard need == .layout else { return false }
    guard let name = program.memberName(of: instruction) else { return true }
    guard instruction.opcode == .setProp || instruction.opcode == .setFieldTyped else {
      return false
    }
    return slots(at: site).contains { slot in
      guard case .properties(let entries) = slot else { return false }
      return entries.contains { receiver in
        switch receiver {
        case .shape(let keys?): keys.count >= Self.shapeKeys && !keys.contains(name)
        case .schema(let schema):
          !program.schemas[schema.position].fields.contains { Literal($0.name) == name }
        case .shape(nil), .dictionary, .kind: false
        }
      }
    }
  }

  /// An object with more keys is a dictionary.
  private static let shapeKeys = 64

  private func hasVariety(_ need: GuardNeed, _ site: Site) -> Bool {
    guard [.arrayKind, .indexKind, .bounds].contains(need) else { return false }
    return slots(at: site).contains { slot in
      switch slot {
      case .elements(let entries): entries.count > 1
      case .properties: true
      case .operands, .callees, .methods, .way, .loop: false
      }
    }
  }

  /// The functions that a method call has entered on records; nil where there is none.
  private func methods(at site: Site, _ instruction: Instruction) -> [FunctionIndex?] {
    guard case .method(let name, _) = instruction.operand else { return [] }
    var result: [FunctionIndex?] = []
    for case .methods(let receivers) in slots(at: site) {
      for case .schema(let schema) in receivers {
        let full =
          "\(program.schemas[schema.position].name).\(program.strings[name.position].string)"
        result.append(
          program.functions.firstIndex { $0.name == full }.map { FunctionIndex($0) })
      }
    }
    return result
  }
}

/// What kinds of operands an operation has a form for.
private enum OperandForm {
  /// Whatever is numeric.
  case numeric
  /// Ints.
  case int
  /// Nothing that feedback could tell.
  case other
}

extension Opcode {
  fileprivate var form: OperandForm {
    if Self.numericForms.contains(self) { return .numeric }
    return Self.intForms.contains(self) ? .int : .other
  }

  fileprivate var storesElement: Bool {
    [.setProp, .setLocalIndex, .setModuleBindingIndex, .setIndexRef].contains(self)
  }

  fileprivate var namesField: Bool { self == .getFieldTyped || self == .setFieldTyped }

  private static let numericForms: Set<Opcode> = [
    .add, .sub, .mul, .div, .mod, .pow, .addNumber, .subNumber, .mulNumber, .divNumber,
    .modNumber, .powNumber, .addNumberTrusted, .subNumberTrusted, .mulNumberTrusted,
    .divNumberTrusted, .gt, .lt, .gte, .lte, .eq, .neq, .gtNumber, .ltNumber, .gteNumber,
    .lteNumber, .eqNumber, .neqNumber, .gtNumberTrusted, .ltNumberTrusted, .gteNumberTrusted,
    .lteNumberTrusted,
  ]

  private static let intForms: Set<Opcode> = [
    .addInt, .subInt, .mulInt, .divInt, .modInt, .powInt, .addIntTrusted, .subIntTrusted,
    .mulIntTrusted, .divIntTrusted, .gtInt, .ltInt, .gteInt, .lteInt, .eqInt, .neqInt,
    .gtIntTrusted, .ltIntTrusted, .gteIntTrusted, .lteIntTrusted,
  ]
}
