/// Reads a program from tokens in one pass over the declarations' names, one over the schemas and
/// one over everything.
///
/// A name is a symbol number; every scope is an array indexed by it, so that a lookup is an array
/// access and a scope is left by raising its epoch.
struct TextParser {
  /// What a program-level name stands for.
  struct Global: BitwiseCopyable {
    enum Kind: UInt8 { case none, function, foreign, binding, schema }
    var kind = Kind.none
    var index: UInt32 = 0
  }

  /// What a name inside a function stands for, while `epoch` is the function's.
  struct Local: BitwiseCopyable {
    var epoch: Int32 = -1
    var isCapture = false
    var index: UInt32 = 0
  }

  /// A label of the function `epoch` counts.
  struct Target: BitwiseCopyable {
    var epoch: Int32 = -1
    var offset: Int32 = 0
  }

  /// A jump or loop operand whose label may still follow.
  struct Fixup: BitwiseCopyable {
    enum Place: UInt8 { case jump, loopEnd, loopContinue }
    var instruction: Int
    var place: Place
    var token: Token
  }

  let source: [UInt8]
  let tokens: [Token]
  let symbols: SymbolTable
  let vocabulary: Vocabulary

  /// The token to be read next and the physical line it is on.
  var position = 0
  var line = 1

  var program = Program()
  var pool = ConstantPool()
  var globals: [Global]
  var locals: [Local]
  var labels: [Target]
  /// Labels that are numbers, of the current function.
  var anonymousLabels: [Int: Int] = [:]
  var fixups: [Fixup] = []
  var epoch: Int32 = 0
  var labelCount = 0
  /// Where each schema's declaration ends: the next token and its line, in declaration order.
  var schemaEnds: [(position: Int, line: Int)] = []
  /// Field positions by schema and symbol.
  var fields: [UInt64: Int] = [:]
  var hasProgramLine = false
  /// The `lines` directive of the current function.
  var statedLines: StatedLines?

  init(_ source: [UInt8]) throws(SyntaxError) {
    let vocabulary = Vocabulary.shared
    var lexer = Lexer(source, vocabulary: vocabulary)
    self.source = source
    self.vocabulary = vocabulary
    tokens = try lexer.tokenize()
    symbols = lexer.symbols
    globals = Array(repeating: Global(), count: symbols.count)
    locals = Array(repeating: Local(), count: symbols.count)
    labels = Array(repeating: Target(), count: symbols.count)
  }
}

// MARK: - Tokens

extension TextParser {
  var token: Token { tokens[position] }
  var kind: Token.Kind { tokens[position].kind }

  /// The word the next token is, nil if it is none.
  var word: Word? { vocabulary.word(of: token) }

  /// Moves to the next token; `endOfText` is never passed.
  mutating func advance() {
    if tokens[position].kind == .newline { line += 1 }
    if position + 1 < tokens.count { position += 1 }
  }

  /// Whether the next token touches the one before it.
  var isAdjacent: Bool { position > 0 && tokens[position - 1].end == token.start }

  mutating func accept(_ kind: Token.Kind) -> Bool {
    guard self.kind == kind else { return false }
    advance()
    return true
  }

  mutating func accept(_ word: Word) -> Bool {
    guard self.word == word else { return false }
    advance()
    return true
  }

  @discardableResult
  mutating func expect(_ kind: Token.Kind) throws(SyntaxError) -> Token {
    let token = token
    guard token.kind == kind else { throw unexpected(kind.name) }
    advance()
    return token
  }

  mutating func expect(_ word: Word) throws(SyntaxError) {
    guard accept(word) else { throw unexpected("`\(word.rawValue)`") }
  }

  /// Takes a name; `what` says in the error which name was expected.
  mutating func expectName(_ what: String) throws(SyntaxError) -> Token {
    let token = token
    guard token.kind == .name else { throw unexpected(what) }
    advance()
    return token
  }

  mutating func expectEndOfLine() throws(SyntaxError) {
    if kind == .endOfText { return }
    try expect(.newline)
  }

  mutating func skipNewlines() {
    while kind == .newline { advance() }
  }

  func bytes(of token: Token) -> ArraySlice<UInt8> { source[token.range] }

  func text(of token: Token) -> String { String(decoding: source[token.range], as: UTF8.self) }

  func name(of symbol: UInt32) -> String { symbols.name(of: symbol, in: source) }
}

extension Vocabulary {
  func word(of token: Token) -> Word? { token.kind == .name ? word(token.symbol) : nil }
}

// MARK: - Errors

extension TextParser {
  func error(_ token: Token, _ rule: SyntaxError.Rule, _ reason: String) -> SyntaxError {
    SyntaxError(at: Int(token.start), in: source, rule, reason)
  }

  /// The error that the next token is not what was expected.
  func unexpected(_ expected: String) -> SyntaxError {
    error(token, .syntax, "expected \(expected), found \(shown(token))")
  }

  /// How a message shows a token: its text, cut after 40 bytes.
  func shown(_ token: Token) -> String {
    switch token.kind {
    case .name, .number:
      let text = text(of: token)
      return text.utf8.count > 40 ? "`\(text.prefix(40))…`" : "`\(text)`"
    default:
      return token.kind.name
    }
  }

  /// Refuses a program that would pass a limit by one more.
  func check(
    _ count: Int, below limit: Int, _ what: String, at token: Token
  ) throws(SyntaxError) {
    if count >= limit { throw error(token, .syntax, "expected at most \(limit) \(what)") }
  }
}

// MARK: - Scalars

extension TextParser {
  /// Takes a decimal whole number without sign.
  mutating func expectNatural(
    _ what: String, upTo limit: UInt64 = UInt64(ProgramLimits.ordinal)
  ) throws(SyntaxError) -> UInt64 {
    let token = token
    guard token.kind == .number else { throw unexpected(what) }
    guard let value = natural(token), value <= limit else {
      throw error(token, .constant, "expected \(what) in 0 ... \(limit), found \(shown(token))")
    }
    advance()
    return value
  }

  mutating func expectOrdinal(_ what: String) throws(SyntaxError) -> Int {
    Int(try expectNatural(what))
  }

  /// The value of a number token that is a decimal whole number of 64 bits.
  func natural(_ token: Token) -> UInt64? {
    var value: UInt64 = 0
    for byte in bytes(of: token) {
      guard Names.isDigit(byte) else { return nil }
      let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeStill) = shifted.addingReportingOverflow(
        UInt64(byte - UInt8(ascii: "0")))
      if isTooLarge || isTooLargeStill { return nil }
      value = sum
    }
    return value
  }

  /// Takes `#N`, the index of a table entry.
  mutating func expectIndex() throws(SyntaxError) -> Int {
    try expect(.hash)
    return Int(try expectNatural("an index", upTo: UInt64(UInt32.max)))
  }

  /// Takes a quoted string.
  mutating func expectString(_ what: String) throws(SyntaxError) -> Literal {
    let token = token
    let content: [UInt8]
    switch token.kind {
    case .string:
      content = Array(source[token.range.dropFirst().dropLast()])
    case .escapedString:
      switch ConstantText.string(bytes(of: token)) {
      case .success(let bytes): content = bytes
      case .failure(let refusal):
        throw SyntaxError(
          at: Int(token.start) + refusal.offset, in: source, .constant, refusal.reason)
      }
    default:
      throw unexpected(what)
    }
    advance()
    return Literal(wellFormed: content)
  }
}
