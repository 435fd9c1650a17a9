import Bytecode
import CRuntime
import LLVM

/// The functions of the runtime that generated code calls; `Sources/JIT/Compiler/RuntimeEntries.swift`
/// and `Sources/CRuntime` define them.
enum RuntimeEntry: CaseIterable, Hashable {
  /// A binary instruction of boxed operands: a word, or a trap word. It takes the context first,
  /// for strings.
  case binary
  /// A unary instruction of a boxed operand: a word, or a trap word.
  case unary
  /// A math builtin of boxed arguments: a word, or a trap word.
  case math
  case print
  /// Whether a word is truthy, 1 or 0.
  case truthy
  /// Runs a function in tier 0 with the context's arguments.
  case interpret
  /// Behind a direct call that gave no value: tier 0's result of a callee that left its frames to
  /// it, or the sentinel.
  case finishCallee
  /// Brings a raise to a handler of the function: the payload, or the sentinel if it became an exit.
  case deliver
  /// A fuel event that finds no fuel, or more charged than the context's limit: 0 to go on, or the
  /// trap word of OutOfMemory or OutOfFuel.
  case testBudgets
  /// A safepoint that may be forced, its frame in the deoptimization buffer: 1 to leave, 0 to go on.
  case safepoint
  /// A guard that fails, or holds and may be forced, its frame in the deoptimization buffer, with
  /// whether it holds: 1 to leave, 0 to go on.
  case stopAtGuard
  /// Puts a word into a fresh cell, charging some bytes.
  case makeCell
  /// Makes a closure of captures in a row.
  case makeClosure
  /// Whether a slot's mask admits a word, 1 or 0.
  case admits
  /// Adds a store of a binding to the trace.
  case recordStore
  /// A store that a binding is about to see whose stores are watched.
  case noteStore
  /// Records where and why the run ends.
  case raise
  /// Calls a foreign function: its index, its arguments in memory, and the function and offset of
  /// the call in the halves of a word. A word, or the sentinel with the raise recorded.
  case callForeign
  /// What a numeric kernel returns for a word.
  case kernelResult
  case power, remainder
  /// `CallValue` and `CallMethod` of operands in a row, and the builtins that call back: a word, a
  /// trap word, or all ones if a callee has raised.
  case callValue, callMethod, walk
  /// The empty array that a walk of a builtin gives its results in: the builtin's number and the
  /// array walked. A word, or a trap word.
  case beginWalk
  /// Goes on with a walk whose code does without what it has rested on: the builtin's number, in a
  /// row the array, the callee and what has been made of the elements so far, then the next index
  /// and the length at the start. A word like `walk`'s.
  case goOnWalking
  /// Adds the entry of a callback to the trace.
  case recordCallback
  /// A walk's call of a value with three words: what code of the program has nothing for.
  case callBack
  /// Looks at a function whose counted code has been entered often: the direct entry of better
  /// code, or 0.
  case promote

  var symbol: String {
    switch self {
    case .binary: "tierproof_binary"
    case .unary: "tierproof_unary"
    case .math: "tierproof_math"
    case .print: "tierproof_print"
    case .truthy: "tierproof_truthy"
    case .interpret: "tierproof_interpret"
    case .finishCallee: "tierproof_finish_callee"
    case .deliver: "tierproof_deliver"
    case .testBudgets: "tierproof_test_budgets"
    case .safepoint: "tierproof_safepoint"
    case .stopAtGuard: "tierproof_stop_at_guard"
    case .makeCell: "tierproof_make_cell"
    case .admits: "tierproof_admits"
    case .makeClosure: "tierproof_make_closure"
    case .recordStore: "tierproof_record_store"
    case .noteStore: "tierproof_note_store"
    case .raise: "tierproof_raise"
    case .callForeign: "tierproof_call_foreign"
    case .kernelResult: "tierproof_kernel_result"
    case .power: "jit_math_pow"
    case .remainder: "jit_math_fmod"
    case .callValue: "tierproof_call_value"
    case .callMethod: "tierproof_call_method"
    case .walk: "tierproof_walk"
    case .beginWalk: "tierproof_begin_walk"
    case .goOnWalking: "tierproof_go_on_walking"
    case .recordCallback: "tierproof_record_callback"
    case .callBack: "tierproof_call_back"
    case .promote: "tierproof_promote"
    }
  }

  /// Whether calls of it are rare.
  var isCold: Bool {
    switch self {
    case .interpret, .recordStore, .noteStore, .raise, .finishCallee, .deliver, .testBudgets,
      .safepoint, .stopAtGuard, .callBack, .promote,
      .goOnWalking, .recordCallback:
      true
    case .makeCell, .makeClosure, .admits, .binary, .unary, .math, .print, .truthy, .callForeign,
      .kernelResult, .power, .remainder, .callValue, .callMethod, .walk, .beginWalk:
      false
    }
  }

  /// What it touches of the memory that compiled code reads and writes: the context, cells, tables of
  /// the run and of the module.
  var memory: MemoryEffects {
    switch self {
    // Writes the context. A collection changes marks and cells that nothing reaches, which compiled
    // code never touches; of the others it reads what they refer to, and what a store has not brought
    // there yet is in a register or on the native stack, where it is found too.
    case .testBudgets: .arguments
    // Look at a word and the cell that it is.
    case .truthy, .admits: .reads
    // Compute, and set nothing but errno.
    case .power, .remainder, .kernelResult: .hidden
    case .binary, .unary, .math, .print, .interpret, .finishCallee, .deliver, .safepoint,
      .stopAtGuard, .makeCell, .makeClosure, .recordStore, .noteStore, .raise, .callForeign,
      .callValue, .callMethod, .walk, .callBack, .promote, .beginWalk, .goOnWalking,
      .recordCallback:
      .all
    }
  }

  func type(_ types: IRTypes) -> IRType {
    switch self {
    case .binary:
      .function([types.pointer, types.i32, types.i64, types.i64], returning: types.i64)
    case .unary: .function([types.i32, types.i64], returning: types.i64)
    case .math: .function([types.i32, types.i32, types.pointer], returning: types.i64)
    case .print: .function([types.pointer, types.i32, types.pointer], returning: types.i64)
    case .truthy: .function([types.i64], returning: types.i64)
    case .interpret, .promote: .function([types.pointer, types.i32], returning: types.i64)
    case .finishCallee, .testBudgets: .function([types.pointer], returning: types.i64)
    case .deliver: .function([types.pointer, types.i64], returning: types.i64)
    case .safepoint:
      .function([types.pointer, types.pointer, types.i32], returning: types.i64)
    case .stopAtGuard:
      .function([types.pointer, types.pointer, types.i32, types.i32], returning: types.i64)
    case .makeCell: .function([types.pointer, types.i64, types.i64], returning: types.i64)
    case .makeClosure:
      .function([types.pointer, types.i32, types.pointer], returning: types.i64)
    case .admits: .function([types.i64, types.i64], returning: types.i64)
    case .recordStore, .noteStore:
      .function([types.pointer, types.i32, types.i64], returning: types.void)
    case .raise: .function([types.pointer, types.i64], returning: types.void)
    case .callForeign:
      .function([types.pointer, types.i32, types.pointer, types.i64], returning: types.i64)
    case .kernelResult: .function([types.i64], returning: types.double)
    case .power, .remainder: .function([types.double, types.double], returning: types.double)
    case .callValue:
      .function([types.pointer, types.i32, types.pointer], returning: types.i64)
    case .callMethod:
      .function(
        [types.pointer, types.i32, types.i64, types.pointer, types.pointer], returning: types.i64)
    case .callBack:
      .function(
        [types.pointer, types.i64, types.i64, types.i64, types.i64], returning: types.i64)
    case .beginWalk:
      .function([types.pointer, types.i32, types.i64], returning: types.i64)
    case .goOnWalking:
      .function(
        [types.pointer, types.i32, types.pointer, types.i64, types.i64, types.pointer],
        returning: types.i64)
    case .recordCallback: .function([types.pointer, types.i32], returning: types.void)
    case .walk:
      .function([types.pointer, types.i32, types.pointer, types.pointer], returning: types.i64)
    }
  }
}

/// A word with the tag 0xFFFF reports a trap or exit by its lowest byte, the reason of a
/// `RaiseWord`; all ones stays the sentinel: whatever ended has been recorded already.
enum TrapWord {
  static let first: UInt64 = 0xFFFF_0000_0000_0000

  static func make(_ kind: TrapKind) -> UInt64 { first | UInt64(kind.rawValue) }

  /// The word of a trap or exit that is to be raised at the calling instruction.
  static func make(_ stop: Stop) -> UInt64 {
    switch stop {
    case .trap(let kind): make(kind)
    case .exit(.outOfFuel): first | RaiseWord.outOfFuel
    case .exit(.outOfMemory): first | RaiseWord.outOfMemory
    }
  }
}

/// The site and reason of a raise in one word: function, reason, offset.
enum RaiseWord {
  /// The reasons of exits; those of traps are the traps' numbers.
  static let outOfFuel: UInt64 = 0xFD
  static let outOfMemory: UInt64 = 0xFE
  /// The reason of what a callee has raised and recorded.
  static let passedOn: UInt64 = 0xFF
  static let reasonShift: UInt64 = 32

  static func make(_ function: FunctionIndex, reason: UInt64, offset: Int) -> UInt64 {
    UInt64(function.rawValue) << 40 | reason << reasonShift | UInt64(offset)
  }
}

/// Offsets in the context, from its C declaration.
enum ContextOffset {
  static let canaryReached = MemoryLayout<JITContext>.offset(of: \.canary_reached)!
  static let canaryTriggered = MemoryLayout<JITContext>.offset(of: \.canary_triggered)!
  static let raiseHandlers = MemoryLayout<JITContext>.offset(of: \.raise_handlers)!
  static let pendingPayload = MemoryLayout<JITContext>.offset(of: \.pending_payload)!
  static let closure = MemoryLayout<JITContext>.offset(of: \.closure)!
  static let countdowns = MemoryLayout<JITContext>.offset(of: \.countdowns)!
  static let directTable = MemoryLayout<JITContext>.offset(of: \.direct_table)!
  static let deoptimizationBuffer = MemoryLayout<JITContext>.offset(of: \.deoptimization_buffer)!
  static let deoptimizationPoint = MemoryLayout<JITContext>.offset(of: \.deoptimization_point)!
  static let deoptimizedVersion = MemoryLayout<JITContext>.offset(of: \.deoptimized_version)!
  static let status = MemoryLayout<JITContext>.offset(of: \.status)!
  static let fuel = MemoryLayout<JITContext>.offset(of: \.fuel)!
  static let framesLeft = MemoryLayout<JITContext>.offset(of: \.frames_left)!
  static let bindings = MemoryLayout<JITContext>.offset(of: \.bindings)!
  static let bindingWatches = MemoryLayout<JITContext>.offset(of: \.binding_watches)!
  static let stackLimit = MemoryLayout<JITContext>.offset(of: \.stack_limit)!
  static let recordsEvents = MemoryLayout<JITContext>.offset(of: \.records_events)!
  static let compiledEntries = MemoryLayout<JITContext>.offset(of: \.compiled_entries)!
  static let arguments = MemoryLayout<JITContext>.offset(of: \.arguments)!
}

/// Offsets in a `JITVersion`, from its C declaration.
enum VersionOffset {
  static let armed = MemoryLayout<JITVersion>.offset(of: \.armed)!
  static let valid = MemoryLayout<JITVersion>.offset(of: \.valid)!
}
