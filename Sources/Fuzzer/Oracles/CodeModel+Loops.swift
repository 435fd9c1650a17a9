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
        && isAround(
          account.activations[decision.activation], decision.block, decision.offset,
          record.site.offset)
    }
  }

  private func accessedArray(at site: Site) -> ValueKind? {
    for case .elements(let entries) in slots(at: site) where entries.count == 1 {
      return entries[0].index == .int ? entries[0].receiver : nil
    }
    return nil
  }

  /// Whether a loop was seen to go round, and no guard of its has failed.
  private func isOfLoop(_ record: Guard) -> Bool {
    slots(at: record.site).contains(.loop)
      && !account.refuted.contains(GuardRefutation(kind: .tripCount, site: record.site))
  }

  /// Whether a guard that keeps an int of a loop from being negative or too great may be of use: something
  /// in the loop computes with ints that have to stay in range, or calls what may.
  ///
  /// What it proves the account does not say: results in range are proved in many ways.
  func keepsRanges(_ record: Guard) -> Bool {
    switch record.predicate {
    case .isNotNegative, .isAtMost: break
    case .spans, .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: return false
    }
    guard record.kind == .tripCount, record.operand == 0, isOfLoop(record) else { return false }
    return account.activations.indices.contains { position in
      account.activations[position].function == record.site.function
        && chain(of: position) == record.chain && goesRoundInts(position, record.site.offset)
    }
  }

  /// Whether control goes round through a header, and on the way comes to an instruction that needs its
  /// result in range, or to a call.
  private func goesRoundInts(_ position: Int, _ header: Int) -> Bool {
    let activation = account.activations[position]
    return activation.blocks.indices.contains { block in
      activation.blocks[block].offsets.contains { offset in
        let site = Site(activation.function, offset: offset)
        return (needs(at: site).contains(.range) || program.opcode(at: site) == .call)
          && isAround(activation, block, offset, header)
      }
    }
  }

  /// Whether a loop was seen to go round, no guard of its has failed, and this one is about an index of
  /// arrays of the kind.
  private func isJustified(_ record: Guard, by array: ValueKind) -> Bool {
    guard isOfLoop(record) else { return false }
    return switch record.predicate {
    case .isNotNegative: true
    case .spans(_, let kind, _): kind == array
    case .isAtMost, .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: false
    }
  }

  /// Whether control goes round through a header and an instruction.
  private func isAround(
    _ activation: CodeAccount.Activation, _ block: Int, _ offset: Int, _ header: Int
  ) -> Bool {
    let flow = CodeFlow(verified, activation.function, feedback: account.feedback)
    let place = flowPlace(block, offset, activation, flow)
    let after = flow.places(from: place.offset, handlers: place.handlers)
    return activation.blocks.contains { block in
      block.offsets.lowerBound == header
        && after.contains(CodeFlow.Place(offset: header, handlers: block.handlers))
        && flow.places(from: header, handlers: block.handlers).contains(place)
    }
  }
}
