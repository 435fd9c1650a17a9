import Bytecode
import CRuntime
import LLVM

/// The module being made and what is declared in it.
final class ModuleScope {
  let types: IRTypes
  let context: CodeContext
  private var module: ModuleBuilder?
  private var runtime: [RuntimeEntry: IRFunction] = [:]
  private var heapRuntime: [HeapEntry: IRFunction] = [:]
  private var intrinsics: [Intrinsic: IRFunction] = [:]
  private var overflowMultiply: IRFunction?

  init(named name: String, in context: CodeContext, machine: borrowing TargetMachine) {
    let module = ModuleBuilder(named: name, in: context)
    machine.adopt(module)
    types = context.types
    self.context = context
    self.module = consume module
  }

  /// Hands the finished module over; nothing may be added afterwards.
  func take() -> ModuleBuilder {
    guard let module = module.take() else { preconditionFailure("the module was taken before") }
    return module
  }

  func withModule<Result>(_ body: (borrowing ModuleBuilder) -> Result) -> Result {
    guard module != nil else { preconditionFailure("the module was taken before") }
    return body(module!)
  }

  /// A function of the runtime, declared at its first use.
  func callee(_ entry: RuntimeEntry) -> IRFunction {
    if let known = runtime[entry] { return known }
    let function = withModule {
      $0.addFunction(
        named: entry.symbol, type: entry.type(types), linkage: .external, isCold: entry.isCold)
    }
    runtime[entry] = function
    return function
  }

  /// A function of the runtime for heap values, declared at its first use.
  func callee(_ entry: HeapEntry) -> IRFunction {
    if let known = heapRuntime[entry] { return known }
    let function = withModule {
      $0.addFunction(named: entry.symbol, type: entry.type(types), linkage: .external)
    }
    heapRuntime[entry] = function
    return function
  }

  /// A function that is an instruction or a few, declared at its first use.
  func intrinsic(_ intrinsic: Intrinsic) -> IRFunction {
    if let known = intrinsics[intrinsic] { return known }
    let function = withModule {
      $0.addFunction(named: intrinsic.symbol, type: intrinsic.type(types), linkage: .external)
    }
    intrinsics[intrinsic] = function
    return function
  }

  /// Makes the cache of a named access; empty until the runtime fills it.
  func addPropertySite(_ function: FunctionIndex, _ offset: Int) -> IRValue {
    withModule {
      $0.addVariable(
        named: "property.\(function.position).\(offset)", type: types.i64.array(count: 2))
    }
  }

  /// `llvm.smul.with.overflow.i64`
  var multiplyWithOverflow: IRFunction {
    if let known = overflowMultiply { return known }
    let result = IRType.structure([types.i64, types.i1], in: context)
    let function = withModule {
      $0.addFunction(
        named: "llvm.smul.with.overflow.i64",
        type: .function([types.i64, types.i64], returning: result), linkage: .external)
    }
    overflowMultiply = function
    return function
  }

  /// Declares a function with the direct convention its declared slot kinds give.
  func declareDirect(_ function: Function, _ index: FunctionIndex) -> IRFunction {
    let representations = function.parameters.map { Representation($0.kind) }
    let parameters = [types.pointer] + representations.map { $0.type(in: types) }
    return withModule { module in
      let declared = module.addFunction(
        named: directName(function, index),
        type: .function(parameters, returning: types.result), linkage: .internal)
      for (position, representation) in representations.enumerated()
      where representation == .bool {
        module.zeroExtend(parameter: position + 1, of: declared)
      }
      return declared
    }
  }
}

extension ModuleScope {
  /// Declares a function's public entry `(context, unused) -> word`.
  func declarePublic(_ index: FunctionIndex) -> IRFunction {
    withModule {
      $0.addFunction(
        named: "entry.\(index.position)",
        type: .function([types.pointer, types.pointer], returning: types.i64),
        linkage: .internal)
    }
  }
}

/// The symbol of a function's direct entry.
func directName(_ function: Function, _ index: FunctionIndex) -> String {
  "f.\(index.position).\(function.name)"
}

/// The name of the program's function whose direct entry a symbol is; another symbol itself.
func programName(ofSymbol symbol: String) -> String {
  let parts = symbol.split(separator: ".", maxSplits: 2)
  guard parts.count == 3, parts[0] == "f", Int(parts[1]) != nil else { return symbol }
  return String(parts[2])
}

/// The functions of the runtime that generated code calls; `Sources/JIT/Baseline/RuntimeEntries.swift`
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
  /// Adds a store of a binding to the trace.
  case recordStore
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
  /// Has tier 0 finish a callee that has left its frames in the deoptimization buffer: its result,
  /// or all ones if it has raised.
  case finishCallee

  var symbol: String {
    switch self {
    case .binary: "tierproof_binary"
    case .unary: "tierproof_unary"
    case .math: "tierproof_math"
    case .print: "tierproof_print"
    case .truthy: "tierproof_truthy"
    case .interpret: "tierproof_interpret"
    case .recordStore: "tierproof_record_store"
    case .raise: "tierproof_raise"
    case .callForeign: "tierproof_call_foreign"
    case .kernelResult: "tierproof_kernel_result"
    case .power: "jit_math_pow"
    case .remainder: "jit_math_fmod"
    case .callValue: "tierproof_call_value"
    case .callMethod: "tierproof_call_method"
    case .walk: "tierproof_walk"
    case .finishCallee: "tierproof_finish_callee"
    }
  }

  /// Whether calls of it are rare.
  var isCold: Bool {
    switch self {
    case .interpret, .recordStore, .raise, .finishCallee: true
    case .binary, .unary, .math, .print, .truthy, .callForeign, .kernelResult, .power, .remainder,
      .callValue, .callMethod, .walk:
      false
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
    case .interpret: .function([types.pointer, types.i32], returning: types.i64)
    case .recordStore: .function([types.pointer, types.i32, types.i64], returning: types.void)
    case .raise: .function([types.pointer, types.i64], returning: types.void)
    case .callForeign:
      .function([types.pointer, types.i32, types.pointer, types.i64], returning: types.i64)
    case .kernelResult: .function([types.i64], returning: types.double)
    case .power, .remainder: .function([types.double, types.double], returning: types.double)
    case .finishCallee: .function([types.pointer], returning: types.i64)
    case .callValue, .walk:
      .function([types.pointer, types.i32, types.pointer], returning: types.i64)
    case .callMethod:
      .function([types.pointer, types.i32, types.i64, types.pointer], returning: types.i64)
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
  static let outOfFuel: UInt64 = 0xFF
  static let outOfMemory: UInt64 = 0xFE
  static let reasonShift: UInt64 = 32

  static func make(_ function: FunctionIndex, reason: UInt64, offset: Int) -> UInt64 {
    UInt64(function.rawValue) << 40 | reason << reasonShift | UInt64(offset)
  }
}

/// Offsets in the context, from its C declaration.
enum ContextOffset {
  static let fuel = MemoryLayout<JITContext>.offset(of: \.fuel)!
  static let framesLeft = MemoryLayout<JITContext>.offset(of: \.frames_left)!
  static let bindings = MemoryLayout<JITContext>.offset(of: \.bindings)!
  static let stackLimit = MemoryLayout<JITContext>.offset(of: \.stack_limit)!
  static let recordsEvents = MemoryLayout<JITContext>.offset(of: \.records_events)!
  static let compiledEntries = MemoryLayout<JITContext>.offset(of: \.compiled_entries)!
  static let arguments = MemoryLayout<JITContext>.offset(of: \.arguments)!
}
