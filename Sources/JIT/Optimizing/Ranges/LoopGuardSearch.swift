import Bytecode

/// An access on one of the ways to it.
struct AccessPlace: Hashable {
  let offset: Int
  let block: Int

  init(_ access: RangeInference.Access) {
    self.init(offset: access.offset, block: access.block)
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

/// The guards that may prove an access.
struct LoopProposal {
  let place: AccessPlace
  let guards: [LoopGuard]
}

/// Finds guards at loops that may prove accesses.
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

  private func guards(for access: RangeInference.Access) -> [LoopGuard]? {
    guard let slot = access.slot else { return nil }
    let around = loops.filter { $0.contains[access.block] }
    var guards: [LoopGuard] = []
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
      guards.append(
        LoopGuard(header: loop.header, predicate: .isNotNegative(LocalIndex(base))))
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
