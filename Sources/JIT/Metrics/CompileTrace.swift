import Bytecode

/// What a compiler is given: the program's instructions, before any is compiled.
public struct CompileTrace: EnvironmentReport, Sendable {
  /// The environment variable that asks for this and for `RunTrace`.
  public static let variable = "SHAPE_JIT_DEBUG"

  /// The compiler's name in the founding system.
  public let compiler: String
  private let program: Program

  public init(of program: Program, compiler: String) {
    self.program = program
    self.compiler = compiler
  }

  /// The counts, then the instructions by their index in the program, in the text form.
  ///
  /// - Complexity: O(size of the program).
  public var allLines: [String] {
    let placed = program.withTextLines()
    let text = Printer.print(placed).split(separator: "\n", omittingEmptySubsequences: false)
    var instructions = [String](repeating: "", count: program.instructions.count)
    for function in placed.functions {
      for (offset, line) in function.lines.enumerated() {
        instructions[function.entryPoint + offset] = String(text[line - 1].drop { $0 == " " })
      }
    }
    return [
      "[jit-debug] starting \(compiler) with \(program.instructions.count) instructions, "
        + "\(program.functions.count) functions"
    ] + instructions.enumerated().map { "[jit-debug] instr[\($0.offset)]: \($0.element)" }
  }

  public func lines(environment: (String) -> String?) -> [String] {
    environment(Self.variable) == nil ? [] : allLines
  }
}

/// That a program is compiled and runs next.
public struct RunTrace: EnvironmentReport, Sendable {
  public static let line = "[jit-debug] compilation OK, about to execute..."

  public init() {}

  public func lines(environment: (String) -> String?) -> [String] {
    environment(CompileTrace.variable) == nil ? [] : [Self.line]
  }
}
