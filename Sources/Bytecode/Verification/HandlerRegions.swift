/// Which handlers may be in force in each block of a function.
///
/// A block is cut at every `SetupTry` and `PopHandler`, so they are the same for all of it.
struct HandlerRegions {
  /// A handler by its `SetupTry`.
  struct Handler {
    let label: Int
    /// The operand stack depth it cuts to.
    let stackDepth: Int
  }

  /// The offsets of the `SetupTry`s that may have made the top handler, ascending, by block.
  private var tops: [[Int32]]
  private(set) var handlersByBlock: [[Handler]] = []

  /// Finds the handlers of each block; nil if it would take more than the budget left.
  init?(
    of scope: FunctionScope, _ structure: CodeStructure, _ flow: StackFlow, _ blocks: BlockGraph,
    order: [Int32], _ budget: inout AnalysisBudget
  ) {
    tops = [[Int32]](repeating: [], count: blocks.count)
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for block in order {
        guard budget.takeSteps(1 + tops[Int(block)].count) else { return nil }
        if spread(Int(block), scope, structure, blocks, &budget) { hasChanged = true }
        guard budget.slots >= 0 else { return nil }
      }
    }
    handlersByBlock = tops.map { sites in
      sites.map { site in
        Handler(
          label: Int(structure.targets[Int(site)]), stackDepth: Int(flow.depths[Int(site)]))
      }
    }
  }

  /// Carries a block's handlers to its successors; whether any of them changed.
  private mutating func spread(
    _ block: Int, _ scope: FunctionScope, _ structure: CodeStructure, _ blocks: BlockGraph,
    _ budget: inout AnalysisBudget
  ) -> Bool {
    var hasChanged = false
    let range = blocks.range(of: block)
    for offset in range where structure.targets[offset] >= 0 {
      let target = Int(blocks.blockAt[Int(structure.targets[offset])])
      if merge(tops[block], into: target, &budget) { hasChanged = true }
    }
    let last = range.upperBound - 1
    let opcode = scope.instruction(at: last).opcode
    guard opcode.compactFacts.continuesToNext else { return hasChanged }
    let next = Int(blocks.blockAt[last + 1])
    if opcode == .setupTry {
      return merge([Int32(last)], into: next, &budget) || hasChanged
    }
    guard opcode == .popHandler else {
      return merge(tops[block], into: next, &budget) || hasChanged
    }
    for site in tops[block] {
      let below = tops[blocks.block(containing: Int(site))]
      if merge(below, into: next, &budget) { hasChanged = true }
    }
    return hasChanged
  }

  /// Adds sites to those of a block; whether any was new.
  private mutating func merge(_ sites: [Int32], into block: Int, _ budget: inout AnalysisBudget)
    -> Bool
  {
    if sites.isEmpty || sites == tops[block] { return false }
    // The set made is kept or dropped; either way it counts, so that a hostile program cannot
    // ask for many large ones. An exhausted budget is seen by the caller.
    guard budget.takeSlots(sites.count + tops[block].count) else { return false }
    if tops[block].isEmpty {
      tops[block] = sites
      return true
    }
    let merged = (tops[block] + sites).sorted().removingRepeats()
    guard merged.count != tops[block].count else { return false }
    tops[block] = merged
    return true
  }
}

extension HandlerRegions {
  /// Reports each place where the operand stack is lower than a handler in force would cut it to;
  /// whether there is none.
  ///
  /// A call that enters a frame has taken its operands when something is raised there: they count as
  /// gone. Any other instruction that raises has them still.
  func checkStack(
    _ scope: FunctionScope, _ structure: CodeStructure, _ flow: StackFlow, _ blocks: BlockGraph,
    findings: inout FindingList
  ) -> Bool {
    let before = findings.count
    for block in 0..<blocks.count {
      guard let deepest = handlersByBlock[block].map(\.stackDepth).max() else { continue }
      for offset in blocks.range(of: block) {
        let depth = Int(flow.depths[offset])
        let opcode = scope.instruction(at: offset).opcode
        if depth < deepest {
          findings.add(
            .stack, scope.site(offset),
            "a handler in force needs \(deepest) values, the stack holds \(depth)")
        } else if opcode.entersFrames, depth - Int(structure.pops[offset]) < deepest {
          findings.add(
            .stack, scope.site(offset),
            "\(opcode.facts.name) takes values that a handler in force needs \(deepest) of")
        }
      }
    }
    return findings.count == before
  }
}

extension Opcode {
  /// Whether its operands leave the caller's stack for a frame of a bytecode function. Those of
  /// builtins and foreign functions stay until the call returns.
  fileprivate var entersFrames: Bool { self == .call || self == .callValue || self == .callMethod }
}

extension [Int32] {
  /// A sorted array without its repeated elements.
  fileprivate func removingRepeats() -> [Int32] {
    var result: [Int32] = []
    for element in self where result.last != element { result.append(element) }
    return result
  }
}
