import Bytecode
import CRuntime

/// Pairs of instructions that run in one dispatch.
extension TierZeroOpcode {
  /// The form of the first of two instructions that goes on to the second, nil if there is none.
  ///
  /// The pairs are those that loops over ints, numbers, elements and properties run most.
  static func pair(_ first: TierZeroOpcode, _ second: TierZeroOpcode) -> TierZeroOpcode? {
    pairs[key(first, second)]
  }

  private static let pairs: [UInt16: TierZeroOpcode] = {
    let rows: [(TierZeroOpcode, TierZeroOpcode, TierZeroOpcode)] = [
      (.addIntConstant, .jumpIfLessInt, .addIntConstantJumpIfLessInt),
      (.addIntConstant, .jumpIfLessOrEqualInt, .addIntConstantJumpIfLessOrEqualInt),
      (.addIntConstant, .jumpIfLessIntConstant, .addIntConstantJumpIfLessIntConstant),
      (.addIntConstant, .jumpIfNotEqualIntConstant, .addIntConstantJumpIfNotEqualIntConstant),
      (.addIntConstant, .multiplyInt, .addIntConstantMultiplyInt),
      (.addInt, .jumpIfLessInt, .addIntJumpIfLessInt),
      (.addInt, .getKeyed, .addIntGetKeyed),
      (.multiplyInt, .addInt, .multiplyIntAddInt),
      (.multiplyInt, .addIntConstant, .multiplyIntAddIntConstant),
      (.multiplyInt, .jumpIfLessInt, .multiplyIntJumpIfLessInt),
      (.multiplyInt, .jumpIfLessOrEqualInt, .multiplyIntJumpIfLessOrEqualInt),
      (.remainderPowerOfTwo, .jumpIfTrue, .remainderPowerOfTwoBranch),
      (.remainderPowerOfTwo, .jumpIfFalse, .remainderPowerOfTwoBranch),
      (.remainderInt, .jumpIfTrue, .remainderIntBranch),
      (.remainderInt, .jumpIfFalse, .remainderIntBranch),
      (.dividePowerOfTwo, .jump, .dividePowerOfTwoJump),
      (.multiplyNumber, .addNumber, .multiplyNumberAddNumber),
      (.multiplyNumber, .subtractNumber, .multiplyNumberSubtractNumber),
      (.multiplyNumber, .multiplyNumber, .multiplyNumberMultiplyNumber),
      (.subtractNumber, .addNumber, .subtractNumberAddNumber),
      (.addNumber, .move, .addNumberMove),
      (.addNumber, .jumpIfGreaterNumber, .addNumberJumpIfGreaterNumber),
      (.move, .move, .moveMove),
      (.move, .addIntConstant, .moveAddIntConstant),
      (.getNamed, .addNumber, .getNamedAddNumber),
      (.getKeyed, .getKeyed, .getKeyedGetKeyed),
      (.getField, .multiplyNumber, .getFieldMultiplyNumber),
      (.setKeyedConstant, .addInt, .setKeyedConstantAddInt),
    ]
    return Dictionary(uniqueKeysWithValues: rows.map { (key($0, $1), $2) })
  }()

  private static func key(_ first: TierZeroOpcode, _ second: TierZeroOpcode) -> UInt16 {
    UInt16(first.rawValue) << 8 | UInt16(second.rawValue)
  }

  /// Whether a property cache lies behind the instruction.
  fileprivate var hasPropertyCache: Bool {
    self == .getNamed || self == .setNamed || self == .makeObject
  }
}

extension TierZeroTranslator {
  /// Makes the property caches of a function and, in its main code, lets the first of each pair go on
  /// to the second.
  ///
  /// From the last to the first, so that a second instruction that begins a pair of its own is none,
  /// and no cell is looked at as an instruction once it is a property cache.
  mutating func makePropertyCaches(from start: Int) {
    for position in stride(from: code.instructions.count - 1, through: start, by: -1) {
      let opcode = code.instructions[position].opcode
      if opcode.hasPropertyCache { code.makePropertyCache(at: position + 1) }
      let next = position + (opcode.hasPropertyCache ? 2 : 1)
      guard case .main = form, next < code.instructions.count,
        let pair = TierZeroOpcode.pair(opcode, code.instructions[next].opcode)
      else { continue }
      code.instructions[position].opcode = pair
    }
  }
}

extension TierZeroCode {
  /// Makes a data cell, whose immediate says what a fused store admits, an empty cache.
  fileprivate mutating func makePropertyCache(at position: Int) {
    let mask = KindMask(bits: instructions[position].immediate)
    withUnsafeMutableBytes(of: &instructions[position]) { bytes in
      bytes.storeBytes(
        of: PropertyCache(shape: PropertyCache.none, slot: 0, mask: mask), as: PropertyCache.self)
    }
  }
}

/// What the first and the second of pairs do in the loop; false if it is to be done out of line.
extension TierZeroRegisters {
  @inline(__always)
  mutating func addInt() -> Bool { ints(left, right) { $0.addingReportingOverflow($1) } }

  @inline(__always)
  mutating func addIntConstant() -> Bool { intsConstant { $0.addingReportingOverflow($1) } }

  @inline(__always)
  mutating func multiplyInt() -> Bool {
    ints(left, right) { $0.multipliedReportingOverflow(by: $1 &>> 16) }
  }

  @inline(__always)
  mutating func remainderInt() -> Bool { division(left, right) { $0 % $1 } }

  /// Runs the conditional jump on any value that is the second of a pair.
  @inline(__always)
  mutating func branchOnTruth(
    _ context: UnsafeMutablePointer<JITContext>, _ state: RunState
  ) -> Bool {
    branchOnTruth(ifTrue: position.pointee.opcode == .jumpIfTrue, context, state)
  }
}
