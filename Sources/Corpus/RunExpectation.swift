import Bytecode

/// A run of `main` and what must come of it; what a line leaves out is not checked.
public struct RunExpectation: Hashable, Sendable {
  /// An expected end of a run; places are `FUNCTION+OFFSET`, values in the `=>` form.
  public enum End: Hashable, Sendable {
    case returns(String)
    case traps(TrapKind, payload: String?, place: String?)
    case exits(ExitKind, place: String?)
  }

  public var line: Int
  /// The line's text up to and without the outcome, from `main(` on.
  public var call: String
  public var arguments: [ObservedValue]
  /// Those that are left out are what `run` takes by default.
  public var limits: RunLimits
  public var end: End?
  /// The whole output, its last newline included, as UTF-8.
  public var output: [UInt8]?
  /// Fuel units consumed at the end.
  public var fuel: UInt64?

  private static let keywords = ["at", "prints", "uses"]

  init(_ scanner: inout ExpectationScanner) throws(ExpectationError) {
    line = scanner.line
    scanner.skipBlanks()
    let start = scanner.position
    arguments = try RunExpectation.arguments(&scanner)
    limits = RunLimits()
    var callEnd = scanner.position
    scanner.skipBlanks()
    if scanner.takeKeyword("fuel") {
      limits.fuel = try scanner.takeNumber("a number of fuel units")
      callEnd = scanner.position
      scanner.skipBlanks()
    }
    if scanner.takeKeyword("heap") {
      limits.heapBytes = try scanner.takeNumber("a number of bytes")
      callEnd = scanner.position
      scanner.skipBlanks()
    }
    if scanner.takeKeyword("depth") {
      scanner.skipBlanks()
      let column = scanner.column
      limits.depth = try scanner.takeNumber("a number of frames")
      guard 1...1_000_000 ~= limits.depth else {
        throw scanner.error("expected 1 to 1000000 frames", column)
      }
      callEnd = scanner.position
    }
    call = scanner.text(start..<callEnd)
    end = try RunExpectation.end(&scanner)
    scanner.skipBlanks()
    if scanner.takeKeyword("prints") {
      let quoted = try scanner.takeQuoted()
      output = try RunExpectation.text(quoted, scanner)
      scanner.skipBlanks()
    }
    if scanner.takeKeyword("uses") { fuel = try scanner.takeNumber("a number of fuel units") }
    try scanner.expectEnd()
  }

  private static func arguments(
    _ scanner: inout ExpectationScanner
  ) throws(ExpectationError) -> [ObservedValue] {
    guard scanner.takeKeyword("main"), scanner.take("(") else {
      throw scanner.error("expected `main(`")
    }
    var arguments: [ObservedValue] = []
    scanner.skipBlanks()
    if scanner.take(")") { return arguments }
    while true {
      scanner.skipBlanks()
      let column = scanner.column
      let text = scanner.takeText(before: Array(",) \t".utf8))
      do throws(SyntaxError) {
        arguments.append(ObservedValue(try Constant.parse(text)))
      } catch {
        throw scanner.error("`\(text)`: \(error.reason)", column)
      }
      scanner.skipBlanks()
      if scanner.take(")") { return arguments }
      guard scanner.take(",") else { throw scanner.error("expected `,` or `)`") }
    }
  }

  private static func end(
    _ scanner: inout ExpectationScanner
  ) throws(ExpectationError) -> End? {
    scanner.skipBlanks()
    let column = scanner.column
    if scanner.takeKeyword("=") {
      let value = scanner.takeValue(before: keywords)
      guard !value.isEmpty else { throw scanner.error("expected a value after `=`") }
      return .returns(value)
    }
    if scanner.takeKeyword("traps") {
      scanner.skipBlanks()
      let name = scanner.takeWord()
      guard let kind = TrapKind.allCases.first(where: { $0.name == name }) else {
        throw scanner.error("`\(name)` is no trap", column)
      }
      let payload = kind == .thrown ? scanner.takeValue(before: keywords) : ""
      return .traps(kind, payload: payload.isEmpty ? nil : payload, place: try place(&scanner))
    }
    if scanner.takeKeyword("exits") {
      scanner.skipBlanks()
      let name = scanner.takeWord()
      guard let kind = ExitKind.allCases.first(where: { $0.name == name }) else {
        throw scanner.error("`\(name)` is no exit", column)
      }
      return .exits(kind, place: try place(&scanner))
    }
    return nil
  }

  private static func place(
    _ scanner: inout ExpectationScanner
  ) throws(ExpectationError) -> String? {
    scanner.skipBlanks()
    return scanner.takeKeyword("at") ? try scanner.takePlace() : nil
  }

  private static func text(
    _ quoted: String, _ scanner: ExpectationScanner
  ) throws(ExpectationError) -> [UInt8] {
    do throws(SyntaxError) {
      if case .string(let literal) = try Constant.parse(quoted) { return literal.utf8 }
    } catch {
      throw scanner.error("\(quoted) is no text: \(error.reason)")
    }
    throw scanner.error("\(quoted) is no text")
  }
}
