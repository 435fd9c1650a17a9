import Bytecode
import CRuntime

@testable import JIT

/// A run in which a test calls foreign functions itself, as an instruction of main would.
struct ForeignRun {
  let state: RunState
  let program: VerifiedProgram
  /// The instruction that calls.
  let site: Site

  /// - Parameter text: declarations and functions besides those of the library `fixture`.
  init(_ text: String = "", _ adjust: (inout RunRequest) -> Void = { _ in }) throws {
    program = try verified(Fixture.declarations + text)
    state = RunState(program: TierZeroProgram(program))
    site = Site(program.program.mainIndex, offset: 0)
    var request = RunRequest(entry: program.program.mainIndex, recordsEvents: true)
    adjust(&request)
    try state.begin(request)
    state.context.pointee.native_stack_top = UInt64(jit_stack_position()) + 4096
  }

  /// The constant in text form.
  func word(_ text: String) throws -> Word { Word(try Constant.parse(text), state.strings) }

  func function(_ name: String) throws -> Word {
    Word(function: try JITTests.site(name, 0, in: program).function)
  }

  /// Calls a foreign function by its name with arguments in a frame of main.
  func call(_ name: String, _ arguments: [Word]) throws -> Word {
    guard let index = program.program.foreignFunctions.firstIndex(where: { $0.name == name }) else {
      throw MissingFunction(name: name)
    }
    let frame = state.stackTop
    frame.update(from: arguments, count: arguments.count)
    state.stackTop = frame + arguments.count
    state.noteFrame(frame)
    defer { state.stackTop = frame }
    return state.callForeign(ForeignIndex(index), UnsafePointer(frame), at: site)
  }

  /// What the run ended with, the result being the last one.
  func finish(_ result: Word) throws -> Outcome { try state.finish(result) }

  /// The result or trap of the only call of a run.
  func ending(_ name: String, _ arguments: [Word]) throws -> Ending {
    try finish(try call(name, arguments)).ending
  }
}
