import Bytecode
import LLVM

/// Scalar replacement: objects that nothing needs as words are not made, and their fields are values
/// like any other.
///
/// An instruction that may make one adds to `virtuals` instead, and charges what it always does. What
/// it gives is moved about like a value; `VirtualUse` says which instructions know what to do with it.
/// Before all others, and before edges to joins whose edges are not all known in time, it is made
/// (`MakeVirtual+Lowering.swift`), once on each way that comes there.
extension FunctionLowering {
  /// Lowers an instruction whose operands may be virtual objects.
  func lowerWithVirtuals(_ instruction: Instruction) {
    guard speculation != nil else { return lower(instruction) }
    switch instruction.virtualUse {
    case .moves, .tests: break
    case .stores:
      if case .local(let local) = instruction.operand, holdsCell(local),
        locals[local.position]?.identifier == nil
      {
        makeOperands()
      }
    case .chooses: if stack[stack.count - 2].identifier == nil { makeOperands() }
    case .allocates: if lowerVirtualAllocation() { return }
    case .accesses: if lowerVirtualAccess() { return }
    case .opens(let opening): if lowerVirtualOption(opening) { return }
    case .calls: if lowerVirtualCall() { return }
    case .needsWords: makeOperands()
    }
    lower(instruction)
  }

  /// Makes all operands of the instruction that are virtual objects.
  func makeOperands() {
    guard !virtuals.isEmpty, let count = program.program.popCount(of: instruction) else { return }
    for position in stack.indices.suffix(count) { stack[position] = made(stack[position]) }
  }

  /// Where the instruction is, as accounts tell it.
  private var origin: CodeAccount.Origin {
    CodeAccount.Origin(activation: activation, block: blockPosition, offset: offset)
  }
}

// MARK: - Allocation

extension FunctionLowering {
  private func lowerVirtualAllocation() -> Bool {
    switch instruction.operand {
    case .schema(let schema):
      let fields = program.program.schemas[schema.position].fields
      guard mayAdd(fields.count) else { break }
      let values = zip(fields, stack.suffix(fields.count)).map { admit($1, into: $0.kind) }
      stack.removeLast(fields.count)
      charge(AbstractSize.record(fieldCount: fields.count))
      addVirtual(.record(schema), values)
      return true
    case .builtin(let builtin, _):
      guard let kind = builtin.optionKind, mayAdd(1) else { break }
      let content = pop()
      charge(AbstractSize.box)
      addVirtual(.option(kind), [content])
      return true
    case .count(let count):
      let pairs = Array(stack.suffix(2 * count))
      guard let keys = constantKeys(pairs), hasMet(keys), mayAdd(count) else { break }
      stack.removeLast(2 * count)
      charge(AbstractSize.object + AbstractSize.key * count)
      addVirtual(.object(keys), stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] })
      return true
    case .function(let function): if addVirtualClosure(of: function) { return true }
    case .none, .constant, .local, .localWidth, .width, .binding, .capture, .foreign, .field, .jump,
      .loop, .method, .property:
      break
    }
    makeOperands()
    return false
  }

  /// Whether a shape is there, so that nothing has to be made for an object to have it.
  func hasMet(_ keys: [Literal]) -> Bool {
    guard root.metShapes.contains(keys) else { return false }
    // Where it is not after all, as feedback may be wrong, the code is not installed.
    _ = scope.constantAddress(.shape(keys))
    return true
  }

  /// Whether there is room for some fields more among what frames leave.
  func mayAdd(_ count: Int) -> Bool {
    virtuals.fieldCount + count <= Tuning.virtualFields
  }

  private func addVirtual(_ layout: VirtualLayout, _ fields: [Value]) {
    push(newVirtual(layout, fields))
  }

  /// A virtual object of its own.
  func newVirtual(_ layout: VirtualLayout, _ fields: [Value]) -> Value {
    let identifier = VirtualID(number: root.virtualCount)
    root.virtualCount += 1
    virtuals[identifier] = .virtual(
      VirtualObject(
        layout: layout, fields: fields.map(virtuals.resolved), origin: origin))
    return .virtual(identifier, layout.kind)
  }

  /// Charges a cell of fixed size; the limit is tested at the next fuel event.
  func charge(_ byteCount: Int) {
    let field = contextField(ContextOffset.heapCharged, "charged.field")
    let sum = build.add(
      build.load(types.i64, field, name("charged.before")), types.constant(Int64(byteCount)),
      name("virtual.charged"))
    build.store(sum, field)
  }

  /// Whether a slot of a kind takes a virtual object as it is; it may take the word of another one.
  func admitsVirtually(_ value: Value, _ kind: SlotKind) -> Bool {
    guard case .virtual(let identifier, let valueKind) = value,
      kind.kinds.contains(KindSet(valueKind)), let object = virtuals.object(identifier)
    else { return false }
    if case .record(let schema) = object.layout { return kind.base == .schema(schema) }
    return true
  }
}

// MARK: - some, ok and err

extension FunctionLowering {
  private func lowerVirtualOption(_ opening: VirtualUse.Opening) -> Bool {
    guard let top = stack.last, case .virtual(let identifier, let kind) = virtuals.resolved(top),
      let object = virtuals.object(identifier)
    else {
      makeOperands()
      return false
    }
    let content = virtuals.resolved(object.fields.first ?? top)
    _ = pop()
    switch opening {
    case .isOk: push(.bool(types.constant(kind == .ok)))
    case .isErr: push(.bool(types.constant(kind == .err)))
    case .unwrapOk: open(kind == .ok, content)
    case .unwrapErr: open(kind == .err, content)
    case .unwrapOption: push(kind == .some ? content : top)
    case .tryUnwrap: open(top, kind, content)
    }
    return true
  }

  private func open(_ isRight: Bool, _ content: Value) {
    if !isRight { trapAlways(.unwrapFailed) }
    push(isRight ? content : .boxed(types.constant(bits: Word.null.bits), .null))
  }

  /// `TryUnwrap`: goes on with what is inside ok and some, and returns an err.
  private func open(_ value: Value, _ kind: ValueKind, _ content: Value) {
    guard kind == .err else { return push(kind == .ok || kind == .some ? content : value) }
    let dead = hotBlock("dead")
    returnValue(value)
    build.position(atEndOf: dead)
    push(.boxed(types.constant(bits: Word.null.bits), .null))
  }
}

extension Builtin {
  /// What a builtin of one argument makes of it.
  fileprivate var optionKind: ValueKind? {
    if self == .makeSome { return .some }
    if self == .makeOk { return .ok }
    return self == .makeErr ? .err : nil
  }
}
