/// Operand stack and handler depths before each reachable instruction.
struct StackFlow {
  /// −1 where unreachable.
  private(set) var depths: [Int32]
  /// −1 where unreachable.
  private(set) var handlerDepths: [Int32]
  private(set) var maximumDepth = 0
  /// Whether every depth is certain and in its limits.
  private(set) var isSound: Bool
  private let fixedSlots: Int
  private var waiting: [Int] = [0]

  /// Follows every edge of a function once.
  ///
  /// - Complexity: O(instructions).
  init(of scope: FunctionScope, _ structure: CodeStructure, findings: inout FindingList) {
    depths = [Int32](repeating: -1, count: scope.count)
    handlerDepths = [Int32](repeating: -1, count: scope.count)
    fixedSlots = scope.slotCount + scope.function.captures.count
    isSound = true
    depths[0] = 0
    handlerDepths[0] = 0
    while let offset = waiting.popLast() {
      walk(from: offset, in: scope, structure, findings: &findings)
    }
  }

  func isReachable(_ offset: Int) -> Bool { depths[offset] >= 0 }

  /// Follows the instructions from one that was just reached until they stop or were seen.
  private mutating func walk(
    from start: Int, in scope: FunctionScope, _ structure: CodeStructure,
    findings: inout FindingList
  ) {
    var offset = start
    while true {
      let opcode = scope.instruction(at: offset).opcode
      let facts = opcode.compactFacts
      let (depth, handlers) = (depths[offset], handlerDepths[offset])
      let pops = structure.pops[offset]
      guard pops >= 0 else {
        isSound = false
        return
      }
      guard depth >= pops else {
        isSound = false
        findings.add(
          .stack, scope.site(offset),
          "\(opcode.facts.name) takes \(pops) values, the stack holds \(depth)")
        return
      }
      if opcode == .halt && scope.index != scope.program.mainIndex {
        findings.add(.call, scope.site(offset), "Halt is legal in main only")
      }
      if opcode == .popHandler && handlers == 0 {
        isSound = false
        findings.add(.handler, scope.site(offset), "no handler is in force")
        return
      }
      let after = depth - pops + Int32(facts.pushCount)
      guard reserve(after, at: offset, in: scope, findings: &findings) else { return }
      let target = structure.targets[offset]
      if target >= 0 {
        let pushed: Int32 = opcode == .setupTry ? 1 : 0
        guard reserve(after + pushed, at: offset, in: scope, findings: &findings) else { return }
        if arrive(Int(target), after + pushed, handlers, in: scope, findings: &findings) {
          waiting.append(Int(target))
        }
      }
      guard facts.continuesToNext else { return }
      offset += 1
      guard offset < scope.count else {
        isSound = false
        findings.add(
          .fallthrough, scope.site(offset - 1), "control runs past the end of the function")
        return
      }
      let handlersAfter =
        opcode == .setupTry ? handlers + 1 : opcode == .popHandler ? handlers - 1 : handlers
      guard arrive(offset, after, handlersAfter, in: scope, findings: &findings) else { return }
    }
  }

  /// Counts a stack depth; false, with a finding, if the frame would be too large.
  private mutating func reserve(
    _ depth: Int32, at offset: Int, in scope: FunctionScope, findings: inout FindingList
  ) -> Bool {
    maximumDepth = max(maximumDepth, Int(depth))
    guard fixedSlots + Int(depth) > VerifierLimits.frameSlots else { return true }
    isSound = false
    findings.add(
      .limit, scope.site(offset),
      "the frame needs \(fixedSlots + Int(depth)) slots, the limit is "
        + "\(VerifierLimits.frameSlots)")
    return false
  }

  /// Notes the depths on an edge; true if the instruction is reached for the first time.
  private mutating func arrive(
    _ offset: Int, _ depth: Int32, _ handlers: Int32, in scope: FunctionScope,
    findings: inout FindingList
  ) -> Bool {
    if depths[offset] < 0 {
      depths[offset] = depth
      handlerDepths[offset] = handlers
      return true
    }
    if depths[offset] != depth {
      isSound = false
      findings.add(
        .stack, scope.site(offset),
        "the stack holds \(depths[offset]) values on one way here and \(depth) on another")
    }
    if handlerDepths[offset] != handlers {
      isSound = false
      findings.add(
        .handler, scope.site(offset),
        "\(handlerDepths[offset]) handlers are in force on one way here and \(handlers) on "
          + "another")
    }
    return false
  }
}
