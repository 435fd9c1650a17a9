import Bytecode
import Testing

/// The findings of a program in text form, each as `RULE at FUNCTION+OFFSET` or `RULE`.
func findings(of source: String) throws -> [String] {
  try findings(of: Assembler.assemble(source))
}

/// The findings of a program, each as `RULE at FUNCTION+OFFSET` or `RULE`.
func findings(of program: Program) -> [String] {
  do throws(VerificationFailure) {
    _ = try Verifier.verify(program)
    return []
  } catch {
    return error.findings.map { finding in
      let place = finding.site.map { " at " + program.description(of: $0) } ?? ""
      return finding.rule.rawValue + place
    }
  }
}

/// Verifies a program in text form.
func verified(_ source: String) throws -> VerifiedProgram {
  try Verifier.verify(Assembler.assemble(source))
}

/// Makes a program of one main function out of instructions.
func programOfMain(
  parameters: [Parameter] = [], locals: [Slot] = [], constants: [Constant] = [],
  _ instructions: [Instruction]
) -> Program {
  Program(
    instructions: instructions, constants: constants,
    functions: [
      Function(
        name: "main", parameters: parameters, locals: locals, entryPoint: 0,
        bodyLength: instructions.count)
    ])
}

extension VerifiedProgram {
  /// The function of a name.
  func index(of name: String) throws -> FunctionIndex {
    FunctionIndex(try #require(program.functions.firstIndex { $0.name == name }))
  }
}
