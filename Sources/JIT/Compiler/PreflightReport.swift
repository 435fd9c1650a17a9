import Bytecode

/// What keeps instructions out of compiled code, known before anything is compiled.
public struct PreflightReport: Hashable, Sendable {
  /// The opcodes that only interpreters run: each once, by name in ascending order.
  public let opcodes: [Opcode]
  /// The builtins that only interpreters run: each once, by name in ascending order.
  public let builtins: [Builtin]

  /// Whether nothing keeps the instructions out.
  public var canCompile: Bool { opcodes.isEmpty && builtins.isEmpty }

  /// The findings in the founding system's form: `opcodes=[A, B]; builtins=[C]`, lists that are
  /// empty left out, or `none`.
  public var summary: String {
    let lists = [
      ("opcodes", opcodes.map(\.facts.name)), ("builtins", builtins.map(\.facts.name)),
    ].filter { !$0.1.isEmpty }
    if lists.isEmpty { return "none" }
    return lists.map { "\($0.0)=[\($0.1.joined(separator: ", "))]" }.joined(separator: "; ")
  }

  /// Looks at one function.
  ///
  /// - Complexity: O(instructions).
  public init(of function: FunctionIndex, in program: VerifiedProgram) {
    self.init(of: program.program.body(of: function))
  }

  /// Looks at a whole program.
  ///
  /// - Complexity: O(instructions).
  public init(of program: VerifiedProgram) { self.init(of: program.program.instructions[...]) }

  private init(of instructions: ArraySlice<Instruction>) {
    var opcodes: Set<Opcode> = []
    var builtins: Set<Builtin> = []
    for instruction in instructions {
      if Self.isInterpreterOnly(instruction.opcode) { opcodes.insert(instruction.opcode) }
      if case .builtin(let builtin, _) = instruction.operand, Self.isInterpreterOnly(builtin) {
        builtins.insert(builtin)
      }
    }
    self.opcodes = opcodes.sorted { $0.facts.name < $1.facts.name }
    self.builtins = builtins.sorted { $0.facts.name < $1.facts.name }
  }

  /// Whether no compiled tier runs the opcode: `Debug`, which is there to be seen by whoever steps
  /// through tier 0.
  static func isInterpreterOnly(_ opcode: Opcode) -> Bool { opcode == .debug }

  /// Whether no compiled tier runs the builtin: none is left to interpreters.
  static func isInterpreterOnly(_ builtin: Builtin) -> Bool { false }
}
