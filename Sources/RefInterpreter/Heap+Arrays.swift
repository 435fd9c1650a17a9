import Bytecode

/// What the four kinds of arrays have in common.
extension Heap {
  func count(of array: ArrayPlace) -> Int {
    switch array {
    case .plain(let place): arrays[place].count
    case .ints(let place): intArrays[place].count
    case .numbers(let place): floatArrays[place].count
    case .bools(let place): boolArrays[place].count
    }
  }

  func element(_ position: Int, of array: ArrayPlace) -> Value {
    switch array {
    case .plain(let place): arrays[place][position]
    case .ints(let place): .int(intArrays[place][position])
    case .numbers(let place): .number(floatArrays[place][position])
    case .bools(let place): .bool(boolArrays[place][position])
    }
  }

  func elements(of array: ArrayPlace) -> [Value] {
    switch array {
    case .plain(let place): arrays[place]
    case .ints(let place): intArrays[place].map { .int($0) }
    case .numbers(let place): floatArrays[place].map { .number($0) }
    case .bools(let place): boolArrays[place].map { .bool($0) }
    }
  }

  /// The value as the array would store it.
  ///
  /// - Throws: `.typeError` for a value that a packed array does not take.
  func element(_ value: Value, fitting array: ArrayPlace) throws(TrapKind) -> Value {
    switch array {
    case .plain: return value
    case .ints: return .int(try value.toFittingInt())
    case .numbers: return .number(try value.toNumber())
    case .bools:
      guard case .bool = value else { throw .typeError }
      return value
    }
  }

  /// Stores what `element(_:fitting:)` gave.
  mutating func store(_ element: Value, at position: Int, in array: ArrayPlace) {
    switch (array, element) {
    case (.plain(let place), _): arrays[place][position] = element
    case (.ints(let place), .int(let value)): intArrays[place][position] = value
    case (.numbers(let place), .number(let value)): floatArrays[place][position] = value
    case (.bools(let place), .bool(let value)): boolArrays[place][position] = value
    case (.ints, _), (.numbers, _), (.bools, _): preconditionFailure("the element fits the array")
    }
  }

  /// Appends what `element(_:fitting:)` gave.
  mutating func append(_ element: Value, to array: ArrayPlace) {
    switch (array, element) {
    case (.plain(let place), _): arrays[place].append(element)
    case (.ints(let place), .int(let value)): intArrays[place].append(value)
    case (.numbers(let place), .number(let value)): floatArrays[place].append(value)
    case (.bools(let place), .bool(let value)): boolArrays[place].append(value)
    case (.ints, _), (.numbers, _), (.bools, _): preconditionFailure("the element fits the array")
    }
  }

  mutating func removeLast(of array: ArrayPlace) -> Value {
    switch array {
    case .plain(let place): arrays[place].removeLast()
    case .ints(let place): .int(intArrays[place].removeLast())
    case .numbers(let place): .number(floatArrays[place].removeLast())
    case .bools(let place): .bool(boolArrays[place].removeLast())
    }
  }

  /// A new array of the same kind, of the elements at the positions in their order.
  mutating func makeArray(
    like array: ArrayPlace, of positions: some Sequence<Int>
  ) -> Value {
    switch array {
    case .plain(let place):
      let elements = arrays[place]
      return make(array: positions.map { elements[$0] })
    case .ints(let place):
      let elements = intArrays[place]
      return make(intArray: positions.map { elements[$0] })
    case .numbers(let place):
      let elements = floatArrays[place]
      return make(floatArray: positions.map { elements[$0] })
    case .bools(let place):
      let elements = boolArrays[place]
      return make(boolArray: positions.map { elements[$0] })
    }
  }

  /// The packed array that fits the values, a plain one if none does or there are none.
  mutating func makeTypedArray(of values: [Value]) -> Value {
    switch Heap.packing(of: values) {
    case .ints:
      return make(
        intArray: values.map {
          guard case .int(let value) = $0 else { preconditionFailure("all are ints") }
          return value
        })
    case .numbers:
      return make(
        floatArray: values.map {
          switch $0.numeric {
          case .int(let value): return Double(value)
          case .number(let value): return value
          case nil: preconditionFailure("all are numeric")
          }
        })
    case .bools:
      return make(
        boolArray: values.map {
          guard case .bool(let value) = $0 else { preconditionFailure("all are bools") }
          return value
        })
    case .plain: return make(array: values)
    }
  }

  enum Packing {
    case plain, ints, numbers, bools
  }

  static func packing(of values: [Value]) -> Packing {
    let kinds = values.reduce(into: KindSet()) { $0.formUnion(KindSet($1.kind)) }
    if kinds == .int { return .ints }
    if kinds == .bool { return .bools }
    return kinds == .number || kinds == .numeric ? .numbers : .plain
  }
}
