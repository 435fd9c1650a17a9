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

  /// Where a pattern occurs, from left to right and without overlap, up to a number of times.
  ///
  /// D. E. Knuth, J. H. Morris, V. R. Pratt, "Fast pattern matching in strings", 1977: programs can
  /// make texts for which looking again from every byte would take hours.
  ///
  /// - Precondition: the pattern is not empty.
  /// - Complexity: O(bytes of both)
  private static func occurrences(
    of pattern: [UInt8], in text: [UInt8], limit: Int = .max
  ) -> [Int] {
    // The length of the longest proper prefix that ends at each byte of the pattern.
    var borders = [0]
    var length = 0
    for byte in pattern.dropFirst() {
      while length > 0, pattern[length] != byte { length = borders[length - 1] }
      if pattern[length] == byte { length += 1 }
      borders.append(length)
    }
    var starts: [Int] = []
    length = 0
    for (offset, byte) in text.enumerated() where starts.count < limit {
      while length > 0, pattern[length] != byte { length = borders[length - 1] }
      if pattern[length] == byte { length += 1 }
      if length == pattern.count {
        starts.append(offset + 1 - length)
        length = 0
      }
    }
    return starts
  }

  func contains(_ value: Value, _ pattern: Value) throws(Stop) -> Value {
    let (text, pattern) = (try text(value), try text(pattern))
    return .bool(
      pattern.isEmpty || !Machine.occurrences(of: pattern, in: text, limit: 1).isEmpty)
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
    let starts = Machine.occurrences(of: pattern, in: text)
    // Tested before the text is made: a short pattern can make it very long.
    let byteCount = text.count + starts.count * (replacement.count - pattern.count)
    try testRoom(for: Size.string(byteCount))
    var replaced: [UInt8] = []
    var end = 0
    for start in starts {
      replaced += text[end..<start]
      replaced += replacement
      end = start + pattern.count
    }
    return try makeString(replaced + text[end...])
  }

  /// The parts between separators, or the scalars if the separator is empty.
  mutating func split(_ value: Value, _ separator: Value) throws(Stop) -> Value {
    guard case .string(let place) = value else { throw .trapped(.typeError) }
    let (source, separator) = (heap.strings[place], try text(separator))
    guard !separator.isEmpty else {
      try chargeSplit(into: source.scalarCount, byteCount: source.utf8.count)
      let scalars = source.scalars.map { heap.make(string: $0) }
      return heap.make(array: scalars)
    }
    let starts = Machine.occurrences(of: separator, in: source.utf8)
    try chargeSplit(
      into: starts.count + 1, byteCount: source.utf8.count - starts.count * separator.count)
    var parts: [Value] = []
    var end = 0
    for start in starts + [source.utf8.count] {
      parts.append(heap.make(string: Array(source.utf8[end..<start])))
      end = start + separator.count
    }
    return heap.make(array: parts)
  }

  /// Charges an array of strings that have so many bytes together.
  private mutating func chargeSplit(into count: Int, byteCount: Int) throws(Stop) {
    try chargeTested(Size.slots(count) + count * Size.string(0) + byteCount)
  }

  /// Elements in their printed form, with a separator between them.
  mutating func join(_ value: Value, _ separator: Value) throws(Stop) -> Value {
    let array = try array(value)
    let separator = try text(separator)
    var joined: [UInt8] = []
    for position in 0..<heap.count(of: array) {
      try testRoom(for: Size.string(joined.count))
      if position > 0 { joined += separator }
      try print(heap.element(position, of: array), to: &joined)
    }
    return try makeString(joined)
  }
}
