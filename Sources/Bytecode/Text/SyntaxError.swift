/// Why a text is no program: one place, one rule, one sentence.
public struct SyntaxError: Error, Hashable, Sendable {
  public enum Rule: String, CaseIterable, Hashable, Sendable {
    /// The form of the text.
    case syntax
    /// A name that is missing, used twice or stands for something else.
    case name
    /// A constant that is malformed or out of range.
    case constant
  }

  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars of the line; what precedes it in the line is well-formed UTF-8.
  public var column: Int
  public var rule: Rule
  /// One sentence without the place that says what was expected.
  public var reason: String

  public init(line: Int, column: Int, rule: Rule, reason: String) {
    self.line = line
    self.column = column
    self.rule = rule
    self.reason = reason
  }

  /// Makes the error of a byte offset.
  ///
  /// - Complexity: O(offset); only a refused text pays for it.
  init(at offset: Int, in source: [UInt8], _ rule: Rule, _ reason: String) {
    var line = 1
    var column = 1
    for byte in source[..<Swift.min(offset, source.count)] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(line: line, column: column, rule: rule, reason: reason)
  }
}

extension SyntaxError: CustomStringConvertible {
  public var description: String { "\(line):\(column): \(rule.rawValue): \(reason)" }
}
