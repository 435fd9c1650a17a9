import Bytecode
import CRuntime
import LLVM

/// The blocks in which a function ends, and those that bring raises to its handlers, made when first
/// needed.
final class FunctionExits {
  /// Returns a word and a signal: their phis. One return a function, because fast instruction
  /// selection does not know returns in two registers.
  var returning: (block: IRBlock, word: IRValue, signal: IRValue)?
  /// Records a raise no handler of the function sees, and ends, by the number of handlers in force.
  var raising: [Int: (block: IRBlock, raise: RaisePhis)] = [:]
  /// Returns the sentinel and its signal, by the number of handlers in force.
  var ended: [Int: IRBlock] = [:]
  /// Brings raises to a handler, by the position of its block.
  var deliveries: [Delivery?]
  /// Where traps of the instruction being lowered go, with the fuel there.
  var traps: [TrapKind: (block: IRBlock, fuel: IRValue?)] = [:]

  init(blockCount: Int) { deliveries = [Delivery?](repeating: nil, count: blockCount) }
}

/// What is raised and where: the raise word is put together once for all that comes to a block.
struct RaisePhis {
  /// A trap word, or any word with its lowest byte: the reason.
  var word: IRValue
  /// The offset of the instruction, in 32 bits.
  var offset: IRValue
}

/// Where raises go that a handler of the function sees: what it needs of the state, as phis.
struct Delivery {
  var block: IRBlock
  var raise: RaisePhis
  /// Like the handler's block, without the payload.
  var entry: BlockEntry
  /// Handlers in force at the raise.
  var handlerDepth: Int
}

extension FunctionLowering {
  /// Traps if a condition holds; continues otherwise.
  func trap(_ kind: TrapKind, if condition: IRValue, _ role: StaticString) {
    let raising = trapBlock(kind, role)
    let next = hotBlock("checked")
    build.br(condition, raising, next)
    build.position(atEndOf: next)
  }

  /// Traps unless a condition holds.
  func trap(_ kind: TrapKind, unless condition: IRValue, _ role: StaticString) {
    let raising = trapBlock(kind, role)
    let next = hotBlock("checked")
    build.br(condition, next, raising)
    build.position(atEndOf: next)
  }

  /// The block that raises a trap at this instruction: one for all its tests.
  private func trapBlock(_ kind: TrapKind, _ role: StaticString) -> IRBlock {
    if let known = exits.traps[kind], known.fuel == fuel { return known.block }
    let current = build.block
    let block = coldBlock(role)
    build.position(atEndOf: block)
    raise(kind)
    build.position(atEndOf: current)
    exits.traps[kind] = (block, fuel)
    return block
  }

  /// Traps always; what follows in the block is never reached.
  func trapAlways(_ kind: TrapKind) {
    let dead = hotBlock("dead")
    raise(kind)
    build.position(atEndOf: dead)
  }

  /// Leaves for an exit at this instruction if a condition holds.
  func exit(reason: UInt64, if condition: IRValue, _ role: StaticString) {
    let leaving = coldBlock(role)
    let next = hotBlock("fuelled")
    build.br(condition, leaving, next)
    build.position(atEndOf: leaving)
    // No handler sees an exit.
    build.br(raisingOutside(types.constant(bits: reason)))
    build.position(atEndOf: next)
  }

  /// Continues with a word unless it is a trap word: then raises what it says here.
  func checked(_ word: IRValue) -> IRValue {
    keepReadArrays()
    let isTrap = build.icmp(
      .uge, word, types.constant(bits: TrapWord.first), name("is.trap"))
    let next = hotBlock("checked")
    if !isRaiseHandled, !plan.isInLoop[offset], fuel == nil || isFuelStored {
      // What the edge itself costs is two moves: where code runs once, a block costs more.
      build.br(isTrap, raisingOutside(word), next)
    } else {
      let trapping = coldBlock("trap.runtime")
      build.br(isTrap, trapping, next)
      build.position(atEndOf: trapping)
      build.br(raising(word))
    }
    build.position(atEndOf: next)
    return word
  }

  /// Ends the current block with a trap, at a handler of the function or by leaving it.
  func raise(_ kind: TrapKind) {
    build.br(raising(types.constant(bits: UInt64(kind.rawValue))))
  }

  /// Whether a handler of the function sees what the instruction raises; one without traps raises
  /// exits, which none sees.
  private var isRaiseHandled: Bool {
    chain != .empty && !instruction.opcode.facts.traps.isEmpty
  }

  /// Where the current block is to branch in order to raise what a word's lowest byte says at this
  /// instruction; all ones has been raised already.
  func raising(_ word: IRValue) -> IRBlock {
    guard isRaiseHandled else { return raisingOutside(word) }
    storeFuel()
    let delivery = delivery()
    guard holdsVirtuals(for: delivery.entry, stack: stackBefore) else {
      if let old = oldLocals(for: delivery.entry) { return raisingMistakenly(word, old, delivery) }
      feed(delivery.raise, word)
      feed(delivery.entry, locals: locals, stack: stackBefore)
      return delivery.block
    }
    // Where nothing is raised they stay as they are.
    let (from, kept) = (build.block, VirtualState(of: self))
    let making = coldBlock("raise.virtual")
    build.position(atEndOf: making)
    makeSlots(of: delivery.entry, stack: stackBefore)
    feed(delivery.raise, word)
    feed(delivery.entry, locals: locals, stack: stackBefore)
    build.br(delivery.block)
    build.position(atEndOf: from)
    kept.restore(to: self)
    return making
  }

  /// The same, for a handler that gets locals as they were.
  private func raisingMistakenly(
    _ word: IRValue, _ old: [Value?], _ delivery: Delivery
  ) -> IRBlock {
    let from = build.block
    let raising = coldBlock("raise.mistaken")
    build.position(atEndOf: raising)
    countMistake(if: differs(old))
    feed(delivery.raise, word)
    feed(delivery.entry, locals: old, stack: stackBefore)
    build.br(delivery.block)
    build.position(atEndOf: from)
    return raising
  }

  /// The same for a raise that leaves the function.
  func raisingOutside(_ word: IRValue) -> IRBlock {
    storeFuel()
    let depth = plan.chains.depth(of: chain)
    let (block, raise) = exits.raising[depth] ?? makeRaising(depth)
    feed(raise, word)
    return block
  }

  private func makeRaising(_ depth: Int) -> (block: IRBlock, raise: RaisePhis) {
    let current = build.block
    let block = coldBlock("raise")
    build.position(atEndOf: block)
    let made = (block, makeRaise())
    build.position(atEndOf: current)
    exits.raising[depth] = made
    return made
  }

  private func makeRaise() -> RaisePhis {
    RaisePhis(
      word: build.phi(types.i64, name("trap.word")),
      offset: build.phi(types.i32, name("raise.offset")))
  }

  private func feed(_ raise: RaisePhis, _ word: IRValue) {
    build.addIncoming(word, from: build.block, to: raise.word)
    build.addIncoming(types.constant32(UInt32(offset)), from: build.block, to: raise.offset)
  }

  /// The reason of a raise: the lowest byte of its word.
  func reason(_ raise: RaisePhis) -> IRValue {
    build.and(raise.word, types.constant(bits: 0xFF), name("reason"))
  }

  /// The raise word of what comes into a block.
  private func raiseWord(_ raise: RaisePhis) -> IRValue {
    let shifted = build.shl(
      reason(raise), types.constant(bits: RaiseWord.reasonShift), name("reason"))
    let function = types.constant(bits: RaiseWord.make(index, reason: 0, offset: 0))
    let offset = build.zext(raise.offset, to: types.i64, name("raise.offset"))
    return build.or(
      build.or(shifted, function, name("raise.function")), offset, name("raise.word"))
  }

  /// Ends the current block: the run has ended, and was recorded.
  private func end(handlerDepth depth: Int) { build.br(ended(depth)) }

  private func ended(_ depth: Int) -> IRBlock {
    let block = exits.ended[depth] ?? coldBlock("ended")
    exits.ended[depth] = block
    return block
  }

  /// Ends the current block by returning a value.
  func returnValue(_ value: Value) {
    if form == .kernel { return returnFromKernel(value) }
    if caller != nil {
      storeFuel()
      returns.append(
        InlinedReturn(
          block: build.block, value: virtuals.resolved(value), virtuals: virtuals))
      return
    }
    let word = box(made(value))
    storeFuel()
    leave(with: word, signal: types.constant32(UInt32(JIT_SIGNAL_NONE)))
  }

  /// Ends the current block by returning a word and a signal.
  func leave(with word: IRValue, signal: IRValue) {
    let (block, words, signals) = exits.returning ?? makeReturning()
    build.addIncoming(word, from: build.block, to: words)
    build.addIncoming(signal, from: build.block, to: signals)
    build.br(block)
  }

  private func makeReturning() -> (block: IRBlock, word: IRValue, signal: IRValue) {
    let current = build.block
    let block = coldBlock("return")
    build.position(atEndOf: block)
    let made = (
      block, build.phi(types.i64, ValueName(0, "return.word")),
      build.phi(types.i32, ValueName(0, "return.signal"))
    )
    build.position(atEndOf: current)
    exits.returning = made
    return made
  }

  /// Fills the blocks in which the function ends.
  func finishExits() {
    offset = 0
    for position in exits.deliveries.indices { finishDelivery(at: position) }
    for (depth, (block, raise)) in exits.raising.sorted(by: { $0.key < $1.key }) {
      build.position(atEndOf: block)
      switch form {
      case .function:
        build.call(scope.callee(.raise), [context, raiseWord(raise)], name("raise"))
        end(handlerDepth: depth)
      case .kernel: raiseFromKernel(reason(raise))
      }
    }
    for (depth, ended) in exits.ended.sorted(by: { $0.key < $1.key }) {
      build.position(atEndOf: ended)
      if depth > 0 { countHandlers(depth) }
      if let caller {
        caller.passOn(from: build.block)
        continue
      }
      leave(
        with: types.constant(bits: Word.sentinel.bits),
        signal: types.constant32(UInt32(JIT_SIGNAL_ENDED)))
    }
    if let (block, word, signal) = exits.returning {
      build.position(atEndOf: block)
      let first = build.insertvalue(types.poison(types.result), word, 0, name("result"))
      build.ret(build.insertvalue(first, signal, 1, name("result")))
    }
  }

  /// Adds the handlers of a frame that is left for good to those in force at the raise.
  private func countHandlers(_ depth: Int) {
    let field = contextField(ContextOffset.raiseHandlers, "handlers.field")
    let count = build.load(types.i64, field, name("handlers"))
    build.store(build.add(count, types.constant(Int64(depth)), name("handlers")), field)
  }
}

// MARK: - Handlers

extension FunctionLowering {
  /// Where raises under the current chain go.
  private func delivery() -> Delivery {
    let label = plan.chains.label(of: chain, facts)
    let parent = plan.chains.parent(of: chain)
    let position = plan.position(of: label, parent)
    if let known = exits.deliveries[position] { return known }
    let (current, keptOffset) = (build.block, offset)
    offset = label
    let block = coldBlock("deliver")
    build.position(atEndOf: block)
    let raise = makeRaise()
    let made = Delivery(
      block: block, raise: raise, entry: makeJoin(block, at: position, isDelivery: true),
      handlerDepth: plan.chains.depth(of: chain))
    exits.deliveries[position] = made
    build.position(atEndOf: current)
    offset = keptOffset
    return made
  }

  /// Pays for a delivery and goes on at the handler with its payload, or leaves.
  private func finishDelivery(at position: Int) {
    guard let join = joins[position], join.isJoin, plan.blocks[position].isEntered else { return }
    offset = plan.blocks[position].offsets.lowerBound
    guard let delivery = exits.deliveries[position] else {
      // Nothing in its region raises after all: control never comes here, but phis must be fed.
      if plan.blocks[position].predecessorCount == 0 { feedNever(join) }
      return
    }
    build.position(atEndOf: delivery.block)
    chain = plan.blocks[position].chain
    let payload = build.call(
      scope.callee(.deliver), [context, raiseWord(delivery.raise)], name("payload"))
    let hasEnded = build.icmp(
      .eq, payload, types.constant(bits: Word.sentinel.bits), name("has.ended"))
    let next = hotBlock("delivered")
    build.br(hasEnded, ended(delivery.handlerDepth), next)
    build.position(atEndOf: next)
    restoreFramesLeft()
    reloadFuel()
    feed(
      join, locals: delivery.entry.locals,
      stack: delivery.entry.stack + [.boxed(payload, .anything)])
    build.br(join.block)
  }

  private func feedNever(_ join: BlockEntry) {
    let block = coldBlock("never")
    build.position(atEndOf: block)
    func poison(like value: Value) -> Value {
      switch value {
      case .boxed(_, let kinds): .boxed(types.poison(types.i64), kinds)
      case .integer(_, let range): .integer(types.poison(types.i64), range)
      case .number: .number(types.poison(types.double), isCanonical: true)
      case .bool: .bool(types.poison(types.i1))
      case .product, .virtual: preconditionFailure("no phi is a product, or not made")
      }
    }
    if join.fuel != nil { fuel = types.poison(types.i64) }
    feed(
      join, locals: join.locals.map { $0.map(poison) }, stack: join.stack.map(poison))
    build.br(join.block)
  }
}

// MARK: - The context

extension FunctionLowering {
  /// The address of a field of the context.
  func contextField(_ bytes: Int, _ role: StaticString) -> IRValue {
    build.offset(context, by: bytes, name(role))
  }

  /// Writes the fuel back where others can see it, unless it is there already.
  func storeFuel() {
    if let fuel, !isFuelStored { build.store(fuel, contextField(ContextOffset.fuel, "fuel.field")) }
  }

  /// Reads the fuel again behind what may have used some.
  func reloadFuel() {
    guard fuel != nil else { return }
    fuel = build.load(
      types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
    isFuelStored = true
  }

  /// Makes the context count this function's frame as the innermost one.
  func restoreFramesLeft() {
    if let framesLeft {
      build.store(framesLeft, contextField(ContextOffset.framesLeft, "frames"))
    }
  }
}
