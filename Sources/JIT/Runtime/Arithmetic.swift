import Bytecode
import CRuntime

/// The complete meaning of arithmetic, comparison and logic on words.
///
/// These are the out-of-line paths of every tier: correct for all operands, whatever a tier has
/// already tested.
enum RuntimeArithmetic {
  /// Runs a binary instruction of sections 2 and 3 of `Docs/bytecode.md`.
  ///
  /// - Parameter width: the operand of a width-typed instruction, nil for all others.
  /// - Precondition: the opcode is a binary arithmetic, comparison or logic instruction.
  static func binary(
    _ opcode: Opcode, _ width: NumericWidth?, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    try binary(Operation(opcode), width, left, right)
  }

  /// Runs a binary instruction by its operation.
  static func binary(
    _ operation: Operation, _ width: NumericWidth?, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    switch operation {
    case .arithmetic(let operation, let form):
      return try arithmetic(operation, form, width, left, right)
    case .relation(let relation, let form):
      return Word(bool: try compare(relation, form, left, right))
    case .typedComparison:
      guard let width else { preconditionFailure("a typed instruction has a width") }
      return try typedComparison(width, left, right)
    case .and: return Word(bool: left.isTruthy && right.isTruthy)
    case .or: return Word(bool: left.isTruthy || right.isTruthy)
    case .nullCoalesce: return left == .null ? right : left
    case .negate, .not, .bitNot, .cast, .intToNumber, .numberToInt, .none:
      preconditionFailure("no binary instruction")
    }
  }

  private static func arithmetic(
    _ operation: ArithmeticOperation, _ form: ArithmeticForm, _ width: NumericWidth?,
    _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    switch form {
    case .int: return try int(operation, left, right)
    case .number: return try number(operation, left, right)
    case .generic: return try generic(operation, left, right)
    case .bits: return try bits(operation, left, right)
    case .typed:
      guard let width else { preconditionFailure("a typed instruction has a width") }
      return try typed(operation, width, left, right)
    }
  }

  /// The Int form: exact, an int if it fits.
  static func int(
    _ operation: ArithmeticOperation, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    let a = try left.toInt()
    let b = try right.toInt()
    switch operation {
    // Operands are ints or integral doubles, so both widen exactly, and one IEEE operation rounds
    // the exact result once. A result that fits int is below 2^53 and therefore exact.
    case .add: return .fit(integral: Double(a) + Double(b))
    case .subtract: return .fit(integral: Double(a) - Double(b))
    case .multiply: return .fit(integral: Double(a) * Double(b))
    case .divide:
      guard b != 0 else { throw .divisionByZero }
      return .fit(a / b)
    case .remainder:
      guard b != 0 else { throw .divisionByZero }
      return .fit(a % b)
    case .power: return intPower(a, b)
    case .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no Int form")
    }
  }

  /// An exact power that fits int, else C `pow`.
  private static func intPower(_ base: Int64, _ exponent: Int64) -> Word {
    if exponent >= 0, let exact = exactPower(base, exponent), IntRange.contains(exact) {
      return Word(int: exact)
    }
    return Word(number: jit_math_pow(Double(base), Double(exponent)))
  }

  /// Square and multiply; nil as soon as a needed factor leaves Int64.
  private static func exactPower(_ base: Int64, _ exponent: Int64) -> Int64? {
    var result: Int64 = 1
    var square = base
    var rest = exponent
    while true {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: square)
        if overflow { return nil }
        result = product
      }
      rest &>>= 1
      if rest == 0 { return result }
      let (next, overflow) = square.multipliedReportingOverflow(by: square)
      if overflow { return nil }
      square = next
    }
  }

  /// The Number form: IEEE binary64, nearest even.
  static func number(
    _ operation: ArithmeticOperation, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    let a = try left.toNumber()
    let b = try right.toNumber()
    switch operation {
    case .add: return Word(number: a + b)
    case .subtract: return Word(number: a - b)
    case .multiply: return Word(number: a * b)
    case .divide:
      guard b != 0 else { throw .divisionByZero }
      return Word(number: a / b)
    case .remainder:
      guard b != 0 else { throw .divisionByZero }
      return Word(number: jit_math_fmod(a, b))
    case .power: return Word(number: jit_math_pow(a, b))
    case .and, .or, .xor, .shiftLeft, .shiftRight: preconditionFailure("no Number form")
    }
  }

  /// The generic form: two ints as the Int form, a number involved as the Number form.
  static func generic(
    _ operation: ArithmeticOperation, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    left.isInt && right.isInt
      ? try int(operation, left, right) : try number(operation, left, right)
  }

  private static func bits(
    _ operation: ArithmeticOperation, _ left: Word, _ right: Word
  ) throws(Stop) -> Word {
    guard left.isInt, right.isInt else { throw .typeError }
    switch operation {
    case .and: return Word(int: left.int & right.int)
    case .or: return Word(int: left.int | right.int)
    case .xor: return Word(int: left.int ^ right.int)
    case .shiftLeft: return .fit(left.int &<< right.int)
    case .shiftRight: return Word(int: left.int &>> right.int)
    case .add, .subtract, .multiply, .divide, .remainder, .power:
      preconditionFailure("no bitwise instruction")
    }
  }

  /// Runs a unary instruction of sections 2 and 3 of `Docs/bytecode.md`.
  ///
  /// - Parameter width: the operand of `CastWidth`, nil for all others.
  /// - Precondition: the opcode is `Neg`, `Not`, `BitNot`, `CastWidth`, `IntToNumber` or
  ///   `NumberToInt`.
  static func unary(
    _ opcode: Opcode, _ width: NumericWidth?, _ operand: Word
  ) throws(Stop) -> Word {
    try unary(Operation(opcode), width, operand)
  }

  /// Runs a unary instruction by its operation.
  static func unary(
    _ operation: Operation, _ width: NumericWidth?, _ operand: Word
  ) throws(Stop) -> Word {
    switch operation {
    case .negate:
      return operand.isInt ? .fit(-operand.int) : Word(number: -(try operand.toNumber()))
    case .not: return Word(bool: !operand.isTruthy)
    case .bitNot:
      guard operand.isInt else { throw .typeError }
      return Word(int: ~operand.int)
    case .intToNumber: return Word(number: try operand.toNumber())
    case .numberToInt: return try numberToInt(operand)
    case .cast:
      guard let width else { preconditionFailure("CastWidth has a width") }
      return try cast(operand, to: width)
    case .arithmetic, .relation, .typedComparison, .and, .or, .nullCoalesce, .none:
      preconditionFailure("no unary instruction")
    }
  }

  private static func numberToInt(_ operand: Word) throws(Stop) -> Word {
    if operand.isInt { return operand }
    let value = Word.saturate(try operand.toNumber())
    return Word(int: min(max(value, IntRange.minimum), IntRange.maximum))
  }
}
