import Bytecode
import CRuntime
import LLVM

/// The blocks in which a function ends, and those that bring raises to its handlers, made when first
/// needed.
final class FunctionExits {
  /// Returns a word and a signal: their phis. One return a function, because fast instruction
  /// selection does not know returns in two registers.
  var returning: (block: IRBlock, word: IRValue, signal: IRValue)?
  /// Records a raise no handler of the function sees, and ends: the phi of its raise word, by the
  /// number of handlers in force.
  var raising: [Int: (block: IRBlock, word: IRValue)] = [:]
  /// Returns the sentinel and its signal, by the number of handlers in force.
  var ended: [Int: IRBlock] = [:]
  /// Brings raises to a handler, by the position of its block.
  var deliveries: [Delivery?]

  init(blockCount: Int) { deliveries = [Delivery?](repeating: nil, count: blockCount) }
}

/// Where raises go that a handler of the function sees: what it needs of the state, as phis.
struct Delivery {
  var block: IRBlock
  /// The raise word.
  var word: IRValue
  /// Like the handler's block, without the payload.
  var entry: BlockEntry
  /// Handlers in force at the raise.
  var handlerDepth: Int
}

extension FunctionLowering {
  /// Traps if a condition holds; continues otherwise.
  func trap(_ kind: TrapKind, if condition: IRValue, _ role: StaticString) {
    let raising = coldBlock(role)
    let next = hotBlock("checked")
    build.br(condition, raising, next)
    build.position(atEndOf: raising)
    raise(kind)
    build.position(atEndOf: next)
  }

  /// Traps unless a condition holds.
  func trap(_ kind: TrapKind, unless condition: IRValue, _ role: StaticString) {
    let raising = coldBlock(role)
    let next = hotBlock("checked")
    build.br(condition, next, raising)
    build.position(atEndOf: raising)
    raise(kind)
    build.position(atEndOf: next)
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
    raiseOutside(types.constant(bits: RaiseWord.make(index, reason: reason, offset: offset)))
    build.position(atEndOf: next)
  }

  /// Continues with a word unless it is a trap word: then raises what it says here.
  func checked(_ word: IRValue) -> IRValue {
    let isTrap = build.icmp(
      .uge, word, types.constant(bits: TrapWord.first), name("is.trap"))
    let raising = coldBlock("trap.runtime")
    let next = hotBlock("checked")
    build.br(isTrap, raising, next)
    build.position(atEndOf: raising)
    raise(trapWord: word)
    build.position(atEndOf: next)
    return word
  }

  /// Raises what a trap word says, here; all ones has been raised already.
  func raise(trapWord word: IRValue) {
    let reason = build.and(word, types.constant(bits: 0xFF), name("trap.reason"))
    let shifted = build.shl(
      reason, types.constant(bits: RaiseWord.reasonShift), name("trap.reason"))
    let site = types.constant(bits: RaiseWord.make(index, reason: 0, offset: offset))
    raise(build.or(shifted, site, name("trap.word")))
  }

  func raise(_ kind: TrapKind) {
    raise(
      types.constant(
        bits: RaiseWord.make(index, reason: UInt64(kind.rawValue), offset: offset)))
  }

  /// Ends the current block with a raise: at a handler of the function, or by leaving it.
  func raise(_ word: IRValue) {
    // What an instruction without traps raises is an exit, which no handler sees.
    if chain == .empty || instruction.opcode.facts.traps.isEmpty { return raiseOutside(word) }
    storeFuel()
    let delivery = delivery()
    build.addIncoming(word, from: build.block, to: delivery.word)
    feed(delivery.entry, locals: locals, stack: stackBefore)
    build.br(delivery.block)
  }

  /// Ends the current block with a raise that leaves the function.
  private func raiseOutside(_ word: IRValue) {
    storeFuel()
    let depth = plan.chains.depth(of: chain)
    let (block, phi) = exits.raising[depth] ?? makeRaising(depth)
    build.addIncoming(word, from: build.block, to: phi)
    build.br(block)
  }

  private func makeRaising(_ depth: Int) -> (block: IRBlock, word: IRValue) {
    let current = build.block
    let block = coldBlock("raise")
    build.position(atEndOf: block)
    let phi = build.phi(types.i64, ValueName(0, "raise.word"))
    build.position(atEndOf: current)
    exits.raising[depth] = (block, phi)
    return (block, phi)
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
    let word = box(value)
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
    for (depth, (block, word)) in exits.raising.sorted(by: { $0.key < $1.key }) {
      build.position(atEndOf: block)
      switch form {
      case .function:
        build.call(scope.callee(.raise), [context, word], name("raise"))
        end(handlerDepth: depth)
      case .kernel: raiseFromKernel(word)
      }
    }
    for (depth, ended) in exits.ended.sorted(by: { $0.key < $1.key }) {
      build.position(atEndOf: ended)
      if depth > 0 { countHandlers(depth) }
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
    let word = build.phi(types.i64, name("raise.word"))
    let made = Delivery(
      block: block, word: word, entry: makeJoin(block, isDelivery: true),
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
      scope.callee(.deliver), [context, delivery.word], name("payload"))
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
      case .product: preconditionFailure("no phi is a product")
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

  /// Writes the fuel back where others can see it.
  func storeFuel() {
    if let fuel { build.store(fuel, contextField(ContextOffset.fuel, "fuel.field")) }
  }

  /// Reads the fuel again behind what may have used some.
  func reloadFuel() {
    guard fuel != nil else { return }
    fuel = build.load(
      types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
  }

  /// Makes the context count this function's frame as the innermost one.
  func restoreFramesLeft() {
    if let framesLeft {
      build.store(framesLeft, contextField(ContextOffset.framesLeft, "frames"))
    }
  }

  /// Uses up a unit of fuel, or leaves at this instruction if there is none, or if more is charged
  /// of the heap than there may be.
  func chargeFuel(_ role: StaticString) {
    if scope.testsHeapLimit { testHeapLimit() }
    let field = contextField(ContextOffset.fuel, "fuel.field")
    let units = fuel ?? build.load(types.i64, field, name("fuel.left"))
    let isEmpty = build.icmp(.eq, units, types.constant(bits: 0), name("fuel.empty"))
    exit(reason: RaiseWord.outOfFuel, if: isEmpty, "out.of.fuel")
    let rest = build.sub(units, types.constant(bits: 1), name(role))
    if fuel != nil {
      fuel = rest
    } else {
      build.store(rest, field)
    }
  }

  /// The context's limit is reached for other reasons, too: out of line it is looked at closely.
  private func testHeapLimit() {
    let charged = build.load(
      types.i64, contextField(ContextOffset.heapCharged, "charged.field"), name("charged"))
    let limit = build.load(
      types.i64, contextField(ContextOffset.heapLimit, "limit.field"), name("limit"))
    let isAbove = build.icmp(.ugt, charged, limit, name("is.above"))
    let testing = coldBlock("limit")
    let next = hotBlock("allowed")
    build.br(isAbove, testing, next)
    build.position(atEndOf: testing)
    storeFuel()
    let answer = build.call(scope.callee(.testHeapLimit), [context], name("limit"))
    let isFull = build.icmp(.eq, answer, types.constant(bits: 0), name("is.full"))
    exit(reason: RaiseWord.outOfMemory, if: isFull, "out.of.memory")
    build.br(next)
    build.position(atEndOf: next)
  }
}
