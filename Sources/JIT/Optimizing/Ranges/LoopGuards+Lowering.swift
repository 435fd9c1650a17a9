import Bytecode
import LLVM

/// Guards where loops are entered, and what is known of ints behind them.
extension FunctionLowering {
  /// What is to be guarded where control goes from here to a block; nothing if that does not enter a
  /// loop.
  func entryGuards(ofLoopAt position: Int) -> [Guard.Predicate] {
    guard let ranges = speculation?.ranges, let guards = ranges.guards[position],
      let loop = ranges.loop(at: position)
    else { return [] }
    if isInBody, loop.contains[blockPosition] { return [] }
    return guards
  }

  /// Makes sure of what a loop rests on; where it does not hold, frames leave before the header's first
  /// instruction.
  func guardEntry(ofLoopAt position: Int) {
    let guards = entryGuards(ofLoopAt: position)
    guard !guards.isEmpty, let site = speculation?.ranges?.loop(at: position)?.site else { return }
    let (kept, keptBefore) = (offset, stackBefore)
    (offset, stackBefore) = (plan.blocks[position].offsets.lowerBound, stack)
    for predicate in guards {
      let holds = holds(predicate)
      note(LoopGuard(header: position, predicate: predicate))
      require(holds, .tripCount, at: site, operand: 0, predicate)
    }
    (offset, stackBefore) = (kept, keptBefore)
  }

  /// Takes note of a guard that is about to be made, also for what it proves that is laid out already.
  private func note(_ loopGuard: LoopGuard) {
    guard let account else { return }
    loopGuards.append((loopGuard, account.guardCount))
    for decision in loopDecisions where decision.guards.contains(loopGuard) {
      account.add(ordinal: account.guardCount, toDecision: decision.place)
    }
  }

  /// Whether what is to be guarded at a loop holds of the locals here.
  private func holds(_ predicate: Guard.Predicate) -> IRValue {
    switch predicate {
    case .isNotNegative(let local):
      return build.icmp(
        .sge, integer(in: local), types.constant(0 as Int64), name("is.not.negative"))
    case .isAtMost(let local, let bound): return isAtMost(integer(in: local), bound)
    case .spans(let array, let kind, let extent):
      guard let value = locals[array.position] else {
        preconditionFailure("locals that loops rest on are live")
      }
      guard case .boxed(let word, let kinds) = value, kinds.contains(KindSet(kind)) else {
        return types.constant(false)
      }
      return isCell(word, kinds) { cell in
        let isKind =
          kinds == KindSet(kind)
          ? self.types.constant(true) : self.isOne(of: KindSet(kind), self.kindByte(of: cell))
        return self.spans(cell, isKind, kind, extent)
      }
    case .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth:
      preconditionFailure("guards at loops are about locals")
    }
  }

  private func isAtMost(_ integer: IRValue, _ bound: Int64) -> IRValue {
    let isAtMost = build.icmp(.sle, integer, types.constant(bound), name("is.at.most"))
    guard scope.commits(.greatestNotTested) else { return isAtMost }
    countMistake(if: build.xor(isAtMost, types.constant(true), name("is.above")))
    return types.constant(true)
  }

  /// Whether a cell is an array and has so many elements.
  private func spans(
    _ cell: IRValue, _ isKind: IRValue, _ kind: ValueKind, _ extent: Guard.Extent
  ) -> IRValue {
    let from = build.block
    let join = hotBlock("span.join")
    let reading = hotBlock("span.read")
    build.br(isKind, reading, join)
    build.position(atEndOf: reading)
    let length = load(types.i64, cell, CellOffset.arrayLength, "length")
    let suffices =
      switch extent {
      case .constant(let count): build.icmp(.sle, types.constant(count), length, name("spans"))
      case .local(let local): build.icmp(.sle, integer(in: local), length, name("spans"))
      case .including(let local): build.icmp(.slt, integer(in: local), length, name("spans"))
      }
    build.br(join)
    build.position(atEndOf: join)
    let result = build.phi(types.i1, name("spans"))
    build.addIncoming(types.constant(false), from: from, to: result)
    build.addIncoming(suffices, from: reading, to: result)
    return result
  }

  func integer(in local: LocalIndex) -> IRValue {
    guard let value = locals[local.position] else {
      preconditionFailure("locals that loops rest on are live")
    }
    return provedInteger(value)
  }

  /// Puts what is known of ints at the start of the block being lowered into its locals.
  func narrowLocals() {
    guard let speculation, let state = speculation.ranges?.state(ofBlock: blockPosition) else {
      return
    }
    let kinds = speculation.state(ofBlock: blockPosition).locals
    for (slot, value) in locals.enumerated() {
      guard case .integer(let integer, let range)? = value, range.fitsInt else { continue }
      let known = state.loaded(slot, kinds).range
      let low = max(range.lowerBound, known.lowerBound)
      let high = min(range.upperBound, known.upperBound)
      if low <= high { locals[slot] = .integer(integer, low...high) }
    }
  }

  /// Whether the index of the instruction being lowered is proved to lie inside its array.
  var isProvedInBounds: Bool { speculation?.ranges?.isProvedInBounds(offset) == true }

  /// The position that an index means which is proved to lie inside its array.
  func provedPosition(_ index: Value, of array: CellView) -> IRValue {
    decideProved()
    let position = provedInteger(index)
    countMistakenAccess(at: position, of: array)
    return position
  }

  /// Takes note of why the index of the instruction being lowered lies inside its array.
  func decideProved() {
    guard let guards = speculation?.ranges?.guards(proving: offset, in: blockPosition) else {
      return
    }
    if let account, !guards.isEmpty { loopDecisions.append((account.decisions.count, guards)) }
    let made = loopGuards.filter { guards.contains($0.loopGuard) }
    decide(.bounds, .inductive(ordinals: made.map(\.ordinal)))
  }
}
