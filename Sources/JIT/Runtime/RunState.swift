import Bytecode
import CRuntime

/// Everything one run changes, shared by the interpreter and compiled code; reused by the next run.
///
/// One thread's property. The protocol of a run:
///
///     try state.begin(request)
///     if state.admitArguments(request) { result = …enter a function… }
///     let outcome = try state.finish(result)
///
/// A *call* is charged by the caller, in this order: argument kinds, depth, fuel; then
/// `frames_left` and `fuel` are one less. The caller gives the frame back (`frames_left += 1`) when
/// the callee returned a value; after the sentinel nobody does. The entry needs no charge: `begin`
/// has counted its frame.
final class RunState {
  /// The C view; `host` points at this object, unretained.
  let context: UnsafeMutablePointer<JITContext>
  let program: TierZeroProgram

  /// The program's internal code, its records and functions, and the words of its largest frame:
  /// here too, so that paths out of line reach them without counting references.
  private let code: UnsafeMutablePointer<TierZeroInstruction>
  private let sites: UnsafeMutablePointer<TierZeroSite>
  let functions: UnsafeMutablePointer<TierZeroFunction>
  let largestFrame: Int

  /// The first free word of the value stack; the interpreter's frames begin here.
  var stackTop: UnsafeMutablePointer<Word>
  /// Where tier 0 raised the trap or exit of the run, nil if it did not.
  var interpretedRaise: Site?
  /// The first free entry of the stack of pending interpreted calls.
  var callsTop: UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>

  /// The handlers of tier 0's frames.
  let handlers = HandlerStack()
  /// For the count of instructions: calls and raises that a handler ended, and the labels reached.
  var stops: [Site: UInt64] = [:]
  var deliveries: [Site: UInt64] = [:]
  /// Likewise: frames that compiled code handed over, by the instruction they go on before, and by
  /// the call of compiled code they wait for.
  var resumptions: [Site: UInt64] = [:]
  var resumedCalls: [Site: UInt64] = [:]
  /// Virtual objects that were made with the frames that held them, in all runs, by kind.
  var rebuiltObjects: [ValueKind: UInt64] = [:]
  /// What a handler sees of a built-in trap, by the trap's number.
  let trapNames: [Word]

  /// Which activations leave for compiled code in mid-function; nil for none.
  var stackReplacement: (any StackReplacementPolicy)?
  /// What counts calls and compiles while runs go on; nil if nothing does.
  var tiering: Tiering?
  /// The points at which runs can be made to leave compiled code.
  let safepoints = SafepointControl()
  /// What hooked code found at the guard it is leaving at.
  var guardStop = GuardStop.failed
  /// What slots hold that compiled code has left dead.
  var deadWord = Word.null

  let heap = Heap()
  let shapes = ShapeGraph()
  let foreign: ForeignBridge
  /// Constants, property keys and other strings that outlive a run.
  let strings: StaticStrings
  /// The schemas as stores into records check them.
  let layouts: RecordLayouts
  /// Heap values by the numbers events and results name them by.
  var identities = IdentityTable()
  /// What the run's heap limit really is; the context's is lower where a test must be seen.
  var heapLimit: UInt64 = .max
  /// Clocks at which to collect, ascending, from `nextCollectionClock` on.
  var collectionClocks: [UInt64] = []
  var nextCollectionClock = 0

  private let bindings: UnsafeMutablePointer<UInt64>
  /// Stores of bindings, and which of them are watched.
  let bindingStores: BindingStores
  /// Public entries by function index, null where interpreted; an engine fills in what it compiled.
  let functionTable: UnsafeMutablePointer<UnsafeRawPointer?>
  /// Direct entries by function index, null where there is none; an engine fills them in.
  let directTable: UnsafeMutablePointer<UnsafeRawPointer?>
  /// By function index, the entries of code that counts them until the runtime looks at it.
  let countdowns: UnsafeMutablePointer<UInt64>
  /// The table of a run that stays in tier 0.
  let emptyFunctionTable: UnsafeMutablePointer<UnsafeRawPointer?>
  private var values: Reservation?
  private var calls: Reservation?
  /// Frames the reservations have room for.
  private var reservedDepth = 0

  var events: [Event] = []
  private var output: (@Sendable ([UInt8]) -> Void)?
  private(set) var initialFuel: UInt64 = .max

  /// Makes the state of runs of a program.
  init(program: TierZeroProgram) {
    self.program = program
    code = program.instructions
    sites = program.sites
    functions = program.functions
    largestFrame = program.largestFrame
    strings = program.strings
    foreign = ForeignBridge(program.verified.program)
    let strings = program.strings
    trapNames = [.null] + TrapKind.allCases.map { strings.word(Literal($0.name)) }
    context = .allocate(capacity: 1)
    context.initialize(to: JITContext())
    let source = program.verified.program
    layouts = RecordLayouts(source, program.strings)
    bindings = .allocate(capacity: max(source.bindings.count, 1))
    bindings.initialize(repeating: 0, count: max(source.bindings.count, 1))
    bindingStores = BindingStores(count: source.bindings.count)
    functionTable = .allocate(capacity: source.functions.count)
    functionTable.initialize(repeating: nil, count: source.functions.count)
    directTable = .allocate(capacity: source.functions.count)
    directTable.initialize(repeating: nil, count: source.functions.count)
    countdowns = .allocate(capacity: source.functions.count)
    countdowns.initialize(repeating: 0, count: source.functions.count)
    emptyFunctionTable = .allocate(capacity: source.functions.count)
    emptyFunctionTable.initialize(repeating: nil, count: source.functions.count)
    // No frame exists before `begin` has reserved the stacks.
    stackTop = UnsafeMutablePointer(bitPattern: MemoryLayout<Word>.alignment)!
    callsTop = UnsafeMutablePointer(bitPattern: MemoryLayout<Int>.alignment)!
    context.pointee.bindings = bindings
    context.pointee.binding_watches = UnsafePointer(bindingStores.watches)
    context.pointee.function_table = functionTable
    context.pointee.direct_table = directTable
    context.pointee.countdowns = countdowns
    context.pointee.bumps = heap.bumps
    let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: Tuning.deoptimizationWords)
    buffer.initialize(repeating: 0, count: Tuning.deoptimizationWords)
    context.pointee.deoptimization_buffer = buffer
    context.pointee.host = Unmanaged.passUnretained(self).toOpaque()
    heap.markRoots = { [unowned(unsafe) self] heap in markRoots(heap) }
    heap.exhaustionHandler = { [unowned(unsafe) self] in context.pointee.heap_limit = 0 }
  }

  deinit {
    handlers.deallocate()
    context.pointee.deoptimization_buffer.deallocate()
    context.deallocate()
    bindings.deallocate()
    functionTable.deallocate()
    directTable.deallocate()
    countdowns.deallocate()
    emptyFunctionTable.deallocate()
  }

  /// The record of an internal instruction.
  @inline(__always)
  func site(of instruction: UnsafeMutablePointer<TierZeroInstruction>) -> TierZeroSite {
    sites[instruction - code]
  }

  /// The state a context belongs to.
  static func of(_ context: UnsafeMutablePointer<JITContext>) -> RunState {
    guard let host = context.pointee.host else {
      preconditionFailure("every context is made by a run state")
    }
    return Unmanaged<RunState>.fromOpaque(host).takeUnretainedValue()
  }

  /// Calls a body with the state a context belongs to, without counting references.
  @inline(__always)
  static func with<Result>(
    _ context: UnsafeMutablePointer<JITContext>, _ body: (RunState) -> Result
  ) -> Result {
    guard let host = context.pointee.host else {
      preconditionFailure("every context is made by a run state")
    }
    return Unmanaged<RunState>.fromOpaque(host)._withUnsafeGuaranteedRef(body)
  }
}

// MARK: - The protocol of a run

extension RunState {
  /// Resets everything a run changes and counts the entry's frame.
  ///
  /// - Throws: `.inconclusive` if the host has no address space for the stacks.
  func begin(_ request: RunRequest) throws(EngineFailure) {
    // Kept until now: the pending calls are part of what the last run reports.
    calls?.release(beyond: Tuning.keptStackBytes)
    try reserveStacks(depth: request.limits.depth)
    program.beginRun()
    initialFuel = request.limits.fuel ?? .max
    context.pointee.fuel = initialFuel
    context.pointee.depth_limit = UInt64(request.limits.depth)
    context.pointee.frames_left = UInt64(request.limits.depth) - 1
    context.pointee.heap_charged = 0
    beginHeap(request)
    foreign.beginRun(request)
    context.pointee.records_events = request.recordsEvents ? 1 : 0
    context.pointee.status = UInt32(JIT_STATUS_RUNNING)
    safepoints.begin(request)
    deadWord = request.poisonsDeadSlots ? .poison : .null
    interpretedRaise = nil
    handlers.truncate(to: 0)
    stops = [:]
    deliveries = [:]
    resumptions = [:]
    resumedCalls = [:]
    events = []
    output = request.output
    for (index, binding) in program.verified.program.bindings.enumerated() {
      let initial = Word.initial(binding.kind, strings)
      // Cells of bindings are charged nothing.
      let word = program.boxedBindings[index] ? heap.makeBox(.cell, initial) : initial
      bindings[index] = word.bits
    }
    bindingStores.beginRun(watching: tiering?.watchesStores == true ? program.boxedBindings : nil)
  }

  /// Boxes the arguments into the context's argument area; a misfit traps at the entry's start.
  ///
  /// - Precondition: the request has one argument for each parameter of the entry.
  /// - Returns: false if the run has ended.
  func admitArguments(_ request: RunRequest) -> Bool {
    let entry = program.verified.program[request.entry]
    precondition(request.arguments.count == entry.parameters.count, "one argument a parameter")
    for (index, argument) in request.arguments.enumerated() {
      let word = Word(argument, strings)
      guard word.isAdmitted(by: KindMask(entry.parameters[index].kind)) else {
        raise(.typeError, at: Site(request.entry, offset: 0))
        return false
      }
      arguments[index] = word
    }
    return true
  }

  /// The arguments of a public entry.
  var arguments: UnsafeMutablePointer<Word> {
    let offset = MemoryLayout<JITContext>.offset(of: \JITContext.arguments)!
    return (UnsafeMutableRawPointer(context) + offset).assumingMemoryBound(to: Word.self)
  }

  /// Reports a run that gave `result`, the sentinel if it did not return.
  ///
  /// - Throws: `.broken` if the context's status does not fit the result.
  func finish(_ result: Word) throws(EngineFailure) -> Outcome {
    values?.release(beyond: Tuning.keptStackBytes)
    output = nil
    foreign.endRun()
    defer {
      events = []
      endHeap()
    }
    if heap.isExhausted { throw .inconclusive("the run used up the host's memory for a heap") }
    let ending = try ending(result)
    return Outcome(
      ending: ending, fuel: initialFuel - context.pointee.fuel,
      heapBytes: context.pointee.heap_charged, events: events, heap: observedHeap(of: ending))
  }

  private func ending(_ result: Word) throws(EngineFailure) -> Ending {
    let status = context.pointee.status
    if result != .sentinel {
      guard status == UInt32(JIT_STATUS_RUNNING) else {
        throw .broken("a value was returned with status \(status)")
      }
      guard result.isValue else {
        throw .broken("word \(String(result.bits, radix: 16)) is no value")
      }
      return .returned(observe(result))
    }
    let raise = Raise(
      site: Site(
        FunctionIndex(Int(context.pointee.raise_function)),
        offset: Int(context.pointee.raise_offset)),
      depth: Int(context.pointee.raise_depth),
      handlerDepth: Int(context.pointee.raise_handlers))
    switch status {
    case UInt32(JIT_STATUS_TRAPPED):
      guard let kind = TrapKind(rawValue: UInt8(truncatingIfNeeded: context.pointee.trap_kind))
      else { throw .broken("trap number \(context.pointee.trap_kind) does not exist") }
      let payload = kind == .thrown ? observe(Word(bits: context.pointee.pending_payload)) : nil
      return .trapped(kind, payload: payload, at: raise)
    case UInt32(JIT_STATUS_OUT_OF_FUEL): return .exited(.outOfFuel, at: raise)
    case UInt32(JIT_STATUS_OUT_OF_MEMORY): return .exited(.outOfMemory, at: raise)
    case let other: throw .broken("the sentinel was returned with status \(other)")
    }
  }
}

// MARK: - Raising

extension RunState {
  /// Records an uncaught trap; the depth is that of the context's frames.
  func raise(_ kind: TrapKind, at site: Site) {
    context.pointee.status = UInt32(JIT_STATUS_TRAPPED)
    context.pointee.trap_kind = UInt32(kind.rawValue)
    setRaise(site)
  }

  /// Records the end of the fuel at a jump or call.
  func exitOutOfFuel(at site: Site) {
    context.pointee.status = UInt32(JIT_STATUS_OUT_OF_FUEL)
    setRaise(site)
  }

  /// Records that a charge does not fit the heap limit.
  func exitOutOfMemory(at site: Site) {
    context.pointee.status = UInt32(JIT_STATUS_OUT_OF_MEMORY)
    setRaise(site)
  }

  private func setRaise(_ site: Site) {
    context.pointee.raise_function = site.function.rawValue
    context.pointee.raise_offset = UInt32(site.offset)
    context.pointee.raise_depth = context.pointee.depth_limit - context.pointee.frames_left
    context.pointee.raise_handlers = UInt64(handlers.count)
  }
}

// MARK: - Effects

extension RunState {
  /// `print`: the printed forms joined by one space, and a newline.
  func print(_ arguments: UnsafeBufferPointer<Word>) {
    guard output != nil || context.pointee.records_events != 0 else { return }
    var text: [UInt8] = []
    for (index, argument) in arguments.enumerated() {
      if index > 0 { text.append(UInt8(ascii: " ")) }
      ValuePrinting.append(argument, self, limit: Tuning.hostHeapBytes, to: &text)
      if text.count > Tuning.hostHeapBytes { return heap.exhaust() }
    }
    text.append(UInt8(ascii: "\n"))
    output?(text)
    if context.pointee.records_events != 0 {
      events.append(.print(values: arguments.map(observe), text: text))
    }
  }

  /// Adds a `StoreModuleBinding` to the trace; called only if the run records events.
  func recordStore(_ binding: BindingIndex, _ value: Word) {
    events.append(.storeBinding(binding, observe(value)))
  }
}

// MARK: - Stacks

extension RunState {
  /// Makes room for as many frames of the largest function as the depth limit admits.
  private func reserveStacks(depth: Int) throws(EngineFailure) {
    precondition((1...1_000_000).contains(depth), "the depth limit is in 1 … 1 000 000")
    if depth > reservedDepth {
      guard let values = Reservation(byteCount: 8 * valueCount(ofFrames: depth)),
        let calls = Reservation(byteCount: 8 * Self.callCount(ofFrames: depth))
      else { throw .inconclusive("no address space for a depth of \(depth) frames") }
      self.values = consume values
      self.calls = consume calls
      reservedDepth = depth
    }
    guard let values = valuesBase, let calls = callsBase else {
      preconditionFailure("the stacks were reserved above")
    }
    stackTop = values
    callsTop = calls
  }

  /// The words that frames take at most: one handed over by compiled code has one more for its
  /// closure.
  private func valueCount(ofFrames count: Int) -> Int {
    count * (program.largestFrame + 1) + TierZeroProgram.stackSlack
  }

  /// The pending calls that frames have at most: each the call it came from, the record below it if
  /// compiled code handed it over, the walk it is in, and the call of that.
  private static func callCount(ofFrames count: Int) -> Int {
    4 * count + TierZeroProgram.stackSlack
  }

  /// Makes sure that what the frames so far take leaves room for all that the depth limit still
  /// admits: calls in tier 0 do not test for it.
  func requireStacks() {
    guard let valuesBase, let callsBase else { preconditionFailure("a run has stacks") }
    let frames = Int(context.pointee.depth_limit - context.pointee.frames_left)
    precondition(
      stackTop - valuesBase <= valueCount(ofFrames: frames)
        && callsTop - callsBase <= Self.callCount(ofFrames: frames),
      "frames take what is reserved for them")
  }

  var valuesBase: UnsafeMutablePointer<Word>? {
    values?.base.assumingMemoryBound(to: Word.self)
  }

  /// The calls pending in tier 0, outermost first: all that had not returned when the run ended.
  var pendingCalls: UnsafeBufferPointer<UnsafeMutablePointer<TierZeroInstruction>> {
    guard let callsBase else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: callsBase, count: callsTop - callsBase)
  }

  private var callsBase: UnsafeMutablePointer<UnsafeMutablePointer<TierZeroInstruction>>? {
    calls?.base.assumingMemoryBound(to: UnsafeMutablePointer<TierZeroInstruction>.self)
  }
}
