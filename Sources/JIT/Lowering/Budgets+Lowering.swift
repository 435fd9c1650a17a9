import LLVM

/// The budgets of a run: its fuel and the limit of its heap.
extension FunctionLowering {
  /// Uses up a unit of fuel, or leaves at this instruction if there is none, or if more is charged
  /// of the heap than there may be.
  func chargeFuel(_ role: StaticString) {
    let field = contextField(ContextOffset.fuel, "fuel.field")
    let units = fuel ?? build.load(types.i64, field, name("fuel.left"))
    if let shortage = shortageOfLoop {
      let testing = coldBlock("short")
      let next = hotBlock("sufficient")
      build.br(shortage, testing, next)
      build.position(atEndOf: testing)
      testBudgets(units)
      build.br(next)
      build.position(atEndOf: next)
    } else {
      testBudgets(units)
    }
    let rest = build.sub(units, types.constant(bits: 1), name(role))
    if fuel != nil {
      fuel = rest
      isFuelStored = false
    } else {
      build.store(rest, field)
    }
  }

  private func isEmpty(_ units: IRValue) -> IRValue {
    build.icmp(.eq, units, types.constant(bits: 0), name("fuel.empty"))
  }

  /// Whether more is charged of the heap than the context's limit.
  func isAboveHeapLimit() -> IRValue {
    let charged = build.load(
      types.i64, contextField(ContextOffset.heapCharged, "charged.field"), name("charged"))
    let limit = build.load(
      types.i64, contextField(ContextOffset.heapLimit, "limit.field"), name("limit"))
    return build.icmp(.ugt, charged, limit, name("is.above"))
  }

  /// Leaves if the heap's limit or the fuel is used up. The context's limit is reached for other
  /// reasons, too: out of line the runtime looks at both closely.
  private func testBudgets(_ units: IRValue) {
    guard scope.testsHeapLimit else {
      return exit(reason: RaiseWord.outOfFuel, if: isEmpty(units), "out.of.fuel")
    }
    let isAbove = isAboveHeapLimit()
    let testing = coldBlock("budgets")
    let allowed = hotBlock("allowed")
    build.br(isAbove, testing, allowed)
    build.position(atEndOf: allowed)
    let next = hotBlock("fuelled")
    build.br(isEmpty(units), testing, next)
    build.position(atEndOf: testing)
    storeFuel()
    let word = build.call(scope.callee(.testBudgets), [context], name("budgets"))
    keepArrays()
    let isOver = build.icmp(.ne, word, types.constant(bits: 0), name("is.over"))
    // No handler sees an exit.
    build.br(isOver, raisingOutside(word), next)
    build.position(atEndOf: next)
  }
}
