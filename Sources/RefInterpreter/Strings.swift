import Bytecode

/// Strings and their builtins: by UTF-8 bytes and by scalars, never by `Character`.
extension Machine {
  /// The bytes of a string.
  func text(_ value: Value) throws(Stop) -> [UInt8] {
    guard case .string(let place) = value else { throw .trapped(.typeError) }
    return heap.strings[place].utf8
  }

  /// Generic `Add`: concatenates if one operand is a string and the other one, an int or a number.
  mutating func add() throws(Stop) {
    let (left, right) = (operand(2), operand(1))
    guard left.kind == .string || right.kind == .string else {
      try generic(int: Arithmetic.addInt, number: Arithmetic.addNumber)
      return
    }
    let addable: KindSet = [.string, .int, .number]
    guard addable.contains(KindSet(left.kind)), addable.contains(KindSet(right.kind)) else {
      throw .trapped(.typeError)
    }
    var text: [UInt8] = []
    try print(left, to: &text)
    try print(right, to: &text)
    replaceOperands(2, by: try makeString(text))
  }

  // MARK: Scalars

  mutating func mapScalars(
    of value: Value, _ mapping: (Unicode.Scalar.Properties) -> String
  ) throws(Stop) -> Value {
    var mapped: [UInt8] = []
    for scalar in String(decoding: try text(value), as: UTF8.self).unicodeScalars {
      mapped += Array(mapping(scalar.properties).utf8)
    }
    return try makeString(mapped)
  }

  mutating func trim(_ value: Value) throws(Stop) -> Value {
    try makeString(Machine.trimmed(try text(value)))
  }

  /// The text without the scalars of property White_Space at both ends.
  static func trimmed(_ text: [UInt8]) -> [UInt8] {
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return scalars[first...last].flatMap { Array(UTF8.encode($0) ?? .init()) }
  }

  /// `char_code`: the scalar at an index, which does not count from the end.
  func scalarValue(of value: Value, at index: Value) throws(Stop) -> Value {
    guard case .string(let place) = value else { throw .trapped(.typeError) }
    let index = Int(try checked { () throws(TrapKind) in try index.toInt() })
    guard let bytes = heap.strings[place].scalar(at: index),
      let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    else { throw .trapped(.indexOutOfBounds) }
    return .int(Int64(scalar.value))
  }

  mutating func makeString(ofScalarValue value: Value) throws(Stop) -> Value {
    let number = try checked { () throws(TrapKind) in try value.toInt() }
    guard let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code) else {
      throw .trapped(.typeError)
    }
    return try makeString(Array(String(scalar).utf8))
  }

  // MARK: Search

  /// Where a pattern begins, at an offset or behind it.
  ///
  /// - Complexity: O(bytes × bytes of the pattern).
  private static func find(
    _ pattern: [UInt8], in text: [UInt8], from offset: Int
  ) -> Int? {
    guard text.count >= pattern.count else { return nil }
    var offset = offset
    while offset <= text.count - pattern.count {
      if text[offset...].starts(with: pattern) { return offset }
      offset += 1
    }
    return nil
  }

  /// The parts of a text between occurrences of a pattern, found from left to right.
  ///
  /// - Precondition: the pattern is not empty.
  private static func parts(of text: [UInt8], between pattern: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    while let next = find(pattern, in: text, from: start) {
      parts.append(Array(text[start..<next]))
      start = next + pattern.count
    }
    return parts + [Array(text[start...])]
  }

  func contains(_ value: Value, _ pattern: Value) throws(Stop) -> Value {
    let (text, pattern) = (try text(value), try text(pattern))
    return .bool(Machine.find(pattern, in: text, from: 0) != nil)
  }

  func startsWith(_ value: Value, _ pattern: Value) throws(Stop) -> Value {
    let (text, pattern) = (try text(value), try text(pattern))
    return .bool(text.starts(with: pattern))
  }

  func endsWith(_ value: Value, _ pattern: Value) throws(Stop) -> Value {
    let (text, pattern) = (try text(value), try text(pattern))
    return .bool(text.reversed().starts(with: pattern.reversed()))
  }

  /// Replaces all occurrences; an empty pattern changes nothing.
  mutating func replace(
    in value: Value, _ pattern: Value, by replacement: Value
  ) throws(Stop) -> Value {
    let (text, pattern) = (try text(value), try text(pattern))
    let replacement = try self.text(replacement)
    guard !pattern.isEmpty else { return try makeString(text) }
    let parts = Machine.parts(of: text, between: pattern)
    // The sum is known before the text is made: a short pattern can make it very long.
    let byteCount =
      text.count + (parts.count - 1) * (replacement.count - pattern.count)
    try chargeTested(Size.string(byteCount))
    return heap.make(string: Array(parts.joined(separator: replacement)))
  }

  mutating func split(_ value: Value, _ separator: Value) throws(Stop) -> Value {
    guard case .string(let place) = value else { throw .trapped(.typeError) }
    let separator = try text(separator)
    let parts =
      separator.isEmpty
      ? heap.strings[place].scalars
      : Machine.parts(of: heap.strings[place].utf8, between: separator)
    try chargeTested(
      parts.reduce(Size.slots(parts.count)) { $0 + Size.string($1.count) })
    let strings = parts.map { heap.make(string: $0) }
    return heap.make(array: strings)
  }

  /// Elements in their printed form, with a separator between them.
  mutating func join(_ value: Value, _ separator: Value) throws(Stop) -> Value {
    let array = try array(value)
    let separator = try text(separator)
    var joined: [UInt8] = []
    for position in 0..<heap.count(of: array) {
      if position > 0 { joined += separator }
      try print(heap.element(position, of: array), to: &joined)
    }
    return try makeString(joined)
  }
}
