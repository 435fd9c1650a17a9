import Bytecode

/// What optimized code of one function takes for granted because of feedback, and the kinds of slots
/// and operands that follow.
///
/// The kinds are a forward fixpoint like the verifier's, over the blocks of the plan, in which guards
/// narrow what instructions give. Code that is lowered by the same decisions never holds more kinds
/// where blocks join than the fixpoint says.
struct Speculation {
  let feedback: FunctionFeedback
  let program: VerifiedProgram
  let index: FunctionIndex
  private let transfer: KindTransfer
  /// By the position of a block in the plan: the kinds at its start; nil where control never comes.
  private var states: [KindInference.State?]
  /// What is known of ints and arrays, in functions with loops.
  private(set) var ranges: LoopRanges?

  /// - Parameters:
  ///   - arguments: the kinds of the arguments, or of all slots of a frame that enters a loop, if they
  ///     are known.
  ///   - others: the feedback of all functions, by their index.
  ///   - decorator: says whether a mistake is to be made.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, _ plan: BlockPlan,
    _ feedback: FunctionFeedback, from start: (offset: Int, chain: HandlerChain),
    arguments: [KindSet]? = nil, others: [FunctionFeedback] = [],
    decorator: (any ModuleDecorator)? = nil
  ) {
    self.program = program
    self.index = index
    self.feedback = feedback
    transfer = KindTransfer(
      program: program.program, function: index, program[index].cellLocals)
    states = Array(repeating: nil, count: plan.blocks.count)
    run(plan, from: start, arguments)
    guard plan.hasBackwardJump else { return }
    ranges = LoopRanges(self, plan, from: start, others: others, decorator: decorator)
  }

  /// The kinds at the start of a block.
  ///
  /// - Precondition: control can come there.
  func state(ofBlock position: Int) -> KindInference.State {
    guard let state = states[position] else { preconditionFailure("a block that is entered") }
    return state
  }

  /// The instruction at an offset.
  func instruction(_ offset: Int) -> Instruction {
    program.program.instructions[program.program[index].entryPoint + offset]
  }
}

// MARK: - The fixpoint

extension Speculation {
  private mutating func run(
    _ plan: BlockPlan, from start: (offset: Int, chain: HandlerChain), _ arguments: [KindSet]?
  ) {
    guard var entered = program.state(of: index, at: start.offset) else {
      preconditionFailure("code starts where control comes")
    }
    // What is stored into declared and shared slots later on, the verifier knows.
    for (slot, kinds) in (arguments ?? []).enumerated()
    where program.program[index].kind(of: LocalIndex(slot)) == nil
      && !program[index].cellLocals[slot]
    {
      entered.locals[slot] = entered.locals[slot].intersection(kinds)
    }
    var pending = [plan.position(of: start.offset, start.chain)]
    states[pending[0]] = entered
    while let position = pending.popLast() {
      for (target, state) in successors(plan, position) where join(state, into: target) {
        pending.append(target)
      }
    }
  }

  /// The blocks that control goes to from a block, with the kinds it brings.
  private func successors(
    _ plan: BlockPlan, _ position: Int
  ) -> [(position: Int, state: KindInference.State)] {
    var flows: [(position: Int, state: KindInference.State)] = []
    let facts = program[index]
    let block = plan.blocks[position]
    guard var state = states[position] else { preconditionFailure("a pending block was entered") }
    var chain = block.chain
    for offset in block.offsets {
      let opcode = instruction(offset).opcode
      if chain != .empty, !opcode.facts.traps.isEmpty {
        let label = plan.chains.label(of: chain, facts)
        var raised = state
        raised.stack.removeLast(raised.stack.count - Int(facts.stackDepths[label]) + 1)
        raised.stack.append(.anything)
        flows.append((plan.position(of: label, plan.chains.parent(of: chain)), raised))
      }
      apply(offset, to: &state)
      chain = plan.chains.chain(after: offset, opcode, chain)
    }
    let successors = plan.successors(of: block.offsets.upperBound - 1)
    if let target = successors.target {
      flows.append((plan.position(of: target, chain), state))
    }
    if let next = successors.next {
      flows.append((plan.position(of: next, chain), state))
    }
    return flows
  }

  /// Joins a state into a block's.
  ///
  /// - Returns: whether that changed.
  private mutating func join(_ state: KindInference.State, into position: Int) -> Bool {
    guard let known = states[position] else {
      states[position] = state
      return true
    }
    var joined = known
    for slot in joined.locals.indices { joined.locals[slot].formUnion(state.locals[slot]) }
    for slot in joined.stack.indices { joined.stack[slot].formUnion(state.stack[slot]) }
    states[position] = joined
    return joined != known
  }

  /// Turns the kinds before an instruction into those after it.
  func apply(_ offset: Int, to state: inout KindInference.State) {
    let isNumber = givesNumber(offset, state.stack)
    transfer.apply(offset, to: &state)
    if isNumber { state.stack[state.stack.count - 1] = .number }
    guard
      let result = operands(at: offset)?.result ?? accessResult(at: offset)
        ?? loadedKinds(at: offset)
    else { return }
    let top = state.stack.count - 1
    let common = state.stack[top].intersection(result)
    // Where guards contradict what is proved, control never comes.
    state.stack[top] = common.isEmpty ? result : common
  }

  /// Whether the operands of a generic operation prove that it computes with numbers: one is none but
  /// a number, and the other is numeric.
  private func givesNumber(_ offset: Int, _ stack: [KindSet]) -> Bool {
    guard case .arithmetic(_, .generic) = Operation(instruction(offset).opcode) else {
      return false
    }
    let operands = operands(at: offset)
    let left = stack[stack.count - 2].intersection(operands?.left ?? .anything)
    let right = stack[stack.count - 1].intersection(operands?.right ?? .anything)
    guard !left.isEmpty, !right.isEmpty else { return false }
    return left.isSubset(of: .numeric) && right.isSubset(of: .numeric)
      && (left == .number || right == .number)
  }
}

// MARK: - Decisions

extension Speculation {
  /// What guards of an arithmetic or comparison instruction let through.
  struct Operands: Equatable {
    var left: KindSet
    var right: KindSet
    /// The kinds of the result, of which `.int` is guarded.
    var result: KindSet
  }

  /// The decision at an instruction of two operands; nil for none.
  func operands(at offset: Int) -> Operands? {
    guard let slot = feedback.arithmetic[offset], feedback.admits(.kind, at: offset),
      slot.state == .monomorphic || slot.state == .polymorphic
    else { return nil }
    let left = slot.entries.reduce(into: KindSet()) { $0.formUnion(KindSet($1.left)) }
    let right = slot.entries.reduce(into: KindSet()) { $0.formUnion(KindSet($1.right)) }
    guard left.isSubset(of: .numeric), right.isSubset(of: .numeric) else { return nil }
    let isInt = left == .int && right == .int
    switch Operation(instruction(offset).opcode) {
    case .arithmetic(let operation, .generic):
      return Operands(
        left: left, right: right,
        result: result(of: operation, left, right, at: offset))
    case .arithmetic(let operation, .int):
      // What is a number there must be integral, which the instruction tests by itself.
      guard isInt else { return nil }
      return Operands(
        left: left, right: right,
        result: result(of: operation, left, right, at: offset))
    case .arithmetic(_, .number): return Operands(left: left, right: right, result: .number)
    case .relation(_, .generic), .relation(_, .number):
      return Operands(left: left, right: right, result: .bool)
    case .relation(_, .int): return isInt ? Operands(left: left, right: right, result: .bool) : nil
    case .arithmetic(_, .bits), .arithmetic(_, .typed), .typedComparison, .and, .or,
      .nullCoalesce, .negate, .not, .bitNot, .cast, .intToNumber, .numberToInt,
      .relation(_, .bits), .relation(_, .typed), .none:
      return nil
    }
  }

  private func result(
    of operation: ArithmeticOperation, _ left: KindSet, _ right: KindSet, at offset: Int
  ) -> KindSet {
    if left == .int, right == .int {
      let stays = operation != .power && feedback.admits(.intRange, at: offset)
      return stays ? .int : .numeric
    }
    return left == .number || right == .number ? .number : .numeric
  }

  /// What the code may rest on of the binding that an instruction loads; nil for nothing.
  func bindingFact(at offset: Int) -> BindingFact? { feedback.bindings[offset] }

  /// The kinds that a `LoadModuleBinding` gives, where code rests on them.
  private func loadedKinds(at offset: Int) -> KindSet? {
    instruction(offset).opcode == .loadModuleBinding ? bindingFact(at: offset)?.kinds : nil
  }

  /// The functions that a `CallValue` of some arguments is to enter, in the order they were met; none
  /// for no decision.
  func callees(at offset: Int, taking count: Int) -> [FunctionIndex] {
    guard let slot = feedback.callees[offset], feedback.admits(.callee, at: offset) else {
      return []
    }
    var callees: [FunctionIndex] = []
    for entry in slot.entries {
      guard case .function(let function) = entry,
        program.program[function].parameters.count == count
      else { return [] }
      callees.append(function)
    }
    return callees
  }

  /// The functions that the walk of a builtin is to call back, in the order they were met; none for no
  /// decision.
  func callbacks(at offset: Int, of builtin: Builtin) -> [FunctionIndex] {
    guard let slot = feedback.callees[offset], feedback.admits(.callee, at: offset) else {
      return []
    }
    var callees: [FunctionIndex] = []
    for entry in slot.entries {
      guard case .function(let function) = entry,
        program.program[function].parameters.count <= builtin.callbackParameters
      else { return [] }
      callees.append(function)
    }
    return callees
  }

  /// The schemas of the records that a `CallMethod` is to meet, in the order they were met; none for
  /// no decision.
  func receiverSchemas(at offset: Int) -> [SchemaIndex] {
    guard let slot = feedback.methods[offset], feedback.admits(.receiver, at: offset) else {
      return []
    }
    var schemas: [SchemaIndex] = []
    for entry in slot.entries {
      guard case .schema(let schema) = entry else { return [] }
      schemas.append(schema)
    }
    return schemas
  }
}
