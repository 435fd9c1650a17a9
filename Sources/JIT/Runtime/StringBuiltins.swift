import Bytecode

/// The builtins on strings. Each traps TypeError for a receiver or argument that is no string.
extension RuntimeBuiltins {
  private static func bytes(_ string: Word) throws(Stop) -> UnsafeBufferPointer<UInt8> {
    guard string.isString else { throw .typeError }
    return string.utf8
  }

  /// `upper` and `lower`: scalar by scalar, with the full default mappings of Unicode.
  static func mapped(
    _ string: Word, isUpper: Bool, _ state: RunState
  ) throws(Stop) -> Word {
    let source = try bytes(string)
    var text: [UInt8] = []
    text.reserveCapacity(source.count)
    var position = 0
    while position < source.count {
      let byte = source[position]
      if byte < 0x80 {
        text.append(UTF8Text.mapped(byte, isUpper: isUpper))
        position += 1
      } else {
        let (scalar, length) = UTF8Text.scalar(source, at: position)
        let properties = scalar.properties
        text += (isUpper ? properties.uppercaseMapping : properties.lowercaseMapping).utf8
        position += length
      }
    }
    return try RuntimeStrings.make(text, state)
  }

  /// `trim`: without the White_Space at both ends.
  static func trimmed(_ string: Word, _ state: RunState) throws(Stop) -> Word {
    let range = UTF8Text.trimmed(try bytes(string))
    return try RuntimeStrings.part(of: string, range, state)
  }

  /// `split`: the parts between the separators; the scalars if the separator is empty.
  static func split(
    _ string: Word, _ separator: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let text = try bytes(string)
    let pattern = try bytes(separator)
    var (count, byteCount) = (0, 0)
    forEachPart(text, pattern) { part in
      count += 1
      byteCount += AbstractSize.string(part.count)
    }
    try state.chargeTested(AbstractSize.array(.plain, count: count) + byteCount)
    let array = state.heap.makeArray(.plain, capacity: count)
    forEachPart(text, pattern) { part in
      let piece = UnsafeBufferPointer(rebasing: text[part])
      state.heap.append(RuntimeStrings.uncharged(piece, state), to: array)
    }
    return array
  }

  private static func forEachPart(
    _ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>,
    _ body: (Range<Int>) -> Void
  ) {
    var position = 0
    if pattern.isEmpty {
      while position < text.count {
        let end = position + UTF8Text.scalarLength(text[position])
        body(position..<end)
        position = end
      }
      return
    }
    while let next = UTF8Text.find(pattern, in: text, from: position) {
      body(position..<next)
      position = next + pattern.count
    }
    body(position..<text.count)
  }

  static func contains(_ string: Word, _ pattern: Word) throws(Stop) -> Word {
    let text = try bytes(string)
    return Word(bool: UTF8Text.find(try bytes(pattern), in: text, from: 0) != nil)
  }

  static func hasPrefix(_ string: Word, _ prefix: Word) throws(Stop) -> Word {
    let text = try bytes(string)
    return Word(bool: UTF8Text.matches(try bytes(prefix), in: text, at: 0))
  }

  static func hasSuffix(_ string: Word, _ suffix: Word) throws(Stop) -> Word {
    let text = try bytes(string)
    let pattern = try bytes(suffix)
    return Word(bool: UTF8Text.matches(pattern, in: text, at: text.count - pattern.count))
  }

  /// `replace`: all occurrences, left to right; an empty pattern occurs nowhere.
  static func replaced(
    _ string: Word, _ pattern: Word, _ replacement: Word, _ state: RunState
  ) throws(Stop) -> Word {
    let text = try bytes(string)
    let (pattern, new) = (try bytes(pattern), try bytes(replacement))
    var occurrences = 0
    if !pattern.isEmpty { forEachPart(text, pattern) { _ in occurrences += 1 } }
    occurrences = max(0, occurrences - 1)
    let byteCount = text.count + occurrences * (new.count - pattern.count)
    try state.chargeTested(AbstractSize.string(byteCount))
    if occurrences == 0 { return string }
    var result: [UInt8] = []
    result.reserveCapacity(byteCount)
    forEachPart(text, pattern) { part in
      result += text[part]
      if part.upperBound < text.count { result += new }
    }
    return result.withUnsafeBufferPointer { RuntimeStrings.uncharged($0, state) }
  }

  /// `char_code`: the scalar at an index, which does not count from the end.
  ///
  /// - Throws: TypeError for no index, IndexOutOfBounds outside the string.
  static func scalarCode(_ string: Word, _ index: Word) throws(Stop) -> Word {
    let text = try bytes(string)
    let position = Int(try index.toInt())
    guard (0..<string.scalarCount).contains(position) else { throw .indexOutOfBounds }
    let offset = string.byteOffset(ofScalar: position)
    return Word(int: Int64(UTF8Text.scalar(text, at: offset).scalar.value))
  }

  /// `from_char_code`.
  ///
  /// - Throws: TypeError for no scalar value; `.outOfMemory`.
  static func string(ofScalar code: Word, _ state: RunState) throws(Stop) -> Word {
    guard let value = UInt32(exactly: try code.toInt()), let scalar = UnicodeScalar(value) else {
      throw .typeError
    }
    return try RuntimeStrings.make(Array(UTF8.encode(scalar).unsafelyUnwrapped), state)
  }
}
