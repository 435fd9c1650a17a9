import Bytecode
import CFFI
import CRuntime
import TestSupport

@testable import JIT

/// Tier 0, but that activations leave it for code that gives them back at once.
///
/// What stands for compiled code does what such code does at its boundaries: it takes arguments and
/// frames, leaves words in the deoptimization buffer and names a point.
final class RoundTripSession: EngineSession, CompiledVersion, StackReplacementPolicy {
  /// Where activations leave.
  struct Boundaries: OptionSet {
    let rawValue: Int
    /// Every call enters code, which leaves before the first instruction.
    static let entries = Boundaries(rawValue: 1)
    /// Every arrival at a loop header enters code, which leaves right there.
    static let headers = Boundaries(rawValue: 2)
    /// Activations that were called enter code before an instruction that `leavesBefore` picks, once
    /// each; the code leaves right there, and the rest is ordinary tier 0.
    static let instructions = Boundaries(rawValue: 4)
  }

  let state: RunState
  let tierUse = TierUse.entered
  /// Which instructions activations leave before.
  var leavesBefore: (Site) -> Bool = { _ in false }
  /// What left in the last run.
  private(set) var entryCount = 0
  private(set) var departureCount = 0
  private(set) var deoptimizationPoints: [DeoptimizationPoint] = []

  private let program: TierZeroProgram
  private let boundaries: Boundaries
  private let version: UnsafeMutablePointer<JITVersion>
  private var entries: [CodeEntry] = []
  /// The loop header or other instruction an activation leaves before.
  private var departure: Site?
  private var handlers: [Int] = []

  init(_ verified: VerifiedProgram, _ boundaries: Boundaries) {
    let observesInstructions = boundaries.contains(.instructions)
    program = TierZeroProgram(
      verified, observesLoops: !observesInstructions, observesInstructions: observesInstructions)
    state = RunState(program: program)
    self.boundaries = boundaries
    version = .allocate(capacity: 1)
    version.initialize(to: JITVersion())
    version.pointee.host = Unmanaged.passUnretained(self).toOpaque()
    if boundaries.contains(.entries) {
      for index in verified.program.functions.indices {
        let entry = CodeEntry(verified.program) { [unowned self] in leave(at: FunctionIndex(index))
        }
        state.functionTable[index] = UnsafeRawPointer(entry.code)
        entries.append(entry)
      }
    }
    if boundaries.contains(.headers) || observesInstructions {
      entries.append(CodeEntry(verified.program) { [unowned self] in leaveInMidFunction() })
      state.stackReplacement = self
    }
  }

  deinit { version.deallocate() }

  func run(_ request: RunRequest) throws(EngineFailure) -> Outcome {
    deoptimizationPoints = []
    (entryCount, departureCount) = (0, 0)
    var request = request
    request.poisonsDeadSlots = true
    try state.begin(request)
    var result = Word.sentinel
    if state.admitArguments(request) {
      result = try BigStack.run {
        state.context.pointee.stack_limit = BigStack.limit
        return state.belowThisFrame {
          guard let entry = state.functionTable[request.entry.position] else {
            return interpret(request.entry, arguments: state.arguments, state: state)
          }
          return state.enterCompiled(entry, closure: .null)
        }
      }
    }
    return try state.finish(result)
  }

  func decline(of function: FunctionIndex) -> Decline? { nil }
  var fingerprint: String { program.feedbackListing(state.shapes) }
  var statistics: [(name: String, value: UInt64)] {
    [("instructions", state.executedInstructions)]
  }
  var observations: RunObservations { state.safepoints.observations }
}

// MARK: - Leaving

extension RoundTripSession {
  /// A public entry: makes the cells of its frame, and leaves.
  private func leave(at function: FunctionIndex) -> Word {
    guard state.hasNativeStack else {
      return state.withCallsRestored {
        interpret(
          function, arguments: UnsafePointer(state.arguments),
          closure: Word(bits: state.context.pointee.closure), state: state,
          entersCompiledCode: false)
      }
    }
    entryCount += 1
    let declaration = program.verified.program[function]
    var frame = FrameDescription(program.verified, function, offset: 0, state)
    for local in 0..<declaration.slotCount {
      let value = local < declaration.parameters.count ? state.arguments[local] : .null
      frame.addLocal(value, isInCell: false)
    }
    return leave(frame, handlers: [])
  }

  func entry(_ arrival: LoopArrival) -> UnsafeRawPointer? {
    let (function, offset) = (arrival.header.function, arrival.header.offset)
    // What comes back goes on behind its arrival.
    let leaves = !boundaries.contains(.instructions) || leavesBefore(arrival.header)
    guard leaves, let code = entries.last?.code else { return nil }
    let depth = Int(program.verified[function].handlerDepths[offset])
    let all = state.handlers
    handlers = (all.count - depth..<all.count).map { state.site(of: all[$0].setup).place.offset }
    departure = arrival.header
    return UnsafeRawPointer(code)
  }

  private func leaveInMidFunction() -> Word {
    guard let departure else { preconditionFailure("the policy named an instruction") }
    departureCount += 1
    let (function, offset) = (departure.function, departure.offset)
    var frame = FrameDescription(program.verified, function, offset: offset, state)
    let slotCount = program.verified.program[function].slotCount
    let depth = Int(program.verified[function].stackDepths[offset])
    let words = (0..<slotCount + depth).map { Word(bits: state.deoptimizationBuffer[$0]) }
    for word in words.prefix(slotCount) { frame.addLocal(word, isInCell: true) }
    for word in words.dropFirst(slotCount) { frame.addOperand(word) }
    return leave(frame, handlers: handlers)
  }

  private func leave(_ description: FrameDescription, handlers: [Int]) -> Word {
    var frame = description.frame
    frame.handlers = handlers
    var point = DeoptimizationPoint(
      identifier: 0, reason: .forced, frames: [frame], virtualObjects: description.objects)
    do {
      try DeoptimizationVerifier.verify(
        [point], in: program.verified, bufferWords: Tuning.deoptimizationWords)
    } catch { preconditionFailure("\(error)") }
    point.identifier = deoptimizationPoints.count
    for (index, word) in description.words.enumerated() { state.deoptimizationBuffer[index] = word }
    deoptimizationPoints.append(point)
    // There is no code to go on in: it leaves, forced or not.
    _ = state.stop(atSafepoint: point.identifier, of: UnsafePointer(version))
    state.context.pointee.deoptimized_version = UnsafePointer(version)
    state.context.pointee.deoptimization_point = UInt32(point.identifier)
    state.context.pointee.status = UInt32(JIT_STATUS_DEOPTIMIZED)
    return .sentinel
  }
}

/// A frame as a point describes it, and the words it is made of.
private struct FrameDescription {
  var frame: DeoptimizationPoint.Frame
  var objects: [DeoptimizationPoint.VirtualObject] = []
  var words: [UInt64] = []
  private let live: LocalSet
  private let verified: VerifiedProgram
  private let state: RunState

  init(_ verified: VerifiedProgram, _ function: FunctionIndex, offset: Int, _ state: RunState) {
    self.verified = verified
    self.state = state
    frame = DeoptimizationPoint.Frame(
      function: function, position: .before(offset), locals: [], operands: [])
    live = verified.liveLocals(of: function, at: offset)
    if !verified.program[function].captures.isEmpty {
      frame.closure = source(Word(bits: state.context.pointee.closure))
    }
  }

  /// - Parameter isInCell: whether the value of a shared local is its cell already.
  mutating func addLocal(_ value: Word, isInCell: Bool) {
    let local = frame.locals.count
    if verified[frame.function].cellLocals[local], !isInCell {
      if isCharged(local) { state.charge(AbstractSize.box) }
      objects.append(DeoptimizationPoint.VirtualObject(kind: .cell, fields: [source(value)]))
      frame.locals.append(.virtual(objects.count - 1))
    } else if live.contains(LocalIndex(local)) || verified[frame.function].cellLocals[local] {
      frame.locals.append(source(value))
    } else {
      frame.locals.append(.dead)
    }
  }

  mutating func addOperand(_ value: Word) { frame.operands.append(source(value)) }

  private func isCharged(_ local: Int) -> Bool {
    verified.program.body(of: frame.function).contains {
      $0.opcode == .boxLocal && $0.operand == .local(LocalIndex(local))
    }
  }

  /// Scalars go unboxed.
  private mutating func source(_ value: Word) -> DeoptimizationPoint.Source {
    let index = words.count
    if value.isInt {
      words.append(UInt64(bitPattern: value.int))
      return .integer(index)
    }
    if value.isBool {
      words.append(value.bool ? 1 : 0)
      return .bool(index)
    }
    if value.isNumber {
      // The hardware's own NaN.
      words.append(value.number.isNaN ? 0xFFF8_0000_0000_0000 : value.bits)
      return .number(index)
    }
    if value == .null || value.isFunction { return .constant(value.bits) }
    words.append(value.bits)
    return .word(index)
  }
}

/// A C function `(context, unused) -> word` that runs a closure of Swift.
final class CodeEntry {
  let code: UnsafeMutableRawPointer
  private let closure: UnsafeMutableRawPointer
  private let interface: CallInterface
  private let types: ForeignTypes
  private let body: () -> Word

  init(_ program: Program, _ body: @escaping () -> Word) {
    self.body = body
    types = ForeignTypes(program)
    let pointer = types.type(of: .pointer)
    interface = CallInterface([pointer, pointer], types.type(of: .u64))
    var code: UnsafeMutableRawPointer?
    guard let closure = ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code), let code else {
      preconditionFailure("the host has no memory for a closure")
    }
    self.code = code
    self.closure = closure
    let status = ffi_prep_closure_loc(
      closure.assumingMemoryBound(to: ffi_closure.self), interface.pointer,
      { _, result, _, entry in
        guard let result, let entry else { preconditionFailure("libffi passes what it was given") }
        let word = Unmanaged<CodeEntry>.fromOpaque(entry).takeUnretainedValue().body()
        result.storeBytes(of: word.bits, as: UInt64.self)
      }, Unmanaged.passUnretained(self).toOpaque(), code)
    precondition(status == FFI_OK, "the signature was prepared")
  }

  deinit { ffi_closure_free(closure) }
}
