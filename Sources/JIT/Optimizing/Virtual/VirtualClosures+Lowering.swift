import Bytecode
import LLVM

/// Closures that are not made, and the cells of what they share with the activations around them.
extension FunctionLowering {
  /// Whether a local is a cell: its own, or the one that a reference refers to.
  func holdsCell(_ local: LocalIndex) -> Bool {
    facts.cellLocals[local.position]
      || local.position < function.parameters.count
        && function.parameters[local.position].isReference
  }

  /// A new cell of a local that holds a value, unless it has to be made at once.
  ///
  /// - Parameter byteCount: what it is charged.
  func virtualCell(holding value: Value, charging byteCount: Int) -> Value? {
    guard speculation != nil, mayAdd(1) else { return nil }
    if byteCount > 0 { charge(byteCount) }
    return newVirtual(.cell, [value])
  }

  /// `MakeClosure`.
  ///
  /// - Returns: whether the closure is virtual.
  func addVirtualClosure(of function: FunctionIndex) -> Bool {
    let captures = program.program[function].captures
    let values = Array(stack.suffix(captures.count))
    let newCells = zip(captures, values).count { $0.isMutable && $1.kinds != .cell }
    guard mayAdd(captures.count + newCells),
      zip(captures, values).allSatisfy({ $0.isMutable || !$1.kinds.contains(.cell) })
    else { return false }
    let admitted = zip(captures, values).map { $1.kinds == .cell ? $1 : admit($1, into: $0.kind) }
    stack.removeLast(captures.count)
    charge(AbstractSize.record(fieldCount: captures.count) + AbstractSize.box * newCells)
    let fields = zip(captures, admitted).map { capture, value in
      capture.isMutable && value.kinds != .cell ? newVirtual(.cell, [value]) : value
    }
    push(newVirtual(.closure(function), fields))
    return true
  }

  /// A `CallValue` of a closure that has not been made.
  func lowerVirtualClosureCall(_ count: Int) -> Bool {
    let place = stack.count - count - 1
    guard case .virtual(let identifier, _) = virtuals.resolved(stack[place]),
      let object = virtuals.object(identifier), case .closure(let callee) = object.layout,
      speculation?.callees(at: offset, taking: count).contains(callee) == true, inlines(callee),
      !commits(.feedbackIgnored)
    else { return false }
    decide(.callee, .allocated(object.origin))
    let closure = stack.remove(at: place)
    let hasCaptures = !program.program[callee].captures.isEmpty
    lowerCall(callee, virtualClosure: hasCaptures ? closure : nil)
    return true
  }

  /// The closure that runs.
  var closureValue: Value? {
    if let virtualClosure { return virtuals.resolved(virtualClosure) }
    return closure.map { .boxed($0, .closure) }
  }

  /// What a closure that has not been made has captured; nil if it has been.
  func virtualCapture(_ capture: CaptureIndex) -> Value? {
    guard let identifier = closureValue?.identifier, let object = virtuals.object(identifier) else {
      return nil
    }
    return virtuals.resolved(object.fields[capture.position])
  }

  /// What a cell holds that has not been made; nil if it has been.
  func virtualContent(of cell: Value) -> Value? {
    guard let identifier = virtuals.resolved(cell).identifier,
      let object = virtuals.object(identifier)
    else { return nil }
    return virtuals.resolved(object.fields[0])
  }

  /// Has a cell hold a value.
  ///
  /// - Returns: false if it has been made.
  func setVirtualContent(of cell: Value, _ value: Value) -> Bool {
    guard let identifier = virtuals.resolved(cell).identifier,
      var object = virtuals.object(identifier)
    else { return false }
    object.fields[0] = virtuals.resolved(value)
    virtuals[identifier] = .virtual(object)
    return true
  }
}
