import Bytecode

/// One instruction of tier 0's internal code: three addresses, 16 bytes.
///
/// `a` and `b` are operands and `c` the result, as positions in the frame: slots, constants, operand
/// stack. A form with a constant keeps it in `immediate`. Jumps go a number of instructions from the
/// jump itself. Conditional and backward ones are followed by a cell of counters, accesses by name by
/// one of what they met: cells and instructions have the same size.
struct TierZeroInstruction: BitwiseCopyable {
  var opcode: TierZeroOpcode
  /// What the feedback slot holds already: a path whose bit is set has nothing to record.
  var seen: OperandPairs
  var a: UInt16
  var b: UInt16
  var c: UInt16
  var immediate: UInt64

  init(
    _ opcode: TierZeroOpcode, a: Int = 0, b: Int = 0, c: Int = 0, immediate: UInt64 = 0
  ) {
    self.opcode = opcode
    seen = []
    self.a = UInt16(a)
    self.b = UInt16(b)
    self.c = UInt16(c)
    self.immediate = immediate
  }

  /// The distance of a jump that has its constant in `immediate`.
  @inline(__always)
  var narrowDistance: Int {
    get { Int(Int32(bitPattern: UInt32(b) | UInt32(c) &<< 16)) }
    set {
      let bits = UInt32(bitPattern: Int32(newValue))
      b = UInt16(truncatingIfNeeded: bits)
      c = UInt16(truncatingIfNeeded: bits &>> 16)
    }
  }

  /// The distance of all other conditional jumps and of `jump` and `jumpBack`.
  @inline(__always)
  var distance: Int {
    get { Int(Int32(truncatingIfNeeded: immediate)) }
    set { immediate = UInt64(UInt32(bitPattern: Int32(newValue))) }
  }

  /// The int constant of a form that keeps it shifted to the top of the word.
  @inline(__always)
  var intConstant: Word { Word(bits: Word.intTag &<< 48 | immediate &>> 16) }
}

/// Operand kind pairs with a path of their own in the loop.
struct OperandPairs: OptionSet, BitwiseCopyable, Sendable {
  let rawValue: UInt8
  static let intInt = OperandPairs(rawValue: 1)
  static let numberNumber = OperandPairs(rawValue: 2)
  static let numberInt = OperandPairs(rawValue: 4)
  static let intNumber = OperandPairs(rawValue: 8)
  /// Has its path at the head of those out of line.
  static let stringString = OperandPairs(rawValue: 16)
  static let all = OperandPairs(rawValue: 0xFF)
}

/// The operations of the internal code.
///
/// `…Constant` forms take an int constant as their right operand. Int forms serve the Int, trusted
/// and generic instructions alike where two ints mean the same; the others' paths are out of line
/// and go by the bytecode instruction.
enum TierZeroOpcode: UInt8, CaseIterable, Sendable {
  // Data
  case move, loadConstant, storeChecked, swap, loadBinding, storeBinding
  // Shared cells of locals, bindings and captures; a reference is the cell it refers to
  case makeCell, loadCell, storeCell, loadBindingCell, storeBindingCell
  case loadCapture, loadCaptureCell, storeCapture
  // Heap values
  case getKeyed, setKeyed, setKeyedConstant, getNamed, setNamed, getField, setField, length, push
  /// `NewObject` of distinct constant keys: only the values are operands.
  case makeObject
  /// Everything else that computes one value of operands in a row, by the bytecode instruction.
  case runtime
  // Arithmetic on two ints
  case addInt, subtractInt, multiplyInt, divideInt, remainderInt
  case addIntConstant, subtractIntConstant, multiplyIntConstant
  case divideIntConstant, remainderIntConstant, dividePowerOfTwo, remainderPowerOfTwo
  case bitAnd, bitOr, bitXor, shiftLeft, shiftRight
  case bitAndConstant, bitOrConstant, bitXorConstant, shiftLeftConstant, shiftRightConstant
  // Arithmetic on two numbers
  case addNumber, subtractNumber, multiplyNumber, divideNumber
  // Arithmetic on ints, numbers and mixtures
  case add, subtract, multiply, addConstant, subtractConstant, multiplyConstant
  // Everything else that computes one value of two or one
  case binary, unary, intToNumber, negate, not
  // Comparisons that leave a bool
  case greaterInt, lessInt, greaterOrEqualInt, lessOrEqualInt, equalInt, notEqualInt
  case greaterIntConstant, lessIntConstant, greaterOrEqualIntConstant, lessOrEqualIntConstant
  case equalIntConstant, notEqualIntConstant
  case greaterNumber, lessNumber, greaterOrEqualNumber, lessOrEqualNumber, equalNumber
  case notEqualNumber
  // Comparisons that jump
  case jumpIfGreaterInt, jumpIfLessInt, jumpIfGreaterOrEqualInt, jumpIfLessOrEqualInt
  case jumpIfEqualInt, jumpIfNotEqualInt
  case jumpIfGreaterIntConstant, jumpIfLessIntConstant, jumpIfGreaterOrEqualIntConstant
  case jumpIfLessOrEqualIntConstant, jumpIfEqualIntConstant, jumpIfNotEqualIntConstant
  case jumpIfGreaterNumber, jumpIfLessNumber, jumpIfGreaterOrEqualNumber
  case jumpIfLessOrEqualNumber, jumpIfEqualNumber, jumpIfNotEqualNumber
  case jumpUnlessGreaterNumber, jumpUnlessLessNumber, jumpUnlessGreaterOrEqualNumber
  case jumpUnlessLessOrEqualNumber, jumpUnlessEqualNumber, jumpUnlessNotEqualNumber
  // Control
  case jump, jumpBack, jumpIfTrue, jumpIfFalse
  case call, callBuiltin, returnRegister, returnConstant
  case callValue, callMethod, callForeign
  /// Calls a builtin that calls back: it has a frame of its own, a walk.
  case callWalk
  /// Code of a walk: its start, the call of its callback, and what follows that.
  case walkStart, walkCall, walkNext
  case setupTry, popHandlers, throwValue, tryUnwrap
  /// Stands at loop headers where arrivals are looked at.
  case loopHeader
  // Two instructions in one dispatch: the first goes on to the second, which stands behind it as
  // it would alone, since jumps may lead to it.
  case addIntConstantJumpIfLessInt, addIntConstantJumpIfLessOrEqualInt
  case addIntConstantJumpIfLessIntConstant
  case multiplyNumberAddNumber, multiplyNumberSubtractNumber, multiplyNumberMultiplyNumber
  case getNamedAddNumber, getKeyedGetKeyed, getFieldMultiplyNumber, moveMove, moveAddIntConstant
  case remainderPowerOfTwoBranch, remainderIntBranch, dividePowerOfTwoJump
  case multiplyIntAddInt, multiplyIntAddIntConstant, multiplyIntJumpIfLessInt
  case multiplyIntJumpIfLessOrEqualInt, addIntJumpIfLessInt, addIntGetKeyed
  case addIntConstantJumpIfNotEqualIntConstant, addIntConstantMultiplyInt, setKeyedConstantAddInt
  case subtractNumberAddNumber, addNumberMove, addNumberJumpIfGreaterNumber
  /// Ends the loop: the outermost call returns to it.
  case leave
  /// Data of the instruction before it, counters or a property cache; never reached.
  case data
}

/// What slow paths, traps and listings need to know of an internal instruction.
struct TierZeroSite: Sendable {
  var function: UInt32
  /// The bytecode instruction, from the function's entry.
  var offset: UInt32
  var operation: Operation
  var width: NumericWidth?
  /// The store or conditional jump fused to it, or the instruction itself.
  var fusedOffset: UInt32
  /// What the local of a fused store admits.
  var storeMask: KindMask
  /// Whether a fused or plain conditional jump is taken on true.
  var jumpsIfTrue: Bool
}
