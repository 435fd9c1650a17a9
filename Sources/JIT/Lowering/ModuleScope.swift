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
  /// The program whose functions call each other; nil for kernels.
  let linkage: ModuleLinkage?
  private var direct: [FunctionIndex: IRFunction] = [:]
  var helpers = CallHelpers()
  private var constants: [ConstantKey: IRValue] = [:]
  private var versionGlobal: IRValue?
  /// What the loader fills in, in the order of the module's table.
  private(set) var cells: [ModuleCell] = []
  private(set) var cellAddresses: [IRValue] = []

  init(
    named name: String, in context: CodeContext, machine: borrowing TargetMachine,
    linkage: ModuleLinkage? = nil
  ) {
    let module = ModuleBuilder(named: name, in: context)
    machine.adopt(module)
    types = context.types
    self.context = context
    self.linkage = linkage
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
    let representations = function.parameters.map(\.representation)
    let closure = function.captures.isEmpty ? [] : [types.i64]
    let parameters = [types.pointer] + closure + representations.map { $0.type(in: types) }
    return withModule { module in
      let declared = module.addFunction(
        named: directName(function, index),
        type: .function(parameters, returning: types.result), linkage: .internal)
      for (position, representation) in representations.enumerated()
      where representation == .bool {
        module.zeroExtend(parameter: position + 1 + closure.count, of: declared)
      }
      return declared
    }
  }
}

// MARK: - The program

/// What a module's functions need to know of the program around it.
struct ModuleLinkage {
  let program: VerifiedProgram
  /// Bindings whose words are cells.
  let sharedBindings: [Bool]
  /// Whether any instruction of the program may charge bytes of the heap.
  let testsHeapLimit: Bool
  /// Functions that values may call, in ascending order.
  let values: [FunctionIndex]
  let methods: MethodTable

  init(_ program: VerifiedProgram) {
    self.program = program
    sharedBindings = program.program.boxedBindings
    values = program.program.functionsOfValues
    methods = MethodTable(program.program)
    testsHeapLimit = NumericCore.firstUnsupported(in: program) != nil
  }
}

/// A word that differs between runs or processes: the loader writes it.
enum ConstantKey: Hashable {
  /// A string of the constant pool.
  case constant(ConstantIndex)
  /// A property or method name.
  case string(StringIndex)
}

/// A global of a module that its loader fills in.
enum ModuleCell: Hashable {
  case constant(ConstantKey)
  /// The `JITVersion` of the module's code.
  case version
}

extension ModuleScope {
  var program: VerifiedProgram {
    guard let linkage else { preconditionFailure("kernels call no functions of the program") }
    return linkage.program
  }

  var testsHeapLimit: Bool { linkage?.testsHeapLimit ?? false }

  func isShared(_ binding: BindingIndex) -> Bool {
    linkage?.sharedBindings[binding.position] ?? false
  }

  /// The direct entry of a function: the one in this module or, made at its first use, one that
  /// finds the newest version elsewhere.
  func direct(_ index: FunctionIndex) -> IRFunction {
    if let known = direct[index] { return known }
    let code = declareDirect(program.program[index], index)
    direct[index] = code
    FunctionLowering(program, index, form: .function, code: code, scope: self).lowerElsewhere()
    return code
  }

  /// Declares the direct entry of a function that this module is to hold.
  func declare(_ index: FunctionIndex) -> IRFunction {
    let code = declareDirect(program.program[index], index)
    direct[index] = code
    return code
  }

  /// Declares code that begins at a loop header, `(context) -> {word, signal}`.
  func declareLoop(_ name: String) -> IRFunction {
    withModule {
      $0.addFunction(
        named: name, type: .function([types.pointer], returning: types.result),
        linkage: .internal)
    }
  }

  /// The address of a word that the loader fills in.
  func constantAddress(_ key: ConstantKey) -> IRValue {
    if let known = constants[key] { return known }
    let global = addCell(.constant(key), byteCount: 8)
    constants[key] = global
    return global
  }

  /// The address of the module's `JITVersion`.
  var version: IRValue {
    if let known = versionGlobal { return known }
    let global = addCell(.version, byteCount: MemoryLayout<JITVersion>.size)
    versionGlobal = global
    return global
  }

  private func addCell(_ cell: ModuleCell, byteCount: Int) -> IRValue {
    let global = withModule {
      $0.addVariable(named: "cell.\(cells.count)", words: byteCount / 8)
    }
    cells.append(cell)
    cellAddresses.append(global)
    return global
  }
}

extension ModuleScope {
  /// Declares a public entry `(context, unused) -> word`.
  func declarePublic(_ name: String) -> IRFunction {
    withModule {
      $0.addFunction(
        named: name,
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
  /// Behind a direct call that gave no value: tier 0's result of a callee that left its frames to
  /// it, or the sentinel.
  case finishCallee
  /// Brings a raise to a handler of the function: the payload, or the sentinel if it became an exit.
  case deliver
  /// A fuel event that finds more charged than the context's limit: 1 to go on,
  /// 0 for OutOfMemory.
  case testHeapLimit
  /// A safepoint that may be forced, its frame in the deoptimization buffer: 1 to leave, 0 to go on.
  case safepoint
  /// Puts a word into a fresh cell, charging some bytes.
  case makeCell
  /// Makes a closure of captures in a row.
  case makeClosure
  /// Whether a slot's mask admits a word, 1 or 0.
  case admits
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
    case .testHeapLimit: "tierproof_test_heap_limit"
    case .safepoint: "tierproof_safepoint"
    case .makeCell: "tierproof_make_cell"
    case .admits: "tierproof_admits"
    case .makeClosure: "tierproof_make_closure"
    case .recordStore: "tierproof_record_store"
    case .raise: "tierproof_raise"
    case .callForeign: "tierproof_call_foreign"
    case .kernelResult: "tierproof_kernel_result"
    case .power: "jit_math_pow"
    case .remainder: "jit_math_fmod"
    case .callValue: "tierproof_call_value"
    case .callMethod: "tierproof_call_method"
    case .walk: "tierproof_walk"
    }
  }

  /// Whether calls of it are rare.
  var isCold: Bool {
    switch self {
    case .interpret, .recordStore, .raise, .finishCallee, .deliver, .testHeapLimit, .safepoint: true
    case .makeCell, .makeClosure, .admits, .binary, .unary, .math, .print, .truthy, .callForeign,
      .kernelResult, .power, .remainder, .callValue, .callMethod, .walk:
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
    case .finishCallee, .testHeapLimit: .function([types.pointer], returning: types.i64)
    case .deliver: .function([types.pointer, types.i64], returning: types.i64)
    case .safepoint:
      .function([types.pointer, types.pointer, types.i32], returning: types.i64)
    case .makeCell: .function([types.pointer, types.i64, types.i64], returning: types.i64)
    case .makeClosure:
      .function([types.pointer, types.i32, types.pointer], returning: types.i64)
    case .admits: .function([types.i64, types.i64], returning: types.i64)
    case .recordStore: .function([types.pointer, types.i32, types.i64], returning: types.void)
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
  static let raiseHandlers = MemoryLayout<JITContext>.offset(of: \.raise_handlers)!
  static let pendingPayload = MemoryLayout<JITContext>.offset(of: \.pending_payload)!
  static let closure = MemoryLayout<JITContext>.offset(of: \.closure)!
  static let directTable = MemoryLayout<JITContext>.offset(of: \.direct_table)!
  static let deoptimizationBuffer = MemoryLayout<JITContext>.offset(of: \.deoptimization_buffer)!
  static let deoptimizationPoint = MemoryLayout<JITContext>.offset(of: \.deoptimization_point)!
  static let deoptimizedVersion = MemoryLayout<JITContext>.offset(of: \.deoptimized_version)!
  static let status = MemoryLayout<JITContext>.offset(of: \.status)!
  static let fuel = MemoryLayout<JITContext>.offset(of: \.fuel)!
  static let framesLeft = MemoryLayout<JITContext>.offset(of: \.frames_left)!
  static let bindings = MemoryLayout<JITContext>.offset(of: \.bindings)!
  static let stackLimit = MemoryLayout<JITContext>.offset(of: \.stack_limit)!
  static let recordsEvents = MemoryLayout<JITContext>.offset(of: \.records_events)!
  static let compiledEntries = MemoryLayout<JITContext>.offset(of: \.compiled_entries)!
  static let arguments = MemoryLayout<JITContext>.offset(of: \.arguments)!
}

/// Offsets in a `JITVersion`, from its C declaration.
enum VersionOffset {
  static let armed = MemoryLayout<JITVersion>.offset(of: \.armed)!
}
