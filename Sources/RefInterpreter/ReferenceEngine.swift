import Bytecode
import CFixture

/// The judge: it runs programs by the letter of `Docs/bytecode.md`, for every other engine to be
/// measured by.
///
/// It shares with the judged the opcode table and what the verifier found out, and nothing else.
public struct ReferenceEngine: Engine {
  public let name = EngineName.reference

  public init() {}

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    ReferenceSession(program)
  }
}

final class ReferenceSession: ExecutionRecording {
  private let code: Code
  private let program: Program
  private var shapes: Shapes
  private(set) var executionCounts: [UInt32]
  private(set) var tierUse = TierUse.inapplicable
  private(set) var statistics: [(name: String, value: UInt64)] = []
  private(set) var observations = RunObservations()

  var fingerprint: String { "" }

  init(_ verified: VerifiedProgram) {
    var shapes = Shapes()
    code = Code(verified, names: &shapes.names)
    self.shapes = shapes
    program = verified.program
    executionCounts = [UInt32](repeating: 0, count: verified.program.instructions.count)
  }

  func decline(of function: FunctionIndex) -> Decline? { nil }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    observations = RunObservations()
    try check(request)
    guard code.callsForeign else { return try execute(request) }
    var result: Result<Outcome, EngineFailure>?
    let hasRun = DeepStack.run {
      fixture_reset()
      do throws(EngineFailure) {
        result = .success(try execute(request))
      } catch {
        result = .failure(error)
      }
    }
    guard hasRun, let result else { throw .inconclusive("no thread for foreign calls") }
    return try result.get()
  }

  private func execute(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    // The machine is to hold the only copies: counting must not copy the counts.
    var machine = Machine(
      code: code, request: request, shapes: shapes, executionCounts: executionCounts)
    executionCounts = []
    shapes = Shapes()
    defer {
      executionCounts = machine.executionCounts
      shapes = machine.shapes
      observations.checkpoints = machine.checkpoints.shown
      observations.control = machine.control?.counts
    }
    let arguments = machine.values(of: request.arguments)
    do {
      try machine.begin(with: arguments)
    } catch {
      return finish(
        &machine, .trapped(.typeError, payload: nil, at: machine.raise), showing: nil)
    }
    tierUse = .entered
    switch machine.run() {
    case .finished(let value):
      return finish(&machine, nil, showing: value)
    case .trapped(let trap):
      let ending = Ending.trapped(trap.kind, payload: nil, at: trap.raise)
      return finish(&machine, ending, showing: trap.kind == .thrown ? trap.payload : nil)
    case .exited(let kind, let raise):
      return finish(&machine, .exited(kind, at: raise), showing: nil)
    case .failed(let failure): throw failure
    }
  }

  /// The outcome of a run: with a value to show, that is what it returned or threw.
  private func finish(
    _ machine: inout Machine, _ ending: Ending?, showing value: Value?
  ) -> Outcome {
    statistics = [
      ("instructions", machine.instructionCount), ("fuel", machine.clock),
      ("calls", machine.callCount),
    ]
    var outcome = Outcome(
      ending: ending ?? .returned(.unit), fuel: machine.clock, heapBytes: machine.heap.bytes)
    if let value {
      let (observed, heap) = machine.observeHeap(from: value)
      outcome.heap = heap
      switch ending {
      case .trapped(let kind, _, let raise):
        outcome.ending = .trapped(kind, payload: observed, at: raise)
      case .returned, .exited, nil: outcome.ending = .returned(observed)
      }
    }
    outcome.events = machine.events
    return outcome
  }

  /// Refuses arguments that no caller may pass.
  private func check(_ request: RunRequest) throws(EngineFailure) {
    let parameters = program[request.entry].parameters
    guard request.arguments.count == parameters.count else {
      throw .broken(
        "\(program[request.entry].name) takes \(parameters.count) arguments, "
          + "the request has \(request.arguments.count)")
    }
    let clocks = request.checkpoints.map(\.instant.clock)
    guard zip(clocks, clocks.dropFirst()).allSatisfy({ $0 <= $1 }),
      request.checkpoints.allSatisfy({ $0.frameCount > 0 })
    else {
      throw .broken("checkpoints are requested out of order, or without frames")
    }
    for argument in request.arguments {
      switch argument {
      case .null, .unit, .bool, .number, .string: continue
      case .int(let value):
        guard IntRange.contains(value) else {
          throw .broken("an argument of the request is an int outside the 48-bit range")
        }
      case .function(let function):
        guard function.position < program.functions.count else {
          throw .broken("an argument of the request is a function the program does not have")
        }
      case .identity(let kind, _):
        throw .unsupported(Unsupported(feature: "argument of kind \(kind.name)", site: nil))
      }
    }
  }
}

extension Machine {
  /// Makes the arguments of a run; what they take of the heap is free.
  ///
  /// - Precondition: none has an identity.
  mutating func values(of arguments: [ObservedValue]) -> [Value] {
    arguments.map { argument in
      switch argument {
      case .null: return .null
      case .unit: return .unit
      case .bool(let value): return .bool(value)
      case .int(let value): return .int(value)
      case .number(let bits): return .number(Double(bitPattern: bits))
      case .string(let literal): return heap.make(string: literal.utf8)
      case .function(let function): return .function(function)
      case .identity: preconditionFailure("arguments with an identity are refused")
      }
    }
  }
}
