import Bytecode
import CRuntime

/// Tier 1 as an engine: every function it takes is compiled before the start.
public struct BaselineEngine: Engine {
  public let options: CompileOptions

  public init(options: CompileOptions = CompileOptions()) { self.options = options }

  public var name: EngineName { .baseline }

  public func prepare(_ program: VerifiedProgram) throws(EngineFailure) -> any EngineSession {
    if let unsupported = NumericCore.firstUnsupported(in: program) {
      return try DeclinedSession(program, because: unsupported)
    }
    var options = options
    options.publishesEveryFunction = false
    let compiled = try BaselineCompiler(options: options).compileProgram(program)
    return BaselineSession(compiled, options)
  }
}

/// A program the tier declines as a whole: it runs in the interpreter.
final class DeclinedSession: EngineSession {
  private let interpreter: any EngineSession
  private let declines: [Decline]

  init(_ program: VerifiedProgram, because unsupported: Unsupported) throws(EngineFailure) {
    interpreter = try InterpreterEngine().prepare(program)
    // Compiled functions call each other directly, so one that needs more keeps them all out.
    declines = program.program.functions.indices.map {
      Decline(
        function: FunctionIndex($0), reason: .interpreterOnlyFeature(unsupported.feature))
    }
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome { try interpreter.run(request) }

  func decline(of function: FunctionIndex) -> Decline? { nil }

  var tierUse: TierUse { .declined(declines) }

  var fingerprint: String { "declined as a whole: \(declines.first?.reason.description ?? "-")" }

  var statistics: [(name: String, value: UInt64)] { interpreter.statistics }
}

/// A program compiled by the baseline tier, and its runs.
final class BaselineSession: EngineSession {
  private typealias PublicEntry =
    @convention(c) (
      UnsafeMutablePointer<JITContext>, UnsafeRawPointer?
    ) -> UInt64

  private(set) var compiled: CompiledProgram
  private let options: CompileOptions
  private let state: RunState
  private var everEntered = false
  private var lastFuel: UInt64 = 0

  init(_ compiled: CompiledProgram, _ options: CompileOptions) {
    self.compiled = compiled
    self.options = options
    state = RunState(program: TierZeroProgram(compiled.program))
    fillFunctionTable()
  }

  private func fillFunctionTable() {
    for function in compiled.functions {
      state.functionTable[function.function.position] = function.entry.flatMap {
        UnsafeRawPointer(bitPattern: $0)
      }
    }
  }

  /// Makes sure that a compiled function can be entered from outside: most runs enter main only.
  private func publish(_ function: FunctionIndex) throws(EngineFailure) {
    guard let code = compiled[function], code.entry == nil else { return }
    var options = options
    options.publishesEveryFunction = true
    compiled = try BaselineCompiler(options: options).compileProgram(compiled.program)
    fillFunctionTable()
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    try publish(request.entry)
    try state.begin(request)
    let context = state.context
    context.pointee.compiled_entries = 0
    context.pointee.canary_reached = 0
    context.pointee.canary_triggered = 0
    var result = Word.sentinel
    // Compiled code knows no other values than those of the core: others stay in tier 0.
    let isCompiled = NumericCore.firstUnsupported(in: request.arguments) == nil
    if state.admitArguments(request) {
      result = try BigStack.run {
        context.pointee.stack_limit = BigStack.limit
        return enter(request.entry, isCompiled: isCompiled)
      }
    }
    let outcome = try state.finish(result)
    if context.pointee.compiled_entries > 0 { everEntered = true }
    lastFuel = outcome.fuel
    return outcome
  }

  private func enter(_ function: FunctionIndex, isCompiled: Bool) -> Word {
    guard isCompiled, let address = state.functionTable[function.position] else {
      return interpret(
        function, arguments: UnsafePointer(state.arguments), state: state,
        entersCompiledCode: isCompiled)
    }
    let entry = unsafeBitCast(address, to: PublicEntry.self)
    return Word(bits: entry(state.context, nil))
  }

  /// Every function can be entered: one the tier declines runs in the interpreter.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  var tierUse: TierUse {
    if everEntered { return .entered }
    return compiled.declines.isEmpty ? .inapplicable : .declined(compiled.declines)
  }

  var fingerprint: String {
    let declines = compiled.declines.map { "\($0.function.position):\($0.reason)" }
    return "code \(String(compiled.codeDigest, radix: 16)) \(compiled.codeSize) bytes, "
      + "declined [\(declines.joined(separator: " "))]"
  }

  var statistics: [(name: String, value: UInt64)] {
    let (seconds, attoseconds) = compiled.compileTime.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return [
      ("fuel", lastFuel),
      ("compiles", UInt64(compiled.functions.count)),
      ("code bytes", UInt64(compiled.codeSize)),
      ("compile nanoseconds", nanoseconds),
      ("compiled entries", state.context.pointee.compiled_entries),
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
  }
}
