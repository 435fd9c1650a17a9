import Bytecode

/// Decisions at accesses to properties, fields and elements.
extension Speculation {
  /// What guards of an access let through.
  enum Access: Equatable {
    /// Receivers of these layouts, told apart in this order.
    case parts([Part])
    /// The length of arrays of one kind.
    case length(ValueKind)
    case element(Element)
  }

  /// What an access by name does with a receiver of one layout.
  struct Part: Equatable {
    let layout: ReceiverLayout
    /// The position of the name among the keys or fields, nil if it is none of them.
    let slot: Int?
    /// The kinds of what a load gives.
    let kinds: KindSet
  }

  /// An access to an array of one kind by an int.
  struct Element: Equatable {
    let array: ValueKind
    /// Whether the index is guarded to lie inside the bounds.
    let isGuardedInBounds: Bool
  }

  /// The decision at an access; nil for none.
  func access(at offset: Int) -> Access? {
    if let parts = parts(at: offset) { return .parts(parts) }
    if let array = lengthReceiver(at: offset) { return .length(array) }
    return element(at: offset).map(Access.element)
  }

  /// The kinds of what an access pushes, where guards tell; nil if it pushes nothing.
  func accessResult(at offset: Int) -> KindSet? {
    guard let access = access(at: offset) else { return nil }
    switch (access, instruction(offset).isStore) {
    case (.parts(let parts), false):
      return parts.reduce(into: KindSet()) { $0.formUnion($1.kinds) }
    case (.parts(let parts), true):
      return parts.reduce(into: KindSet()) { $0.formUnion($1.layout.kinds) }
    case (.length, _): return .int
    case (.element(let element), false): return .elements(of: element.array)
    case (.element(let element), true):
      return instruction(offset).opcode == .setProp ? KindSet(element.array) : nil
    }
  }

  /// The decision at an access by an index; nil for none.
  func element(at offset: Int) -> Element? {
    // Where the same instruction has met strings, an index is to be expected no more than a string.
    guard feedback.properties[offset] == nil, let slot = feedback.elements[offset],
      slot.state == .monomorphic, let entry = slot.entries.first, entry.index == .int,
      KindSet.arrays.contains(KindSet(entry.receiver)), feedback.admits(.arrayKind, at: offset),
      feedback.admits(.kind, at: offset)
    else { return nil }
    return Element(
      array: entry.receiver, isGuardedInBounds: feedback.admits(.bounds, at: offset))
  }

  private func parts(at offset: Int) -> [Part]? {
    guard let slot = feedback.properties[offset],
      slot.state == .monomorphic || slot.state == .polymorphic,
      let name = instruction(offset).accessedName(in: program.program)
    else { return nil }
    var parts: [Part] = []
    for entry in slot.entries {
      guard case .layout(let layout) = entry, feedback.admits(layout.guardKind, at: offset),
        instruction(offset).reaches(layout),
        let part = part(name, of: layout, isStore: instruction(offset).isStore)
      else { return nil }
      parts.append(part)
    }
    return parts
  }

  /// What an access does with a layout; nil if the runtime is to do it.
  private func part(_ name: Literal, of layout: ReceiverLayout, isStore: Bool) -> Part? {
    switch layout {
    case .shape(let keys):
      if let slot = keys.firstIndex(of: name) {
        return Part(layout: layout, slot: slot, kinds: .anything)
      }
      // One more key than shapes have makes a dictionary.
      if isStore, keys.count == ShapeGraph.greatestKeyCount { return nil }
      return Part(layout: layout, slot: nil, kinds: name == Literal("length") ? .int : .null)
    case .schema(let schema):
      let fields = program.program.schemas[schema.position].fields
      guard let slot = fields.firstIndex(where: { Literal($0.name) == name }) else {
        return isStore ? nil : Part(layout: layout, slot: nil, kinds: .null)
      }
      return Part(layout: layout, slot: slot, kinds: fields[slot].kind?.kinds ?? .anything)
    }
  }

  /// The one kind of array that an access to the length has met.
  private func lengthReceiver(at offset: Int) -> ValueKind? {
    guard let slot = feedback.properties[offset], slot.state == .monomorphic,
      case .kind(let kind)? = slot.entries.first, KindSet.arrays.contains(KindSet(kind)),
      feedback.admits(.arrayKind, at: offset), !instruction(offset).isStore,
      instruction(offset).opcode == .getProp,
      instruction(offset).accessedName(in: program.program) == Literal("length")
    else { return nil }
    return kind
  }
}

extension KindSet {
  /// The kinds of the elements of an array of a kind.
  static func elements(of array: ValueKind) -> KindSet {
    switch array {
    case .intArray: .int
    case .floatArray: .number
    case .boolArray: .bool
    case .array: .anything
    case .null, .unit, .bool, .int, .number, .string, .object, .record, .map, .range, .some, .ok,
      .err, .function, .closure, .reference, .cell:
      preconditionFailure("no kind of array")
    }
  }
}

extension Instruction {
  /// Whether an access stores.
  fileprivate var isStore: Bool {
    if case .anything = opcode.facts.result { false } else { true }
  }

  /// Whether an access looks for members in a layout: one to a field does so in records only, and
  /// traps on the objects that feedback has seen it meet.
  fileprivate func reaches(_ layout: ReceiverLayout) -> Bool {
    switch (operand, layout) {
    case (.field, .shape): false
    case (_, .shape), (_, .schema): true
    }
  }

  /// The key that an access names; nil if it finds it on the stack.
  fileprivate func accessedName(in program: Program) -> Literal? {
    switch operand {
    case .property(let name): name.map { program.strings[$0.position] }
    case .field(let schema, let field):
      Literal(program.schemas[schema.position].fields[field].name)
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .function, .foreign,
      .schema, .jump, .loop, .count, .builtin, .method:
      nil
    }
  }
}

extension Program {
  /// The key or method that an instruction names; nil if it names none.
  func memberName(at site: Site) -> Literal? {
    let instruction = instructions[self[site.function].entryPoint + site.offset]
    if case .method(let name, _) = instruction.operand { return strings[name.position] }
    return instruction.accessedName(in: self)
  }
}
