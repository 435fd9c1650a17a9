/// A piece of a text: where it lies and, for a name, which.
struct Token: BitwiseCopyable {
  enum Kind: UInt8 {
    case endOfText, newline, name, number
    /// A quoted string without and with escapes.
    case string, escapedString
    case openBrace, closeBrace, openParenthesis, closeParenthesis, openBracket, closeBracket
    case colon, comma, dot, dots, equals, arrow, minus, question, at, hash, slash, star

    /// The spelling in messages.
    var name: String {
      switch self {
      case .endOfText: "the end of the text"
      case .newline: "the end of the line"
      case .name: "a name"
      case .number: "a number"
      case .string, .escapedString: "a string"
      case .openBrace: "`{`"
      case .closeBrace: "`}`"
      case .openParenthesis: "`(`"
      case .closeParenthesis: "`)`"
      case .openBracket: "`[`"
      case .closeBracket: "`]`"
      case .colon: "`:`"
      case .comma: "`,`"
      case .dot: "`.`"
      case .dots: "`..`"
      case .equals: "`=`"
      case .arrow: "`->`"
      case .minus: "`-`"
      case .question: "`?`"
      case .at: "`@`"
      case .hash: "`#`"
      case .slash: "`/`"
      case .star: "`*`"
      }
    }
  }

  var kind: Kind
  /// The bytes of the source, quotes included.
  var start: UInt32
  var end: UInt32
  /// The symbol of a name, 0 for everything else.
  var symbol: UInt32

  var range: Range<Int> { Int(start)..<Int(end) }
}
