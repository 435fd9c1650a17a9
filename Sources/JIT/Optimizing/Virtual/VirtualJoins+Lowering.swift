import Bytecode
import LLVM

/// An edge into a join, left open until all edges are known: an object stays virtual behind the join
/// if it is so on all of them.
struct OpenEdge {
  var block: IRBlock
  /// As far as the join has phis for them.
  var locals: [Value?]
  var stack: [Value]
  var fuel: IRValue?
  var shortage: IRValue?
  var virtuals: VirtualObjects

  /// All values, with the operands behind the locals.
  var slots: [Value?] { locals + stack }
}

extension BlockPlan.Block {
  /// Whether several edges meet there, all of them from blocks in front.
  var joinsForward: Bool { joins && !hasLaterPredecessor && !isEntered }
}

extension FunctionLowering {
  /// Whether an edge to a join from the current state waits for the others.
  func leavesOpen(_ position: Int) -> Bool {
    !virtuals.isEmpty && plan.blocks[position].joinsForward
  }

  /// Leaves the end of the current block open, to be closed when the join is lowered.
  func leaveOpen(to position: Int) {
    guard let entry = joins[position] else { preconditionFailure("a join is made in front") }
    let kept = zip(entry.locals, locals).map { phi, value in
      phi == nil ? nil : value.map(virtuals.resolved)
    }
    let shortage = shortage(inLoopAt: position)
    joins[position]?.open.append(
      OpenEdge(
        block: build.block, locals: kept, stack: stack.map(virtuals.resolved), fuel: fuel,
        shortage: shortage, virtuals: virtuals))
  }

  /// Makes all that goes into a join whose edges are not all known in time.
  func makeSlots(of entry: BlockEntry, stack: [Value]) {
    guard !virtuals.isEmpty else { return }
    for (phi, value) in zip(entry.locals, locals) where phi != nil {
      if let value { _ = made(value) }
    }
    for (_, value) in zip(entry.stack, stack) { _ = made(value) }
  }

  /// Whether something of what goes into a join is a virtual object.
  func holdsVirtuals(for entry: BlockEntry, stack: [Value]) -> Bool {
    let values = zip(entry.locals, locals).compactMap { $0 == nil ? nil : $1 }
    return (values + zip(entry.stack, stack).map(\.1)).contains {
      if case .virtual = virtuals.resolved($0) { true } else { false }
    }
  }

  /// Closes the open edges of a join; the builder is left at its start.
  ///
  /// - Returns: the state there.
  func close(_ entry: BlockEntry, at position: Int) -> BlockEntry {
    var entry = entry
    let slots = entry.locals + entry.stack
    let isAlone = plan.blocks[position].predecessorCount == entry.open.count
    let merge = VirtualMerge(
      entry.open.map { MergedEdge(slots: $0.slots, virtuals: $0.virtuals) },
      inherited: inherited, isAlone: isAlone)
    var ends: [(block: IRBlock, virtuals: VirtualObjects)] = []
    for (number, edge) in entry.open.enumerated() {
      build.position(atEndOf: edge.block)
      (locals, stack, stackBefore, virtuals, fuel) =
        (edge.locals, edge.stack, edge.stack, edge.virtuals, edge.fuel)
      merge.makeOthers(on: number, in: self)
      for (slot, phi) in slots.enumerated() {
        guard let phi, let value = slotValue(slot, edge) else { continue }
        if merge.keptSlots[slot] == nil {
          feed(phi, virtuals.resolved(value))
        } else {
          feedNothing(phi)
        }
      }
      if let phi = entry.fuel, let fuel {
        build.addIncoming(fuel, from: build.block, to: phi)
      }
      if let phi = entry.shortage, let shortage = edge.shortage {
        build.addIncoming(shortage, from: build.block, to: phi)
      }
      ends.append((build.block, virtuals))
    }
    virtuals = merge.merged(in: self, ends, at: entry.block)
    for end in ends {
      build.position(atEndOf: end.block)
      build.br(entry.block)
    }
    build.position(atEndOf: entry.block)
    entry.virtuals = virtuals
    for (slot, value) in merge.keptSlots {
      if slot < entry.locals.count {
        entry.locals[slot] = value
      } else {
        entry.stack[slot - entry.locals.count] = value
      }
    }
    return entry
  }

  private func slotValue(_ slot: Int, _ edge: OpenEdge) -> Value? {
    slot < edge.locals.count ? edge.locals[slot] : edge.stack[slot - edge.locals.count]
  }

  /// Feeds a phi that nothing uses.
  private func feedNothing(_ phi: Value) {
    guard case .boxed(let target, _) = phi else {
      preconditionFailure("no virtual object is of an unboxed kind")
    }
    build.addIncoming(types.poison(types.i64), from: build.block, to: target)
    if let number = pairedPhis[target] {
      build.addIncoming(types.poison(types.double), from: build.block, to: number)
    }
  }
}
