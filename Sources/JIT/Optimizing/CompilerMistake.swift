import Bytecode

/// A wrong decision of the optimizing tier, which a decorator may have it make: a fault that is in
/// what code is made of, not in the code.
public enum CompilerMistake: String, CaseIterable, Sendable {
  /// Calls of values and methods are made as if nothing were known of them, and nothing is said of
  /// why.
  case feedbackIgnored = "feedback-ignored"
  /// Inlined code rests on what its caller has met at the same offsets.
  case feedbackOfCaller = "feedback-of-caller"
  /// A property of several layouts is looked for where the next one has it.
  case armsSwapped = "arms-swapped"
  /// Code goes on behind what may have broken a fact that it rests on.
  case validityNotTested = "validity-not-tested"
  /// The walk of a builtin goes on in code that has been discarded in a callback.
  case staleWalk = "stale-walk"
  /// What leaves a callback takes the frame of its walk's function along.
  case chainPastWalk = "chain-past-walk"
  /// With hooks, code that has been discarded returns where it is to leave for tier 0.
  case hooksMissDiscard = "hooks-miss-discard"
  /// Code that rests on a fact stays when the fact breaks.
  case discardMissed = "discard-missed"
  /// When a fact breaks, code goes that rests on another.
  case discardOfOthers = "discard-of-others"
  /// What is stored into an object that is not made gets lost.
  case virtualStoreLost = "virtual-store-lost"
  /// A callee gets an object that the caller goes on without having made.
  case virtualEscapeUnnoticed = "virtual-escape-unnoticed"
  /// An index that a loop stores into besides its step is taken for one that only steps.
  case indexStoreMissed = "index-store-missed"
  /// An index that is compared with a limit is taken for less where it may be the same.
  case limitIncluded = "limit-included"
  /// Indices are taken for not negative wherever a loop starts.
  case startNotTested = "loop-start-not-tested"
  /// Arrays are taken for as long behind a call as before it.
  case lengthChangeMissed = "length-change-missed"
  /// A loop that charges bytes of the heap or calls is taken for one that only goes round.
  case chargeInLoopMissed = "charge-in-loop-missed"
  /// Fuel for half of a loop's rounds is taken to suffice for all.
  case roundsHalved = "rounds-halved"
  /// A loop is entered as if the heap's limit were never reached.
  case heapNotTestedAtLoop = "heap-not-tested-at-loop"

  /// Those of what is known of ints and arrays in loops.
  static let ofRanges: [CompilerMistake] = [
    .indexStoreMissed, .limitIncluded, .startNotTested, .lengthChangeMissed,
    .chargeInLoopMissed,
  ]
}

extension ModuleScope {
  /// Whether a mistake is made here, which is counted then.
  func commits(_ mistake: CompilerMistake) -> Bool {
    guard let decorator, decorator.commits(mistake) else { return false }
    mistakeCount += 1
    return true
  }
}

extension FunctionLowering {
  /// What code of a callee is to rest on, with the caller's feedback in its place if that is the
  /// mistake.
  func feedback(inlining callee: FunctionIndex) -> [FunctionFeedback]? {
    guard scope.decorator != nil, var known = feedback else { return feedback }
    var taken = known[index.position]
    taken.fit(bodyLength: known[callee.position].arithmetic.count)
    taken.ways = known[callee.position].ways
    taken.loops = known[callee.position].loops
    guard taken != known[callee.position], scope.commits(.feedbackOfCaller) else {
      return feedback
    }
    known[callee.position] = taken
    return known
  }
}

extension FunctionLowering {
  /// Whether code with hooks goes on to a return of the function that was compiled, behind which
  /// nothing is taken for granted.
  func missesDiscard(before next: Int) -> Bool {
    let opcode = program.program.instructions[function.entryPoint + next].opcode
    return isHooked && caller == nil && (opcode == .return || opcode == .returnValue)
      && scope.commits(.hooksMissDiscard)
  }

  /// The parts whose code is run for parts of several layouts: others', if that is the mistake.
  ///
  /// They are exchanged where both layouts have both places, and hold the same there, so that what is
  /// wrong is a value and no address.
  func bodies(of parts: [Speculation.Part]) -> [Speculation.Part] {
    guard scope.decorator != nil, parts.count > 1 else { return parts }
    var bodies = parts
    for position in parts.indices.dropLast() {
      let (one, other) = (bodies[position], bodies[position + 1])
      guard canExchange(one, other), scope.commits(.armsSwapped) else { continue }
      (bodies[position], bodies[position + 1]) = (other, one)
    }
    return bodies
  }

  private func canExchange(_ one: Speculation.Part, _ other: Speculation.Part) -> Bool {
    guard let first = one.slot, let second = other.slot, first != second else { return false }
    switch (one.layout, other.layout) {
    case (.shape(let keys), .shape(let otherKeys)):
      return max(first, second) < min(keys.count, otherKeys.count)
    case (.schema(let schema), .schema(let otherSchema)):
      let fields = program.program.schemas[schema.position].fields
      let others = program.program.schemas[otherSchema.position].fields
      guard max(first, second) < min(fields.count, others.count) else { return false }
      return fields[first].kind == others[first].kind && fields[second].kind == others[second].kind
        && fields[first].kind == fields[second].kind
    case (.shape, .schema), (.schema, .shape): return false
    }
  }
}

extension FunctionFeedback {
  /// Cuts off what lies behind a body's end, or has nothing seen there.
  fileprivate mutating func fit(bodyLength: Int) {
    func fitted<Slot>(_ slots: [Slot?]) -> [Slot?] {
      slots.prefix(bodyLength) + Array(repeating: nil, count: max(0, bodyLength - slots.count))
    }
    arithmetic = fitted(arithmetic)
    callees = fitted(callees)
    properties = fitted(properties)
    elements = fitted(elements)
    methods = fitted(methods)
    ways = fitted(ways)
    bindings = [:]
  }
}
