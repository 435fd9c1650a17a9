import Bytecode

/// What the judge's runs of a program reached.
struct ExecutionFeatures {
  private(set) var opcodes: Set<Opcode> = []
  private(set) var builtins: Set<Builtin> = []
  private(set) var widths: Set<NumericWidth> = []
  /// Whether a backward jump was taken: its loop ran twice.
  private(set) var hasRepeatedLoop = false

  init(program: Program, report: CheckReport) {
    guard report.executionCounts.count == program.instructions.count else { return }
    var calls: UInt64 = 0
    for (pointer, count) in report.executionCounts.enumerated() where count > 0 {
      let instruction = program.instructions[pointer]
      opcodes.insert(instruction.opcode)
      if instruction.opcode == .call { calls += UInt64(count) }
      switch instruction.operand {
      case .builtin(let builtin, _): builtins.insert(builtin)
      case .width(let width), .localWidth(_, let width): widths.insert(width)
      case .none, .constant, .local, .binding, .capture, .function, .foreign, .schema, .field,
        .jump, .loop, .count, .method, .property:
        break
      }
    }
    // Fuel counts entered calls and backward jumps; calls started are no fewer than entered ones.
    hasRepeatedLoop = report.outcomes.reduce(0) { $0 + $1.fuel } > calls
  }
}
