import Bytecode
import CRuntime
import LLVM

/// The blocks in which a function ends, made when first needed.
final class FunctionExits {
  /// Returns a word and a signal: their phis. One return a function, because fast instruction
  /// selection does not know returns in two registers.
  var returning: (block: IRBlock, word: IRValue, signal: IRValue)?
  /// Records a raise and ends: the phi of its raise word.
  var raising: (block: IRBlock, word: IRValue)?
  /// Returns the sentinel and its signal.
  var ended: IRBlock?
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

  /// Leaves for the exit that the fuel is used up, at this instruction.
  func exitOutOfFuel(if condition: IRValue, _ role: StaticString) {
    let leaving = coldBlock(role)
    let next = hotBlock("fuelled")
    build.br(condition, leaving, next)
    build.position(atEndOf: leaving)
    raise(
      types.constant(bits: RaiseWord.make(index, reason: RaiseWord.outOfFuel, offset: offset)))
    build.position(atEndOf: next)
  }

  /// Continues with a word unless it is a trap word: then raises that trap here.
  func checked(_ word: IRValue) -> IRValue {
    let isTrap = build.icmp(
      .uge, word, types.constant(bits: TrapWord.first), name("is.trap"))
    let raising = coldBlock("trap.runtime")
    let next = hotBlock("checked")
    build.br(isTrap, raising, next)
    build.position(atEndOf: raising)
    let kind = build.and(word, types.constant(bits: 0xFF), name("trap.kind"))
    let reason = build.shl(
      kind, types.constant(bits: RaiseWord.reasonShift), name("trap.reason"))
    let site = types.constant(bits: RaiseWord.make(index, reason: 0, offset: offset))
    raise(build.or(reason, site, name("trap.word")))
    build.position(atEndOf: next)
    return word
  }

  private func raise(_ kind: TrapKind) {
    raise(
      types.constant(
        bits: RaiseWord.make(index, reason: UInt64(kind.rawValue), offset: offset)))
  }

  private func raise(_ word: IRValue) {
    storeFuel()
    let (block, phi) = exits.raising ?? makeRaising()
    build.addIncoming(word, from: build.block, to: phi)
    build.br(block)
  }

  private func makeRaising() -> (block: IRBlock, word: IRValue) {
    let current = build.block
    let block = coldBlock("raise")
    build.position(atEndOf: block)
    let phi = build.phi(types.i64, ValueName(0, "raise.word"))
    build.position(atEndOf: current)
    exits.raising = (block, phi)
    return (block, phi)
  }

  /// Ends the current block: the callee has ended the run.
  func end(if condition: IRValue) {
    let block = exits.ended ?? coldBlock("ended")
    exits.ended = block
    let next = hotBlock("returned")
    build.br(condition, block, next)
    build.position(atEndOf: next)
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
    if let (block, word) = exits.raising {
      build.position(atEndOf: block)
      switch form {
      case .function:
        if let framesLeft {
          build.store(framesLeft, contextField(ContextOffset.framesLeft, "frames"))
        }
        build.call(scope.callee(.raise), [context, word], name("raise"))
        let ended = exits.ended ?? coldBlock("ended")
        exits.ended = ended
        build.br(ended)
      case .kernel: raiseFromKernel(word)
      }
    }
    if let ended = exits.ended {
      build.position(atEndOf: ended)
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

  /// Uses up a unit of fuel, or leaves at this instruction if there is none.
  func chargeFuel(_ role: StaticString) {
    let field = contextField(ContextOffset.fuel, "fuel.field")
    let units = fuel ?? build.load(types.i64, field, name("fuel.left"))
    let isEmpty = build.icmp(.eq, units, types.constant(bits: 0), name("fuel.empty"))
    exitOutOfFuel(if: isEmpty, "out.of.fuel")
    let rest = build.sub(units, types.constant(bits: 1), name(role))
    if fuel != nil {
      fuel = rest
    } else {
      build.store(rest, field)
    }
  }
}
