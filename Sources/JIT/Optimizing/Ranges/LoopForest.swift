import Bytecode

/// The natural loops among the blocks of a plan: all that goes round through a header without which
/// control never comes to any of it.
struct LoopForest {
  struct Loop {
    /// The position of its header's block.
    let header: Int
    /// By position, whether a block belongs to it.
    let contains: [Bool]
    /// By position, whether every way round it passes a block.
    let isAlwaysPassed: [Bool]
    /// By slot, whether it stores into the local.
    let stores: [Bool]
    /// Whether all it does leaves the lengths of arrays as they are.
    let keepsLengths: Bool
    /// The instruction whose feedback it has: its header's first if a backward jump leads there, else
    /// the first of those that one leads to.
    let site: Int

    var size: Int { contains.count { $0 } }
  }

  /// Those around others first.
  private(set) var loops: [Loop] = []

  /// Those that frames can be kept from entering: control comes to their headers by jumps only.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, _ plan: BlockPlan, from start: Int,
    _ effects: ArrayLengthEffects
  ) {
    let flow = BlockFlow(program, index, plan)
    let dominates = Dominance(flow, from: start)
    let headers = Set(program[index].loopHeaders)
    for header in plan.blocks.indices where !plan.blocks[header].isHandler {
      let ends = flow.predecessors[header].filter { dominates.isAbove(header, $0) }
      guard !ends.isEmpty else { continue }
      var contains = [Bool](repeating: false, count: plan.blocks.count)
      contains[header] = true
      var pending = ends
      while let block = pending.popLast() {
        guard !contains[block] else { continue }
        contains[block] = true
        pending += flow.predecessors[block]
      }
      let blocks = plan.blocks.indices.filter { contains[$0] }.map { plan.blocks[$0] }
      let starts = blocks.map(\.offsets.lowerBound).filter(headers.contains)
      let own = plan.blocks[header].offsets.lowerBound
      guard let site = starts.contains(own) ? own : starts.min() else { continue }
      let isAlwaysPassed = plan.blocks.indices.map { block in
        contains[block] && ends.allSatisfy { dominates.isAbove(block, $0) }
      }
      loops.append(
        Self.loop(header, contains, isAlwaysPassed, site, blocks, program, index, effects))
    }
    loops.sort { ($1.size, $0.header) < ($0.size, $1.header) }
  }

  private static func loop(
    _ header: Int, _ contains: [Bool], _ isAlwaysPassed: [Bool], _ site: Int,
    _ blocks: [BlockPlan.Block],
    _ program: VerifiedProgram, _ index: FunctionIndex, _ effects: ArrayLengthEffects
  ) -> Loop {
    let function = program.program[index]
    var stores = [Bool](repeating: false, count: function.slotCount)
    var keepsLengths = true
    for offset in blocks.flatMap(\.offsets) {
      let instruction = program.program.instructions[function.entryPoint + offset]
      keepsLengths = keepsLengths && effects.keepsLengths(instruction)
      if let local = instruction.storedLocal { stores[local.position] = true }
    }
    return Loop(
      header: header, contains: contains, isAlwaysPassed: isAlwaysPassed, stores: stores,
      keepsLengths: keepsLengths, site: site)
  }
}

extension Instruction {
  /// The local whose value it replaces.
  var storedLocal: LocalIndex? {
    switch operand {
    case .local(let local): opcode == .storeLocal ? local : nil
    case .localWidth(let local, _): local
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      nil
    }
  }
}

/// Where control goes between the blocks of a plan, raises included.
struct BlockFlow {
  private(set) var successors: [[Int]]
  private(set) var predecessors: [[Int]]

  init(_ program: VerifiedProgram, _ index: FunctionIndex, _ plan: BlockPlan) {
    successors = plan.blocks.map { _ in [] }
    predecessors = successors
    let facts = program[index]
    let entry = program.program[index].entryPoint
    for (position, block) in plan.blocks.enumerated() {
      var chain = block.chain
      var targets: [Int] = []
      for offset in block.offsets {
        let opcode = program.program.instructions[entry + offset].opcode
        if chain != .empty, !opcode.facts.traps.isEmpty {
          targets.append(
            plan.position(of: plan.chains.label(of: chain, facts), plan.chains.parent(of: chain)))
        }
        chain = plan.chains.chain(after: offset, opcode, chain)
      }
      let ways = plan.successors(of: block.offsets.upperBound - 1)
      targets += [ways.target, ways.next].compactMap { $0 }.map { plan.position(of: $0, chain) }
      for target in targets where !successors[position].contains(target) {
        successors[position].append(target)
        predecessors[target].append(position)
      }
    }
  }
}

/// Which blocks control passes on every way to others.
private struct Dominance {
  /// By block: the last one that is passed on every way to it; −1 for the first and for those that
  /// control never comes to.
  private var above: [Int]
  /// By block: its place in an order in which control comes to a block, but for loops, after what
  /// leads there.
  private var places: [Int]

  init(_ flow: BlockFlow, from start: Int) {
    let count = flow.successors.count
    above = Array(repeating: -1, count: count)
    places = Array(repeating: -1, count: count)
    let order = Self.order(flow, from: start)
    for (place, block) in order.enumerated() { places[block] = place }
    var changes = true
    while changes {
      changes = false
      for block in order.dropFirst() {
        let known = flow.predecessors[block].filter { $0 == start || above[$0] >= 0 }
        guard let first = known.first else { continue }
        let common = known.dropFirst().reduce(first) { commonAncestor($0, $1) }
        if above[block] != common {
          above[block] = common
          changes = true
        }
      }
    }
  }

  private static func order(_ flow: BlockFlow, from start: Int) -> [Int] {
    var seen = [Bool](repeating: false, count: flow.successors.count)
    seen[start] = true
    var open = [(block: start, next: 0)]
    var finished: [Int] = []
    while let (block, next) = open.last {
      guard next < flow.successors[block].count else {
        finished.append(block)
        open.removeLast()
        continue
      }
      open[open.count - 1].next += 1
      let target = flow.successors[block][next]
      if !seen[target] {
        seen[target] = true
        open.append((target, 0))
      }
    }
    return finished.reversed()
  }

  private func commonAncestor(_ one: Int, _ other: Int) -> Int {
    var (one, other) = (one, other)
    while one != other {
      if places[one] > places[other] { one = above[one] } else { other = above[other] }
    }
    return one
  }

  /// Whether control comes to a block only by way of another.
  func isAbove(_ block: Int, _ other: Int) -> Bool {
    guard places[block] >= 0, places[other] >= 0 else { return false }
    var place = other
    while places[place] > places[block] { place = above[place] }
    return place == block
  }
}
