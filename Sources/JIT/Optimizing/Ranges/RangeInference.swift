import Bytecode

/// What ints of a function lie between, and which of them are indices of arrays: a forward fixpoint
/// over the blocks of a plan.
struct RangeInference {
  /// An access to an element by an int that control comes to.
  struct Access {
    let offset: Int
    /// The position of its block.
    let block: Int
    let index: ValueFact
    /// The local that the array is in; nil if it is not known to be in one.
    let slot: Int?
    let array: ValueKind
    let isProved: Bool
    /// What is known of the frame, and the kinds of its locals.
    let state: RangeState
    let kinds: [KindSet]
  }

  /// What ints go into, that control comes to.
  struct Computation {
    let offset: Int
    /// The position of its block.
    let block: Int
    /// The ints.
    let operands: [ValueFact]
    /// Whether no result can leave the range of ints.
    let isProved: Bool
    /// What is known of the frame, and the kinds of its locals.
    let state: RangeState
    let kinds: [KindSet]
  }

  let program: VerifiedProgram
  let index: FunctionIndex
  let plan: BlockPlan
  let effects: ArrayLengthEffects
  /// What guards make sure of; nil where there are none.
  let speculation: Speculation?
  let loops: LoopForest?
  /// By the position of a loop's header: what holds whenever the loop is entered.
  let guards: [Int: [Guard.Predicate]]
  /// Locals that are changed under their own name only.
  let isTracked: [Bool]
  let transfer: KindTransfer
  /// What is to be got wrong; nil if nothing is.
  let mistake: CompilerMistake?
  /// By the position of a block: what is known at its start; nil where control never comes.
  private var states: [RangeState?]

  /// - Parameter entered: what is known where the code begins.
  /// - Complexity: O(blocks × instructions × locals) at the worst.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, _ plan: BlockPlan,
    _ effects: ArrayLengthEffects, _ speculation: Speculation?,
    from start: Int, entered: RangeState, loops: LoopForest? = nil,
    guards: [Int: [Guard.Predicate]] = [:], mistake: CompilerMistake? = nil
  ) {
    self.program = program
    self.index = index
    self.plan = plan
    self.effects = effects
    self.speculation = speculation
    self.loops = loops
    self.guards = guards
    self.mistake = mistake
    let function = program.program[index]
    let cells = program[index].cellLocals
    isTracked = (0..<function.slotCount).map { slot in
      let isParameter = slot < function.parameters.count
      return !cells[slot] && !(isParameter && function.parameters[slot].isReference)
    }
    transfer = KindTransfer(program: program.program, function: index, cells)
    states = Array(repeating: nil, count: plan.blocks.count)
    run(from: start, entered)
  }

  /// What is known at the start of a block; nil if control never comes there.
  func state(ofBlock position: Int) -> RangeState? { states[position] }

  private mutating func run(from start: Int, _ entered: RangeState) {
    var pending: [Int] = []
    deliver(entered, from: nil, to: start, &pending)
    while let position = pending.popLast() {
      for (target, state) in flows(from: position) {
        deliver(state, from: position, to: target, &pending)
      }
    }
  }

  /// Joins a state into a block's.
  private mutating func deliver(
    _ state: RangeState, from source: Int?, to target: Int, _ pending: inout [Int]
  ) {
    var state = state
    if let guards = guards[target], isEntry(source, target) {
      for predicate in guards { state.assume(predicate) }
    }
    guard let known = states[target] else {
      states[target] = state
      pending.append(target)
      return
    }
    var joined = known
    let widens = plan.blocks[target].hasLaterPredecessor || plan.blocks[target].isEntered
    joined.join(state, widens: widens, missesFalls: mistake == .fallMissed)
    guard joined != known else { return }
    states[target] = joined
    pending.append(target)
  }

  /// Whether control that goes to the header of a loop enters it.
  private func isEntry(_ source: Int?, _ header: Int) -> Bool {
    guard let source, let loop = loops?.loops.first(where: { $0.header == header }) else {
      return true
    }
    return !loop.contains[source]
  }

  /// Where control goes from a block, with what is known there.
  private func flows(from position: Int) -> [(position: Int, state: RangeState)] {
    var flows: [(position: Int, state: RangeState)] = []
    let facts = program[index]
    let block = plan.blocks[position]
    guard var state = states[position] else { preconditionFailure("a pending block was entered") }
    var kinds = kinds(ofBlock: position)
    var chain = block.chain
    var test: RelationTest?
    for offset in block.offsets {
      let instruction = instruction(offset)
      if chain != .empty, !instruction.opcode.facts.traps.isEmpty {
        let label = plan.chains.label(of: chain, facts)
        let unknown = RangeState(
          localCount: state.locals.count, stackDepth: Int(facts.stackDepths[label]))
        flows.append((plan.position(of: label, plan.chains.parent(of: chain)), unknown))
      }
      if instruction.opcode.isConditionalJump { test = state.stack.last?.test }
      apply(offset, instruction, in: position, to: &state, &kinds)
      chain = plan.chains.chain(after: offset, instruction.opcode, chain)
    }
    let last = block.offsets.upperBound - 1
    let isTaken = instruction(last).opcode == .jumpIfTrue
    let ways = plan.successors(of: last)
    for (target, truth) in [(ways.target, isTaken), (ways.next, !isTaken)] {
      guard let target else { continue }
      var arriving = state
      if let test { arriving.assume(test, is: truth, strictly: mistake == .limitIncluded) }
      flows.append((plan.position(of: target, chain), arriving))
    }
    return flows
  }

  /// Goes through the instructions of a block with what is known before each; not at all if control
  /// never comes there.
  func visit(block position: Int, _ visit: (Int, RangeState, KindInference.State) -> Void) {
    guard var state = states[position] else { return }
    var kinds = kinds(ofBlock: position)
    for offset in plan.blocks[position].offsets {
      visit(offset, state, kinds)
      apply(offset, instruction(offset), in: position, to: &state, &kinds)
    }
  }

  /// What it means that the condition is true by which a block ends; nil if it ends by none, or if
  /// that is not known.
  func test(endingBlock position: Int) -> RelationTest? {
    var test: RelationTest?
    visit(block: position) { offset, state, _ in
      if instruction(offset).opcode.isConditionalJump { test = state.stack.last?.test }
    }
    return test
  }

  /// The accesses to elements, in the order of blocks.
  func accesses() -> [Access] {
    guard let speculation else { return [] }
    var found: [Access] = []
    for position in plan.blocks.indices {
      visit(block: position) { offset, state, kinds in
        guard case .element(let element)? = speculation.access(at: offset),
          let access = access(at: offset, in: position, element, state, kinds.locals)
        else { return }
        found.append(access)
      }
    }
    return found
  }

  /// The operations on ints whose results guards keep in range, and the calls of some functions that are
  /// given ints, in the order of blocks.
  ///
  /// - Parameter computes: whether a function's own results may be kept in range where it is inlined.
  ///   Of what it is given ints up to the least bound there is are taken to be no danger.
  func computations(callees computes: (FunctionIndex) -> Bool) -> [Computation] {
    guard let speculation else { return [] }
    var found: [Computation] = []
    for position in plan.blocks.indices {
      visit(block: position) { offset, state, kinds in
        let operands: [ValueFact]
        let isProved: Bool
        let instruction = instruction(offset)
        if case .arithmetic(let operation, _) = Operation(instruction.opcode) {
          guard speculation.operands(at: offset)?.result == .int else { return }
          operands = Array(state.stack.suffix(2))
          isProved = ValueFact.staysInRange(operation, operands[0], operands[1])
        } else {
          guard instruction.opcode == .call, case .function(let callee) = instruction.operand,
            computes(callee)
          else { return }
          let count = program.program[callee].parameters.count
          operands = zip(state.stack, kinds.stack).suffix(count).filter { $1 == .int }.map(\.0)
          let bound = Tuning.greatestInProducts
          isProved = operands.allSatisfy {
            $0.range.lowerBound >= -bound && $0.range.upperBound <= bound
          }
        }
        found.append(
          Computation(
            offset: offset, block: position, operands: operands, isProved: isProved, state: state,
            kinds: kinds.locals))
      }
    }
    return found
  }

  private func access(
    at offset: Int, in block: Int, _ element: Speculation.Element, _ state: RangeState,
    _ kinds: [KindSet]
  ) -> Access? {
    let instruction = instruction(offset)
    let depth = state.stack.count
    var index: ValueFact
    let array: ValueFact
    switch (instruction.opcode, instruction.operand) {
    case (.getProp, _): (index, array) = (state.stack[depth - 1], state.stack[depth - 2])
    case (.setProp, _): (index, array) = (state.stack[depth - 2], state.stack[depth - 3])
    case (.setLocalIndex, .local(let local)):
      index = state.stack[depth - 2]
      array = ValueFact(term: isTracked[local.position] ? .local(local.position) : nil)
    case (_, _): return nil
    }
    var slot: Int?
    if case .local(let local) = array.term { slot = local }
    if mistake == .startNotTested { index.raise(to: 0, lowerTo: IntRange.maximum) }
    return Access(
      offset: offset, block: block, index: index, slot: slot, array: element.array,
      isProved: slot.map { state.isIndex(index, ofArrayIn: $0, kinds) } ?? false, state: state,
      kinds: kinds)
  }

  func instruction(_ offset: Int) -> Instruction {
    program.program.instructions[program.program[index].entryPoint + offset]
  }

  private func kinds(ofBlock position: Int) -> KindInference.State {
    if let speculation { return speculation.state(ofBlock: position) }
    let offset = plan.blocks[position].offsets.lowerBound
    guard let state = program.state(of: index, at: offset) else {
      preconditionFailure("blocks of a plan are reachable")
    }
    return state
  }
}
