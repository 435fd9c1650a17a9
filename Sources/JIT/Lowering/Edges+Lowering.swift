import Bytecode
import LLVM

/// The state at a block's start.
struct BlockEntry {
  var block: IRBlock
  var locals: [Value?]
  var stack: [Value]
  var fuel: IRValue?
  var isFuelStored: Bool
  /// At the header of a loop whose rounds are counted: whether the budgets may not suffice for them.
  var shortage: IRValue?
  /// Whether the values are phis that every edge must feed.
  var isJoin: Bool
  /// The heap values that code has not made.
  var virtuals = VirtualObjects()
  /// Edges that are not closed yet.
  var open: [OpenEdge] = []
  /// What is known there of the shapes of objects.
  var knownShapes: [IRValue: [Literal]] = [:]
  /// The guards that have told the kinds of values there.
  var guardedKinds: [IRValue: GuardedKinds] = [:]
}

extension FunctionLowering {
  /// Makes the phis of all joins, and starts the first block with the prologue's state.
  func enterBlocks() {
    let prologue = build.block
    for (position, block) in plan.blocks.enumerated() where block.joins {
      offset = block.offsets.lowerBound
      let entry = scope.withModule { $0.appendBlock(name("join"), to: code) }
      build.position(atEndOf: entry)
      joins[position] = makeJoin(entry, at: position)
    }
    build.position(atEndOf: prologue)
    offset = startOffset
    chain = startChain
    let start = plan.position(of: startOffset, startChain)
    if joins[start] == nil {
      joins[start] = snapshot(prologue)
    } else {
      go(to: startOffset, charging: false)
    }
  }

  /// The state at a block of the current offset, as phis behind those the block has.
  ///
  /// - Parameters:
  ///   - position: the position of the block among those of the plan.
  ///   - isDelivery: whether the block leads to a handler: there is no payload yet, and the fuel is
  ///     in the context.
  func makeJoin(_ block: IRBlock, at position: Int, isDelivery: Bool = false) -> BlockEntry {
    guard
      let state = speculation?.state(ofBlock: position) ?? program.state(of: index, at: offset)
    else { preconditionFailure("a join is reachable") }
    let live = program.liveLocals(of: index, at: offset)
    var entry = BlockEntry(
      block: block, locals: locals.map { _ in nil }, stack: [], fuel: nil, isFuelStored: false,
      isJoin: true, virtuals: virtuals.reached(from: [], and: inherited))
    for slot in locals.indices where isHeld(slot, live) {
      let representation = representation(of: slot, inferred: state.locals[slot])
      let phi = makePhi(representation, "local")
      if plan.isInLoop[offset], representation.mayBePaired, case .boxed(let word, _) = phi {
        let number = build.phi(types.double, name("local.number"))
        doubles[word] = number
        pairedPhis[word] = number
      }
      entry.locals[slot] = phi
    }
    let depth = state.stack.count - (isDelivery ? 1 : 0)
    entry.stack = state.stack.prefix(depth).map { makePhi(Representation($0), "stack") }
    if !isDelivery, fuel != nil { entry.fuel = build.phi(types.i64, name("fuel.phi")) }
    if !isDelivery, speculation?.ranges?.counted(at: position) != nil {
      entry.shortage = build.phi(types.i1, name("shortage"))
    }
    return entry
  }

  /// Whether code holds a local where some are live: a cell is the same one from the frame's start to
  /// its end, assigned or not.
  func isHeld(_ slot: Int, _ live: LocalSet) -> Bool {
    live.contains(LocalIndex(slot)) || facts.cellLocals[slot]
  }

  /// How a local is held where control flow joins.
  func representation(of slot: Int, inferred: KindSet) -> Representation {
    // Neither cells nor references are unboxed, whatever they hold.
    if facts.cellLocals[slot] { return .boxed(.cell) }
    if slot < function.parameters.count, function.parameters[slot].isReference {
      return .boxed(.cell)
    }
    return Representation(function.kind(of: LocalIndex(slot))?.kinds ?? inferred)
  }

  private func makePhi(_ representation: Representation, _ role: StaticString) -> Value {
    representation.value(build.phi(representation.type(in: types), name(role)))
  }

  private func snapshot(_ block: IRBlock) -> BlockEntry {
    BlockEntry(
      block: block, locals: locals, stack: stack, fuel: fuel, isFuelStored: isFuelStored,
      isJoin: false, virtuals: virtuals, knownShapes: knownShapes, guardedKinds: guardedKinds)
  }

  func resume(_ entry: BlockEntry) {
    if entry.block != build.block {
      // Source order is layout order: the next block falls through from this one.
      scope.withModule { $0.move(entry.block, after: build.block) }
    }
    build.position(atEndOf: entry.block)
    locals = entry.locals
    stack = entry.stack
    virtuals = entry.virtuals
    fuel = entry.fuel
    isFuelStored = entry.isFuelStored
    knownShapes = entry.knownShapes
    guardedKinds = entry.guardedKinds
  }

  /// Ends the current block with a jump to a block's start.
  func go(to target: Int, charging: Bool = true) {
    if charging, isBackward(target) { chargeFuel("jump.fuel") }
    let position = plan.position(of: target, chain)
    guardEntry(ofLoopAt: position)
    if let entry = joins[position], entry.isJoin {
      if leavesOpen(position) { return leaveOpen(to: position) }
      makeSlots(of: entry, stack: stack)
      feed(entry, locals: locals, stack: stack, shortage: shortage(inLoopAt: position))
      build.br(entry.block)
    } else {
      let block = hotBlock("next")
      build.br(block)
      joins[position] = snapshot(block)
    }
  }

  /// The block to branch to in order to reach a target from the current state, with whatever the
  /// edge has to do in a block of its own.
  func edge(to target: Int, isCold: Bool = false) -> IRBlock {
    let position = plan.position(of: target, chain)
    if let entry = joins[position], entry.isJoin, !isBackward(target), !leavesOpen(position),
      feedsDirectly(entry), entryGuards(ofLoopAt: position).isEmpty,
      !entersCountedLoop(at: position)
    {
      feed(entry, locals: locals, stack: stack, shortage: entry.shortage)
      return entry.block
    }
    let from = build.block
    let block = hotBlock("edge")
    if joins[position] == nil {
      joins[position] = snapshot(block)
      return block
    }
    let (keptFuel, wasStored) = (fuel, isFuelStored)
    let kept = VirtualState(of: self)
    build.position(atEndOf: block)
    go(to: target)
    build.position(atEndOf: from)
    (fuel, isFuelStored) = (keptFuel, wasStored)
    kept.restore(to: self)
    return block
  }

  /// Whether a jump from the current instruction to the target costs fuel.
  func isBackward(_ target: Int) -> Bool {
    target <= offset && jumpTarget == target && form == .function
  }

  /// Whether an edge into a join needs no instruction.
  private func feedsDirectly(_ entry: BlockEntry) -> Bool {
    for (phi, value) in zip(entry.locals, locals) {
      guard let phi else { continue }
      guard let value, isAlready(value, like: phi) else { return false }
    }
    return zip(entry.stack, stack).allSatisfy { isAlready($0.1, like: $0.0) }
  }

  private func isAlready(_ value: Value, like phi: Value) -> Bool {
    switch (phi, value) {
    // Both edges of a jump to the next instruction must feed the same: making a double is work.
    case (.boxed(let target, _), .boxed(let word, _)):
      pairedPhis[target] == nil || doubles[word] != nil
    case (.integer, .integer), (.number, .number), (.bool, .bool): true
    case (.boxed, _), (.integer, _), (.number, _), (.bool, _), (.product, _), (.virtual, _): false
    }
  }

  /// Feeds the phis of a join from the current block.
  func feed(
    _ entry: BlockEntry, locals: [Value?], stack: [Value], shortage: IRValue? = nil
  ) {
    for (phi, value) in zip(entry.locals, locals) {
      guard let phi else { continue }
      guard let value else { preconditionFailure("a live local has a value") }
      feed(phi, value)
    }
    for (phi, value) in zip(entry.stack, stack) { feed(phi, value) }
    if let phi = entry.fuel, let fuel {
      build.addIncoming(fuel, from: build.block, to: phi)
    }
    if let phi = entry.shortage {
      guard let shortage else { preconditionFailure("loops are not entered by raises") }
      build.addIncoming(shortage, from: build.block, to: phi)
    }
  }

  /// Feeds a phi with a value whose kinds inference has proved to be the phi's.
  func feed(_ phi: Value, _ value: Value) {
    // Values of none of the kinds come from where control never does.
    precondition(
      value.kinds.isSubset(of: phi.kinds) || value.kinds.isDisjoint(with: phi.kinds),
      "inference and lowering take the same for granted")
    switch phi {
    case .boxed(let target, _):
      let word = box(value)
      build.addIncoming(word, from: build.block, to: target)
      if let number = pairedPhis[target] {
        build.addIncoming(double(of: value, word), from: build.block, to: number)
      }
    case .integer(let target, _):
      build.addIncoming(provedInteger(value), from: build.block, to: target)
    case .number(let target, _):
      build.addIncoming(provedNumber(value), from: build.block, to: target)
    case .bool(let target): build.addIncoming(provedBool(value), from: build.block, to: target)
    case .product, .virtual: preconditionFailure("no phi is a product, or not made")
    }
  }
}
