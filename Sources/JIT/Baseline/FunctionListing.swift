import Bytecode

/// One function's intermediate code and machine code in the baseline tier, as text.
///
/// Values and blocks of the intermediate code carry the bytecode offset they come from in their
/// names.
public struct FunctionListing: Sendable {
  public let intermediateCode: String
  public let machineCode: String

  /// Compiles the program and cuts out the listings of a function.
  ///
  /// - Throws: `.broken` if the compiler fails. A declined function or program is no failure: its
  ///   listings say why.
  public init(
    of function: FunctionIndex, in program: VerifiedProgram
  ) throws(EngineFailure) {
    if let unsupported = NumericCore.firstUnsupported(in: program) {
      let reason = DeclineReason.interpreterOnlyFeature(unsupported.feature)
      (intermediateCode, machineCode) = Self.declined(reason)
      return
    }
    let compiled = try BaselineCompiler(options: CompileOptions(keepsListings: true))
      .compileProgram(program)
    if let decline = compiled.declines.first(where: { $0.function == function }) {
      (intermediateCode, machineCode) = Self.declined(decline.reason)
      return
    }
    let name = directName(program.program[function], function)
    intermediateCode = Self.definition(of: name, in: compiled.intermediateCode ?? "")
    machineCode = Self.code(of: name, in: compiled.machineCode ?? "")
  }

  private static func declined(_ reason: DeclineReason) -> (String, String) {
    let text = "declined: \(reason.description)"
    return (text, text)
  }

  /// The lines from the definition's first to its closing brace.
  private static func definition(of name: String, in module: String) -> String {
    var lines: [Substring] = []
    for line in module.split(separator: "\n", omittingEmptySubsequences: false) {
      if lines.isEmpty {
        guard line.hasPrefix("define "),
          line.contains("@\(name)(") || line.contains("@\"\(name)\"(")
        else { continue }
      }
      lines.append(line)
      if line == "}" { break }
    }
    return lines.joined(separator: "\n")
  }

  /// The lines from the symbol's to the next symbol's.
  private static func code(of name: String, in listing: String) -> String {
    let lines = listing.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "\(name):" }
    guard let symbol = lines.first else { return "" }
    return ([symbol] + lines.dropFirst().prefix { $0.hasPrefix(" ") }).joined(separator: "\n")
  }
}
