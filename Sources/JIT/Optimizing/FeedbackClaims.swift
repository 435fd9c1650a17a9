import Bytecode

/// What the schedule of a program claims feedback slots have seen, true or not.
///
/// A claim stands in the place of what tier 0 learns at the instruction, until a guard there fails
/// and so disproves it. Code that rests on claims is right whatever they say.
struct FeedbackClaims {
  /// What of a session decides which claims stand.
  struct Circumstances {
    /// Whether a guard at an instruction has failed.
    let isDisproved: (Site) -> Bool
    /// Whether a shape exists; nil where claims may be of shapes that do not.
    let hasShape: (([Literal]) -> Bool)?
  }

  private let program: Program
  /// In the order of the schedule.
  private let claims: [(site: Site, claim: Schedule.FeedbackClaim)]

  init(_ program: Program) {
    self.program = program
    claims = (program.schedule?.directives ?? []).compactMap { directive in
      guard case .feedback(let function, let offset, let claim) = directive else { return nil }
      return (Site(function, offset: offset), claim)
    }
  }

  /// The feedback of all functions with the claims that stand.
  func applied(
    to feedback: [FunctionFeedback], _ circumstances: Circumstances
  ) -> [FunctionFeedback] {
    var result = feedback
    for (site, claim) in claims where stands(claim, at: site, circumstances) {
      apply(claim, at: site, to: &result[site.function.position])
    }
    return result
  }

  private func stands(
    _ claim: Schedule.FeedbackClaim, at site: Site, _ circumstances: Circumstances
  ) -> Bool {
    switch claim {
    case .none, .megamorphic: return true
    case .entries(let entries):
      guard !circumstances.isDisproved(site) else { return false }
      guard let hasShape = circumstances.hasShape else { return true }
      return entries.allSatisfy { entry in
        guard case .shapeProperty(let keys, let property) = entry else { return true }
        let shape = keys.map { program.strings[$0.position] }
        // Code that adds a key relies on the shape with it.
        guard property == nil,
          let added = program.memberName(of: program.instruction(at: site))
        else {
          return hasShape(shape)
        }
        return hasShape(shape) && hasShape(shape + [added])
      }
    }
  }

  private func apply(
    _ claim: Schedule.FeedbackClaim, at site: Site, to feedback: inout FunctionFeedback
  ) {
    switch claim {
    case .none: feedback.forget(site.offset)
    case .megamorphic: feedback.makeMegamorphic(site.offset)
    case .entries(let entries):
      feedback.forget(site.offset)
      for entry in entries {
        feedback.take(entry, at: site.offset, of: program.instruction(at: site), program)
      }
    }
  }
}

extension FunctionFeedback {
  /// Empties the slots of an instruction.
  fileprivate mutating func forget(_ offset: Int) {
    arithmetic[offset] = nil
    callees[offset] = nil
    properties[offset] = nil
    elements[offset] = nil
    methods[offset] = nil
    ways[offset] = nil
    loops[offset] = false
  }

  /// Fills the slots of an instruction that have entries, as too many do.
  fileprivate mutating func makeMegamorphic(_ offset: Int) {
    arithmetic[offset] = .megamorphic
    callees[offset] = .megamorphic
    properties[offset] = .megamorphic
    elements[offset] = .megamorphic
    methods[offset] = .megamorphic
  }

  fileprivate mutating func take(
    _ entry: Schedule.FeedbackEntry, at offset: Int, of instruction: Instruction,
    _ program: Program
  ) {
    switch entry {
    case .arithmetic(let left, let right):
      arithmetic.record(KindPair(left: left, right: right), at: offset)
    case .call(let function): callees.record(.function(function), at: offset)
    case .shapeProperty(let keys, _):
      let names = keys.map { program.strings[$0.position] }
      // Nothing is taken for granted of methods that objects hold.
      record(.layout(.shape(names)), .kind(.object), at: offset, instruction)
    case .schemaProperty(let schema, _):
      record(.layout(.schema(schema)), .schema(schema), at: offset, instruction)
    case .dictionary: record(.dictionary, .dictionary, at: offset, instruction)
    case .method(let kind, _): methods.record(.builtin(kind), at: offset)
    case .element(let receiver, let index):
      elements.record(ElementEntry(receiver: receiver, index: index), at: offset)
    case .branch(let taken, let notTaken):
      ways[offset] = FeedbackVector.Branch(taken: taken, notTaken: notTaken).onlyWay
    case .loop(let count): loops[offset] = loops[offset] || count > 0
    case .kind(let kind):
      if instruction.isAccess || instruction.opcode == .callMethod {
        record(.kind(kind), .kind(kind), at: offset, instruction)
      } else {
        callees.record(.kind(kind), at: offset)
      }
    }
  }

  /// Records the receiver of an access or a method call.
  private mutating func record(
    _ property: PropertyFeedback, _ method: MethodEntry, at offset: Int, _ instruction: Instruction
  ) {
    if instruction.opcode == .callMethod {
      methods.record(method, at: offset)
    } else {
      properties.record(property, at: offset)
    }
  }
}

extension Program {
  fileprivate func instruction(at site: Site) -> Instruction {
    instructions[self[site.function].entryPoint + site.offset]
  }
}

extension FeedbackEntries {
  fileprivate static var megamorphic: Self {
    var slot = Self()
    slot.makeMegamorphic()
    return slot
  }
}

extension Array {
  fileprivate mutating func record<Entry>(_ entry: Entry, at offset: Int)
  where Element == FeedbackEntries<Entry>? {
    var slot = self[offset] ?? FeedbackEntries()
    slot.record(entry)
    self[offset] = slot
  }
}
