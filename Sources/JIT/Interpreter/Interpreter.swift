import Bytecode
import CRuntime

/// Runs a function in tier 0 to its end; what it calls may run in compiled code.
///
/// The caller has charged the call and checked the arguments, and gives the frame back after a
/// value. Re-entrant: compiled code may call it from below an interpreted frame.
///
/// - Parameter arguments: one word for each parameter; copied before anything runs.
/// - Parameter closure: the closure called, if it is one.
/// - Parameter entersCompiledCode: whether calls may leave tier 0; false where the native stack is
///   nearly used up, since going to and fro between tiers uses some for each call.
/// - Returns: the result, or the sentinel with the context's status set.
func interpret(
  _ function: FunctionIndex, arguments: UnsafePointer<Word>, closure: Word = .null,
  state: RunState, entersCompiledCode: Bool = true
) -> Word {
  let callee = state.functions + function.position
  let base = state.stackTop + 1
  base[-1] = closure
  let calls = state.callsTop
  base.update(from: arguments, count: callee.pointee.parameterCount)
  callee.pointee.begin(base)
  callee.pointee.calls &+= 1
  calls.pointee = state.program.instructions
  return state.run(
    TierZeroRegisters(position: callee.pointee.entry, base: base, calls: calls + 1),
    TierZeroActivation(state), entersCompiledCode: entersCompiledCode)
}

extension RunState {
  /// Runs the loop, and leaves the value stack as it was.
  ///
  /// The pending calls of a raise stay: they are part of what the run reports.
  func run(
    _ start: TierZeroRegisters, _ activation: TierZeroActivation, entersCompiledCode: Bool
  ) -> Word {
    let compiled = entersCompiledCode ? functionTable : emptyFunctionTable
    // Something is left to do behind the loop, so that this frame stays while it runs: all that the
    // loop calls keeps its values below.
    noteNativeStack()
    let result = TierZeroLoop.run(start, activation, compiled, self)
    stackTop = activation.stackTop
    noteStackTop()
    return result
  }
}

/// Tier 0 as an engine.
public struct InterpreterEngine: Engine {
  public init() {}

  public var name: EngineName { .interpreter }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    InterpreterSession(program)
  }
}

/// A program prepared on tier 0.
final class InterpreterSession: EngineSession {
  private let program: TierZeroProgram
  private let state: RunState
  private var lastFuel: UInt64 = 0
  private(set) var tierUse: TierUse = .inapplicable

  init(_ verified: VerifiedProgram) {
    program = TierZeroProgram(verified)
    state = RunState(program: program)
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    try state.begin(request)
    var result = Word.sentinel
    if state.admitArguments(request) {
      result = try state.withRoomForCallbacks {
        interpret(request.entry, arguments: state.arguments, state: state)
      }
      tierUse = .entered
    }
    let outcome = try state.finish(result)
    lastFuel = outcome.fuel
    return outcome
  }

  func decline(of function: FunctionIndex) -> Decline? { nil }

  var fingerprint: String { program.feedbackListing(state.shapes) }

  var statistics: [(name: String, value: UInt64)] {
    // The entry is no call.
    let entries = program.entriesOfRun
    return [
      ("instructions", state.executedInstructions), ("fuel", lastFuel),
      ("calls", entries == 0 ? 0 : entries - 1),
    ]
  }
}
