import Bytecode
import LLVM

/// Budgets of counted loops: one test where such a loop is entered says whether fuel and heap suffice
/// for all its rounds.
///
/// Where they may not, each round tests them as ever. LLVM lays the loop out once for either case, and
/// the one without tests it can take for a plain loop.
extension FunctionLowering {
  /// Whether the budgets may not suffice for all rounds of the counted loop that the block being lowered
  /// belongs to; nil if it belongs to none.
  var shortageOfLoop: IRValue? {
    guard isInBody, let loop = speculation?.ranges?.counted(around: blockPosition) else {
      return nil
    }
    return joins[loop.header]?.shortage
  }

  /// Whether control that goes from here to a block enters a counted loop there.
  func entersCountedLoop(at position: Int) -> Bool {
    guard let ranges = speculation?.ranges, ranges.counted(at: position) != nil else {
      return false
    }
    return !(isInBody && ranges.loop(at: position)?.contains[blockPosition] == true)
  }

  /// What an edge from here to the header of a counted loop says of the budgets; nil if none is there.
  func shortage(inLoopAt position: Int) -> IRValue? {
    guard let loop = speculation?.ranges?.counted(at: position) else { return nil }
    guard entersCountedLoop(at: position) else { return joins[position]?.shortage }
    scope.hasSteadyTests = true
    let units =
      fuel
      ?? build.load(
        types.i64, contextField(ContextOffset.fuel, "fuel.field"), name("fuel.left"))
    if speculation?.ranges?.isMistaken == true { countMistake() }
    let lacksFuel = lacks(units, rounds(of: loop))
    guard scope.testsHeapLimit else { return lacksFuel }
    let isAbove = isAboveHeapLimit()
    if scope.commits(.heapNotTestedAtLoop) {
      countMistake(if: isAbove)
      return lacksFuel
    }
    return build.or(lacksFuel, isAbove, name("shortage"))
  }

  /// Whether there is not fuel for so many rounds.
  private func lacks(_ units: IRValue, _ rounds: IRValue) -> IRValue {
    let lacksFuel = build.icmp(.ule, units, rounds, name("lacks.fuel"))
    guard scope.commits(.roundsHalved) else { return lacksFuel }
    let half = build.lshr(rounds, types.constant(bits: 1), name("rounds"))
    let lacksHalf = build.icmp(.ule, units, half, name("lacks.fuel"))
    countMistake(if: build.xor(lacksFuel, lacksHalf, name("is.between")))
    return lacksHalf
  }

  /// How often control may stay in a loop that it enters here, at the most. The backward jump may be
  /// taken once more.
  private func rounds(of loop: CountedLoop) -> IRValue {
    let zero = types.constant(0 as Int64)
    let limit: IRValue
    switch loop.limit {
    case .constant(let value): limit = types.constant(value)
    case .local(let local): limit = integer(in: local)
    case .length(let local):
      guard case .boxed(let word, _)? = locals[local.position] else {
        preconditionFailure("locals that loops rest on are live")
      }
      limit = load(types.i64, cell(of: word), CellOffset.arrayLength, "length")
    }
    var most = build.sub(limit, integer(in: loop.counter), name("rounds"))
    if loop.includesLimit {
      most = build.add(most, types.constant(1 as Int64), name("rounds"))
    }
    let isPositive = build.icmp(.sgt, most, zero, name("goes.round"))
    return build.select(isPositive, most, zero, name("rounds"))
  }
}
