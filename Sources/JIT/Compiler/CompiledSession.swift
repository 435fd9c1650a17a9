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
/// Runs that force exits or count safepoints use hooked code, made when the first of them asks and
/// kept; all others run the same code as production, without hooks.
final class CompiledSession: EngineSession {
  private let program: VerifiedProgram
  private let plan: CompilePlan
  private var options: CompileOptions
  private var plain: CompiledUnit?
  private var hooked: CompiledUnit?
  /// Which of the two is in the tables; nil before the first run that needs one.
  private var isHooked: Bool?
  private let state: RunState
  /// Where activations enter loops; nil in sessions that compile none.
  private let loops: LoopEntries?
  private var everEntered = false
  private var lastFuel: UInt64 = 0

  /// - Parameter firstArrival: the arrival at a loop header from which on activations enter it.
  /// - Throws: `.broken` if code generation fails; in a campaign, where all runs may ask for hooked
  ///   code, the first run does.
  init(
    _ program: VerifiedProgram, _ plan: CompilePlan, _ options: CompileOptions,
    firstArrival: UInt64 = 0
  ) throws(EngineFailure) {
    self.program = program
    self.plan = plan
    self.options = options
    let entersLoops = !plan.loops.isEmpty
    state = RunState(program: TierZeroProgram(program, observesLoops: entersLoops))
    loops = entersLoops ? LoopEntries(program, firstArrival: firstArrival) : nil
    state.stackReplacement = loops
    if !program.program.foreignFunctions.isEmpty {
      state.foreign.thunks = try ForeignThunks.compile(program, options: options)
    }
    if !options.isForCampaign { try use(hooks: false) }
  }

  /// Puts code with or without hooks into the tables, and makes it if there is none yet.
  private func use(hooks: Bool) throws(EngineFailure) {
    guard hooks != isHooked else { return }
    if hooks, hooked == nil { hooked = try compile(hooks: true) }
    if !hooks, plain == nil { plain = try compile(hooks: false) }
    guard let unit = hooks ? hooked : plain else { return }
    state.install(unit)
    loops?.use(unit)
    isHooked = hooks
  }

  private func compile(hooks: Bool) throws(EngineFailure) -> CompiledUnit {
    var options = options
    options.isHooked = hooks
    let unit = try UnitCompiler(options: options).compile(
      functions: plan.functions, loops: plan.loops, in: program)
    if hooks { unit.registerHooks(with: state.safepoints) }
    return unit
  }

  /// The code of most runs.
  private var unit: CompiledUnit? { plain ?? hooked }

  /// Makes sure that the tables hold the code a run asks for.
  private func select(_ request: RunRequest) throws(EngineFailure) {
    try use(hooks: request.needsHookedCode)
    // Most runs enter main only.
    guard let code = unit?[request.entry], code.entry == nil else { return }
    options.publishesEveryFunction = true
    (plain, hooked, isHooked) = (nil, nil, nil)
    try use(hooks: request.needsHookedCode)
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

  var declines: [Decline] { plan.declines }

  /// Every function can be entered: one the tier declines runs in the interpreter.
  func decline(of function: FunctionIndex) -> Decline? { nil }

  var tierUse: TierUse {
    if everEntered { return .entered }
    return plan.declines.isEmpty ? .inapplicable : .declined(plan.declines)
  }

  var fingerprint: String {
    let declines = plan.declines.map { "\($0.function.position):\($0.reason)" }
    return "code \(String(unit?.codeDigest ?? 0, radix: 16)) \(unit?.codeSize ?? 0) bytes, "
      + "declined [\(declines.joined(separator: " "))]"
  }

  var statistics: [(name: String, value: UInt64)] {
    let (seconds, attoseconds) = (unit?.compileTime ?? .zero).components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    return [
      ("fuel", lastFuel),
      ("compiles", UInt64((unit?.functions.count ?? 0) + (unit?.loops.count ?? 0))),
      ("code bytes", UInt64(unit?.codeSize ?? 0)),
      ("compile nanoseconds", nanoseconds),
      ("compiled entries", state.context.pointee.compiled_entries),
      ("canary reached", state.context.pointee.canary_reached),
      ("canary triggered", state.context.pointee.canary_triggered),
    ]
  }
}

/// Enters loops of a unit: at every arrival from one on, or once for each iteration a run asks for.
private final class LoopEntries: StackReplacementPolicy {
  private let program: VerifiedProgram
  private let firstArrival: UInt64
  private var entries: [Site: UnsafeRawPointer] = [:]
  /// What the run asks for; nil if it leaves that to the policy.
  private var asked: Set<StackReplacement>?

  init(_ program: VerifiedProgram, firstArrival: UInt64) {
    self.program = program
    self.firstArrival = firstArrival
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

  func entry(_ arrival: LoopArrival) -> UnsafeRawPointer? {
    let header = arrival.header
    let entry = entries[header]
    guard asked != nil else { return arrival.earlierCount >= firstArrival ? entry : nil }
    guard let entry, let iteration = arrival.iteration,
      let loop = program[header.function].loopHeaders.firstIndex(of: header.offset)
    else { return nil }
    // The first visit that comes so far is the one that is meant.
    let here = StackReplacement(
      function: header.function, loop: loop, iteration: iteration)
    return asked?.remove(here) == nil ? nil : entry
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
