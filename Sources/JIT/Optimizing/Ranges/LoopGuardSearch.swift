import Bytecode

/// An instruction on one of the ways to it.
struct AccessPlace: Hashable {
  let offset: Int
  let block: Int

  init(_ access: RangeInference.Access) {
    self.init(offset: access.offset, block: access.block)
  }

  init(_ computation: RangeInference.Computation) {
    self.init(offset: computation.offset, block: computation.block)
  }

  init(offset: Int, block: Int) {
    self.offset = offset
    self.block = block
  }
}

/// A guard wherever a loop is entered.
struct LoopGuard: Hashable {
  /// The position of the block of the loop's header.
  let header: Int
  let predicate: Guard.Predicate
}

/// The guards that may prove an access to lie inside its array, or results to stay in range.
struct LoopProposal {
  let place: AccessPlace
  let guards: [LoopGuard]
}

/// Finds guards at loops that may prove something of each round.
struct LoopGuardSearch {
  private let speculation: Speculation
  private let plan: BlockPlan
  private let loops: [LoopForest.Loop]

  init(_ speculation: Speculation, _ plan: BlockPlan, _ loops: LoopForest) {
    self.speculation = speculation
    self.plan = plan
    // Where nothing ever went round, guards in every round cost less.
    self.loops = loops.loops.filter {
      speculation.feedback.loops[$0.site] && speculation.feedback.admits(.tripCount, at: $0.site)
    }
  }

  /// Those for accesses whose bounds would be guarded in every round.
  func proposals(for accesses: [RangeInference.Access]) -> [LoopProposal] {
    var proposals: [LoopProposal] = []
    var count = 0
    for access in accesses
    where !access.isProved && speculation.feedback.admits(.bounds, at: access.offset) {
      guard let guards = guards(for: access) else { continue }
      count += guards.count
      guard count <= Tuning.loopGuardLimit else { break }
      proposals.append(LoopProposal(place: AccessPlace(access), guards: guards))
    }
    return proposals
  }

  /// Those for computations whose results would be guarded in every round, which keep ints from being
  /// negative where loops are entered, and locals that the loops leave as they are from exceeding a bound.
  func proposals(
    for computations: [RangeInference.Computation], upTo bound: Int64
  ) -> [LoopProposal] {
    var proposals: [LoopProposal] = []
    var count = 0
    for computation in computations where !computation.isProved {
      let around = loops.filter { $0.contains[computation.block] }
      var guards: [LoopGuard] = []
      for operand in computation.operands {
        if operand.range.lowerBound < 0, let sign = sign(of: operand, around) {
          guards.append(sign)
        }
        if operand.range.upperBound > bound {
          let chains = computation.state.chains(from: operand, computation.kinds)
          if let limit = limit(chains, around, upTo: bound) { guards.append(limit) }
        }
      }
      guard !guards.isEmpty else { continue }
      count += guards.count
      guard count <= Tuning.loopGuardLimit else { break }
      proposals.append(LoopProposal(place: AccessPlace(computation), guards: guards))
    }
    return proposals
  }

  /// What keeps an int from being negative that is a local or was computed from one; nil if that is
  /// known of none.
  private func sign(of int: ValueFact, _ around: [LoopForest.Loop]) -> LoopGuard? {
    guard let base = int.origin, let loop = around.first(where: { isHeldInt(base, at: $0) })
    else { return nil }
    return LoopGuard(header: loop.header, predicate: .isNotNegative(LocalIndex(base)))
  }

  /// What keeps an int from exceeding a bound by way of a local that it does not exceed, at the outermost
  /// loop where that can be known to stay so.
  private func limit(
    _ chains: [(term: IntegerTerm, isStrict: Bool)], _ around: [LoopForest.Loop],
    upTo bound: Int64
  ) -> LoopGuard? {
    for loop in around {
      for case (.local(let local), _) in chains
      where !loop.stores[local] && isHeldInt(local, at: loop) {
        return LoopGuard(header: loop.header, predicate: .isAtMost(LocalIndex(local), bound))
      }
    }
    return nil
  }

  private func guards(for access: RangeInference.Access) -> [LoopGuard]? {
    guard let slot = access.slot else { return nil }
    let around = loops.filter { $0.contains[access.block] }
    var guards: [LoopGuard] = []
    if access.index.range.lowerBound < 0 {
      guard let sign = sign(of: access.index, around) else { return nil }
      guards.append(sign)
    }
    if let (header, extent) = extent(for: access, slot, around) {
      guards.append(
        LoopGuard(
          header: header, predicate: .spans(LocalIndex(slot), access.array, extent)))
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
