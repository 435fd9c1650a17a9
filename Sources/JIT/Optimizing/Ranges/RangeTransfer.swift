import Bytecode

/// What instructions make of what is known.
extension RangeInference {
  /// Turns what is known before an instruction into what is known behind it.
  func apply(
    _ offset: Int, _ instruction: Instruction, in block: Int, to state: inout RangeState,
    _ kinds: inout KindInference.State
  ) {
    let before = kinds
    if let speculation {
      speculation.apply(offset, to: &kinds)
    } else {
      transfer.apply(offset, to: &kinds)
    }
    if let local = instruction.storedLocal {
      let value = state.stack.removeLast()
      let isCast = instruction.opcode == .storeLocalTyped
      if isTracked[local.position], !misses(local, at: offset, in: block) {
        state.store(isCast ? .anything : value, in: local.position)
      }
      return
    }
    if instruction.opcode == .swap {
      return state.stack.swapAt(state.stack.count - 1, state.stack.count - 2)
    }
    if instruction.opcode == .dup {
      return state.stack.append(state.stack[state.stack.count - 1])
    }
    let result = result(offset, instruction, state, before)
    if !effects.keepsLengths(instruction) { state.forgetLengths() }
    guard let count = program.program.popCount(of: instruction) else {
      preconditionFailure("operands were checked")
    }
    state.stack.removeLast(count)
    if state.stack.count < kinds.stack.count { state.stack.append(result) }
  }

  /// What is known of the value that an instruction pushes.
  private func result(
    _ offset: Int, _ instruction: Instruction, _ state: RangeState, _ kinds: KindInference.State
  ) -> ValueFact {
    let depth = state.stack.count
    switch Operation(instruction.opcode) {
    case .arithmetic(let operation, let form):
      guard form != .typed, areInts(offset, kinds) else { return .anything }
      return ValueFact.result(
        of: operation, state.stack[depth - 2], state.stack[depth - 1], mistake: mistake)
    case .relation(let relation, _):
      var result = ValueFact.anything
      result.test = RelationTest(
        relation, state.stack[depth - 2].withoutTest, state.stack[depth - 1].withoutTest,
        isOfInts: areInts(offset, kinds))
      return result
    case .numberToInt:
      // An int stays what it is.
      return kinds.stack[depth - 1] == .int ? state.stack[depth - 1].withoutTest : .anything
    case .typedComparison, .and, .or, .nullCoalesce, .negate, .not, .bitNot, .cast, .intToNumber:
      return .anything
    case .none: return otherResult(offset, instruction, state, kinds)
    }
  }

  private func otherResult(
    _ offset: Int, _ instruction: Instruction, _ state: RangeState, _ kinds: KindInference.State
  ) -> ValueFact {
    switch (instruction.opcode, instruction.operand) {
    case (.pushConst, .constant(let constant)):
      guard case .int(let value) = program.program.constants[constant.position] else {
        return .anything
      }
      return ValueFact(range: value...value)
    case (.loadLocal, .local(let local)), (.loadLocalTrusted, .local(let local)):
      guard isTracked[local.position] else { return .anything }
      return state.loaded(local.position, kinds.locals)
    case (.newArray, .count(let count)), (.newTypedArray, .count(let count)):
      var array = ValueFact.anything
      array.leastCount = Int64(count)
      return array
    case (.length, _), (.builtinCall, .builtin(.len, _)):
      return length(state.stack[state.stack.count - 1], kinds.stack[kinds.stack.count - 1])
    case (.getProp, _):
      guard case .length(let array)? = speculation?.access(at: offset) else { return .anything }
      return length(state.stack[state.stack.count - 1], KindSet(array))
    case (.builtinCall, .builtin(.filled, _)):
      let size = state.stack[state.stack.count - 2]
      guard kinds.stack[kinds.stack.count - 2] == .int else { return .anything }
      var array = ValueFact.anything
      array.leastCount = max(0, size.range.lowerBound)
      array.count = size.term
      return array
    case (_, _): return .anything
    }
  }

  /// Whether a store is not seen that is the mistake to miss: of a local that its loop stores into
  /// further down, too.
  private func misses(_ local: LocalIndex, at offset: Int, in block: Int) -> Bool {
    guard mistake == .indexStoreMissed, let loops else { return false }
    return loops.loops.contains { loop in
      guard loop.contains[block] else { return false }
      let blocks = plan.blocks.indices.filter { loop.contains[$0] }.map { plan.blocks[$0] }
      return blocks.flatMap(\.offsets).contains {
        $0 > offset && self.instruction($0).storedLocal == local
      }
    }
  }

  /// The length of a value.
  private func length(_ value: ValueFact, _ kinds: KindSet) -> ValueFact {
    guard kinds.isSubset(of: .arrays) else { return .anything }
    var length = ValueFact(range: value.leastCount...IntRange.maximum)
    if case .local(let slot) = value.term { length.term = .length(slot) }
    return length
  }

  /// Whether both operands of an instruction are ints.
  private func areInts(_ offset: Int, _ kinds: KindInference.State) -> Bool {
    if let operands = speculation?.operands(at: offset) {
      return operands.left == .int && operands.right == .int
    }
    return kinds.stack.suffix(2).allSatisfy { $0 == .int }
  }
}

extension ValueFact {
  /// The fact but for what it means that the value is true.
  fileprivate var withoutTest: ValueFact {
    var fact = self
    fact.test = nil
    return fact
  }
}

extension RangeState {
  /// Takes into account what a guard at a loop makes sure of.
  mutating func assume(_ predicate: Guard.Predicate) {
    switch predicate {
    case .isNotNegative(let local):
      locals[local.position].raise(to: 0, lowerTo: IntRange.maximum)
    case .isAtMost(let local, let bound):
      locals[local.position].raise(to: IntRange.minimum, lowerTo: bound)
    case .spans(let array, _, let extent):
      switch extent {
      case .constant(let count):
        locals[array.position].leastCount = max(locals[array.position].leastCount, count)
      case .local(let local):
        locals[local.position].limit(by: .length(array.position), strictly: false)
      case .including(let local):
        locals[local.position].limit(by: .length(array.position), strictly: true)
      }
    case .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth:
      preconditionFailure("guards at loops are about locals")
    }
  }
}
