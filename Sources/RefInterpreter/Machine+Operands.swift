import Bytecode

/// How the instruction families of a step take their operands and leave their results.
///
/// Operands are popped only when the result is known: an instruction that traps has no effect.
extension Machine {
  /// An operand by its place from the top; 1 is the top.
  func operand(_ place: Int) -> Value { operands[operands.count - place] }

  mutating func replaceOperands(_ count: Int, by result: Value) {
    operands.removeLast(count - 1)
    operands[operands.count - 1] = result
  }

  @inline(__always)
  mutating func unary(_ operation: (Value) throws(TrapKind) -> Value) throws(Stop) {
    let top = operands.count - 1
    do { operands[top] = try operation(operands[top]) } catch { throw .trapped(error) }
  }

  @inline(__always)
  mutating func binary(_ operation: Arithmetic.Binary) throws(Stop) {
    let top = operands.count - 1
    let result: Value
    do { result = try operation(operands[top - 1], operands[top]) } catch { throw .trapped(error) }
    operands.removeLast()
    operands[top - 1] = result
  }

  @inline(__always)
  mutating func generic(int: Arithmetic.Binary, number: Arithmetic.Binary) throws(Stop) {
    try binary { (a, b) throws(TrapKind) in
      try Arithmetic.generic(a, b, int: int, number: number)
    }
  }

  mutating func typed(
    _ operation: TypedArithmetic.Operation, _ width: NumericWidth
  ) throws(Stop) {
    try binary { (a, b) throws(TrapKind) in try TypedArithmetic.apply(operation, width, a, b) }
  }

  /// The guarded twin, after a look whether the verifier's proof holds.
  @inline(__always)
  mutating func trusted(_ kind: ValueKind, _ operation: Arithmetic.Binary) throws(Stop) {
    let top = operands.count - 1
    guard operands[top - 1].kind == kind, operands[top].kind == kind else { throw .disproved }
    try binary(operation)
  }

  mutating func compareInts(_ relation: Compare.Relation) throws(Stop) {
    try binary { (a, b) throws(TrapKind) in try Compare.ints(relation, a, b) }
  }

  mutating func compareNumbers(_ relation: Compare.Relation) throws(Stop) {
    try binary { (a, b) throws(TrapKind) in try Compare.numbers(relation, a, b) }
  }

  mutating func compareOrdered(_ relation: Compare.Relation) throws(Stop) {
    let result = try checked { () throws(TrapKind) in
      try heap.ordered(relation, operand(2), operand(1))
    }
    replaceOperands(2, by: result)
  }

  mutating func compareTrustedInts(_ relation: Compare.Relation) throws(Stop) {
    try trusted(.int) { (a, b) throws(TrapKind) in try Compare.ints(relation, a, b) }
  }

  mutating func compareTrustedNumbers(_ relation: Compare.Relation) throws(Stop) {
    try trusted(.number) { (a, b) throws(TrapKind) in try Compare.numbers(relation, a, b) }
  }
}

/// Raises the trap of a check at the running instruction.
@inline(__always)
func checked<Result>(_ check: () throws(TrapKind) -> Result) throws(Stop) -> Result {
  do { return try check() } catch { throw .trapped(error) }
}
