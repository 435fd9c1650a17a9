import Bytecode

/// Makes programs that verify by construction, with schedules to run them by.
///
/// The same seed or bytes and options give the same program, in every process.
public enum ProgramGenerator {
  /// The program of a seed.
  public static func program(
    seed: UInt64, options: GeneratorOptions = GeneratorOptions()
  ) -> Program {
    program(Entropy(seed: seed), options: options)
  }

  /// The program bytes stand for: every byte string stands for one, and each byte decides one
  /// thing, so that a small change of the bytes is mostly a small change of the program.
  public static func program(
    from bytes: [UInt8], options: GeneratorOptions = GeneratorOptions()
  ) -> Program {
    program(Entropy(bytes: bytes), options: options)
  }

  private static func program(_ entropy: Entropy, options: GeneratorOptions) -> Program {
    var build = ProgramBuild(entropy: entropy, options: options)
    build.run()
    guard var program = build.program.program() else {
      preconditionFailure("the generator left a jump without its target")
    }
    build.addExitsAndReplacements(to: &program)
    build.addClaims(to: &program)
    build.addFailuresAndBreaks(to: &program)
    return program
  }
}
