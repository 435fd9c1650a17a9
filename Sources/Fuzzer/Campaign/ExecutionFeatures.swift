import Bytecode

/// A builtin called as a method of a receiver.
public struct MethodReach: Hashable, Sendable {
  public var builtin: Builtin
  public var receiver: ValueKind
}

/// What the judge's runs of a program reached.
struct ExecutionFeatures {
  private(set) var opcodes: Set<Opcode> = []
  private(set) var builtins: Set<Builtin> = []
  private(set) var widths: Set<NumericWidth> = []
  /// Methods of receivers of which inference knows the kind.
  private(set) var methods: Set<MethodReach> = []
  /// Symbols of foreign functions.
  private(set) var symbols: Set<String> = []
  /// Whether a backward jump was taken: its loop ran twice.
  private(set) var hasRepeatedLoop = false

  init(program verified: VerifiedProgram, report: CheckReport) {
    let program = verified.program
    guard report.executionCounts.count == program.instructions.count else { return }
    for (position, function) in program.functions.enumerated() {
      for offset in 0..<function.bodyLength
      where report.executionCounts[function.entryPoint + offset] > 0 {
        note(Site(FunctionIndex(position), offset: offset), verified)
        if isTakenBackward(
          offset, of: function, in: program, verified.functions[position], report)
        {
          hasRepeatedLoop = true
        }
      }
    }
  }

  private mutating func note(_ site: Site, _ verified: VerifiedProgram) {
    let program = verified.program
    let instruction = program.instructions[program[site.function].entryPoint + site.offset]
    opcodes.insert(instruction.opcode)
    switch instruction.operand {
    case .builtin(let builtin, _): builtins.insert(builtin)
    case .width(let width), .localWidth(_, let width): widths.insert(width)
    case .foreign(let index):
      symbols.insert(program.foreignFunctions[index.position].symbol)
    case .method(let name, let count):
      guard let state = verified.state(of: site.function, at: site.offset),
        let kind = state.stack[state.stack.count - 1 - count].only,
        let builtin = Builtin.method(program.strings[name.position], on: kind)
      else { return }
      methods.insert(MethodReach(builtin: builtin, receiver: kind))
    case .none, .constant, .local, .binding, .capture, .function, .schema, .field, .jump, .loop,
      .count, .property:
      break
    }
  }

  /// Whether a jump back was taken for sure: it goes nowhere else, or what is behind it was started
  /// less often.
  private func isTakenBackward(
    _ offset: Int, of function: Function, in program: Program, _ facts: FunctionFacts,
    _ report: CheckReport
  ) -> Bool {
    let pointer = function.entryPoint + offset
    let opcode = program.instructions[pointer].opcode
    guard facts.targets[offset] >= 0, Int(facts.targets[offset]) <= offset, opcode != .setupTry
    else { return false }
    return !opcode.mayContinue
      || report.executionCounts[pointer + 1] < report.executionCounts[pointer]
  }
}

extension Opcode {
  /// Whether a jump may go on with the next instruction.
  fileprivate var mayContinue: Bool {
    switch facts.pops {
    case .fixed(let count): count > 0
    case .parameters, .foreignParameters, .captures, .count, .pairs, .fields, .property: true
    }
  }
}
