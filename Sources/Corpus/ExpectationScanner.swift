import Bytecode

/// Reads the words of one expectation line.
struct ExpectationScanner {
  private let bytes: [UInt8]
  let line: Int
  private(set) var position = 0

  init(_ bytes: [UInt8], line: Int) {
    self.bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    self.line = line
  }

  /// Of the next byte, counting from 1.
  var column: Int { position + 1 }
  var isAtEnd: Bool { position == bytes.count }

  func error(_ reason: String, _ column: Int? = nil) -> ExpectationError {
    ExpectationError(line: line, column: column ?? self.column, reason: reason)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func skipBlanks() {
    while position < bytes.count, ExpectationScanner.isBlank(bytes[position]) { position += 1 }
  }

  /// Takes these very bytes if they come next.
  mutating func take(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  /// Takes a word if it comes next, whole.
  mutating func takeKeyword(_ word: String) -> Bool {
    let start = position
    guard takeWord() == word else {
      position = start
      return false
    }
    return true
  }

  /// Takes what stands before the next blank or parenthesis.
  mutating func takeWord() -> String {
    let start = position
    while position < bytes.count, !ExpectationScanner.endsWord(bytes[position]) { position += 1 }
    return text(start..<position)
  }

  mutating func takeNumber<Number: FixedWidthInteger>(
    _ what: String
  ) throws(ExpectationError) -> Number {
    skipBlanks()
    let column = column
    let word = takeWord()
    guard let number = Number(word) else { throw error("expected \(what)", column) }
    return number
  }

  /// Takes `FUNCTION+OFFSET`.
  mutating func takePlace() throws(ExpectationError) -> String {
    skipBlanks()
    let column = column
    let word = takeWord()
    let parts = word.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let offset = Int(parts[1]), offset >= 0 else {
      throw error("expected FUNCTION+OFFSET", column)
    }
    return word
  }

  /// Takes a text in quotes, escapes and all.
  mutating func takeQuoted() throws(ExpectationError) -> String {
    skipBlanks()
    let start = position
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw error("expected a text in quotes")
    }
    skipQuoted()
    return text(start..<position)
  }

  /// Takes the text up to a byte outside quotes, or up to the end.
  mutating func takeText(before ends: [UInt8]) -> String {
    let start = position
    while position < bytes.count, !ends.contains(bytes[position]) {
      if bytes[position] == UInt8(ascii: "\"") { skipQuoted() } else { position += 1 }
    }
    return text(start..<position)
  }

  /// Takes a value in the `=>` form: what stands before a blank and one of the keywords.
  mutating func takeValue(before keywords: [String]) -> String {
    skipBlanks()
    let start = position
    var end = start
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\"") {
        skipQuoted()
      } else if ExpectationScanner.isBlank(bytes[position]) {
        var ahead = self
        ahead.skipBlanks()
        let word = ahead.takeWord()
        if ahead.position == position || keywords.contains(word) { break }
        position += 1
        continue
      } else {
        position += 1
      }
      end = position
    }
    return text(start..<end)
  }

  mutating func expectEnd() throws(ExpectationError) {
    skipBlanks()
    guard isAtEnd else { throw error("expected the end of the line") }
  }

  private mutating func skipQuoted() {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position = min(position + 1, bytes.count)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
  }
}
