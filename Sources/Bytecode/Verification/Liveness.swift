/// Which parameters and locals may still be read, at each instruction of a function.
///
/// Sets are kept where control flow joins; the others follow by replaying a block backward.
public struct Liveness: Sendable {
  let blocks: BlockGraph
  /// The sets before each block, one bit per slot, `wordCount` words each.
  let liveIn: [UInt64]
  /// The labels of the handlers in force in each block; empty if the function has none.
  let handlerLabels: [[Int32]]
  let wordCount: Int
}

/// A set of parameters and locals of one function.
public struct LocalSet: Hashable, Sendable {
  var words: [UInt64]

  /// Whether a parameter or local is in the set.
  public func contains(_ local: LocalIndex) -> Bool {
    words[local.position / 64] >> UInt64(local.position % 64) & 1 != 0
  }

  mutating func insert(_ slot: Int) { words[slot / 64] |= 1 << UInt64(slot % 64) }

  mutating func remove(_ slot: Int) { words[slot / 64] &= ~(1 << UInt64(slot % 64)) }

  /// Adds the slots of a set kept among others; whether any was new.
  mutating func formUnion(_ others: [UInt64], at start: Int) -> Bool {
    var hasChanged = false
    for word in words.indices {
      let joined = words[word] | others[start + word]
      hasChanged = hasChanged || joined != words[word]
      words[word] = joined
    }
    return hasChanged
  }
}

extension VerifiedProgram {
  /// The parameters and locals that some path from before an instruction reads before writing
  /// them, through handlers included; cells and referenced locals once they are assigned.
  ///
  /// Empty at an unreachable instruction.
  /// - Complexity: O(instructions of the block + slots).
  public func liveLocals(of function: FunctionIndex, at offset: Int) -> LocalSet {
    let facts = self[function]
    let liveness = facts.liveness
    var live = LocalSet(words: [UInt64](repeating: 0, count: liveness.wordCount))
    guard facts.isReachable(offset) else { return live }
    let block = liveness.blocks.block(containing: offset)
    let walk = LivenessWalk(
      program: program, entry: program[function].entryPoint, targets: facts.targets,
      blocks: liveness.blocks, wordCount: liveness.wordCount)
    let labels = liveness.handlerLabels.isEmpty ? [] : liveness.handlerLabels[block]
    walk.run(
      block, downTo: offset, &live, labels: labels, liveIn: liveness.liveIn)
    for slot in facts.cellLocals.indices where facts.cellLocals[slot] {
      if facts.assignment.isAssigned(slot, at: offset, in: program, function) {
        live.insert(slot)
      } else {
        live.remove(slot)
      }
    }
    return live
  }

  /// Whether a parameter or local is live before an instruction.
  public func isLive(_ local: LocalIndex, of function: FunctionIndex, at offset: Int) -> Bool {
    liveLocals(of: function, at: offset).contains(local)
  }

  /// The parameters and locals a frame still needs while it awaits the call at an offset: those
  /// live behind the call, and those live at the labels of the handlers in force.
  ///
  /// - Complexity: O(instructions of the block + slots).
  public func liveLocalsAwaiting(
    callAt offset: Int, of function: FunctionIndex
  ) -> LocalSet {
    var live = liveLocals(of: function, at: offset + 1)
    let liveness = self[function].liveness
    guard !liveness.handlerLabels.isEmpty else { return live }
    for label in liveness.handlerLabels[liveness.blocks.block(containing: offset)] {
      _ = live.formUnion(liveLocals(of: function, at: Int(label)).words, at: 0)
    }
    return live
  }
}

/// The backward walk through one block.
struct LivenessWalk {
  let program: Program
  let entry: Int
  let targets: [Int32]
  let blocks: BlockGraph
  let wordCount: Int

  /// Turns a set into the one before an instruction of a block, starting at the block's end.
  func run(
    _ block: Int, downTo lowest: Int, _ live: inout LocalSet, labels: [Int32],
    liveIn: [UInt64]
  ) {
    let range = blocks.range(of: block)
    let last = program.instructions[entry + range.upperBound - 1].opcode
    if last.compactFacts.continuesToNext { add(range.upperBound, to: &live, liveIn) }
    for offset in (lowest..<range.upperBound).reversed() {
      let instruction = program.instructions[entry + offset]
      let facts = instruction.opcode.compactFacts
      if targets[offset] >= 0 && instruction.opcode != .setupTry {
        add(Int(targets[offset]), to: &live, liveIn)
      }
      if facts.writesLocal, let slot = instruction.namedLocal { live.remove(slot) }
      if facts.readsLocal, let slot = instruction.namedLocal { live.insert(slot) }
      if facts.mayTrap {
        for label in labels { add(Int(label), to: &live, liveIn) }
      }
    }
  }

  private func add(_ offset: Int, to live: inout LocalSet, _ liveIn: [UInt64]) {
    _ = live.formUnion(liveIn, at: Int(blocks.blockAt[offset]) * wordCount)
  }
}

extension Liveness {
  /// Runs backward to the fixpoint.
  ///
  /// - Complexity: O(block starts × slots × instructions of a block) at worst, usually two visits
  ///   of each instruction.
  init(
    of scope: FunctionScope, _ structure: CodeStructure, _ blocks: BlockGraph,
    handlers: HandlerRegions?, order: [Int32]
  ) {
    let wordCount = (scope.slotCount + 63) / 64
    let labels = (handlers?.handlersByBlock ?? []).map { $0.map { Int32($0.label) } }
    let walk = LivenessWalk(
      program: scope.program, entry: scope.function.entryPoint, targets: structure.targets,
      blocks: blocks, wordCount: wordCount)
    var liveIn = [UInt64](repeating: 0, count: blocks.count * wordCount)
    if wordCount > 0 {
      let predecessors = Predecessors(of: scope, structure, blocks, labels)
      var pending = PendingBlocks(order: order.reversed())
      for block in 0..<blocks.count { pending.insert(block) }
      while let block = pending.next() {
        var live = LocalSet(words: [UInt64](repeating: 0, count: wordCount))
        walk.run(
          block, downTo: Int(blocks.starts[block]), &live,
          labels: labels.isEmpty ? [] : labels[block], liveIn: liveIn)
        var hasChanged = false
        for word in 0..<wordCount where liveIn[block * wordCount + word] != live.words[word] {
          liveIn[block * wordCount + word] = live.words[word]
          hasChanged = true
        }
        guard hasChanged else { continue }
        predecessors.forEach(of: block) { pending.insert($0) }
      }
    }
    self.init(
      blocks: blocks, liveIn: liveIn, handlerLabels: labels, wordCount: wordCount)
  }
}

/// The blocks control comes from, by block.
struct Predecessors {
  private var starts: [Int32]
  private var list: [Int32]

  init(
    of scope: FunctionScope, _ structure: CodeStructure, _ blocks: BlockGraph, _ labels: [[Int32]]
  ) {
    var edges: [(from: Int32, to: Int32)] = []
    for block in 0..<blocks.count {
      let range = blocks.range(of: block)
      for offset in range where structure.targets[offset] >= 0 {
        edges.append((Int32(block), blocks.blockAt[Int(structure.targets[offset])]))
      }
      let last = scope.instruction(at: range.upperBound - 1).opcode
      if last.compactFacts.continuesToNext {
        edges.append((Int32(block), blocks.blockAt[range.upperBound]))
      }
      guard !labels.isEmpty else { continue }
      for label in labels[block] { edges.append((Int32(block), blocks.blockAt[Int(label)])) }
    }
    starts = [Int32](repeating: 0, count: blocks.count + 1)
    for edge in edges { starts[Int(edge.to) + 1] += 1 }
    for block in 0..<blocks.count { starts[block + 1] += starts[block] }
    list = [Int32](repeating: 0, count: edges.count)
    var next = starts
    for edge in edges {
      list[Int(next[Int(edge.to)])] = edge.from
      next[Int(edge.to)] += 1
    }
  }

  func forEach(of block: Int, _ body: (Int) -> Void) {
    for position in starts[block]..<starts[block + 1] { body(Int(list[Int(position)])) }
  }
}
