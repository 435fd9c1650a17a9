import Bytecode
import CRuntime

/// Tier 1 as an engine: every function it takes is compiled before the start, in one module.
public struct BaselineEngine: Engine {
  public let options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  public var name: EngineName { .baseline }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    var options = options
    options.publishesEveryFunction = false
    let unit = try BaselineCompiler(options: options).compileProgram(program)
    return try CompiledSession(program, unit, options)
  }
}

/// A program compiled before the start, and its runs.
final class CompiledSession: EngineSession {
  private let program: VerifiedProgram
  private var unit: CompiledUnit
  private let options: CompileOptions
  private let state: RunState
  private var everEntered = false
  private var lastFuel: UInt64 = 0

  init(
    _ program: VerifiedProgram, _ unit: CompiledUnit, _ options: CompileOptions
  ) throws(EngineFailure) {
    self.program = program
    self.unit = unit
    self.options = options
    state = RunState(program: TierZeroProgram(program))
    state.install(unit)
    if !program.program.foreignFunctions.isEmpty {
      state.foreign.thunks = try ForeignThunks.compile(program, options: options)
    }
  }

  /// Makes sure that a compiled function can be entered from outside: most runs enter main only.
  private func publish(_ function: FunctionIndex) throws(EngineFailure) {
    guard let code = unit[function], code.entry == nil else { return }
    var options = options
    options.publishesEveryFunction = true
    unit = try BaselineCompiler(options: options).compileProgram(program)
    state.install(unit)
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    try publish(request.entry)
    try state.begin(request)
    let context = state.context
    context.pointee.compiled_entries = 0
    context.pointee.canary_reached = 0
    context.pointee.canary_triggered = 0
    var result = Word.sentinel
    if state.admitArguments(request) {
      result = try BigStack.run { state.enter(request.entry) }
    }
    let outcome = try state.finish(result)
    if context.pointee.compiled_entries > 0 { everEntered = true }
    lastFuel = outcome.fuel
    return outcome
  }

  /// Every function can be entered: one the tier declines runs in the interpreter.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  var tierUse: TierUse {
    if everEntered { return .entered }
    return unit.declines.isEmpty ? .inapplicable : .declined(unit.declines)
  }

  var fingerprint: String {
    let declines = unit.declines.map { "\($0.function.position):\($0.reason)" }
    return "code \(String(unit.codeDigest, radix: 16)) \(unit.codeSize) bytes, "
      + "declined [\(declines.joined(separator: " "))]"
  }

  var statistics: [(name: String, value: UInt64)] {
    let (seconds, attoseconds) = unit.compileTime.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return [
      ("fuel", lastFuel),
      ("compiles", UInt64(unit.functions.count)),
      ("code bytes", UInt64(unit.codeSize)),
      ("compile nanoseconds", nanoseconds),
      ("compiled entries", state.context.pointee.compiled_entries),
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
  }
}

extension RunState {
  /// Makes a unit's code known to this session's runs.
  func install(_ unit: CompiledUnit) {
    unit.install(into: self)
    for function in unit.functions {
      functionTable[function.function.position] = function.entry.flatMap {
        UnsafeRawPointer(bitPattern: $0)
      }
      directTable[function.function.position] = function.directEntry.flatMap {
        UnsafeRawPointer(bitPattern: $0)
      }
    }
  }

  /// Enters a function of a run that has begun, on the big stack: compiled if it is.
  ///
  /// - Returns: the result, or the sentinel with the context's status set.
  func enter(_ function: FunctionIndex) -> Word {
    context.pointee.stack_limit = BigStack.limit
    guard let address = functionTable[function.position] else {
      return interpret(function, arguments: UnsafePointer(arguments), state: self)
    }
    let result = Word(bits: jit_enter(context, address))
    guard result == .sentinel, context.pointee.status == UInt32(JIT_STATUS_DEOPTIMIZED) else {
      return result
    }
    return finishDeoptimized()
  }
}
