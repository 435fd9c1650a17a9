import Bytecode

extension FunctionGenerator {
  /// Statements under a handler, with something among them that may trap; the handler goes on.
  mutating func guarded(nesting: Int, share: Int) {
    let comesFirst = entropy.chance(1, in: 3)
    guarded { generator in
      if comesFirst { generator.surprise() }
      if generator.entropy.chance(2, in: 3) {
        generator.statements(share, nesting: nesting - 1)
      }
      if !comesFirst { generator.surprise() }
    }
  }

  /// Runs the body under a handler that uses the payload and goes on behind it.
  ///
  /// The handler stands behind the region or, now and then, before it.
  mutating func guarded(_ body: (inout FunctionGenerator) -> Void) {
    let (handler, past) = (makeTag(), makeTag())
    cost += multiplier
    let standsBefore = entropy.chance(1, in: 4)
    if standsBefore {
      let start = makeTag()
      jump(.jump, to: start, pops: 0)
      handle(at: handler)
      jump(.jump, to: past, pops: 0)
      place(start)
    }
    emit(.setupTry, .jump(handler))
    handlers += 1
    body(&self)
    handlers -= 1
    emit(.popHandler, .none)
    if !standsBefore {
      jump(.jump, to: past, pops: 0)
      handle(at: handler)
    }
    place(past)
  }

  /// Takes the payload at a handler's label.
  private mutating func handle(at label: Tag) {
    depth += 1
    place(label)
    let targets = slots.indices.filter {
      slots[$0].isWritable && slots[$0].declared == nil
        && slots[$0].fact.actual.isSuperset(of: .anything)
    }
    switch entropy.below(4) {
    case 0 where !targets.isEmpty: return store(LocalIndex(entropy.pick(targets)))
    case 1:
      push(.string(Literal("TypeError")))
      emit(.eq, pops: 2, pushes: 1)
    case 2 where handlers > 0 && entropy.chance(1, in: 3):
      // Thrown on, to the handler outside.
      return emit(.throw, pops: 1, pushes: 0)
    default: break
    }
    if entropy.chance(2, in: 3) {
      emit(.builtinCall, .builtin(.print, argumentCount: 1), pops: 1, pushes: 1)
    }
    emit(.pop, pops: 1, pushes: 0)
  }
}

extension Array {
  /// An element, nil if there is none.
  func randomElement(_ entropy: inout Entropy) -> Element? {
    isEmpty ? nil : entropy.pick(self)
  }
}
