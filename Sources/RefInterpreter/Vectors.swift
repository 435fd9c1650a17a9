import Bytecode

/// The builtins of FloatArrays: IEEE, element by element, without traps for zero divisors.
extension Machine {
  private func vector(_ value: Value) throws(Stop) -> [Double] {
    guard case .floatArray(let place) = value else { throw .trapped(.typeError) }
    return heap.floatArrays[place]
  }

  private mutating func makeVector(_ elements: [Double]) throws(Stop) -> Value {
    try chargeTested(Size.slots(elements.count))
    return heap.make(floatArray: elements)
  }

  mutating func mapVector(
    _ value: Value, _ function: (Double) -> Double
  ) throws(Stop) -> Value {
    try makeVector(try vector(value).map(function))
  }

  /// The second operand is a FloatArray of the same length, or one number for all elements.
  mutating func combineVectors(
    _ left: Value, _ right: Value, _ function: (Double, Double) -> Double
  ) throws(Stop) -> Value {
    let a = try vector(left)
    let b: [Double]
    if right.kind == .floatArray {
      b = try vector(right)
      guard a.count == b.count else { throw .trapped(.typeError) }
    } else {
      let number = try checked { () throws(TrapKind) in try right.toNumber() }
      b = Array(repeating: number, count: a.count)
    }
    return try makeVector(zip(a, b).map(function))
  }
}
