import Bytecode

@testable import JIT

/// Assembles and verifies a program.
func verified(_ text: String) throws -> VerifiedProgram {
  try Verifier.verify(try Assembler.assemble(text))
}

/// Runs the main function of a program in tier 0, in a session of its own.
func interpreted(
  _ text: String, _ arguments: [ObservedValue] = [], limits: RunLimits = RunLimits(),
  recordsEvents: Bool = false
) throws -> Outcome {
  let program = try verified(text)
  let session = try InterpreterEngine().prepare(program)
  return try session.run(
    RunRequest(
      entry: program.program.mainIndex, arguments: arguments, limits: limits,
      recordsEvents: recordsEvents))
}

/// A place by function name.
func site(_ function: String, _ offset: Int, in program: VerifiedProgram) throws -> Site {
  guard let index = program.program.functions.firstIndex(where: { $0.name == function }) else {
    throw MissingFunction(name: function)
  }
  return Site(FunctionIndex(index), offset: offset)
}

struct MissingFunction: Error {
  var name: String
}

func int(_ value: Int64) -> Word { Word(int: value) }
func number(_ value: Double) -> Word { Word(number: value) }

/// The word of a scalar constant in text form.
func word(_ text: String) throws -> Word { Word(try Constant.parse(text), StaticStrings()) }

/// A trap's name or a constant in text form.
func wordResult(_ text: String) throws -> WordResult {
  if let kind = TrapKind.allCases.first(where: { $0.name == text }) { return .trap(kind) }
  return .value(try word(text))
}

/// What a computation on words gives.
enum WordResult: Equatable, CustomStringConvertible {
  case value(Word)
  case trap(TrapKind)

  init(_ body: () throws(Stop) -> Word) {
    do { self = .value(try body()) } catch { self = .trap(error.trapKind) }
  }

  var description: String {
    switch self {
    case .value(let word): "\(word)"
    case .trap(let kind): kind.name
    }
  }
}
