import Bytecode

/// The judge: it runs programs by the letter of `Docs/bytecode.md`, for every other engine to be
/// measured by.
///
/// It shares with the judged the opcode table and what the verifier found out, and nothing else.
public struct ReferenceEngine: Engine {
  public let name = EngineName.reference

  public init() {}

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    if let unsupported = NumericCore.firstUnsupported(in: program) {
      throw .unsupported(unsupported)
    }
    return ReferenceSession(program)
  }
}

final class ReferenceSession: ExecutionRecording {
  private let code: Code
  private let program: Program
  private(set) var executionCounts: [UInt32]
  private(set) var tierUse = TierUse.inapplicable
  private(set) var statistics: [(name: String, value: UInt64)] = []

  var fingerprint: String { "" }

  init(_ verified: VerifiedProgram) {
    code = Code(verified)
    program = verified.program
    executionCounts = [UInt32](repeating: 0, count: verified.program.instructions.count)
  }

  func decline(of function: FunctionIndex) -> Decline? { nil }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    let arguments = try values(of: request)
    var machine = Machine(
      code: code, request: request, arguments: arguments, executionCounts: executionCounts)
    // The machine is to hold the only copy: counting must not copy the counts.
    executionCounts = []
    defer { executionCounts = machine.executionCounts }
    let layout = code.layouts[request.entry.position]
    guard machine.areAdmitted(arguments[...], by: layout) else {
      return finish(machine, .trapped(.typeError, payload: nil, at: machine.raise))
    }
    tierUse = .entered
    let ending = try runToEnd(&machine, stepLimit: request.limits.referenceSteps ?? .max)
    return finish(machine, ending)
  }

  /// Runs steps until the program ends or the step limit is reached.
  private func runToEnd(
    _ machine: inout Machine, stepLimit: UInt64
  ) throws(EngineFailure) -> Ending {
    do {
      while machine.instructionCount < stepLimit {
        try machine.step()
      }
    } catch {
      switch error {
      case .finished(let value): return .returned(value.observed)
      case .trapped(let kind): return .trapped(kind, payload: nil, at: machine.raise)
      case .exited(let kind): return .exited(kind, at: machine.raise)
      case .disproved:
        let opcode = code.instructions[machine.frame.instructionPointer].opcode
        let site = program.description(of: machine.site)
        throw .broken("\(opcode.facts.name) at \(site) met a kind that verification ruled out")
      }
    }
    throw .inconclusive("reference step limit")
  }

  private func finish(_ machine: Machine, _ ending: Ending) -> Outcome {
    statistics = [
      ("instructions", machine.instructionCount), ("fuel", machine.clock),
      ("calls", machine.callCount),
    ]
    return Outcome(ending: ending, fuel: machine.clock, events: machine.events)
  }

  private func values(of request: RunRequest) throws(EngineFailure) -> [Value] {
    let parameters = program[request.entry].parameters
    guard request.arguments.count == parameters.count else {
      throw .broken(
        "\(program[request.entry].name) takes \(parameters.count) arguments, "
          + "the request has \(request.arguments.count)")
    }
    if let unsupported = NumericCore.firstUnsupported(in: request.arguments) {
      throw .unsupported(unsupported)
    }
    var values: [Value] = []
    for argument in request.arguments {
      guard let value = Value(argument) else {
        throw .broken("an argument of the request is an int outside the 48-bit range")
      }
      values.append(value)
    }
    return values
  }
}
