import Bytecode

/// How a frame came to be, and so where its result goes.
enum Origin: BitwiseCopyable {
  /// The harness entered it.
  case entry
  /// An instruction called it.
  case call
  /// The innermost walk called it.
  case walk
  /// A foreign function called it.
  case foreign
}

/// A function a call may enter.
struct Callee: BitwiseCopyable {
  let function: FunctionIndex
  /// The place of the closure, −1 for a function without captures.
  let closure: Int
}

/// A frame of a bytecode function.
struct Frame: BitwiseCopyable {
  let callee: Callee
  /// The instruction about to run or, in a caller, the call that waits.
  var instructionPointer: Int
  /// The place of the frame's first parameter in the machine's `locals`.
  let firstLocal: Int
  /// The place of the frame's first operand in the machine's `operands`.
  let firstOperand: Int
  /// The place of the frame's first handler in the machine's `handlers`.
  let firstHandler: Int
  let origin: Origin
  /// Calls of the run before this one.
  let activation: UInt64

  var function: FunctionIndex { callee.function }
}

/// Why an instruction did not go on to a next one.
enum Stop: Error {
  /// The program, or a callback of a foreign function, ended.
  case finished(Value)
  /// A built-in trap, raised at the running instruction.
  case trapped(TrapKind)
  case thrown(Value)
  case exited(ExitKind)
  /// What ended a callback of the foreign function just called.
  case passedOn(End)
  case hostMemoryExhausted
  /// A trusted instruction met a kind that the verifier had ruled out.
  case disproved
}

/// How a run, or a callback of a foreign function, ended.
enum End {
  case finished(Value)
  case trapped(Trap)
  case exited(ExitKind, at: Raise)
  case failed(EngineFailure)
}

/// A trap as a handler gets it.
struct Trap {
  let kind: TrapKind
  /// The name of a built-in trap, what a `Throw` took.
  let payload: Value
  let raise: Raise
}
