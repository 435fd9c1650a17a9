/// A place where compiled code can be made to leave for tier 0, before the instruction there.
public struct Safepoint: Hashable, Comparable, Sendable {
  public var function: FunctionIndex
  /// Instructions from the function's entry.
  public var offset: Int

  public init(function: FunctionIndex, offset: Int) {
    self.function = function
    self.offset = offset
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.function, left.offset) < (right.function, right.offset)
  }
}

extension VerifiedProgram {
  /// The safepoints of a function in ascending order of offset: its entry, each loop header, and
  /// each reachable instruction that may enter a bytecode function.
  ///
  /// - Complexity: O(instructions of the function).
  public func safepoints(of function: FunctionIndex) -> [Safepoint] {
    let facts = self[function]
    let entry = program[function].entryPoint
    var isSafepoint = facts.stackDepths.indices.map { offset in
      facts.isReachable(offset) && program.instructions[entry + offset].mayEnterFunction
    }
    isSafepoint[0] = true
    for header in facts.loopHeaders { isSafepoint[header] = true }
    return isSafepoint.indices.lazy.filter { isSafepoint[$0] }.map {
      Safepoint(function: function, offset: $0)
    }
  }
}

extension Instruction {
  /// Whether a bytecode function may run before the instruction ends.
  public var mayEnterFunction: Bool {
    if case .builtin(let builtin, _) = operand { return builtin.facts.category == .callback }
    return opcode.compactFacts.category == .calls
  }
}
