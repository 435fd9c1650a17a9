import Bytecode
import LLVM

/// Virtual objects that go into inlined code.
extension FunctionLowering {
  func lowerVirtualCall() -> Bool {
    guard !virtuals.isEmpty else { return false }
    switch instruction.operand {
    case .function(let callee):
      if !inlines(callee) { passMade() }
    case .count(let count):
      if lowerVirtualClosureCall(count) { return true }
      let place = stack.count - count - 1
      stack[place] = made(stack[place])
      if onlyCallee(of: stack[place], count).map(inlines) != true { makeOperands() }
    case .method(let name, let count):
      if lowerVirtualMethod(name, count) { return true }
      makeOperands()
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .foreign, .schema,
      .field, .jump, .loop, .builtin, .property:
      makeOperands()
    }
    return false
  }

  /// Makes what a callee gets that is not inlined.
  private func passMade() {
    let (kept, before) = (virtuals, locals)
    makeOperands()
    if virtuals.identifiers.contains(where: { virtuals.object($0) == nil && kept.object($0) != nil }
    ),
      commits(.virtualEscapeUnnoticed)
    {
      (virtuals, locals) = (kept, before)
    }
  }

  /// The one function that a `CallValue` enters.
  private func onlyCallee(of value: Value, _ count: Int) -> FunctionIndex? {
    if let known = knownFunction(of: value) { return known.function }
    return speculation?.callees(at: offset, taking: count).only
  }

  /// A method of a record that has not been made.
  private func lowerVirtualMethod(_ name: StringIndex, _ count: Int) -> Bool {
    guard
      case .virtual(let identifier, _) = virtuals.resolved(stack[stack.count - count - 1]),
      let object = virtuals.object(identifier), case .record(let schema) = object.layout,
      speculation?.receiverSchemas(at: offset).contains(schema) == true,
      let callee = scope.method(name, of: schema), inlines(callee),
      program.program[callee].parameters.count == count + 1, !commits(.feedbackIgnored)
    else { return false }
    decide(.receiver, .allocated(object.origin))
    lowerCall(callee)
    return true
  }

  /// Whether objects of this code may go into inlined code as they are: whatever comes of them there is
  /// known where it returns.
  ///
  /// A raise goes on here with the objects as they were before the call, and a round of a loop would
  /// have to know them before it is lowered.
  func passesVirtuals(to inlined: FunctionLowering) -> Bool {
    var frame: FunctionLowering? = self
    while let current = frame {
      if current.chain != .empty { return false }
      frame = current.caller
    }
    return !inlined.plan.blocks.contains { $0.joins && !$0.joinsForward }
  }
}

/// Where inlined code goes back to its caller.
struct InlinedReturn {
  var block: IRBlock
  var value: Value
  /// The heap values that are not made there.
  var virtuals: VirtualObjects
}

extension FunctionLowering {
  /// Goes on where inlined code returns, with its value and what has become of virtual objects.
  func continueWithVirtuals(behind inlined: FunctionLowering) -> Value {
    let merge = VirtualMerge(
      inlined.returns.map { MergedEdge(slots: [$0.value], virtuals: $0.virtuals) },
      inherited: inlined.inherited, isAlone: true)
    let next = inlined.hotBlock("inlined")
    var ends: [(block: IRBlock, virtuals: VirtualObjects)] = []
    // What its frame holds is not needed any more.
    inlined.locals = inlined.locals.map { _ in nil }
    (inlined.stack, inlined.stackBefore) = ([], [])
    for (number, end) in inlined.returns.enumerated() {
      inlined.build.position(atEndOf: end.block)
      inlined.virtuals = end.virtuals
      merge.makeOthers(on: number, in: inlined)
      ends.append((inlined.build.block, inlined.virtuals))
    }
    virtuals = merge.merged(in: inlined, ends, at: next)
    var result = merge.keptSlots[0]
    if result == nil {
      result = inlined.joined(
        zip(ends, inlined.returns).map { ($0.block, $0.virtuals.resolved($1.value)) }, at: next)
    }
    for end in ends {
      inlined.build.position(atEndOf: end.block)
      inlined.build.br(next)
    }
    build.position(atEndOf: next)
    locals = locals.map { $0.map(virtuals.resolved) }
    stack = stack.map(virtuals.resolved)
    stackBefore = stackBefore.map(virtuals.resolved)
    guard let result else { preconditionFailure("code that returns has a value") }
    return result
  }
}

extension Array {
  /// The element of an array of one; nil for any other.
  fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
