import Bytecode

/// Whether what code says of how it meets a need is so.
extension CodeModel {
  /// What is wrong with a decision; nil if nothing is.
  func problem(_ decision: CodeAccount.Decision) -> Problem? {
    let site = site(of: decision)
    let isRight: Bool
    switch decision.means {
    case .made(let ordinal): isRight = isMade(ordinal, decision, site)
    case .dominated(let ordinal): isRight = isDominated(by: ordinal, decision, site)
    case .proved(let kinds): isRight = isProved(kinds, decision.need, site)
    case .allocated(let origin): isRight = isAllocated(at: origin, decision, site)
    case .inductive(let ordinals): isRight = isInductive(ordinals, decision, site)
    case .dependency(let place): isRight = isFact(place, decision.need, site)
    case .declined(let reason): isRight = isReason(reason, decision.need, site)
    }
    if isRight { return nil }
    return Problem(
      field: .guardRecord, site: site, need: decision.need,
      expected: "what follows for \(decision.need) from \(slots(at: site))",
      actual: text(of: decision.means))
  }

  private func text(of means: GuardMeans) -> String {
    switch means {
    case .made(let ordinal), .dominated(let ordinal):
      let record = account.guards.indices.contains(ordinal) ? account.guards[ordinal] : nil
      return "\(means)" + (record.map { ": \(Description.of($0))" } ?? "")
    case .proved, .allocated, .inductive, .dependency, .declined: return "\(means)"
    }
  }

  // MARK: Guards

  private func isMade(_ ordinal: Int, _ decision: CodeAccount.Decision, _ site: Site) -> Bool {
    guard account.guards.indices.contains(ordinal) else { return false }
    let record = account.guards[ordinal]
    // Where an operand is null unless it is of the kinds, one guard does for the other.
    let kind: Schedule.GuardKind =
      record.kind == .notNull && decision.need != .indexKind ? .kind : record.kind
    return record.site == site && record.chain == chain(of: decision.activation)
      && record.operand == operand(of: decision.need, site)
      && expected(decision.need, site).contains { $0 == (kind, record.predicate) }
  }

  func chain(of activation: Int) -> [Site] {
    guard let call = account.activations[activation].call else { return [] }
    let caller = account.activations[call.activation].function
    return chain(of: call.activation) + [Site(caller, offset: call.offset)]
  }

  /// The guards that feedback justifies for a need.
  private func expected(
    _ need: GuardNeed, _ site: Site
  ) -> [(Schedule.GuardKind, Guard.Predicate)] {
    slots(at: site).compactMap { slot in
      switch (need, slot) {
      case (.leftKind, .operands), (.rightKind, .operands), (.indexKind, .elements):
        kinds(need, site).map { (.kind, .kinds($0)) }
      case (.range, .operands): (.intRange, .fitsInt)
      case (.callee, .callees(let entries)):
        if case .function(let last)? = entries.last { (.callee, .callee(last)) } else { nil }
      case (.layout, .properties(let entries)):
        switch entries.last {
        case .shape(let keys?): (.shape, .shape(keys))
        case .schema(let schema): (.schema, .schema(schema))
        case .kind(let kind): (.arrayKind, .array(kind))
        case .shape(nil), .dictionary, nil: nil
        }
      case (.arrayKind, .elements(let entries)):
        entries.last.map { (.arrayKind, .array($0.receiver)) }
      case (.bounds, .elements): (.bounds, .inBounds)
      case (.receiver, .methods(let entries)):
        if case .schema(let last)? = entries.last { (.receiver, .schema(last)) } else { nil }
      case (.way, .way(let isTaken)):
        (.branchNotTaken, .truth(isTaken == (program.opcode(at: site) == .jumpIfTrue)))
      case (.leftKind, _), (.rightKind, _), (.range, _), (.callee, _), (.layout, _),
        (.arrayKind, _), (.indexKind, _), (.bounds, _), (.receiver, _), (.way, _):
        nil
      }
    }
  }

  /// The kinds that a need is about; nil if it is about something else.
  private func kinds(_ need: GuardNeed, _ site: Site) -> KindSet? {
    func union(_ kinds: [ValueKind]) -> KindSet {
      kinds.reduce(into: KindSet()) { $0.formUnion(KindSet($1)) }
    }
    for slot in slots(at: site) {
      switch (need, slot) {
      case (.leftKind, .operands(let entries)): return union(entries.map(\.left))
      case (.rightKind, .operands(let entries)): return union(entries.map(\.right))
      case (.range, .operands): return .int
      case (.arrayKind, .elements(let entries)): return union(entries.map(\.receiver))
      case (.indexKind, .elements(let entries)): return union(entries.map(\.index))
      case (.layout, .properties(let entries)):
        guard case .kind(let kind)? = entries.first, entries.count == 1 else { return nil }
        return KindSet(kind)
      case (.leftKind, _), (.rightKind, _), (.range, _), (.arrayKind, _), (.indexKind, _),
        (.layout, _), (.callee, _), (.bounds, _), (.receiver, _), (.way, _):
        continue
      }
    }
    return nil
  }

  // MARK: What takes their place

  /// Whether a guard has told the kinds, and stands on every way to the instruction.
  private func isDominated(
    by ordinal: Int, _ decision: CodeAccount.Decision, _ site: Site
  ) -> Bool {
    guard account.guards.indices.contains(ordinal), let kinds = kinds(decision.need, site),
      let told = account.guards[ordinal].predicate.kinds, told.isSubset(of: kinds),
      let maker = account.decisions.first(where: { $0.means == .made(ordinal: ordinal) })
    else { return false }
    return stands(
      Place(activation: maker.activation, block: maker.block, offset: maker.offset),
      inFrontOf: decision)
  }

  /// Whether an instruction stands on every way to that of a decision.
  private func stands(_ maker: Place, inFrontOf decision: CodeAccount.Decision) -> Bool {
    var (maker, place) = (
      maker, Place(activation: decision.activation, block: decision.block, offset: decision.offset)
    )
    // What stands in the caller stands in front of the call; what stands in a callee, in front of what
    // comes behind the call.
    while place.activation != maker.activation {
      let isDeeper = place.activation > maker.activation
      guard let call = account.activations[max(place.activation, maker.activation)].call else {
        return false
      }
      let outer = Place(activation: call.activation, block: call.block, offset: call.offset)
      if isDeeper { place = outer } else { maker = outer }
    }
    if place.block == maker.block, maker.offset <= place.offset { return true }
    let activation = account.activations[place.activation]
    let flow = CodeFlow(verified, activation.function, feedback: account.feedback)
    let barrier = flowPlace(maker.block, maker.offset, activation, flow)
    let reached = flow.places(
      from: activation.start, handlers: activation.handlers, without: barrier)
    return !reached.contains(flowPlace(place.block, place.offset, activation, flow))
  }

  func flowPlace(
    _ block: Int, _ offset: Int, _ activation: CodeAccount.Activation, _ flow: CodeFlow
  ) -> CodeFlow.Place {
    let block = activation.blocks[block]
    let handlers = (block.offsets.lowerBound..<offset).reduce(block.handlers) {
      flow.handlers(behind: $1, $0)
    }
    return CodeFlow.Place(offset: offset, handlers: handlers)
  }

  /// Whether an instruction makes a receiver of the layout that a need asks for, in front of it.
  private func isAllocated(
    at origin: CodeAccount.Origin, _ decision: CodeAccount.Decision, _ site: Site
  ) -> Bool {
    guard account.activations.indices.contains(origin.activation),
      account.activations[origin.activation].blocks.indices.contains(origin.block),
      account.activations[origin.activation].blocks[origin.block].offsets.contains(origin.offset)
    else { return false }
    let maker = Site(account.activations[origin.activation].function, offset: origin.offset)
    let isMet = slots(at: site).contains { slot in
      switch (decision.need, slot) {
      case (.layout, .properties(let entries)), (.receiver, .methods(let entries)):
        entries.contains { isMade(at: maker, $0) }
      case (.callee, .callees(let entries)):
        entries.contains { callee in
          guard case .function(let function) = callee else { return false }
          return program.instruction(at: maker).map {
            $0.opcode == .makeClosure && $0.operand == .function(function)
          } ?? false
        }
      case (.leftKind, _), (.rightKind, _), (.range, _), (.callee, _), (.layout, _),
        (.arrayKind, _), (.indexKind, _), (.bounds, _), (.receiver, _), (.way, _):
        false
      }
    }
    return isMet
      && stands(
        Place(activation: origin.activation, block: origin.block, offset: origin.offset),
        inFrontOf: decision)
  }

  /// Whether an instruction makes a receiver, which may have got keys since then.
  private func isMade(at site: Site, _ receiver: FeedbackSlot.Receiver) -> Bool {
    guard let instruction = program.instruction(at: site) else { return false }
    switch receiver {
    case .schema(let schema):
      return instruction.opcode == .newTypedObject && instruction.operand == .schema(schema)
    case .shape(let keys?):
      guard case .count(let count) = instruction.operand else { return false }
      return instruction.opcode == .newObject && count <= keys.count
    case .shape(nil), .dictionary, .kind: return false
    }
  }

  private func isProved(_ proved: KindSet, _ need: GuardNeed, _ site: Site) -> Bool {
    guard let kinds = kinds(need, site) else { return false }
    return !proved.isEmpty && proved.isSubset(of: kinds)
  }

  /// Whether the code rests on a fact that meets a need.
  private func isFact(_ place: Int, _ need: GuardNeed, _ site: Site) -> Bool {
    guard account.dependencies.indices.contains(place) else { return false }
    let dependency = account.dependencies[place]
    switch need {
    case .callee:
      guard let callee = dependency.callee else { return false }
      return program.calleeParameters(at: site)?.contains(program[callee].parameters.count) == true
    case .layout:
      guard case .noChildShape(let keys) = dependency else { return false }
      return slots(at: site).contains(.properties([.shape(keys)]))
    case .leftKind, .rightKind, .range, .arrayKind, .indexKind, .bounds, .receiver, .way:
      return false
    }
  }
}

extension CodeModel {
  /// The operand that the guard for a need tests.
  private func operand(of need: GuardNeed, _ site: Site) -> Int {
    switch need {
    case .rightKind, .indexKind, .bounds: 1
    // A builtin is given its array first.
    case .callee: program.opcode(at: site) == .callValue ? 0 : 1
    case .leftKind, .range, .layout, .arrayKind, .receiver, .way: 0
    }
  }
}

extension Guard.Predicate {
  /// The kinds of what it lets through; nil where it is about more than one value.
  fileprivate var kinds: KindSet? {
    switch self {
    case .kinds(let kinds): kinds
    case .array(let kind): KindSet(kind)
    case .shape: .object
    case .schema: .record
    case .fitsInt, .inBounds, .callee, .truth, .isNotNegative, .isAtMost, .spans: nil
    }
  }
}

extension Program {
  /// How many parameters what a call enters may have, for the code to make sure of it: those of a call
  /// of a value, and of a builtin that calls back, by its name if it is a method; nil for others.
  func calleeParameters(at site: Site) -> ClosedRange<Int>? {
    guard let instruction = instruction(at: site) else { return nil }
    switch instruction.operand {
    case .count(let count): return instruction.opcode == .callValue ? count...count : nil
    case .builtin(let builtin, _): return Self.callbackParameters(of: builtin)
    case .method(let name, _):
      return Builtin.named(strings[name.position].string).flatMap(Self.callbackParameters)
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .function, .foreign,
      .schema, .field, .jump, .loop, .property:
      return nil
    }
  }

  /// Element and index, and the accumulator before them.
  private static func callbackParameters(of builtin: Builtin) -> ClosedRange<Int>? {
    guard builtin.takesCallback else { return nil }
    return builtin == .reduce ? 0...3 : 0...2
  }
}
