import Bytecode
import CRuntime

/// What a session compiles before its first run.
struct CompilePlan {
  var functions: [FunctionIndex] = []
  var loops: [LoopReference] = []
  /// What the tier was asked for and does not take.
  var declines: [Decline] = []
}

/// A program compiled before the start, and its runs.
///
/// Runs that force exits or count safepoints use hooked code, made when the first of them asks;
/// all others run the same code as production, without hooks.
final class CompiledSession: EngineSession {
  private let program: VerifiedProgram
  private let plan: CompilePlan
  private var options: CompileOptions
  private var plain: CompiledUnit
  private var hooked: CompiledUnit?
  /// Which of the two is in the tables.
  private var isHooked = false
  private let state: RunState
  /// Where activations enter loops; nil in sessions that compile none.
  private let loops: LoopEntries?
  private var everEntered = false
  private var lastFuel: UInt64 = 0

  /// - Parameter firstIteration: the arrival at a loop header from which on activations enter it.
  init(
    _ program: VerifiedProgram, _ plan: CompilePlan, _ options: CompileOptions,
    firstIteration: UInt64 = 0
  ) throws(EngineFailure) {
    self.program = program
    self.plan = plan
    self.options = options
    plain = try Self.compile(plan, program, options)
    let entersLoops = !plan.loops.isEmpty
    state = RunState(program: TierZeroProgram(program, observesLoops: entersLoops))
    loops = entersLoops ? LoopEntries(program, firstIteration: firstIteration) : nil
    state.stackReplacement = loops
    if !program.program.foreignFunctions.isEmpty {
      state.foreign.thunks = try ForeignThunks.compile(program, options: options)
    }
    install(plain)
  }

  private static func compile(
    _ plan: CompilePlan, _ program: VerifiedProgram, _ options: CompileOptions
  ) throws(EngineFailure) -> CompiledUnit {
    try BaselineCompiler(options: options).compile(
      functions: plan.functions, loops: plan.loops, in: program)
  }

  private func install(_ unit: CompiledUnit) {
    state.install(unit)
    loops?.use(unit)
  }

  /// Makes sure that the tables hold the code a run asks for.
  private func select(_ request: RunRequest) throws(EngineFailure) {
    // Most runs enter main only.
    if let code = plain[request.entry], code.entry == nil {
      options.publishesEveryFunction = true
      plain = try Self.compile(plan, program, options)
      hooked = nil
      install(plain)
      isHooked = false
    }
    let needsHooks = !request.forcedExits.isEmpty || request.countsSafepoints
    guard needsHooks != isHooked else { return }
    if needsHooks, hooked == nil {
      var options = options
      options.isHooked = true
      let unit = try Self.compile(plan, program, options)
      unit.armed = state.safepoints.register(unit)
      hooked = unit
    }
    install(needsHooks ? hooked ?? plain : plain)
    isHooked = needsHooks
  }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    try select(request)
    try state.begin(request)
    loops?.begin(request)
    let context = state.context
    context.pointee.compiled_entries = 0
    var result = Word.sentinel
    if state.admitArguments(request) {
      result = try BigStack.run { state.enter(request.entry) }
    }
    let outcome = try state.finish(result)
    if context.pointee.compiled_entries > 0 { everEntered = true }
    lastFuel = outcome.fuel
    return outcome
  }

  var observations: RunObservations { state.safepoints.observations }
  var takesForcedExits: Bool { true }
  var takesStackReplacements: Bool { loops != nil }

  func compiles(_ function: FunctionIndex) -> Bool {
    plan.functions.contains(function) || plan.loops.contains { $0.function == function }
  }

  /// Every function can be entered: one the tier declines runs in the interpreter.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  var tierUse: TierUse {
    if everEntered { return .entered }
    return plan.declines.isEmpty ? .inapplicable : .declined(plan.declines)
  }

  var fingerprint: String {
    let declines = plan.declines.map { "\($0.function.position):\($0.reason)" }
    return "code \(String(plain.codeDigest, radix: 16)) \(plain.codeSize) bytes, "
      + "declined [\(declines.joined(separator: " "))]"
  }

  var statistics: [(name: String, value: UInt64)] {
    let (seconds, attoseconds) = plain.compileTime.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return [
      ("fuel", lastFuel),
      ("compiles", UInt64(plain.functions.count + plain.loops.count)),
      ("code bytes", UInt64(plain.codeSize)),
      ("compile nanoseconds", nanoseconds),
      ("compiled entries", state.context.pointee.compiled_entries),
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
  }
}

/// Enters loops of a unit: at every arrival from one on, or exactly where a run asks for.
private final class LoopEntries: StackReplacementPolicy {
  private let program: VerifiedProgram
  private let firstIteration: UInt64
  private var entries: [Site: UnsafeRawPointer] = [:]
  /// What the run asks for; nil if it leaves that to the policy.
  private var asked: Set<StackReplacement>?

  init(_ program: VerifiedProgram, firstIteration: UInt64) {
    self.program = program
    self.firstIteration = firstIteration
  }

  func use(_ unit: CompiledUnit) {
    entries = [:]
    for loop in unit.loops {
      entries[Site(loop.function, offset: loop.header)] = UnsafeRawPointer(bitPattern: loop.entry)
    }
  }

  func begin(_ request: RunRequest) {
    asked = request.stackReplacements.isEmpty ? nil : Set(request.stackReplacements)
  }

  func entry(
    for function: FunctionIndex, header offset: Int, iteration: UInt64
  ) -> UnsafeRawPointer? {
    let entry = entries[Site(function, offset: offset)]
    guard let asked else { return iteration >= firstIteration ? entry : nil }
    guard let loop = program[function].loopHeaders.firstIndex(of: offset) else { return nil }
    let here = StackReplacement(function: function, loop: loop, iteration: iteration)
    return asked.contains(here) ? entry : nil
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
    context.pointee.callee = function.rawValue
    let result = Word(bits: jit_enter(context, address))
    return result == .sentinel && hasDeoptimized ? finishDeoptimized() : result
  }
}
