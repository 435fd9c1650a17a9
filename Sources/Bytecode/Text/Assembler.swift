/// Makes programs of their text form (`.sasm`), which `Docs/bytecode.md` describes.
///
/// Nothing about a program is checked but its form: names are resolved, limits kept, indices
/// written as `#N` taken as they are. Constants and strings are pooled in the order they first
/// appear, so that text that was printed assembles to the program it was printed from.
public enum Assembler {
  /// Assembles UTF-8 text.
  ///
  /// - Throws: the first error found; names and schemas are looked at before bodies.
  /// - Complexity: O(bytes).
  public static func assemble(_ source: [UInt8]) throws(SyntaxError) -> Program {
    var parser = try TextParser(source)
    return try parser.parseProgram()
  }

  /// Assembles text.
  public static func assemble(_ source: String) throws(SyntaxError) -> Program {
    try assemble(Array(source.utf8))
  }
}

extension TextParser {
  mutating func parseProgram() throws(SyntaxError) -> Program {
    try collectDeclarations()
    try parseSchemas()
    program.instructions.reserveCapacity(tokens.count / 4)
    position = 0
    line = 1
    skipNewlines()
    while kind != .endOfText {
      try parseDeclaration()
      skipNewlines()
    }
    program.constants = pool.constants
    program.strings = pool.strings
    return program
  }

  private mutating func parseDeclaration() throws(SyntaxError) {
    switch word {
    case .program:
      let token = token
      advance()
      if hasProgramLine { throw error(token, .name, "expected one `program` line") }
      hasProgramLine = true
      program.name = text(of: try expectName("the program's name"))
    case .schema, .struct: skipSchema()
    case .foreign: try parseForeign()
    case .binding: try parseBinding()
    case .func, .main: try parseFunction()
    case .schedule: try parseSchedule()
    case .constants: try parseConstants()
    case .strings: try parseStrings()
    default:
      throw unexpected(
        "`program`, `constants`, `strings`, `schema`, `struct`, `foreign`, `binding`, `func`, "
          + "`main` or `schedule`")
    }
    try expectEndOfLine()
  }

  /// `constants C …` and `strings .s …` give pool entries their places ahead of first use.
  private mutating func parseConstants() throws(SyntaxError) {
    advance()
    repeat {
      let token = token
      let count = pool.constants.count
      _ = try poolIndex(of: try parseConstant(), at: token)
      if pool.constants.count == count {
        throw error(token, .constant, "expected each constant once")
      }
    } while kind != .newline && kind != .endOfText
  }

  private mutating func parseStrings() throws(SyntaxError) {
    advance()
    repeat {
      let token = token
      let count = pool.strings.count
      try expect(.dot)
      _ = try poolIndex(of: try parsePropertyName(), at: token)
      if pool.strings.count == count {
        throw error(token, .constant, "expected each string once")
      }
    } while kind != .newline && kind != .endOfText
  }

  mutating func poolIndex(
    of constant: Constant, at token: Token
  ) throws(SyntaxError) -> ConstantIndex {
    let index = pool.index(of: constant)
    try check(index.position, below: ProgramLimits.constants, "constants", at: token)
    return index
  }

  mutating func poolIndex(of string: Literal, at token: Token) throws(SyntaxError) -> StringIndex {
    let index = pool.index(of: string)
    try check(index.position, below: ProgramLimits.strings, "strings", at: token)
    return index
  }
}
