/// Proves the operands of instructions that run without checks.
struct TrustedCheck {
  let scope: FunctionScope
  let structure: CodeStructure
  let inference: KindInference

  /// Reports each trusted instruction whose operands inference does not prove.
  ///
  /// - Complexity: O(instructions + block starts × slots).
  func run(findings: inout FindingList) {
    if structure.hasTrustedOperands {
      let transfer = KindTransfer(
        program: scope.program, function: scope.index, structure.sharedLocals)
      for block in 0..<inference.blocks.count {
        var state = inference.state(ofBlock: block)
        for offset in inference.blocks.range(of: block) {
          checkOperands(at: offset, state, &findings)
          transfer.apply(offset, to: &state)
        }
      }
    }
    if structure.sharedLocals.contains(true) { checkLoads(&findings) }
  }

  private func checkOperands(
    at offset: Int, _ state: KindInference.State, _ findings: inout FindingList
  ) {
    let opcode = scope.instruction(at: offset).opcode
    guard let wanted = opcode.compactFacts.trustedKind else { return }
    let pops = Int(structure.pops[offset])
    let operands = state.stack.suffix(pops)
    guard let (position, kinds) = operands.enumerated().first(where: { $0.element != wanted })
    else { return }
    let operand =
      pops == 1 ? "its operand" : position == 0 ? "its left operand" : "its right operand"
    findings.add(
      .trusted, scope.site(offset),
      "\(opcode.facts.name) needs \(wanted.names) as \(operand), inference gives \(kinds.names)")
  }

  private func checkLoads(_ findings: inout FindingList) {
    for block in 0..<inference.blocks.count {
      for offset in inference.blocks.range(of: block) {
        let instruction = scope.instruction(at: offset)
        guard instruction.opcode == .loadLocalTrusted, let slot = instruction.namedLocal,
          structure.sharedLocals[slot]
        else { continue }
        findings.add(
          .trusted, scope.site(offset),
          "\(scope.name(of: slot)) is shared by a BoxLocal or MakeRef of its function")
      }
    }
  }
}

extension KindSet {
  /// The kinds as findings spell them.
  fileprivate var names: String {
    if isSuperset(of: .anything) { return "anything" }
    return kinds.map(\.name).joined(separator: " or ")
  }
}
