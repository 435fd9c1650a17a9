import Bytecode

/// Imports a function of a freshly generated program and calls it.
struct SpliceMutator: Mutator {
  let name = "splice"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let donor = ProgramGenerator.program(
      seed: subject.entropy.word(),
      options: GeneratorOptions(
        size: 60, riskyPerThousand: 0, language: subject.isWhole ? .whole : .core))
    guard let verified = try? Verifier.verify(donor) else {
      preconditionFailure("a generated program verifies")
    }
    return subject.splice(from: verified)
  }
}
