import Bytecode

/// The bitwise instructions: ints only, without `toInt`.
enum Bits {
  static func and(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = try ints(left, right)
    return .int(a & b)
  }

  static func or(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = try ints(left, right)
    return .int(a | b)
  }

  static func xor(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (a, b) = try ints(left, right)
    return .int(a ^ b)
  }

  static func not(_ operand: Value) throws(TrapKind) -> Value {
    guard case .int(let value) = operand else { throw .typeError }
    return .int(~value)
  }

  /// A 64-bit shift of the sign-extended int; bits shifted out are lost.
  static func shiftLeft(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (value, count) = try ints(left, right)
    return Value(fitting: Int128(value << (count & 63)))
  }

  static func shiftRight(_ left: Value, _ right: Value) throws(TrapKind) -> Value {
    let (value, count) = try ints(left, right)
    return .int(value >> (count & 63))
  }

  private static func ints(
    _ left: Value, _ right: Value
  ) throws(TrapKind) -> (Int64, Int64) {
    guard case .int(let a) = left, case .int(let b) = right else { throw .typeError }
    return (a, b)
  }
}
