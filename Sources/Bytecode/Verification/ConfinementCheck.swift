/// Keeps cells and references on the operand stack until the one instruction that may take them.
///
/// A forward analysis of the operand stack alone: what may lie in each slot, and the kind the
/// boxed or referenced slot declares.
struct ConfinementCheck {
  /// What an operand stack slot may hold, a union over the ways to an instruction.
  struct Value: Equatable {
    /// The declarations of the slots behind the cells, or behind the references, seen here.
    enum Origin: Equatable {
      case none
      /// All declare this kind; nil: none declares any.
      case slots(SlotKind?)
      /// They declare different kinds.
      case conflicting

      func union(_ other: Origin) -> Origin {
        switch (self, other) {
        case (.none, _): other
        case (_, .none): self
        case (.slots(let mine), .slots(let others)): mine == others ? self : .conflicting
        case (.conflicting, _), (_, .conflicting): .conflicting
        }
      }
    }

    var mayBePlain = false
    var cells = Origin.none
    var references = Origin.none

    static let plain = Value(mayBePlain: true)

    func union(_ other: Value) -> Value {
      Value(
        mayBePlain: mayBePlain || other.mayBePlain, cells: cells.union(other.cells),
        references: references.union(other.references))
    }
  }

  private let scope: FunctionScope
  private let structure: CodeStructure
  private let blocks: BlockGraph
  private let handlers: HandlerRegions?
  private var states: [[Value]?]
  private var pending: PendingBlocks

  init(
    of scope: FunctionScope, _ structure: CodeStructure, _ blocks: BlockGraph,
    handlers: HandlerRegions?, order: [Int32]
  ) {
    self.scope = scope
    self.structure = structure
    self.blocks = blocks
    self.handlers = handlers
    states = [[Value]?](repeating: nil, count: blocks.count)
    pending = PendingBlocks(order: order)
  }

  /// Reports each cell or reference that an instruction takes without right; false if finding them
  /// would take more than the budget left.
  mutating func run(
    _ flow: StackFlow, _ budget: inout AnalysisBudget, findings: inout FindingList
  ) -> Bool {
    let slotSize = MemoryLayout<Value>.stride / MemoryLayout<KindSet>.stride
    for start in blocks.starts {
      guard budget.takeSlots(slotSize * Int(flow.depths[Int(start)])) else { return false }
    }
    join([], into: 0)
    while let block = pending.next() {
      guard var stack = states[block] else { preconditionFailure("a pending block was entered") }
      for offset in blocks.range(of: block) {
        let handlerCount = handlers?.handlersByBlock[block].count ?? 0
        guard budget.takeSteps((1 + handlerCount) * (8 + stack.count)) else { return false }
        visit(offset, block, &stack)
      }
      let last = blocks.range(of: block).upperBound - 1
      if scope.instruction(at: last).opcode.compactFacts.continuesToNext {
        join(stack[...], into: last + 1)
      }
    }
    for block in 0..<blocks.count {
      guard var stack = states[block] else { preconditionFailure("every block is reachable") }
      for offset in blocks.range(of: block) {
        check(offset, stack, &findings)
        apply(offset, to: &stack)
      }
    }
    return true
  }

  private mutating func visit(_ offset: Int, _ block: Int, _ stack: inout [Value]) {
    for handler in handlers?.handlersByBlock[block] ?? [] {
      join(stack[..<handler.stackDepth] + [.plain], into: handler.label)
    }
    apply(offset, to: &stack)
    let target = Int(structure.targets[offset])
    guard target >= 0 else { return }
    let isHandler = scope.instruction(at: offset).opcode == .setupTry
    join(isHandler ? stack[...] + [.plain] : stack[...], into: target)
  }

  private mutating func join(_ stack: ArraySlice<Value>, into offset: Int) {
    let block = Int(blocks.blockAt[offset])
    guard let known = states[block] else {
      states[block] = Array(stack)
      pending.insert(block)
      return
    }
    let joined = zip(known, stack).map { $0.union($1) }
    guard joined != known else { return }
    states[block] = joined
    pending.insert(block)
  }

  /// Turns the stack before an instruction into the one after it.
  private func apply(_ offset: Int, to stack: inout [Value]) {
    let instruction = scope.instruction(at: offset)
    stack.removeLast(Int(structure.pops[offset]))
    switch (instruction.opcode, instruction.operand) {
    case (.boxLocal, .local(let slot)):
      stack.append(Value(cells: .slots(scope.kind(of: slot.position))))
    case (.boxModuleBinding, .binding(let binding)):
      stack.append(Value(cells: .slots(scope.program.bindings[binding.position].kind)))
    case (.makeRef, .local(let slot)):
      stack.append(Value(references: .slots(scope.kind(of: slot.position))))
    case (_, _):
      for _ in 0..<instruction.opcode.compactFacts.pushCount { stack.append(.plain) }
    }
  }

  /// Reports the first popped value an instruction may not take.
  private func check(_ offset: Int, _ stack: [Value], _ findings: inout FindingList) {
    let instruction = scope.instruction(at: offset)
    var popped = stack.suffix(Int(structure.pops[offset]))
    // The result of the program is the top of the stack, though Halt pops nothing.
    if instruction.opcode == .halt { popped = stack.suffix(1) }
    for (position, value) in popped.enumerated() where value != .plain || takesReferences(offset) {
      guard let (rule, reason) = refusal(of: value, at: position, by: instruction) else { continue }
      findings.add(rule, scope.site(offset), reason)
      return
    }
  }

  /// Whether some argument of the instruction must be a reference.
  private func takesReferences(_ offset: Int) -> Bool {
    let instruction = scope.instruction(at: offset)
    guard instruction.opcode == .call, case .function(let callee) = instruction.operand else {
      return false
    }
    return scope.program[callee].parameters.contains(where: \.isReference)
  }

  private func refusal(
    of value: Value, at position: Int, by instruction: Instruction
  ) -> (VerifierRule, String)? {
    let name = instruction.opcode.facts.name
    guard case .function(let index) = instruction.operand else {
      if value.references != .none { return (.reference, "\(name) cannot take a reference") }
      if value.cells != .none && instruction.opcode != .pop {
        return (.cell, "\(name) cannot take a cell")
      }
      return nil
    }
    return instruction.opcode == .makeClosure
      ? refusal(of: value, as: scope.program[index].captures[position])
      : refusal(of: value, as: scope.program[index].parameters[position])
  }

  private func refusal(of value: Value, as capture: Capture) -> (VerifierRule, String)? {
    let name = abbreviated(capture.name)
    if value.references != .none { return (.reference, "capture \(name) cannot be a reference") }
    switch value.cells {
    case .none:
      return nil
    case .slots, .conflicting:
      guard capture.isMutable else {
        return (.cell, "capture \(name) is not mut and cannot be a cell")
      }
      return value.cells == .slots(capture.kind)
        ? nil : (.kind, "capture \(name) and the slot behind its cell declare different kinds")
    }
  }

  private func refusal(of value: Value, as parameter: Parameter) -> (VerifierRule, String)? {
    let name = abbreviated(parameter.name)
    if value.cells != .none { return (.cell, "parameter \(name) cannot be a cell") }
    guard parameter.isReference else {
      return value.references == .none
        ? nil : (.reference, "parameter \(name) does not take a reference")
    }
    if value.mayBePlain || value.references == .none {
      return (.reference, "ref parameter \(name) needs a MakeRef")
    }
    return value.references == .slots(parameter.kind)
      ? nil : (.kind, "ref parameter \(name) and the local behind it declare different kinds")
  }
}
