import Bytecode

/// The basic blocks of a function's reachable instructions.
struct BlockPlan {
  struct Block {
    /// Offsets of its instructions.
    var offsets: Range<Int>
    /// Edges into it, the function's entry included.
    var predecessorCount = 0
    /// Whether an edge comes from its own end or from a block behind it.
    var hasLaterPredecessor = false

    /// Whether its entry state merges several.
    var joins: Bool { predecessorCount > 1 || hasLaterPredecessor }
  }

  /// In ascending order of offset.
  private(set) var blocks: [Block] = []
  /// The position in `blocks` of the block that starts at an offset, −1 where none does.
  private(set) var positions: [Int]
  /// Whether a reachable jump goes backward, to itself included.
  private(set) var hasBackwardJump = false
  /// Whether a reachable instruction calls a function of the program.
  private(set) var makesCalls = false
  /// Whether a backward jump spans an offset.
  private(set) var isInLoop: [Bool]

  init(_ program: VerifiedProgram, _ index: FunctionIndex) {
    let body = program.program.body(of: index)
    let entry = body.startIndex
    let facts = program[index]
    positions = [Int](repeating: -1, count: body.count)
    isInLoop = [Bool](repeating: false, count: body.count)
    // How many more backward jumps span an offset than the one in front of it.
    var loopChanges = [Int](repeating: 0, count: body.count + 1)
    var isLeader = [Bool](repeating: false, count: body.count + 1)
    isLeader[0] = true
    for offset in 0..<body.count where facts.isReachable(offset) {
      let opcode = body[entry + offset].opcode
      if let target = Self.target(facts, offset) {
        isLeader[target] = true
        isLeader[offset + 1] = true
        if target <= offset {
          hasBackwardJump = true
          loopChanges[target] += 1
          loopChanges[offset + 1] -= 1
        }
      }
      if opcode.leavesFunction { isLeader[offset + 1] = true }
      if opcode == .call { makesCalls = true }
    }
    var loops = 0
    for offset in 0..<body.count {
      loops += loopChanges[offset]
      isInLoop[offset] = loops > 0
    }
    var start = 0
    for end in 1...max(body.count, 1) where end == body.count || isLeader[end] {
      if start < body.count, facts.isReachable(start) {
        positions[start] = blocks.count
        blocks.append(Block(offsets: start..<end))
      }
      start = end
    }
    countPredecessors(body, facts)
  }

  private mutating func countPredecessors(
    _ body: ArraySlice<Instruction>, _ facts: FunctionFacts
  ) {
    blocks[0].predecessorCount = 1
    for position in blocks.indices {
      let last = blocks[position].offsets.upperBound - 1
      let opcode = body[body.startIndex + last].opcode
      var successors: [Int] = []
      if let target = Self.target(facts, last) { successors.append(target) }
      if opcode.fallsThrough { successors.append(last + 1) }
      for successor in successors {
        let target = positions[successor]
        blocks[target].predecessorCount += 1
        if target <= position { blocks[target].hasLaterPredecessor = true }
      }
    }
  }

  /// The offset a jump goes to, nil for instructions that do not jump.
  static func target(_ facts: FunctionFacts, _ offset: Int) -> Int? {
    let target = Int(facts.targets[offset])
    return target < 0 ? nil : target
  }
}

extension Opcode {
  /// Whether it ends the activation.
  var leavesFunction: Bool { self == .return || self == .returnValue || self == .halt }

  /// Whether control may reach the next instruction.
  var fallsThrough: Bool {
    !leavesFunction && self != .jump && self != .break && self != .continue
  }
}
