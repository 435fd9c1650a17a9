/// The passes over one function, in their order.
///
/// A function whose operands, targets, loops, stack or handlers are wrong is looked at no further:
/// what the later rules speak of is then not defined.
struct FunctionVerification {
  let scope: FunctionScope

  private static let tooLarge =
    "the function has too many joins for its slots to be analysed"

  /// Verifies the function; nil, with findings, if it breaks a rule.
  func run(
    budget: inout AnalysisBudget, findings: inout FindingList
  ) -> FunctionFacts? {
    let before = findings.count
    let structure = CodeStructure(of: scope, findings: &findings)
    let flow = StackFlow(of: scope, structure, findings: &findings)
    guard structure.isSound, flow.isSound else { return nil }
    let blocks = BlockGraph(of: scope, structure, flow)
    let order = blocks.reversePostorder(scope, structure.targets)
    let assignment = DefiniteAssignment(
      of: scope, structure, blocks, order: order, findings: &findings)
    var handlers: HandlerRegions?
    if structure.hasHandlers {
      handlers = HandlerRegions(of: scope, structure, flow, blocks, order: order, &budget)
      guard let handlers else {
        findings.add(.limit, scope.site(0), "too many handlers meet in the function")
        return nil
      }
      guard handlers.checkStack(scope, structure, flow, blocks, findings: &findings) else {
        return nil
      }
    }
    if structure.hasConfinedValues {
      var confinement = ConfinementCheck(
        of: scope, structure, blocks, handlers: handlers, order: order)
      guard confinement.run(flow, &budget, findings: &findings) else {
        findings.add(.limit, scope.site(0), Self.tooLarge)
        return nil
      }
    }
    guard
      let inference = KindFixpoint(
        of: scope, structure, flow, blocks, handlers: handlers, order: order,
        budget: &budget
      )?.run(&budget)
    else {
      findings.add(.limit, scope.site(0), Self.tooLarge)
      return nil
    }
    TrustedCheck(scope: scope, structure: structure, inference: inference)
      .run(findings: &findings)
    guard findings.count == before else { return nil }
    return facts(structure, flow, blocks, handlers, order, assignment, inference)
  }

  private func facts(
    _ structure: CodeStructure, _ flow: StackFlow, _ blocks: BlockGraph,
    _ handlers: HandlerRegions?, _ order: [Int32], _ assignment: DefiniteAssignment,
    _ inference: KindInference
  ) -> FunctionFacts {
    var targets = structure.targets
    var isHeader = [Bool](repeating: false, count: scope.count)
    for offset in 0..<scope.count where targets[offset] >= 0 {
      if !flow.isReachable(offset) {
        targets[offset] = -1
      } else if targets[offset] <= offset, scope.instruction(at: offset).opcode != .setupTry {
        isHeader[Int(targets[offset])] = true
      }
    }
    return FunctionFacts(
      maximumStackDepth: flow.maximumDepth, stackDepths: flow.depths,
      handlerDepths: flow.handlerDepths, targets: targets,
      loopHeaders: isHeader.indices.filter { isHeader[$0] },
      cellLocals: structure.sharedLocals, inference: inference,
      liveness: Liveness(
        of: scope, structure, blocks, handlers: handlers, order: order),
      assignment: assignment)
  }
}

/// What the analyses of one program may still use.
struct AnalysisBudget {
  /// Kind sets and handler sites that may be kept.
  var slots = VerifierLimits.inferredSlots
  /// Slot visits that may be made.
  var steps = VerifierLimits.analysisSteps

  /// Takes slots; false if there are not so many.
  mutating func takeSlots(_ count: Int) -> Bool {
    slots -= count
    return slots >= 0
  }

  /// Takes steps; false if there are not so many.
  mutating func takeSteps(_ count: Int) -> Bool {
    steps -= count
    return steps >= 0
  }
}
