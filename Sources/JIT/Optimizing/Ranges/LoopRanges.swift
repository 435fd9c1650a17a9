import Bytecode

/// What optimized code of a function with loops knows of its ints and arrays, and the guards at loops
/// that it rests on.
///
/// Guards are found by trying: those that would prove accesses are taken for granted, the facts that
/// follow are found out, and the guards of accesses that are proved stay.
struct LoopRanges {
  /// By the position of a loop's header, what is to be guarded wherever the loop is entered.
  private(set) var guards: [Int: [Guard.Predicate]] = [:]
  private let loops: LoopForest
  /// By the position of a block.
  private let states: [RangeState?]
  /// By offset, whether the access there is to elements inside the bounds, on every way to it.
  private let isProved: [Bool]

  init(
    _ speculation: Speculation, _ plan: BlockPlan, from start: (offset: Int, chain: HandlerChain)
  ) {
    let program = speculation.program
    let index = speculation.index
    let effects = ArrayLengthEffects(program.program)
    let first = plan.position(of: start.offset, start.chain)
    let loops = LoopForest(program, index, plan, from: first, effects)
    let entered = Self.entered(program, index, effects, at: start.offset)
    func inferred(_ guards: [Int: [Guard.Predicate]]) -> RangeInference {
      RangeInference(
        program, index, plan, effects, speculation, from: first, entered: entered, loops: loops,
        guards: guards)
    }
    var inference = inferred([:])
    var proposals = Proposals(speculation, plan, loops).proposals(for: inference.accesses())
    for _ in 0..<Tuning.rangeRounds where !proposals.isEmpty {
      let tried = inferred(Self.guards(of: proposals))
      let proved = tried.accesses().filter(\.isProved).map { Place($0) }
      let kept = proposals.filter { proved.contains($0.place) }
      if kept.count == proposals.count {
        inference = tried
        break
      }
      proposals = kept
    }
    // Guards that were not tried with these alone prove nothing.
    guards = inference.guards
    self.loops = loops
    states = plan.blocks.indices.map { inference.state(ofBlock: $0) }
    isProved = Self.proved(inference.accesses(), program.program[index].bodyLength)
  }

  /// What is known of a block's locals at its start; nil if control never comes there.
  func state(ofBlock position: Int) -> RangeState? { states[position] }

  /// Whether the index of the access at an offset is proved to lie inside its array.
  func isProvedInBounds(_ offset: Int) -> Bool { isProved[offset] }

  /// The loop with its header at a block.
  func loop(at header: Int) -> LoopForest.Loop? { loops.loops.first { $0.header == header } }

  private static func proved(_ accesses: [RangeInference.Access], _ length: Int) -> [Bool] {
    var isProved = [Bool](repeating: false, count: length)
    for access in accesses { isProved[access.offset] = true }
    for access in accesses where !access.isProved { isProved[access.offset] = false }
    return isProved
  }

  /// What frames of tier 0 that arrive at a loop header have in common, however they came there.
  private static func entered(
    _ program: VerifiedProgram, _ index: FunctionIndex, _ effects: ArrayLengthEffects,
    at offset: Int
  ) -> RangeState {
    let nothing = RangeState(
      localCount: program.program[index].slotCount,
      stackDepth: Int(program[index].stackDepths[offset]))
    guard offset > 0 else { return nothing }
    let plan = BlockPlan(program, index)
    guard !plan.isOverBudget else { return nothing }
    let inference = RangeInference(
      program, index, plan, effects, nil, from: plan.position(of: 0, .empty),
      entered: RangeState(localCount: nothing.locals.count, stackDepth: 0))
    let states = plan.blocks.indices.filter { plan.blocks[$0].offsets.lowerBound == offset }
      .compactMap { inference.state(ofBlock: $0) }
    guard var common = states.first else { return nothing }
    for state in states.dropFirst() { common.join(state, widens: false) }
    return common
  }

  private static func guards(of proposals: [Proposal]) -> [Int: [Guard.Predicate]] {
    var guards: [Int: [Guard.Predicate]] = [:]
    for (header, predicate) in proposals.flatMap(\.guards)
    where guards[header]?.contains(predicate) != true {
      guards[header, default: []].append(predicate)
    }
    return guards
  }
}

/// An access on one of the ways to it.
private struct Place: Equatable {
  let offset: Int
  let block: Int

  init(_ access: RangeInference.Access) {
    offset = access.offset
    block = access.block
  }
}

/// The guards that may prove an access.
private struct Proposal {
  let place: Place
  let guards: [(header: Int, predicate: Guard.Predicate)]
}

/// Finds the guards.
private struct Proposals {
  private let speculation: Speculation
  private let plan: BlockPlan
  private let loops: [LoopForest.Loop]

  init(_ speculation: Speculation, _ plan: BlockPlan, _ loops: LoopForest) {
    self.speculation = speculation
    self.plan = plan
    self.loops = loops.loops.filter {
      speculation.feedback.admits(.tripCount, at: $0.site)
    }
  }

  /// Those for accesses whose bounds would be guarded in every round.
  func proposals(for accesses: [RangeInference.Access]) -> [Proposal] {
    var proposals: [Proposal] = []
    var count = 0
    for access in accesses
    where !access.isProved && speculation.feedback.admits(.bounds, at: access.offset) {
      guard let guards = guards(for: access) else { continue }
      count += guards.count
      guard count <= Tuning.loopGuardLimit else { break }
      proposals.append(Proposal(place: Place(access), guards: guards))
    }
    return proposals
  }

  private func guards(
    for access: RangeInference.Access
  ) -> [(header: Int, predicate: Guard.Predicate)]? {
    guard let slot = access.slot else { return nil }
    let around = loops.filter { $0.contains[access.block] }
    var guards: [(header: Int, predicate: Guard.Predicate)] = []
    if access.index.range.lowerBound < 0 {
      let base: Int
      if case .local(let local)? = access.index.term {
        base = local
      } else if let local = access.index.base {
        base = local
      } else {
        return nil
      }
      guard let loop = around.first(where: { isHeldInt(base, at: $0) }) else { return nil }
      guards.append((loop.header, .isNotNegative(LocalIndex(base))))
    }
    if let (header, extent) = extent(for: access, slot, around) {
      guards.append((header, .spans(LocalIndex(slot), access.array, extent)))
    } else if guards.isEmpty {
      return nil
    }
    return guards
  }

  /// What the array is to span, and the outermost loop where that can be known to stay so.
  private func extent(
    for access: RangeInference.Access, _ slot: Int, _ around: [LoopForest.Loop]
  ) -> (header: Int, Guard.Extent)? {
    let chains = access.state.chains(from: access.index, access.kinds)
    // It is known to be short enough already.
    if chains.contains(where: { $0.term == .length(slot) && $0.isStrict }) { return nil }
    for loop in around
    where loop.keepsLengths && !loop.stores[slot] && isHeldArray(slot, access, loop) {
      for (term, isStrict) in chains {
        guard case .local(let local) = term, !loop.stores[local], isHeldInt(local, at: loop) else {
          continue
        }
        let index = LocalIndex(local)
        return (loop.header, isStrict ? .local(index) : .including(index))
      }
      if access.index.range.upperBound < Int64(Int32.max) {
        return (loop.header, .constant(access.index.range.upperBound + 1))
      }
    }
    return nil
  }

  private func isHeldInt(_ slot: Int, at loop: LoopForest.Loop) -> Bool {
    isLive(slot, at: loop)
      && speculation.state(ofBlock: loop.header).locals[slot] == .int
  }

  private func isHeldArray(
    _ slot: Int, _ access: RangeInference.Access, _ loop: LoopForest.Loop
  ) -> Bool {
    isLive(slot, at: loop)
      && speculation.state(ofBlock: loop.header).locals[slot].contains(KindSet(access.array))
  }

  private func isLive(_ slot: Int, at loop: LoopForest.Loop) -> Bool {
    speculation.program.liveLocals(
      of: speculation.index, at: plan.blocks[loop.header].offsets.lowerBound
    ).contains(LocalIndex(slot))
  }
}
