import Bytecode
import LLVM

/// Accesses by name to parts of virtual objects.
extension FunctionLowering {
  /// An access by name.
  ///
  /// - Returns: false if it has to look for its receiver as a word.
  func lowerVirtualAccess() -> Bool {
    let isStore = instruction.opcode == .setProp || instruction.opcode == .setFieldTyped
    let depth = isStore ? 2 : 1
    guard let name = program.program.memberName(of: instruction), stack.count >= depth,
      case .virtual(let identifier, _) = virtuals.resolved(stack[stack.count - depth]),
      var object = virtuals.object(identifier), let layout = object.layout.receiver,
      expects(layout)
    else {
      makeOperands()
      return false
    }
    guard let slot = position(of: name, in: layout) else {
      return lowerVirtualAccess(to: identifier, object, without: name, isStore: isStore)
    }
    if isStore, stack[stack.count - 1].identifier != nil, let kind = kind(of: slot, in: layout),
      !admitsVirtually(stack[stack.count - 1], kind)
    {
      makeOperands()
      return false
    }
    noteAllocated(object)
    if isStore {
      object.fields[slot] = admit(pop(), into: kind(of: slot, in: layout))
      if !commits(.virtualStoreLost) { virtuals[identifier] = .virtual(object) }
    } else {
      _ = pop()
      push(virtuals.resolved(object.fields[slot]))
    }
    return true
  }

  /// An access to a name that an object does not have.
  private func lowerVirtualAccess(
    to identifier: VirtualID, _ object: VirtualObject, without name: Literal, isStore: Bool
  ) -> Bool {
    guard isStore else {
      noteAllocated(object)
      _ = pop()
      if case .object(let keys) = object.layout, name == Literal("length") {
        let count = Int64(keys.count)
        push(.integer(types.constant(count), count...count))
      } else {
        push(.boxed(types.constant(bits: Word.null.bits), .null))
      }
      return true
    }
    // The runtime knows what becomes of a name that is no field's, and of a shape that is not there.
    guard case .object(let keys) = object.layout, keys.count < ShapeGraph.greatestKeyCount,
      keys.count < root.greatestRow, hasMet(keys + [name]), mayAdd(1)
    else {
      makeOperands()
      return false
    }
    noteAllocated(object)
    var grown = object
    grown.layout = .object(keys + [name])
    grown.fields.append(pop())
    charge(AbstractSize.key)
    virtuals[identifier] = .virtual(grown)
    return true
  }

  /// Takes note that no guard has to tell the layout of the access's receiver, if one was to.
  private func noteAllocated(_ object: VirtualObject) {
    if speculation?.access(at: offset) != nil { decide(.layout, .allocated(object.origin)) }
  }

  /// Whether what is decided of an access lets receivers of a layout through.
  private func expects(_ layout: ReceiverLayout) -> Bool {
    switch speculation?.access(at: offset) {
    case nil: true
    case .parts(let parts)?: parts.contains { $0.layout == layout }
    case .length?, .element?: false
    }
  }

  private func position(of name: Literal, in layout: ReceiverLayout) -> Int? {
    switch layout {
    case .shape(let keys): keys.firstIndex(of: name)
    case .schema(let schema):
      program.program.schemas[schema.position].fields.firstIndex { Literal($0.name) == name }
    }
  }

  private func kind(of slot: Int, in layout: ReceiverLayout) -> SlotKind? {
    switch layout {
    case .shape: nil
    case .schema(let schema): program.program.schemas[schema.position].fields[slot].kind
    }
  }
}
