import Bytecode
import LLVM

extension ModuleScope {
  /// Whether a mistake is made here, which is counted then.
  func commits(_ mistake: CompilerMistake) -> Bool { decorator?.commits(mistake) == true }

  /// Whether a mistake is wanted at all: finding out where it can be made takes time.
  func wants(_ mistake: CompilerMistake) -> Bool { decorator?.mistake == mistake }

  /// Feedback in which two operations of one opcode have each other's; nil unless that is the mistake.
  func exchanged(
    _ feedback: FunctionFeedback, of index: FunctionIndex, in program: Program
  ) -> FunctionFeedback? {
    guard wants(.feedbackOfNeighbour) else { return nil }
    let body = program.body(of: index)
    let opcodes = body.map(\.opcode)
    let known = feedback.arithmetic.indices.filter { feedback.arithmetic[$0] != nil }
    for (position, one) in known.enumerated() {
      let other = known[(position + 1)...].first {
        opcodes[$0] == opcodes[one] && feedback.arithmetic[$0] != feedback.arithmetic[one]
      }
      guard let other, commits(.feedbackOfNeighbour) else { continue }
      var exchanged = feedback
      exchanged.arithmetic.swapAt(one, other)
      return exchanged
    }
    return nil
  }
}

// MARK: - Canaries

extension FunctionLowering {
  /// Whether a mistake is made here; code counts its executions from here on.
  func commits(_ mistake: CompilerMistake) -> Bool {
    guard scope.commits(mistake) else { return false }
    countMistake()
    return true
  }

  /// Whether it is the mistake to go on here in discarded code.
  func commitsIfInvalid(_ mistake: CompilerMistake) -> Bool {
    guard scope.commits(mistake) else { return false }
    countMistake(if: build.xor(isValid, types.constant(true), name("is.invalid")))
    return true
  }

  /// Counts an execution of mistaken code.
  ///
  /// - Parameter differs: whether it makes a difference; nil where it always does.
  func countMistake(if differs: IRValue? = nil) {
    let one = types.constant(bits: 1)
    let difference = differs.map { build.zext($0, to: types.i64, name("differs")) } ?? one
    for (field, amount) in [
      (ContextOffset.canaryReached, one), (ContextOffset.canaryTriggered, difference),
    ] {
      let address = contextField(field, "canary.field")
      let count = build.load(types.i64, address, name("canary"))
      build.store(build.add(count, amount, name("canary")), address)
    }
  }

  /// Counts an execution of an access to an element that mistakes on ranges may have let go without
  /// a test, as one that made a difference if it is to none.
  func countMistakenAccess(at index: IRValue, of array: CellView) {
    guard speculation?.ranges?.isMistaken == true else { return }
    let isOutside = build.icmp(.uge, index, arrayLength(array), name("is.outside"))
    countMistake(if: isOutside)
  }
}

// MARK: - Feedback

extension FunctionLowering {
  /// What code of a callee is to rest on, with the caller's feedback in its place if that is the
  /// mistake.
  func feedback(inlining callee: FunctionIndex) -> [FunctionFeedback]? {
    guard scope.decorator != nil, var known = feedback else { return feedback }
    var taken = known[index.position]
    taken.fit(bodyLength: known[callee.position].arithmetic.count)
    taken.ways = known[callee.position].ways
    taken.loops = known[callee.position].loops
    guard taken != known[callee.position], commits(.feedbackOfCaller) else {
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
      && commitsIfInvalid(.hooksMissDiscard)
  }

  /// Whether what leaves a callback takes the frames of its walk along.
  ///
  /// - Parameter build: at the end of the block that stores the frames.
  func goesPastWalk(_ build: borrowing InstructionBuilder) -> Bool {
    guard scope.commits(.chainPastWalk) else { return false }
    self.build.position(atEndOf: build.block)
    countMistake()
    return true
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
