import Bytecode

/// Whether guards at loops are for what they are said to prove.
extension CodeModel {
  /// Whether an access, which feedback knows by one kind of array and ints, can be proved by guards at
  /// loops around it that are justified.
  ///
  /// That they prove it is believed.
  func isInductive(
    _ ordinals: [Int], _ decision: CodeAccount.Decision, _ site: Site
  ) -> Bool {
    guard decision.need == .bounds, let array = accessedArray(at: site),
      Set(ordinals).count == ordinals.count
    else { return false }
    return ordinals.allSatisfy { ordinal in
      guard account.guards.indices.contains(ordinal) else { return false }
      let record = account.guards[ordinal]
      return record.kind == .tripCount && record.operand == 0
        && record.site.function == site.function
        && record.chain == chain(of: decision.activation) && isJustified(record, by: array)
        && isAround(decision, record.site.offset)
    }
  }

  private func accessedArray(at site: Site) -> ValueKind? {
    for case .elements(let entries) in slots(at: site) where entries.count == 1 {
      return entries[0].index == .int ? entries[0].receiver : nil
    }
    return nil
  }

  /// Whether a loop was seen to go round, no guard of its has failed, and this one is about an index of
  /// arrays of the kind.
  private func isJustified(_ record: Guard, by array: ValueKind) -> Bool {
    guard slots(at: record.site).contains(.loop),
      !account.refuted.contains(GuardRefutation(kind: .tripCount, site: record.site))
    else { return false }
    return switch record.predicate {
    case .isNotNegative: true
    case .spans(_, let kind, _): kind == array
    case .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: false
    }
  }

  /// Whether control goes round through a header and what a decision is about.
  private func isAround(_ decision: CodeAccount.Decision, _ header: Int) -> Bool {
    let activation = account.activations[decision.activation]
    let flow = CodeFlow(verified, activation.function, feedback: account.feedback)
    let access = flowPlace(decision.block, decision.offset, activation, flow)
    let after = flow.places(from: access.offset, handlers: access.handlers)
    return activation.blocks.contains { block in
      block.offsets.lowerBound == header
        && after.contains(CodeFlow.Place(offset: header, handlers: block.handlers))
        && flow.places(from: header, handlers: block.handlers).contains(access)
    }
  }
}
