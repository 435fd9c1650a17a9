import Bytecode

/// A loop of which can be told, wherever it is entered, how often it goes round at the most, and in
/// which nothing but going round uses fuel, and nothing is charged of the heap.
struct CountedLoop: Equatable {
  /// What its counter stays below.
  enum Limit: Equatable {
    case constant(Int64)
    case local(LocalIndex)
    /// The number of elements of the array in a local.
    case length(LocalIndex)
  }

  /// The position of the block of its header.
  let header: Int
  /// An int that grows in every round.
  let counter: LocalIndex
  let limit: Limit
  /// Whether the counter may be the limit in a round.
  let includesLimit: Bool
}

/// Finds the counted loops among those of a function.
///
/// Such a loop has one jump backward and no handler, so that every way round it takes that jump, once.
/// A test of its counter and an addition to it lie on every way round. So from any entry, control passes
/// the test no more often than the counter has steps to the limit, and the jump once more at the most.
struct CountedLoopSearch {
  private let speculation: Speculation
  private let plan: BlockPlan
  private let inference: RangeInference
  private let effects: ArrayLengthEffects
  /// What is to be got wrong; nil if nothing is.
  private let mistake: CompilerMistake?

  init(
    _ speculation: Speculation, _ plan: BlockPlan, _ inference: RangeInference,
    _ effects: ArrayLengthEffects, making mistake: CompilerMistake?
  ) {
    self.speculation = speculation
    self.plan = plan
    self.inference = inference
    self.effects = effects
    self.mistake = mistake
  }

  /// The loop, if it is counted.
  func counted(_ loop: LoopForest.Loop) -> CountedLoop? {
    let blocks = plan.blocks.indices.filter { loop.contains[$0] }
    guard speculation.feedback.loops[loop.site],
      !blocks.contains(where: { plan.blocks[$0].isHandler }),
      blocks.reduce(0, { $0 + backwardJumps(endingBlock: $1) }) == 1,
      blocks.allSatisfy(usesNoBudget)
    else { return nil }
    for block in blocks where loop.isAlwaysPassed[block] {
      if let counted = counted(loop, blocks, testedBy: block) { return counted }
    }
    return nil
  }

  private func backwardJumps(endingBlock position: Int) -> Int {
    let last = plan.blocks[position].offsets.upperBound - 1
    guard let target = plan.successors(of: last).target else { return 0 }
    return target <= last ? 1 : 0
  }

  // MARK: - The counter

  /// The loop, if the branch that a block ends with leaves it where a counter has reached a limit.
  private func counted(
    _ loop: LoopForest.Loop, _ blocks: [Int], testedBy block: Int
  ) -> CountedLoop? {
    let last = plan.blocks[block].offsets.upperBound - 1
    guard let stays = staysIfTrue(loop, last), let test = inference.test(endingBlock: block),
      test.isOfInts
    else { return nil }
    let sides: (counter: ValueFact, limit: ValueFact, includesLimit: Bool)
    switch stays ? test.relation : test.relation.opposite {
    case .less: sides = (test.left, test.right, false)
    case .lessOrEqual: sides = (test.left, test.right, true)
    case .greater: sides = (test.right, test.left, false)
    case .greaterOrEqual: sides = (test.right, test.left, true)
    case .equal, .notEqual: return nil
    }
    guard case .local(let slot)? = sides.counter.term, isHeld(slot, at: loop, .int),
      grows(slot, in: loop, blocks), let limit = limit(sides.limit, loop)
    else { return nil }
    return CountedLoop(
      header: loop.header, counter: LocalIndex(slot), limit: limit,
      includesLimit: sides.includesLimit)
  }

  /// Whether control stays in the loop where a branch's condition is true; nil if no side leaves it.
  private func staysIfTrue(_ loop: LoopForest.Loop, _ last: Int) -> Bool? {
    let opcode = speculation.instruction(last).opcode
    let ways = plan.successors(of: last)
    guard opcode.isConditionalJump, let target = ways.target, let next = ways.next else {
      return nil
    }
    // No handler is set up or taken away in the loop.
    let chain = plan.blocks[loop.header].chain
    let isTargetInside = loop.contains[plan.position(of: target, chain)]
    guard isTargetInside != loop.contains[plan.position(of: next, chain)] else { return nil }
    return isTargetInside == (opcode == .jumpIfTrue)
  }

  /// Whether every round adds a positive constant to a local, and nothing else is stored there.
  private func grows(_ slot: Int, in loop: LoopForest.Loop, _ blocks: [Int]) -> Bool {
    var steps = 0
    for block in blocks {
      let offsets = plan.blocks[block].offsets
      for offset in offsets
      where speculation.instruction(offset).storedLocal == LocalIndex(slot) {
        let isStep =
          loop.isAlwaysPassed[block] && offset - 3 >= offsets.lowerBound
          && addsConstant(to: slot, storedAt: offset)
        guard isStep else { return false }
        steps += 1
      }
    }
    return steps == 1
  }

  private func addsConstant(to slot: Int, storedAt offset: Int) -> Bool {
    let store = speculation.instruction(offset)
    let load = speculation.instruction(offset - 3)
    let push = speculation.instruction(offset - 2)
    guard store.opcode == .storeLocal, load.operand == .local(LocalIndex(slot)),
      load.opcode == .loadLocal || load.opcode == .loadLocalTrusted, push.opcode == .pushConst,
      case .constant(let constant) = push.operand,
      case .int(let step) = speculation.program.program.constants[constant.position], step > 0,
      case .arithmetic(.add, let form) = Operation(speculation.instruction(offset - 1).opcode)
    else { return false }
    return form == .int || form == .generic
  }

  private func limit(_ fact: ValueFact, _ loop: LoopForest.Loop) -> CountedLoop.Limit? {
    switch fact.term {
    case .local(let slot)? where !loop.stores[slot] && isHeld(slot, at: loop, .int):
      return .local(LocalIndex(slot))
    case .length(let slot)?
    where !loop.stores[slot] && loop.keepsLengths && isHeld(slot, at: loop, .arrays):
      return .length(LocalIndex(slot))
    case .local?, .length?, nil:
      let range = fact.range
      // A limit that moves below a bound is reached no later than the bound.
      return range.upperBound < IntRange.maximum ? .constant(range.upperBound) : nil
    }
  }

  private func isHeld(_ slot: Int, at loop: LoopForest.Loop, _ kinds: KindSet) -> Bool {
    let offset = plan.blocks[loop.header].offsets.lowerBound
    return inference.isTracked[slot]
      && speculation.program.liveLocals(of: speculation.index, at: offset)
        .contains(LocalIndex(slot))
      && speculation.state(ofBlock: loop.header).locals[slot].isSubset(of: kinds)
  }

  // MARK: - Budgets

  /// Whether no instruction of a block uses fuel, but for jumps, or charges bytes of the heap.
  private func usesNoBudget(_ position: Int) -> Bool {
    var usesNone = true
    inference.visit(block: position) { offset, _, kinds in
      usesNone = usesNone && usesNoBudget(offset, kinds)
    }
    return usesNone
  }

  private func usesNoBudget(_ offset: Int, _ kinds: KindInference.State) -> Bool {
    let instruction = speculation.instruction(offset)
    switch Operation(instruction.opcode) {
    case .arithmetic:
      if mistake == .chargeInLoopMissed { return true }
      // The sum of strings is a new one.
      var result = kinds
      speculation.apply(offset, to: &result)
      return result.stack[result.stack.count - 1].isSubset(of: [.int, .number, .null])
    case .relation, .typedComparison, .and, .or, .nullCoalesce, .negate, .not, .bitNot, .cast,
      .intToNumber, .numberToInt:
      return true
    case .none: return otherUsesNoBudget(offset, instruction, kinds)
    }
  }

  private func otherUsesNoBudget(
    _ offset: Int, _ instruction: Instruction, _ kinds: KindInference.State
  ) -> Bool {
    switch (instruction.opcode, instruction.operand) {
    case (.pushConst, _), (.pushNull, _), (.pop, _), (.dup, _), (.swap, _), (.loadLocal, _),
      (.loadLocalTrusted, _), (.storeLocal, _), (.storeLocalTyped, _), (.loadModuleBinding, _),
      (.loadClosure, _), (.derefLoad, _), (.jump, _), (.jumpIfFalse, _), (.jumpIfTrue, _),
      (.jumpIfFalseTrusted, _), (.loopStart, _), (.loopEnd, _), (.break, _), (.continue, _),
      (.nop, _), (.length, _):
      return true
    case (.getProp, _):
      // A character of a string is a string.
      return speculation.access(at: offset) != nil
    case (.setProp, _):
      guard case .element? = speculation.access(at: offset) else { return false }
      return true
    case (.setLocalIndex, .local(let local)):
      return inference.isTracked[local.position]
        && kinds.locals[local.position].isSubset(of: .arrays)
    case (.builtinCall, .builtin(let builtin, _)) where builtin.facts.category == .math:
      return true
    case (.setupTry, _), (.popHandler, _): return false
    case (_, _): return mistake == .chargeInLoopMissed
    }
  }
}
