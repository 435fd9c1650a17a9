extension TextParser {
  /// `none`, `megamorphic`, or one to four entries separated by commas.
  mutating func parseFeedbackClaim() throws(SyntaxError) -> Schedule.FeedbackClaim {
    if accept(.nothing) { return .none }
    if accept(.megamorphic) { return .megamorphic }
    var entries: [Schedule.FeedbackEntry] = []
    repeat {
      try check(
        entries.count, below: ProgramLimits.feedbackEntries, "alternatives in a claim", at: token)
      entries.append(try parseFeedbackEntry())
    } while accept(.comma)
    return .entries(entries)
  }

  private mutating func parseFeedbackEntry() throws(SyntaxError) -> Schedule.FeedbackEntry {
    switch kind {
    case .openParenthesis:
      advance()
      let left = try parseValueKind()
      try expect(.comma)
      let right = try parseValueKind()
      try expect(.closeParenthesis)
      return .arithmetic(left, right)
    case .at:
      advance()
      return .call(try parseFunctionName())
    case .openBrace:
      let shape = try parseShape()
      try expect(.dot)
      return .shapeProperty(shape, property: try parseSeenProperty())
    case .hash:
      let schema = SchemaIndex(try expectIndex())
      try expect(.dot)
      return .schemaProperty(schema, property: try parseSeenProperty())
    case .name: return try parseNamedEntry()
    default:
      throw unexpected("what a feedback slot has seen")
    }
  }

  private mutating func parseNamedEntry() throws(SyntaxError) -> Schedule.FeedbackEntry {
    if accept(.dictionary) { return .dictionary }
    if accept(.taken) {
      let taken = try expectNatural("a number of times", upTo: .max)
      try expect(.not)
      return .branch(taken: taken, notTaken: try expectNatural("a number of times", upTo: .max))
    }
    if accept(.loop) {
      try expect(.count)
      return .loop(count: try expectNatural("a count", upTo: .max))
    }
    let name = try expectName("what a feedback slot has seen")
    if let kind = vocabulary.valueKind(name.symbol) {
      guard accept(.openBracket) else { return .kind(kind) }
      let index = try parseValueKind()
      try expect(.closeBracket)
      return .element(kind, index)
    }
    return try parseDottedEntry(name)
  }

  /// `S.x`, `S."b c"`, `S.?` or `string.upper`: what stands before the last dot is a kind or a
  /// schema.
  private mutating func parseDottedEntry(
    _ name: Token
  ) throws(SyntaxError) -> Schedule.FeedbackEntry {
    if let dot = source[name.range].lastIndex(of: UInt8(ascii: ".")),
      let symbol = symbols.symbol(known: Int(name.start), to: dot, in: source),
      let kind = vocabulary.valueKind(symbol)
    {
      return .method(kind, try parsePropertyBehind(dot, of: name))
    }
    let (schema, dot) = try splitAtLastDot(name)
    if dot + 1 == Int(name.end), accept(.question) {
      return .schemaProperty(schema, property: nil)
    }
    return .schemaProperty(schema, property: try parsePropertyBehind(dot, of: name))
  }

  private mutating func parsePropertyBehind(
    _ dot: Int, of name: Token
  ) throws(SyntaxError) -> StringIndex {
    if dot + 1 == Int(name.end) { return try parseKey() }
    let property = Literal(wellFormed: Array(source[dot + 1..<Int(name.end)]))
    return try poolIndex(of: property, at: name)
  }

  private mutating func parseSeenProperty() throws(SyntaxError) -> StringIndex? {
    accept(.question) ? nil : try parseKey()
  }

  private mutating func parseValueKind() throws(SyntaxError) -> ValueKind {
    let name = try expectName("a kind of value")
    guard let kind = vocabulary.valueKind(name.symbol) else {
      throw error(name, .name, "expected a kind of value, found \(shown(name))")
    }
    return kind
  }
}
