/// Cuts a text into tokens, one `newline` for each line feed.
///
/// Everything about bytes is settled here: what follows sees tokens only. Outside comments and
/// strings a program is ASCII.
struct Lexer {
  private let source: [UInt8]
  private var position = 0
  private var tokens: [Token] = []
  private(set) var symbols: SymbolTable

  init(_ source: [UInt8], vocabulary: Vocabulary) {
    self.source = source
    symbols = vocabulary.symbols
  }

  /// The tokens of the whole text, closed by `endOfText`.
  ///
  /// - Complexity: O(bytes).
  mutating func tokenize() throws(SyntaxError) -> [Token] {
    if source.count > ProgramLimits.textBytes {
      throw SyntaxError(
        at: 0, in: source, .syntax,
        "a text has at most \(ProgramLimits.textBytes) bytes, found \(source.count)")
    }
    tokens.reserveCapacity(source.count / 4 + 8)
    while position < source.count { try scan() }
    append(.endOfText, from: position)
    return tokens
  }

  private mutating func scan() throws(SyntaxError) {
    let start = position
    let byte = source[start]
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"):
      position += 1
    case UInt8(ascii: "\n"):
      position += 1
      append(.newline, from: start)
    case UInt8(ascii: "\r"):
      guard peek(1) == UInt8(ascii: "\n") else {
        throw error(start, "expected a line feed after a carriage return")
      }
      position += 1
    case UInt8(ascii: ";"):
      try scanComment()
    case UInt8(ascii: "\""):
      try scanString()
    case _ where Names.isStart(byte):
      while position < source.count, Names.isPart(source[position]) { position += 1 }
      let symbol = symbols.symbol(from: start, to: position, in: source)
      tokens.append(
        Token(kind: .name, start: UInt32(start), end: UInt32(position), symbol: symbol))
    case _ where Names.isDigit(byte):
      try scanNumber()
    default:
      try scanPunctuation()
    }
  }

  private mutating func scanPunctuation() throws(SyntaxError) {
    let start = position
    let next = peek(1)
    let kind: Token.Kind
    switch source[start] {
    case UInt8(ascii: "{"): kind = .openBrace
    case UInt8(ascii: "}"): kind = .closeBrace
    case UInt8(ascii: "("): kind = .openParenthesis
    case UInt8(ascii: ")"): kind = .closeParenthesis
    case UInt8(ascii: "["): kind = .openBracket
    case UInt8(ascii: "]"): kind = .closeBracket
    case UInt8(ascii: ":"): kind = .colon
    case UInt8(ascii: ","): kind = .comma
    case UInt8(ascii: "."): kind = next == UInt8(ascii: ".") ? .dots : .dot
    case UInt8(ascii: "="): kind = .equals
    case UInt8(ascii: "?"): kind = .question
    case UInt8(ascii: "@"): kind = .at
    case UInt8(ascii: "#"): kind = .hash
    case UInt8(ascii: "/"): kind = .slash
    case UInt8(ascii: "*"): kind = .star
    case UInt8(ascii: "-"):
      if let next, Names.isDigit(next) { return try scanNumber() }
      kind = next == UInt8(ascii: ">") ? .arrow : .minus
    default:
      throw unexpectedCharacter()
    }
    position += kind == .dots || kind == .arrow ? 2 : 1
    append(kind, from: start)
  }

  private func unexpectedCharacter() -> SyntaxError {
    guard let scalar = UTF8Decoding.scalar(at: position, in: source) else {
      return error(position, "expected well-formed UTF-8")
    }
    let shown =
      scalar.value > 0x20 && scalar.value != 0x7F
      ? "`\(scalar)`" : "U+\(String(scalar.value, radix: 16, uppercase: true))"
    return error(position, "expected a token, found \(shown)")
  }

  private mutating func scanComment() throws(SyntaxError) {
    while position < source.count, source[position] != UInt8(ascii: "\n") {
      try skipScalar()
    }
  }

  private mutating func scanString() throws(SyntaxError) {
    let start = position
    var kind = Token.Kind.string
    position += 1
    while true {
      guard let byte = peek(0), byte != UInt8(ascii: "\n") else {
        throw error(position, "expected `\"` at the end of the string")
      }
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        kind = .escapedString
        position += 1
        if position < source.count, source[position] < 0x80, source[position] >= 0x20 {
          position += 1
        }
      } else if byte < 0x20 || byte == 0x7F {
        throw SyntaxError(
          at: position, in: source, .constant,
          "expected an escape, found a raw control character in a string")
      } else {
        try skipScalar()
      }
    }
    position += 1
    append(kind, from: start)
  }

  private mutating func skipScalar() throws(SyntaxError) {
    if source[position] < 0x80 {
      position += 1
    } else if let length = UTF8Decoding.length(at: position, in: source) {
      position += length
    } else {
      throw error(position, "expected well-formed UTF-8")
    }
  }

  /// Scans `-? D+ (. D+)? ([eE] [+-]? D+)?` or the hexadecimal forms; what the digits mean is
  /// settled where the number is used.
  private mutating func scanNumber() throws(SyntaxError) {
    let start = position
    if source[position] == UInt8(ascii: "-") { position += 1 }
    let isHexadecimal = peek(0) == UInt8(ascii: "0") && peek(1).map { $0 | 0x20 } == 0x78
    if isHexadecimal { position += 2 }
    let isDigit: (UInt8?) -> Bool = { byte in
      guard let byte else { return false }
      return isHexadecimal ? byte.hexadecimalDigit != nil : Names.isDigit(byte)
    }
    while isDigit(peek(0)) { position += 1 }
    if peek(0) == UInt8(ascii: "."), isDigit(peek(1)) {
      position += 1
      while isDigit(peek(0)) { position += 1 }
    }
    if peek(0).map({ $0 | 0x20 }) == (isHexadecimal ? 0x70 : 0x65) {
      position += 1
      if peek(0) == UInt8(ascii: "+") || peek(0) == UInt8(ascii: "-") { position += 1 }
      while peek(0).map(Names.isDigit) ?? false { position += 1 }
    }
    if let next = peek(0), Names.isStart(next) || Names.isDigit(next) {
      throw SyntaxError(
        at: position, in: source, .constant, "expected a blank after the digits of a number")
    }
    append(.number, from: start)
  }

  private func peek(_ distance: Int) -> UInt8? {
    position + distance < source.count ? source[position + distance] : nil
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, start: UInt32(start), end: UInt32(position), symbol: 0))
  }

  private func error(_ offset: Int, _ reason: String) -> SyntaxError {
    SyntaxError(at: offset, in: source, .syntax, reason)
  }
}
