import Bytecode

/// How the instruction families of a step take their operands and leave their results.
///
/// Operands are popped only when the result is known: an instruction that traps has no effect.
extension Machine {
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
  mutating func trusted(_ kind: KindSet, _ operation: Arithmetic.Binary) throws(Stop) {
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
    try binary { (a, b) throws(TrapKind) in try Compare.ordered(relation, a, b) }
  }

  mutating func compareTrustedInts(_ relation: Compare.Relation) throws(Stop) {
    try trusted(.int) { (a, b) throws(TrapKind) in try Compare.ints(relation, a, b) }
  }

  mutating func compareTrustedNumbers(_ relation: Compare.Relation) throws(Stop) {
    try trusted(.number) { (a, b) throws(TrapKind) in try Compare.numbers(relation, a, b) }
  }
}
