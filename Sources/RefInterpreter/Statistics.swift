import Bytecode

/// `sum mean min max std variance` of an array, all from left to right.
extension Machine {
  /// The elements, if they may be numbers: a BoolArray never is.
  private func elements(ofNumeric value: Value) throws(Stop) -> [Value] {
    let array = try array(value)
    if case .bools = array { throw .trapped(.typeError) }
    return heap.elements(of: array)
  }

  private func numbers(of value: Value) throws(Stop) -> [Double] {
    let elements = try elements(ofNumeric: value)
    return try checked { () throws(TrapKind) in
      var numbers: [Double] = []
      for element in elements { numbers.append(try element.toNumber()) }
      return numbers
    }
  }

  private static func sum(_ numbers: [Double]) -> Double {
    numbers.reduce(0) { $0 + $1 }
  }

  /// An IntArray's by `AddInt` from 0, every other array's as numbers from 0.0.
  func sum(of value: Value) throws(Stop) -> Value {
    guard value.kind == .intArray else { return .number(Machine.sum(try numbers(of: value))) }
    let elements = try elements(ofNumeric: value)
    return try checked { () throws(TrapKind) in
      var sum = Value.int(0)
      for element in elements { sum = try Arithmetic.addInt(sum, element) }
      return sum
    }
  }

  /// Null for an empty array.
  func mean(of value: Value) throws(Stop) -> Value {
    let numbers = try numbers(of: value)
    return numbers.isEmpty ? .null : .number(Machine.sum(numbers) / Double(numbers.count))
  }

  /// The mean square of the distances from the mean, in a second pass; nil for an empty array.
  func variance(of value: Value) throws(Stop) -> Double? {
    let numbers = try numbers(of: value)
    guard !numbers.isEmpty else { return nil }
    let mean = Machine.sum(numbers) / Double(numbers.count)
    return Machine.sum(numbers.map { ($0 - mean) * ($0 - mean) }) / Double(numbers.count)
  }

  /// `min` or `max` of the arguments on top or, if there is one and it is an array, of its elements.
  func extreme(
    _ function: (ArraySlice<Value>) throws(TrapKind) -> Value, argumentCount: Int
  ) throws(Stop) -> Value {
    var elements = operands.suffix(argumentCount)
    if argumentCount == 1, operand(1).array != nil {
      elements = try self.elements(ofNumeric: operand(1))[...]
      if elements.isEmpty { return .null }
    }
    return try checked { () throws(TrapKind) in try function(elements) }
  }
}
