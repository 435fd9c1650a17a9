/// What one look at each instruction of a function gives, reachable or not.
struct CodeStructure {
  /// The resolved target of each jump, `Break`, `Continue` and `SetupTry`; −1 for all others.
  var targets: [Int32]
  /// The number of values each instruction pops; −1 where its operand names nothing.
  var pops: [Int32]
  /// Parameters and locals some `BoxLocal` or `MakeRef` shares; reference parameters never are.
  var sharedLocals: [Bool]
  var hasHandlers = false
  var hasTrustedOperands = false
  /// Whether cells or references may be on the operand stack, or must be.
  var hasConfinedValues = false
  /// Whether every operand and target names something.
  var isSound = true

  /// Looks at every instruction of a function.
  ///
  /// - Complexity: O(instructions).
  init(of scope: FunctionScope, findings: inout FindingList) {
    targets = [Int32](repeating: -1, count: scope.count)
    pops = [Int32](repeating: -1, count: scope.count)
    sharedLocals = [Bool](repeating: false, count: scope.slotCount)
    let before = findings.count
    var check = OperandCheck(scope: scope)
    var hasLoops = false
    for offset in 0..<scope.count {
      let instruction = scope.instruction(at: offset)
      if check.run(instruction, at: offset, findings: &findings) {
        pops[offset] = Int32(clamping: scope.program.popCount(of: instruction) ?? -1)
      } else {
        isSound = false
      }
      resolveTarget(of: instruction, at: offset, in: scope, findings: &findings)
      note(instruction, in: scope)
      hasLoops = hasLoops || instruction.opcode.isLoopMarker
    }
    if hasLoops {
      let pairs = LoopPairs(of: scope, findings: &findings)
      pairs.resolve(into: &targets, in: scope, findings: &findings)
    }
    isSound = isSound && !findings.breaksStructure(since: before)
  }

  private mutating func resolveTarget(
    of instruction: Instruction, at offset: Int, in scope: FunctionScope,
    findings: inout FindingList
  ) {
    guard case .jump(let distance) = instruction.operand,
      instruction.opcode.compactFacts.operand == .jump
    else { return }
    if let target = scope.target(from: offset, distance: distance) {
      targets[offset] = Int32(target)
    } else {
      findings.add(
        .target, scope.site(offset),
        "the target lies outside the function's \(scope.count) instructions")
    }
  }

  private mutating func note(_ instruction: Instruction, in scope: FunctionScope) {
    let facts = instruction.opcode.compactFacts
    if facts.trustedKind != nil { hasTrustedOperands = true }
    switch facts.category {
    case .exceptions:
      if instruction.opcode == .setupTry || instruction.opcode == .popHandler {
        hasHandlers = true
      }
    case .cells, .references:
      if instruction.opcode == .boxModuleBinding { hasConfinedValues = true }
      if instruction.opcode.sharesLocal, let slot = instruction.namedLocal {
        hasConfinedValues = true
        if slot < scope.slotCount, !scope.isReference(slot) { sharedLocals[slot] = true }
      }
    case .calls:
      if case .function(let callee) = instruction.operand,
        callee.position < scope.program.functions.count,
        scope.program[callee].parameters.contains(where: \.isReference)
      {
        hasConfinedValues = true
      }
    case .stack, .locals, .arithmetic, .comparison, .logic, .control, .arrays, .objects:
      break
    }
  }
}

extension FunctionScope {
  /// The offset a distance from the next instruction leads to, nil if outside the function.
  func target(from offset: Int, distance: Int) -> Int? {
    let (target, overflow) = (offset + 1).addingReportingOverflow(distance)
    return !overflow && target >= 0 && target < count ? target : nil
  }
}

extension FindingList {
  /// Whether a finding since the mark leaves an instruction without meaning.
  fileprivate func breaksStructure(since mark: Int) -> Bool {
    findings[mark...].contains { finding in
      switch finding.rule {
      case .operand, .target, .loop: true
      case .fallthrough, .stack, .handler, .arity, .call, .capture, .cell, .reference,
        .assignment, .kind, .trusted, .schema, .foreign, .limit:
        false
      }
    }
  }
}
