import Bytecode

/// Calls of builtins.
extension Machine {
  /// Replaces the arguments on top of the operand stack by the builtin's result, and goes on; a
  /// builtin that calls back does so in turns.
  ///
  /// - Parameter argumentCount: one that the builtin takes; a method's receiver is counted.
  mutating func callBuiltin(_ builtin: Builtin, argumentCount: Int) throws(Stop) {
    guard let result = try result(of: builtin, argumentCount: argumentCount) else { return }
    operands.removeLast(argumentCount)
    operands.append(result)
    frame.instructionPointer += 1
  }

  /// Prints a line, which is an event of the trace.
  private mutating func write(argumentCount: Int) throws(Stop) {
    guard recordsEvents || output != nil else { return }
    let text = try printedLine(argumentCount: argumentCount)
    output?(text)
    guard recordsEvents else { return }
    events.append(.print(values: observe(Array(operands.suffix(argumentCount))), text: text))
    recordedBytes += UInt64(text.count)
    try testHostMemory()
  }

  /// Computes a builtin of the arguments on top; nil if a walk has begun.
  private mutating func result(
    of builtin: Builtin, argumentCount count: Int
  ) throws(Stop) -> Value? {
    let first = count > 0 ? operand(count) : .null
    let second = count > 1 ? operand(count - 1) : .null
    let third = count > 2 ? operand(count - 2) : .null
    switch builtin {
    case .makeSome:
      chargeFixed(Size.content)
      return .some(heap.makePlace(for: first))
    case .makeOk:
      chargeFixed(Size.content)
      return .ok(heap.makePlace(for: first))
    case .makeErr:
      chargeFixed(Size.content)
      return .err(heap.makePlace(for: first))
    case .makeMap: return makeMap()
    case .abs, .sign, .floor, .ceil, .round, .clamp, .gcd, .lcm, .sqrt, .ln, .exp, .log10, .sin,
      .cos, .tan, .asin, .acos, .atan, .hypot, .pow, .isNan, .isFinite:
      return try checked { () throws(TrapKind) in
        try MathBuiltins.compute(builtin, first, second, third)
      }
    case .min: return try extreme(MathBuiltins.minimum, argumentCount: count)
    case .max: return try extreme(MathBuiltins.maximum, argumentCount: count)
    case .print:
      try write(argumentCount: count)
      return .unit
    case .toString: return try makeString(printing: first)
    case .toNumber: return try convertToNumber(first)
    case .toBool: return .bool(heap.isTruthy(first))
    case .typeOf: return try makeString(namingTypeOf: first)
    case .isNumber: return isKind(first, .numeric)
    case .isInt: return isKind(first, .int)
    case .isString: return isKind(first, .string)
    case .isBool: return isKind(first, .bool)
    case .isArray: return isKind(first, .arrays)
    case .isObject: return isKind(first, [.object, .record])
    case .isNull: return isKind(first, .null)
    case .isFunction: return isKind(first, [.function, .closure])
    case .len: return .int(Int64(try length(of: first)))
    case .push:
      try push(second, to: first)
      return first
    case .pop: return try popElement(of: first)
    case .first: return try self.first(of: first)
    case .last: return try last(of: first)
    case .slice: return try slice(first, from: second, to: third)
    case .reverse: return try reversed(first)
    case .includes: return .bool(try index(of: second, in: first) != nil)
    case .indexOf: return .int(Int64(try index(of: second, in: first) ?? -1))
    case .join: return try join(first, second)
    case .zip: return try pairs(of: first, and: second)
    case .range: return try range(from: count == 1 ? .int(0) : first, to: operand(1))
    case .filled: return try filled(first, with: second)
    case .map, .filter, .reduce, .forEach, .find, .findIndex, .some, .every:
      try startWalk(builtin, argumentCount: count)
      return nil
    case .sum: return try sum(of: first)
    case .mean: return try mean(of: first)
    case .std: return try variance(of: first).map { .number($0.squareRoot()) } ?? .null
    case .variance: return try variance(of: first).map { .number($0) } ?? .null
    case .vecAdd: return try combineVectors(first, second, +)
    case .vecSub: return try combineVectors(first, second, -)
    case .vecMul: return try combineVectors(first, second, *)
    case .vecDiv: return try combineVectors(first, second, /)
    case .vecMax: return try combineVectors(first, second, MathBuiltins.greater)
    case .vecMin: return try combineVectors(first, second, MathBuiltins.lesser)
    case .vecAbs: return try mapVector(first) { $0.magnitude }
    case .vecSqrt: return try mapVector(first) { $0.squareRoot() }
    case .upper: return try mapScalars(of: first) { $0.uppercaseMapping }
    case .lower: return try mapScalars(of: first) { $0.lowercaseMapping }
    case .trim: return try trim(first)
    case .split: return try split(first, second)
    case .contains: return try contains(first, second)
    case .startsWith: return try startsWith(first, second)
    case .endsWith: return try endsWith(first, second)
    case .replace: return try replace(in: first, second, by: third)
    case .charCode: return try scalarValue(of: first, at: count == 1 ? .int(0) : second)
    case .fromCharCode: return try makeString(ofScalarValue: first)
    case .get: return try get(from: first, second)
    case .set: return try set(in: first, second, third)
    case .has: return try has(first, second)
    case .delete: return try delete(from: first, second)
    case .keys: return try keys(of: first)
    case .values: return try values(of: first)
    }
  }
}
