import Bytecode

/// Pairs of instructions that run in one dispatch.
extension TierZeroOpcode {
  /// The form of the first of two instructions that goes on to the second, nil if there is none.
  ///
  /// The pairs are those that loops over ints, numbers, elements and properties run most.
  static func pair(_ first: TierZeroOpcode, _ second: TierZeroOpcode) -> TierZeroOpcode? {
    if first == .addIntConstant {
      if second == .jumpIfLessInt { return .addIntConstantJumpIfLessInt }
      if second == .jumpIfLessOrEqualInt { return .addIntConstantJumpIfLessOrEqualInt }
      if second == .jumpIfLessIntConstant { return .addIntConstantJumpIfLessIntConstant }
    } else if first == .multiplyNumber {
      if second == .addNumber { return .multiplyNumberAddNumber }
      if second == .subtractNumber { return .multiplyNumberSubtractNumber }
      if second == .multiplyNumber { return .multiplyNumberMultiplyNumber }
    } else if first == .move {
      if second == .move { return .moveMove }
      if second == .addIntConstant { return .moveAddIntConstant }
    } else if first == .getNamed {
      if second == .addNumber { return .getNamedAddNumber }
    } else if first == .getKeyed {
      if second == .getKeyed { return .getKeyedGetKeyed }
    } else if first == .getField, second == .multiplyNumber {
      return .getFieldMultiplyNumber
    }
    return nil
  }

  /// Instructions to the next one: some have a data cell behind them.
  fileprivate var size: Int { self == .getNamed ? 2 : 1 }
}

extension TierZeroTranslator {
  /// Lets the first of each pair of a function go on to the second.
  ///
  /// From the last to the first, so that a second instruction that begins a pair of its own is none.
  mutating func pairInstructions(from start: Int) {
    for position in stride(from: code.instructions.count - 1, through: start, by: -1) {
      let opcode = code.instructions[position].opcode
      let next = position + opcode.size
      guard next < code.instructions.count,
        let pair = TierZeroOpcode.pair(opcode, code.instructions[next].opcode)
      else { continue }
      code.instructions[position].opcode = pair
    }
  }
}

extension TierZeroRegisters {
  /// Runs the first of a pair, which adds an int constant; false if it is to be run out of line.
  @inline(__always)
  mutating func addIntConstant() -> Bool { intsConstant { $0.addingReportingOverflow($1) } }
}
