import Bytecode

/// The basic blocks of a function's reachable instructions, one for each chain of handlers that may
/// be in force at its start.
///
/// Which handlers are in force is known of every block, so a raise in compiled code is a jump. The
/// verifier proves only how many there are; where paths with different handlers meet, what follows
/// is laid out once for each.
struct BlockPlan {
  struct Block {
    /// Offsets of its instructions.
    var offsets: Range<Int>
    /// The handlers in force at its start.
    var chain: HandlerChain
    /// Edges into it, the function's entry included.
    var predecessorCount = 0
    /// Whether an edge comes from its own end or from a block behind it.
    var hasLaterPredecessor = false
    /// Whether control may come from elsewhere than a block: a raise, or a frame of another tier.
    var isEntered = false
    /// Whether raises come there.
    var isHandler = false

    /// Whether its entry state merges several.
    var joins: Bool { predecessorCount > 1 || hasLaterPredecessor || isEntered }
  }

  /// In ascending order of offset; those of one offset in the order their chains are met.
  private(set) var blocks: [Block] = []
  /// The chains of the function, the empty one first.
  let chains: HandlerChains
  /// The position in `blocks` of the first block that starts at an offset, −1 where none does.
  private var positions: [Int]
  /// Whether a reachable jump goes backward, to itself included.
  private(set) var hasBackwardJump = false
  /// Whether a reachable instruction may enter a function of the program.
  private(set) var makesCalls = false
  /// Whether a backward jump spans an offset.
  private(set) var isInLoop: [Bool]
  /// Whether there are more blocks than a compile takes on; then they are not all here.
  private(set) var isOverBudget = false
  private let flow: ControlFlow

  /// Lays out what can be reached from an offset with no handler in force, or with those a frame
  /// has there.
  ///
  /// - Parameters:
  ///   - start: 0, or a loop header at which frames of another tier enter.
  ///   - feedback: of the function, if guards are to keep control from ways that branches never went.
  /// - Complexity: O(instructions × chains), cut off at `Tuning.blockBudget`.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, from start: Int = 0,
    handlers: [Int] = [], feedback: FunctionFeedback? = nil
  ) {
    let body = program.program.body(of: index)
    let facts = program[index]
    flow = ControlFlow(body: body, facts: facts, feedback: feedback)
    positions = [Int](repeating: -1, count: body.count)
    isInLoop = [Bool](repeating: false, count: body.count)
    var isLeader = [Bool](repeating: false, count: body.count + 1)
    isLeader[0] = true
    isLeader[start] = true
    for offset in 0..<body.count where facts.isReachable(offset) {
      let opcode = body[body.startIndex + offset].opcode
      if let target = Self.label(facts, offset) { isLeader[target] = true }
      if Self.target(facts, body, offset) != nil || !opcode.fallsThrough {
        isLeader[offset + 1] = true
      }
    }
    var walk = BlockWalk(flow: flow, isLeader: isLeader)
    walk.run(from: start, handlers: handlers)
    chains = walk.chains
    guard walk.nodes.count <= Tuning.blockBudget else {
      isOverBudget = true
      return
    }
    blocks = walk.nodes.map { Block(offsets: $0.offsets, chain: $0.chain) }
    for position in blocks.indices.reversed() {
      positions[blocks[position].offsets.lowerBound] = position
    }
    noteInstructions(body)
    noteEdges(body, facts, start: position(of: start, walk.startChain))
  }

  /// Where control goes from an instruction in this plan, and the one way that a guard lets through.
  func successors(of offset: Int) -> Successors { flow.successors(of: offset) }

  /// The block that starts at an offset under a chain of handlers.
  func position(of offset: Int, _ chain: HandlerChain) -> Int {
    var position = positions[offset]
    while blocks[position].chain != chain { position += 1 }
    precondition(blocks[position].offsets.lowerBound == offset, "every edge leads to a block")
    return position
  }

  /// The chain of these `SetupTry`s, outermost first.
  func chain(of setups: [Int]) -> HandlerChain {
    setups.reduce(.empty) { chains.chain(after: $1, .setupTry, $0) }
  }

  private mutating func noteInstructions(_ body: ArraySlice<Instruction>) {
    // How many more backward jumps span an offset than the one in front of it.
    var loopChanges = [Int](repeating: 0, count: body.count + 1)
    for block in blocks {
      for offset in block.offsets {
        if let target = successors(of: offset).target, target <= offset {
          hasBackwardJump = true
          loopChanges[target] += 1
          loopChanges[offset + 1] -= 1
        }
        if body[body.startIndex + offset].mayEnterFunction { makesCalls = true }
      }
    }
    var loops = 0
    for offset in 0..<body.count {
      loops += loopChanges[offset]
      isInLoop[offset] = loops > 0
    }
  }

  private mutating func noteEdges(
    _ body: ArraySlice<Instruction>, _ facts: FunctionFacts, start: Int
  ) {
    blocks[start].predecessorCount = 1
    blocks[start].isEntered = start > 0
    for from in blocks.indices {
      var chain = blocks[from].chain
      for offset in blocks[from].offsets {
        let opcode = body[body.startIndex + offset].opcode
        if chain != .empty, !opcode.facts.traps.isEmpty {
          let handler = position(of: chains.label(of: chain, facts), chains.parent(of: chain))
          blocks[handler].isEntered = true
          blocks[handler].isHandler = true
        }
        chain = chains.chain(after: offset, opcode, chain)
      }
      let successors = successors(of: blocks[from].offsets.upperBound - 1)
      if let target = successors.target { note(from, position(of: target, chain)) }
      if let next = successors.next { note(from, position(of: next, chain)) }
    }
  }

  private mutating func note(_ from: Int, _ target: Int) {
    blocks[target].predecessorCount += 1
    if target <= from { blocks[target].hasLaterPredecessor = true }
  }

  /// The offset a jump goes to, nil for instructions that do not jump.
  static func target(
    _ facts: FunctionFacts, _ body: ArraySlice<Instruction>, _ offset: Int
  ) -> Int? {
    body[body.startIndex + offset].opcode == .setupTry ? nil : label(facts, offset)
  }

  private static func label(_ facts: FunctionFacts, _ offset: Int) -> Int? {
    let target = Int(facts.targets[offset])
    return target < 0 ? nil : target
  }
}

/// Where control goes from an instruction, but for raises.
struct Successors: Equatable {
  /// The offset a jump goes to; nil if there is no jump, or if it is guarded never to be taken.
  var target: Int?
  /// The next offset; nil if control never goes there, or is guarded not to.
  var next: Int?
  /// The only way that a guard lets a conditional jump go; nil for all other instructions.
  var guardedWay: BranchWay?
}

/// A way of a conditional jump.
enum BranchWay: Hashable, Sendable {
  case taken
  case notTaken
}

/// Where control goes in a function that guards may confine to the ways its branches went.
private struct ControlFlow {
  let body: ArraySlice<Instruction>
  let facts: FunctionFacts
  let feedback: FunctionFeedback?

  func opcode(_ offset: Int) -> Opcode { body[body.startIndex + offset].opcode }

  func successors(of offset: Int) -> Successors {
    let opcode = opcode(offset)
    var result = Successors(
      target: BlockPlan.target(facts, body, offset), next: opcode.fallsThrough ? offset + 1 : nil)
    guard opcode.isConditionalJump, let way = feedback?.ways[offset] else { return result }
    result.guardedWay = way
    switch way {
    case .taken: result.next = nil
    case .notTaken: result.target = nil
    }
    return result
  }
}

/// The handlers in force, as a number; the numbers of a function are its `HandlerChains`'.
struct HandlerChain: Hashable {
  fileprivate let number: Int

  static let empty = HandlerChain(number: 0)
}

/// The chains of handlers that occur in a function: each a `SetupTry` on top of another.
struct HandlerChains {
  private struct Link {
    var setup: Int
    var parent: HandlerChain
    var depth: Int
  }

  private var links = [Link(setup: -1, parent: .empty, depth: 0)]

  /// The chain with one more handler.
  fileprivate mutating func push(_ setup: Int, on parent: HandlerChain) -> HandlerChain {
    if let known = find(setup, on: parent) { return known }
    links.append(Link(setup: setup, parent: parent, depth: links[parent.number].depth + 1))
    return HandlerChain(number: links.count - 1)
  }

  private func find(_ setup: Int, on parent: HandlerChain) -> HandlerChain? {
    links.firstIndex { $0.setup == setup && $0.parent == parent }.map(HandlerChain.init(number:))
  }

  /// The chain behind an instruction.
  func chain(after offset: Int, _ opcode: Opcode, _ chain: HandlerChain) -> HandlerChain {
    if opcode == .popHandler { return parent(of: chain) }
    guard opcode == .setupTry else { return chain }
    guard let next = find(offset, on: chain) else {
      preconditionFailure("the walk over the blocks met every SetupTry")
    }
    return next
  }

  func parent(of chain: HandlerChain) -> HandlerChain { links[chain.number].parent }

  /// How many handlers are in force.
  func depth(of chain: HandlerChain) -> Int { links[chain.number].depth }

  /// Where the innermost handler of a chain is.
  func label(of chain: HandlerChain, _ facts: FunctionFacts) -> Int {
    Int(facts.targets[links[chain.number].setup])
  }

  /// The `SetupTry` of the innermost handler.
  func setup(of chain: HandlerChain) -> Int { links[chain.number].setup }

  /// The offsets of the `SetupTry`s in force, outermost first.
  func setups(of chain: HandlerChain) -> [Int] {
    chain == .empty ? [] : setups(of: parent(of: chain)) + [setup(of: chain)]
  }
}

/// Finds the blocks that can be reached, with their handlers.
private struct BlockWalk {
  struct Node: Hashable {
    var offsets: Range<Int>
    var chain: HandlerChain
  }

  let flow: ControlFlow
  let isLeader: [Bool]
  var chains = HandlerChains()
  var nodes: [Node] = []
  var startChain = HandlerChain.empty
  private var known: Set<Node> = []
  private var pending: [Node] = []

  init(flow: ControlFlow, isLeader: [Bool]) {
    self.flow = flow
    self.isLeader = isLeader
  }

  mutating func run(from start: Int, handlers: [Int]) {
    for setup in handlers { startChain = chains.push(setup, on: startChain) }
    visit(start, startChain)
    while nodes.count <= Tuning.blockBudget, let node = pending.popLast() { leave(node) }
    nodes.sort {
      ($0.offsets.lowerBound, $0.chain.number) < ($1.offsets.lowerBound, $1.chain.number)
    }
  }

  private mutating func visit(_ offset: Int, _ chain: HandlerChain) {
    var end = offset + 1
    while end < flow.body.count, !isLeader[end] { end += 1 }
    let node = Node(offsets: offset..<end, chain: chain)
    guard known.insert(node).inserted else { return }
    nodes.append(node)
    pending.append(node)
  }

  private mutating func leave(_ node: Node) {
    var chain = node.chain
    for offset in node.offsets {
      let opcode = flow.opcode(offset)
      if chain != .empty, !opcode.facts.traps.isEmpty {
        visit(chains.label(of: chain, flow.facts), chains.parent(of: chain))
      }
      if opcode == .setupTry { chain = chains.push(offset, on: chain) }
      if opcode == .popHandler { chain = chains.parent(of: chain) }
    }
    let successors = flow.successors(of: node.offsets.upperBound - 1)
    if let target = successors.target { visit(target, chain) }
    if let next = successors.next { visit(next, chain) }
  }
}

extension Opcode {
  /// Whether it ends the activation.
  var leavesFunction: Bool { self == .return || self == .returnValue || self == .halt }

  /// Whether control may reach the next instruction.
  var fallsThrough: Bool {
    !leavesFunction && self != .jump && self != .break && self != .continue && self != .throw
  }
}
