/// The fixpoint of forward inference over the blocks of a function.
struct KindFixpoint {
  /// What applying an instruction costs, in slots visited.
  private static let instructionSteps = 16

  private let scope: FunctionScope
  private let targets: [Int32]
  private let blocks: BlockGraph
  private let handlers: HandlerRegions?
  private let transfer: KindTransfer
  private var states: [KindSet]
  private let stateStarts: [Int32]
  private var isEntered: [Bool]
  private var pending: PendingBlocks

  /// Lays the states out; nil if they take more room than is left.
  init?(
    of scope: FunctionScope, _ structure: CodeStructure, _ flow: StackFlow, _ blocks: BlockGraph,
    handlers: HandlerRegions?, order: [Int32], budget: inout AnalysisBudget
  ) {
    self.scope = scope
    targets = structure.targets
    self.blocks = blocks
    self.handlers = handlers
    transfer = KindTransfer(
      program: scope.program, function: scope.index, structure.sharedLocals)
    var starts: [Int32] = [0]
    starts.reserveCapacity(blocks.count + 1)
    var size = 0
    for start in blocks.starts {
      let width = scope.slotCount + Int(flow.depths[Int(start)])
      guard budget.takeSlots(width) else { return nil }
      size += width
      starts.append(Int32(size))
    }
    stateStarts = starts
    states = [KindSet](repeating: [], count: size)
    isEntered = [Bool](repeating: false, count: blocks.count)
    pending = PendingBlocks(order: order)
  }

  /// Runs to the fixpoint; nil if it would take more steps than are left.
  consuming func run(_ budget: inout AnalysisBudget) -> KindInference? {
    let entry = transfer.entryState(parameterCount: scope.function.parameters.count)
    join(entry, stackCount: 0, into: 0)
    while let block = pending.next() {
      guard visit(block, &budget) else { return nil }
    }
    return KindInference(
      blocks: blocks, states: states, stateStarts: stateStarts, slotCount: scope.slotCount)
  }

  /// Carries a block's state to its successors; false if the steps are used up.
  private mutating func visit(_ block: Int, _ budget: inout AnalysisBudget) -> Bool {
    let start = Int(stateStarts[block])
    let end = Int(stateStarts[block + 1])
    var state = KindInference.State(
      locals: Array(states[start..<start + scope.slotCount]),
      stack: Array(states[start + scope.slotCount..<end]))
    let range = blocks.range(of: block)
    let regions = handlers?.handlersByBlock[block] ?? []
    // Only a store, or a value pushed where the handler will find it, changes what it sees.
    var isNews = true
    for offset in range {
      let opcode = scope.instruction(at: offset).opcode
      if isNews {
        for handler in regions {
          guard budget.takeSteps(scope.slotCount + handler.stackDepth) else { return false }
          join(state, stackCount: handler.stackDepth, into: handler.label)
        }
      }
      let target = targets[offset]
      let width = target >= 0 ? scope.slotCount + state.stack.count : 0
      guard budget.takeSteps(Self.instructionSteps + width) else { return false }
      transfer.apply(offset, to: &state)
      let depth = state.stack.count
      isNews =
        opcode.compactFacts.writesLocal
        || regions.contains { $0.stackDepth > depth - opcode.compactFacts.pushCount }
      guard target >= 0 else { continue }
      if opcode == .setupTry {
        state.stack.append(.anything)
        join(state, stackCount: depth + 1, into: Int(target))
        state.stack.removeLast()
      } else {
        join(state, stackCount: depth, into: Int(target))
      }
    }
    if scope.instruction(at: range.upperBound - 1).opcode.compactFacts.continuesToNext {
      join(state, stackCount: state.stack.count, into: range.upperBound)
    }
    return budget.takeSteps(end - start)
  }

  /// Joins locals and the lowest stack slots into the state of the block at an offset.
  private mutating func join(_ state: KindInference.State, stackCount: Int, into offset: Int) {
    let block = Int(blocks.blockAt[offset])
    let start = Int(stateStarts[block])
    var added = KindSet()
    var known = states.mutableSpan
    for slot in state.locals.indices {
      let joined = known[start + slot].union(state.locals[slot])
      added.formUnion(joined.subtracting(known[start + slot]))
      known[start + slot] = joined
    }
    let stackStart = start + state.locals.count
    for slot in 0..<stackCount {
      let joined = known[stackStart + slot].union(state.stack[slot])
      added.formUnion(joined.subtracting(known[stackStart + slot]))
      known[stackStart + slot] = joined
    }
    let hasChanged = !added.isEmpty || !isEntered[block]
    isEntered[block] = true
    if hasChanged { pending.insert(block) }
  }
}

/// The blocks whose state changed, taken in a fixed order, around and around.
struct PendingBlocks {
  /// The block at each place of the order.
  private let order: [Int32]
  /// The place of each block.
  private var places: [Int32]
  private var words: [UInt64]
  private var position = 0
  private var count = 0

  init(order: [Int32]) {
    self.order = order
    places = [Int32](repeating: 0, count: order.count)
    for (place, block) in order.enumerated() { places[Int(block)] = Int32(place) }
    words = [UInt64](repeating: 0, count: (order.count + 63) / 64)
  }

  mutating func insert(_ block: Int) {
    let place = Int(places[block])
    let bit = UInt64(1) << UInt64(place % 64)
    guard words[place / 64] & bit == 0 else { return }
    words[place / 64] |= bit
    count += 1
  }

  /// Takes the next block at or behind the place of the last one, then from the start.
  mutating func next() -> Int? {
    guard count > 0 else { return nil }
    var word = position / 64
    var bits = words[word] & (~0 << UInt64(position % 64))
    while bits == 0 {
      word = word + 1 == words.count ? 0 : word + 1
      bits = words[word]
    }
    let place = word * 64 + bits.trailingZeroBitCount
    words[word] &= ~(1 << UInt64(place % 64))
    count -= 1
    position = place
    return Int(order[place])
  }
}
