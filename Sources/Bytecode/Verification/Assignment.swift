/// Which declared locals are assigned on every path, for the functions that have any.
///
/// Parameters and undeclared locals always are.
public struct DefiniteAssignment: Sendable {
  /// The declared locals, by slot; empty if the function has none.
  private let isTracked: [Bool]
  private let blocks: BlockGraph
  /// The sets before each block, `wordCount` words each.
  private var assignedIn: [UInt64] = []
  private let wordCount: Int

  /// Runs forward to the fixpoint and reports each read of what may be unassigned.
  ///
  /// - Complexity: O(block starts × slots × instructions of a block) at worst, usually two visits
  ///   of each instruction.
  init(
    of scope: FunctionScope, _ structure: CodeStructure, _ blocks: BlockGraph, order: [Int32],
    findings: inout FindingList
  ) {
    self.blocks = blocks
    guard scope.function.locals.contains(where: { $0.kind != nil }) else {
      isTracked = []
      wordCount = 0
      return
    }
    isTracked = (0..<scope.slotCount).map { slot in
      slot >= scope.function.parameters.count && scope.kind(of: slot) != nil
    }
    wordCount = (scope.slotCount + 63) / 64
    assignedIn = [UInt64](repeating: ~0, count: blocks.count * wordCount)
    for slot in isTracked.indices where isTracked[slot] {
      assignedIn[slot / 64] &= ~(1 << UInt64(slot % 64))
    }
    var pending = PendingBlocks(order: order)
    for block in 0..<blocks.count { pending.insert(block) }
    while let block = pending.next() {
      spread(block, scope, structure, &pending)
    }
    for block in 0..<blocks.count { check(block, scope, findings: &findings) }
  }

  private func assigned(before block: Int) -> LocalSet {
    LocalSet(words: Array(assignedIn[block * wordCount..<(block + 1) * wordCount]))
  }

  private mutating func spread(
    _ block: Int, _ scope: FunctionScope, _ structure: CodeStructure,
    _ pending: inout PendingBlocks
  ) {
    var assigned = assigned(before: block)
    let range = blocks.range(of: block)
    for offset in range {
      let instruction = scope.instruction(at: offset)
      if instruction.opcode.writesLocal, let slot = instruction.namedLocal {
        assigned.insert(slot)
      }
      if structure.targets[offset] >= 0 {
        meet(assigned, into: Int(structure.targets[offset]), &pending)
      }
    }
    if scope.instruction(at: range.upperBound - 1).opcode.compactFacts.continuesToNext {
      meet(assigned, into: range.upperBound, &pending)
    }
  }

  private mutating func meet(
    _ assigned: LocalSet, into offset: Int, _ pending: inout PendingBlocks
  ) {
    let block = Int(blocks.blockAt[offset])
    var hasChanged = false
    for word in 0..<wordCount {
      let both = assignedIn[block * wordCount + word] & assigned.words[word]
      hasChanged = hasChanged || both != assignedIn[block * wordCount + word]
      assignedIn[block * wordCount + word] = both
    }
    if hasChanged { pending.insert(block) }
  }

  private func check(_ block: Int, _ scope: FunctionScope, findings: inout FindingList) {
    var assigned = assigned(before: block)
    for offset in blocks.range(of: block) {
      let instruction = scope.instruction(at: offset)
      guard let slot = instruction.namedLocal else { continue }
      if instruction.opcode.writesLocal {
        assigned.insert(slot)
      } else if !assigned.contains(LocalIndex(slot)) {
        findings.add(
          .assignment, scope.site(offset),
          "\(scope.name(of: slot)) may be read before it is assigned")
      }
    }
  }

  /// Whether a slot is assigned on every path to before a reachable instruction.
  func isAssigned(
    _ slot: Int, at offset: Int, in program: Program, _ function: FunctionIndex
  ) -> Bool {
    guard !isTracked.isEmpty, isTracked[slot] else { return true }
    let block = blocks.block(containing: offset)
    if assigned(before: block).contains(LocalIndex(slot)) { return true }
    let entry = program[function].entryPoint
    return (blocks.range(of: block).lowerBound..<offset).contains { earlier in
      let instruction = program.instructions[entry + earlier]
      return instruction.opcode.writesLocal && instruction.namedLocal == slot
    }
  }
}
