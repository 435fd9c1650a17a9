import Bytecode

/// Which parameters arithmetic and comparison take as operands: a hint for compilers, never a fact.
public enum NumericHints {
  /// The parameters of a function that reach a numeric instruction directly from a load.
  ///
  /// References are left out. Found by walking back over the stack effects of the opcode table,
  /// up to the next control instruction.
  /// - Returns: the parameters in ascending order.
  /// - Complexity: O(instructions × length of straight-line code).
  public static func parameters(
    of index: FunctionIndex, in program: Program
  ) -> [LocalIndex] {
    let function = program[index]
    var isNumeric = [Bool](repeating: false, count: function.parameters.count)
    for pointer in function.range where consumesNumbers(program.instructions[pointer].opcode) {
      for depth in 0..<2 {
        let source = sourceLocal(
          of: depth, before: pointer, in: program, from: function.entryPoint)
        guard let source, source.position < function.parameters.count,
          !function.parameters[source.position].isReference
        else { continue }
        isNumeric[source.position] = true
      }
    }
    return isNumeric.indices.filter { isNumeric[$0] }.map { LocalIndex($0) }
  }

  /// Arithmetic and comparison of two operands, other than bits and widths.
  private static func consumesNumbers(_ opcode: Opcode) -> Bool {
    switch NumericForm(opcode) {
    case .typed, .trusted, .generic: true
    case .other: false
    }
  }

  /// The local whose load left a stack entry, counted from the top; nil if anything else did.
  private static func sourceLocal(
    of depth: Int, before pointer: Int, in program: Program, from entry: Int
  ) -> LocalIndex? {
    var depth = depth
    for earlier in stride(from: pointer - 1, through: entry, by: -1) {
      let instruction = program.instructions[earlier]
      let facts = instruction.opcode.facts
      guard facts.category != .control, facts.category != .exceptions,
        let pops = program.popCount(of: instruction)
      else { return nil }
      let pushes = facts.result.pushCount
      if depth < pushes {
        guard case .local = facts.result, case .local(let local) = instruction.operand
        else { return nil }
        return local
      }
      depth += pops - pushes
    }
    return nil
  }
}
