import Bytecode

/// The oracle G over what a version of code says of its guards: by the program and the feedback alone,
/// each instruction that is laid out has a guard for what its feedback asks, or a record that says what
/// takes the guard's place; and no guard or record stands where feedback asks for none.
///
/// Records are held to what they say as far as that is cheap: a guard in front stands on every way
/// to the instruction and is of the same kind, a fact is one that the code rests on, a reason holds of
/// the feedback. That a value is proved to be of some kinds is believed.
struct CodeModel {
  /// What is wrong with an account.
  struct Problem {
    let field: DifferenceField
    let site: Site
    let need: GuardNeed?
    let expected: String
    let actual: String
  }

  /// An instruction as it is laid out, once for each chain of handlers.
  struct Place: Hashable {
    let activation: Int
    let block: Int
    let offset: Int
  }

  let verified: VerifiedProgram
  let account: CodeAccount

  var program: Program { verified.program }

  /// The first problem of the account; nil if there is none.
  ///
  /// - Complexity: O(instructions × chains of handlers), and once that more for each record of a guard
  ///   in front.
  func problem() -> Problem? {
    for position in account.activations.indices {
      if let problem = callProblem(position) ?? layoutProblem(position) { return problem }
    }
    return missing() ?? account.decisions.lazy.compactMap(problem).first ?? unjustifiedGuard()
  }

  func site(of decision: CodeAccount.Decision) -> Site {
    Site(account.activations[decision.activation].function, offset: decision.offset)
  }

  func slots(at site: Site) -> [FeedbackSlot] {
    account.feedback[site.function]?[site.offset] ?? []
  }
}

// MARK: - What is laid out

extension CodeModel {
  /// What is wrong with an activation's call: it must be a call that enters the function.
  private func callProblem(_ position: Int) -> Problem? {
    let activation = account.activations[position]
    guard let call = activation.call else { return nil }
    guard call.activation < position,
      account.activations[call.activation].blocks.indices.contains(call.block),
      account.activations[call.activation].blocks[call.block].offsets.contains(call.offset)
    else {
      return Problem(
        field: .codeLayout, site: Site(activation.function, offset: 0), need: nil,
        expected: "a caller in front of what is inlined into it",
        actual: "activation \(position) names none")
    }
    let site = Site(account.activations[call.activation].function, offset: call.offset)
    guard !enters(activation.function, at: site) else { return nil }
    return Problem(
      field: .codeLayout, site: site, need: nil,
      expected: "a callee of the instruction, or of its feedback",
      actual: "\(program[activation.function].name) in its place")
  }

  private func enters(_ callee: FunctionIndex, at site: Site) -> Bool {
    guard let instruction = program.instruction(at: site) else { return false }
    switch instruction.operand {
    case .function(let function): return instruction.opcode == .call && function == callee
    case .count:
      let isKnown = account.dependencies.contains { $0.callee == callee }
      return instruction.opcode == .callValue
        && (isKnown || slots(at: site).contains { $0.names(callee) })
    case .builtin(let builtin, _):
      return builtin.takesCallback && entersBack(callee, at: site)
    case .method(let name, _):
      let method = program.strings[name.position].string
      // On arrays it may be a builtin that calls back.
      if Builtin.named(method)?.takesCallback == true, entersBack(callee, at: site) { return true }
      return slots(at: site).contains { slot in
        guard case .methods(let receivers) = slot else { return false }
        return receivers.contains { receiver in
          guard case .schema(let schema) = receiver else { return false }
          return program[callee].name == "\(program.schemas[schema.position].name).\(method)"
        }
      }
    case .none, .constant, .width, .local, .localWidth, .binding, .capture, .foreign, .schema,
      .field, .jump, .loop, .property:
      return false
    }
  }

  private func entersBack(_ callee: FunctionIndex, at site: Site) -> Bool {
    account.dependencies.contains { $0.callee == callee }
      || slots(at: site).contains { $0.names(callee) }
  }

  /// What is wrong with the blocks of an activation: they must be what control comes to.
  private func layoutProblem(_ position: Int) -> Problem? {
    let activation = account.activations[position]
    let flow = CodeFlow(verified, activation.function, feedback: account.feedback)
    var reached = flow.places(from: activation.start, handlers: activation.handlers)
    for block in activation.blocks {
      var handlers = block.handlers
      for offset in block.offsets {
        guard reached.remove(CodeFlow.Place(offset: offset, handlers: handlers)) != nil else {
          return Problem(
            field: .codeLayout, site: Site(activation.function, offset: offset), need: nil,
            expected: "instructions that control comes to, each once",
            actual: "one with handlers \(handlers) more")
        }
        handlers = flow.handlers(behind: offset, handlers)
      }
    }
    guard let left = reached.min(by: { $0.offset < $1.offset }) else { return nil }
    return Problem(
      field: .codeLayout, site: Site(activation.function, offset: left.offset), need: nil,
      expected: "all instructions that control comes to",
      actual: "none with handlers \(left.handlers)")
  }
}

// MARK: - From feedback to guards

extension CodeModel {
  /// A need of laid out code that nothing is said of, or something that is said of no need.
  private func missing() -> Problem? {
    var said: [Place: [GuardNeed]] = [:]
    for decision in account.decisions {
      let place = Place(
        activation: decision.activation, block: decision.block, offset: decision.offset)
      guard account.activations.indices.contains(place.activation),
        account.activations[place.activation].blocks.indices.contains(place.block),
        account.activations[place.activation].blocks[place.block].offsets.contains(place.offset)
      else {
        return Problem(
          field: .guardRecord, site: Site(program.mainIndex, offset: 0), need: decision.need,
          expected: "a record of an instruction that is laid out", actual: "\(place)")
      }
      said[place, default: []].append(decision.need)
    }
    for (position, activation) in account.activations.enumerated() {
      for (number, block) in activation.blocks.enumerated() {
        for offset in block.offsets {
          let place = Place(activation: position, block: number, offset: offset)
          let site = Site(activation.function, offset: offset)
          if let problem = difference(needs(at: site), said[place] ?? [], at: site) {
            return problem
          }
        }
      }
    }
    return nil
  }

  private func difference(
    _ needs: [GuardNeed], _ said: [GuardNeed], at site: Site
  ) -> Problem? {
    guard needs != said else { return nil }
    for need in needs where !said.contains(need) {
      return Problem(
        field: .guardMissing, site: site, need: need,
        expected: "a guard for \(need), or what takes its place", actual: "neither")
    }
    for (index, need) in said.enumerated()
    where !needs.contains(need) || said[..<index].contains(need) {
      return Problem(
        field: .guardRecord, site: site, need: need,
        expected: "one record for each of \(needs)", actual: "\(said)")
    }
    return nil
  }

  /// What the feedback of an instruction asks for.
  func needs(at site: Site) -> [GuardNeed] {
    guard let opcode = program.opcode(at: site) else { return [] }
    return slots(at: site).flatMap { slot -> [GuardNeed] in
      switch slot {
      case .operands([]), .callees([]), .properties([]), .elements([]), .methods([]): return []
      case .operands(let entries):
        let areInts = entries == [FeedbackSlot.Operands(left: .int, right: .int)]
        return areInts && opcode.mayLeaveRange
          ? [.leftKind, .rightKind, .range] : [.leftKind, .rightKind]
      case .callees: return opcode == .call ? [] : [.callee]
      case .properties: return [.layout]
      case .elements: return [.arrayKind, .indexKind, .bounds]
      case .methods: return [.receiver]
      case .way: return [.way]
      // A loop asks for nothing: what is accessed in it does.
      case .loop: return []
      }
    }
  }

  /// A guard that no record names.
  private func unjustifiedGuard() -> Problem? {
    var isNamed = [Bool](repeating: false, count: account.guards.count)
    for decision in account.decisions {
      switch decision.means {
      case .made(let ordinal): isNamed[ordinal] = true
      // Those at loops are for what is proved by them.
      case .inductive(let ordinals): for ordinal in ordinals { isNamed[ordinal] = true }
      case .dominated, .proved, .allocated, .dependency, .declined: break
      }
    }
    guard
      let ordinal = isNamed.indices.first(where: {
        !isNamed[$0] && !keepsRanges(account.guards[$0])
      })
    else { return nil }
    let record = account.guards[ordinal]
    return Problem(
      field: .guardRecord, site: record.site, need: nil,
      expected: "a guard that feedback of its instruction asks for",
      actual: Description.of(record))
  }
}

extension FeedbackSlot {
  /// Whether a call has entered a function.
  fileprivate func names(_ callee: FunctionIndex) -> Bool {
    guard case .callees(let entries) = self else { return false }
    return entries.contains(.function(callee))
  }
}

extension CodeDependency {
  /// The function that code takes a value for.
  var callee: FunctionIndex? {
    switch self {
    case .binding(_, .function(let function)), .binding(_, .closure(let function)): function
    case .binding, .noChildShape: nil
    }
  }
}

extension Opcode {
  /// Whether two ints may give what is no int, and an int form is worth a guard.
  fileprivate var mayLeaveRange: Bool {
    [
      .add, .sub, .mul, .div, .mod, .addInt, .subInt, .mulInt, .divInt, .modInt, .addIntTrusted,
      .subIntTrusted, .mulIntTrusted, .divIntTrusted,
    ].contains(self)
  }
}
