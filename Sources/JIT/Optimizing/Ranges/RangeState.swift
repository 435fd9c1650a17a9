import Bytecode

/// What is known of the locals and operands of a frame.
struct RangeState: Equatable {
  var locals: [ValueFact]
  var stack: [ValueFact]

  /// The state that says nothing.
  init(localCount: Int, stackDepth: Int) {
    locals = Array(repeating: .anything, count: localCount)
    stack = Array(repeating: .anything, count: stackDepth)
  }

  /// The value of a local.
  ///
  /// - Parameter kinds: of all locals.
  func loaded(_ slot: Int, _ kinds: [KindSet]) -> ValueFact {
    var fact = locals[slot]
    fact.term = .local(slot)
    let most = fact.limits.reduce(fact.range.upperBound) { most, limit in
      guard case .local(let other) = limit.key, kinds[other] == .int else { return most }
      return min(most, locals[other].range.upperBound - (limit.value ? 1 : 0))
    }
    fact.raise(to: fact.range.lowerBound, lowerTo: most)
    return fact
  }

  /// Puts a value into a local.
  mutating func store(_ value: ValueFact, in slot: Int) {
    let changes = { (term: IntegerTerm) in term.slot == slot }
    var kept = value
    kept.forget(changes)
    if let term = kept.term { kept.limit(by: term, strictly: false) }
    kept.term = nil
    kept.base = nil
    kept.test = nil
    let count = kept.count
    kept.count = nil
    for position in locals.indices { locals[position].forget(changes) }
    for position in stack.indices { stack[position].forget(changes) }
    locals[slot] = kept
    if case .local(let counted) = count {
      locals[counted].limit(by: .length(slot), strictly: false)
    }
  }

  mutating func forgetLengths() {
    for position in locals.indices { locals[position].forgetLengths() }
    for position in stack.indices { stack[position].forgetLengths() }
  }

  /// Keeps what another state says as well.
  ///
  /// - Parameter missesFalls: whether ints are taken for no less than before, by mistake.
  mutating func join(_ other: RangeState, widens: Bool, missesFalls: Bool = false) {
    for position in locals.indices {
      locals[position].join(other.locals[position], widens: widens, missesFalls: missesFalls)
    }
    for position in stack.indices {
      stack[position].join(other.stack[position], widens: widens, missesFalls: missesFalls)
    }
  }

  /// Takes a test into account that came out so.
  ///
  /// - Parameter isMistaken: whether values that may be the same are taken for different ones.
  mutating func assume(
    _ test: RelationTest, is truth: Bool, strictly isMistaken: Bool = false
  ) {
    let (left, right) = (test.left, test.right)
    switch truth ? test.relation : test.relation.opposite {
    case .less: order(left, right, isStrict: true, test.isOfInts)
    case .lessOrEqual: order(left, right, isStrict: isMistaken, test.isOfInts)
    case .greater: order(right, left, isStrict: true, test.isOfInts)
    case .greaterOrEqual: order(right, left, isStrict: isMistaken, test.isOfInts)
    case .equal:
      order(left, right, isStrict: false, test.isOfInts)
      order(right, left, isStrict: false, test.isOfInts)
    case .notEqual: break
    }
  }

  /// Takes into account that one value is less than another, or the same if that is allowed.
  private mutating func order(
    _ less: ValueFact, _ greater: ValueFact, isStrict: Bool, _ areInts: Bool
  ) {
    let distance: Int64 = isStrict ? 1 : 0
    if case .local(let slot) = less.term {
      var limits: [IntegerTerm: Bool] = areInts ? greater.limits : [:]
      if let term = greater.term { limits[term] = limits[term] ?? false }
      for (term, isBelow) in limits where term != .local(slot) {
        locals[slot].limit(by: term, strictly: isBelow || isStrict)
      }
      if areInts {
        locals[slot].raise(to: IntRange.minimum, lowerTo: greater.range.upperBound - distance)
      }
    }
    guard areInts else { return }
    switch greater.term {
    case .local(let slot):
      locals[slot].raise(to: less.range.lowerBound + distance, lowerTo: IntRange.maximum)
    case .length(let slot):
      locals[slot].leastCount = max(locals[slot].leastCount, less.range.lowerBound + distance)
    case nil: break
    }
  }

  /// Whether an int is an index, counted from the start, of the array in a local.
  ///
  /// - Parameter kinds: of all locals.
  func isIndex(_ index: ValueFact, ofArrayIn slot: Int, _ kinds: [KindSet]) -> Bool {
    guard index.range.lowerBound >= 0 else { return false }
    if index.range.upperBound < locals[slot].leastCount { return true }
    return chains(from: index, kinds).contains { chain in
      switch chain.term {
      case .length(slot): chain.isStrict
      case .local(let other):
        kinds[other] == .int
          && locals[other].range.upperBound - (chain.isStrict ? 1 : 0) < locals[slot].leastCount
      case .length: false
      }
    }
  }

  /// The terms that an int does not exceed, with whether it is less, those by way of other locals
  /// included.
  func chains(
    from fact: ValueFact, _ kinds: [KindSet]
  ) -> [(term: IntegerTerm, isStrict: Bool)] {
    var found: [(term: IntegerTerm, isStrict: Bool)] = []
    var pending = fact.allLimits.inOrder
    var steps = Tuning.rangeChainSteps
    while let next = pending.popLast(), steps > 0 {
      steps -= 1
      guard !found.contains(where: { $0.term == next.term && $0.isStrict == next.isStrict })
      else { continue }
      found.append(next)
      guard case .local(let slot) = next.term, kinds[slot] == .int else { continue }
      for (term, isStrict) in locals[slot].limits.inOrder {
        pending.append((term, isStrict || next.isStrict))
      }
    }
    return found
  }
}

extension IntegerTerm {
  /// A position among all terms.
  fileprivate var order: Int {
    switch self {
    case .local(let slot): 2 * slot
    case .length(let slot): 2 * slot + 1
    }
  }
}

extension [IntegerTerm: Bool] {
  fileprivate var inOrder: [(term: IntegerTerm, isStrict: Bool)] {
    map { ($0.key, $0.value) }.sorted { $0.term.order < $1.term.order }
  }
}

extension ValueFact {
  /// Takes bounds of an int into account; where they leave none, control never comes.
  mutating func raise(to low: Int64, lowerTo high: Int64) {
    let (low, high) = (max(low, range.lowerBound), min(high, range.upperBound))
    if low <= high { range = low...high }
  }
}

extension Relation {
  /// What holds of two ints where this does not.
  var opposite: Relation {
    switch self {
    case .greater: .lessOrEqual
    case .less: .greaterOrEqual
    case .greaterOrEqual: .less
    case .lessOrEqual: .greater
    case .equal: .notEqual
    case .notEqual: .equal
    }
  }
}
