import Bytecode

/// A function as calls in the loop see it.
struct TierZeroFunction: BitwiseCopyable {
  var entry: UnsafeMutablePointer<TierZeroInstruction>
  var parameterCount: Int
  var slotCount: Int
  /// Words behind the locals that each frame begins with.
  var constants: UnsafeMutablePointer<Word>
  var constantCount: Int
  /// The last of these words, which count visits of loops; 0 unless loops are observed.
  var loopCount: Int
  /// One for each parameter.
  var masks: UnsafeMutablePointer<KindMask>
  /// Whether any parameter declares a kind.
  var checksArguments: Bool
  /// Entries of this run.
  var calls: UInt64
  /// Frames of this run that tier 0 took over from compiled code.
  var resumptions: UInt64 = 0

  static let greatestConstantCount = 8

  /// Fills a frame whose arguments are there.
  @inline(__always)
  func begin(_ base: UnsafeMutablePointer<Word>) {
    var slot = parameterCount
    while slot < slotCount {
      base[slot] = .null
      slot &+= 1
    }
    var constant = 0
    while constant < constantCount {
      base[slotCount &+ constant] = constants[constant]
      constant &+= 1
    }
  }

  /// Fills a frame that compiled code gives back: how often its loops went round is not known.
  func resume(_ base: UnsafeMutablePointer<Word>) {
    begin(base)
    let loops = base + slotCount + constantCount - loopCount
    for loop in 0..<loopCount { loops[loop] = LoopVisit.unknown }
  }
}

/// The iteration of the visit of a loop that an activation is in: a word of the activation's frame.
///
/// A visit begins with an arrival at the header other than by a backward jump, its iteration 0, and
/// each backward jump to the header begins the next one.
enum LoopVisit {
  /// Before the first arrival.
  static let none = Word(int: -1)
  /// The visit began in compiled code: below 0 however often the loop goes round.
  static let unknown = Word(int: -(1 << 46))
}

/// A program in tier 0's internal code, with the feedback its runs leave; one thread's property.
///
/// **Frames.** A frame is `slotCount` parameters and locals, constants, then the operand stack; below
/// it lies the closure that runs, if one does. An operand that is a local or a constant is not pushed
/// but folded into the instruction that takes it, so an operand stack slot holds its value only where
/// the frame is *whole*: at the start of a function, at every jump target and handler, before a
/// `SetupTry`, before and after every call. A layout's `resume` gives the internal instruction of these
/// offsets; there a frame may be left and entered. Elsewhere frames are entered in unfused code, which
/// is made for a function when the first one is (`resumption`). A call's arguments become the callee's
/// first slots where they lie; its result replaces the first of them.
final class TierZeroProgram {
  let verified: VerifiedProgram
  /// The words of the largest frame: slots, operand stack and margin.
  let largestFrame: Int
  let instructions: UnsafeMutablePointer<TierZeroInstruction>
  let sites: UnsafeMutablePointer<TierZeroSite>
  let functions: UnsafeMutablePointer<TierZeroFunction>
  /// Whether arrivals at loop headers are counted.
  let observesLoops: Bool
  /// Of the functions' main code.
  let layouts: [TierZeroLayout]
  /// Of the unfused code for frames that resume; nil for functions in which none did elsewhere than
  /// where the main code has whole ones.
  var resumingLayouts: [TierZeroLayout?]
  /// Of code that is observed before each instruction; empty unless it was asked for.
  let observedLayouts: [TierZeroLayout]
  /// The keys of instructions that make objects of constant keys.
  let keyLists: [[Word]]
  let feedback: [FeedbackVector]
  /// Constants, property keys and other strings of the session.
  let strings = StaticStrings()
  /// The program's property and method names.
  let stringWords: [Word]
  let methods: MethodTable
  /// What each module binding admits.
  let bindingMasks: UnsafeMutablePointer<KindMask>
  /// Bindings some `BoxModuleBinding` names: their words are cells.
  let boxedBindings: [Bool]
  /// Code takes up the first part of its storage; behind it there is room for unfused code.
  private(set) var instructionCount: Int
  private let capacity: Int

  /// Words above the last frame that a call's result may use.
  static let stackSlack = 1_024
  /// Words of each frame beyond slots and operand stack: an operand an instruction makes for itself
  /// or a receiver that moves up, the closure below a callback's arguments, a walk.
  private static let frameMargin = TierZeroFunction.greatestConstantCount + WalkFrame.size + 3

  /// The outermost call returns behind the first instruction; the others are the code of walks.
  private static let preamble = [
    TierZeroInstruction(.leave), TierZeroInstruction(.leave), TierZeroInstruction(.walkStart),
    TierZeroInstruction(.walkCall, a: WalkFrame.size), TierZeroInstruction(.walkNext),
  ]

  /// The first instruction of walks; the call of the callback and what follows it come behind.
  var walkStart: UnsafeMutablePointer<TierZeroInstruction> { instructions + 2 }

  /// - Parameter observesLoops: whether arrivals at loop headers are counted and may leave for
  ///   compiled code; it costs each of them a call out of the loop.
  /// - Parameter observesInstructions: whether calls enter unfused code in which the same holds of
  ///   all instructions; activations that come back from compiled code go on in the main code.
  init(
    _ verified: VerifiedProgram, observesLoops: Bool = false, observesInstructions: Bool = false
  ) {
    self.verified = verified
    self.observesLoops = observesLoops
    let program = verified.program
    largestFrame =
      zip(program.functions, verified.functions).reduce(1) {
        max($0, $1.0.slotCount + $1.1.loopHeaders.count + $1.1.maximumStackDepth)
      } + Self.frameMargin
    let boxedBindings = program.boxedBindings
    self.boxedBindings = boxedBindings
    methods = MethodTable(program)
    let strings = strings
    stringWords = program.strings.map { strings.word($0) }
    var code = TierZeroCode()
    for instruction in Self.preamble {
      code.append(instruction, TierZeroSite(FunctionIndex(0), 0, .nop))
    }
    func translate(_ form: TierZeroTranslator.Form) -> [TierZeroLayout] {
      program.functions.indices.map { index in
        var translator = TierZeroTranslator(
          verified, FunctionIndex(index), code, strings, boxedBindings: boxedBindings,
          observesLoops: observesLoops, form: form)
        code = TierZeroCode()
        let layout = translator.translate()
        code = translator.code
        return layout
      }
    }
    let translations = translate(.main)
    observedLayouts = observesInstructions ? translate(.observed) : []
    instructionCount = code.instructions.count
    // What is never made is never touched.
    capacity = program.functions.reduce(instructionCount) {
      $0 + TierZeroTranslator.greatestResumingCount($1)
    }
    instructions = .allocate(capacity: capacity)
    instructions.initialize(from: code.instructions, count: instructionCount)
    sites = .allocate(capacity: capacity)
    sites.initialize(from: code.sites, count: instructionCount)
    layouts = translations
    resumingLayouts = Array(repeating: nil, count: translations.count)
    keyLists = code.keyLists
    feedback = program.functions.map { FeedbackVector(bodyLength: $0.bodyLength) }
    bindingMasks = .allocate(capacity: max(program.bindings.count, 1))
    for (index, binding) in program.bindings.enumerated() {
      (bindingMasks + index).initialize(to: KindMask(binding.kind))
    }
    functions = .allocate(capacity: program.functions.count)
    for (index, function) in program.functions.enumerated() {
      // What a reference refers to was checked when it was stored there.
      let masks = function.parameters.map { $0.isReference ? .anything : KindMask($0.kind) }
      let storage = UnsafeMutablePointer<KindMask>.allocate(capacity: max(masks.count, 1))
      storage.initialize(from: masks, count: masks.count)
      (functions + index).initialize(
        to: TierZeroFunction(
          entry: instructions
            + Int((observesInstructions ? observedLayouts : translations)[index].entry),
          parameterCount: masks.count, slotCount: function.slotCount,
          constants: Self.copy(translations[index].constants),
          constantCount: translations[index].constants.count,
          loopCount: observesLoops ? verified.functions[index].loopHeaders.count : 0,
          masks: storage,
          checksArguments: masks.contains { $0 != .anything }, calls: 0))
    }
    for index in layouts.indices { resetCounters(of: index) }
  }

  deinit {
    for index in verified.program.functions.indices {
      functions[index].masks.deallocate()
      functions[index].constants.deallocate()
    }
    functions.deallocate()
    bindingMasks.deallocate()
    sites.deallocate()
    instructions.deallocate()
  }

  private static func copy(_ words: [Word]) -> UnsafeMutablePointer<Word> {
    let storage = UnsafeMutablePointer<Word>.allocate(capacity: max(words.count, 1))
    storage.initialize(from: words, count: words.count)
    return storage
  }

  /// Moves the counters of the last run into the feedback.
  func beginRun() {
    for index in layouts.indices
    where functions[index].calls != 0 || functions[index].resumptions != 0 {
      feedback[index].add(counters(of: FunctionIndex(index)))
      resetCounters(of: index)
      functions[index].calls = 0
      functions[index].resumptions = 0
    }
  }

  private func resetCounters(of index: Int) {
    for layout in allLayouts(of: FunctionIndex(index)) { resetCounters(of: layout) }
  }

  /// Of all code of a function, the main one first.
  func allLayouts(of function: FunctionIndex) -> [TierZeroLayout] {
    var layouts = [layouts[function.position]]
    if let resuming = resumingLayouts[function.position] { layouts.append(resuming) }
    if !observedLayouts.isEmpty { layouts.append(observedLayouts[function.position]) }
    return layouts
  }

  /// Adds code behind the other, with its counters at zero.
  ///
  /// - Parameter layout: where the code has things, from its start.
  /// - Precondition: there is room, as there is for the unfused code of every function.
  /// - Returns: the layout as part of the program's code.
  func append(_ code: TierZeroCode, _ layout: TierZeroLayout) -> TierZeroLayout {
    let start = instructionCount
    instructionCount += code.instructions.count
    precondition(instructionCount <= capacity, "unfused code has the room it needs at most")
    (instructions + start).initialize(from: code.instructions, count: code.instructions.count)
    (sites + start).initialize(from: code.sites, count: code.sites.count)
    let moved = layout.moved(by: start)
    resetCounters(of: moved)
    return moved
  }

  private func resetCounters(of layout: TierZeroLayout) {
    for branch in layout.branches { reset(branch.instruction) }
    for jump in layout.backwardJumps { reset(jump.instruction) }
    for header in layout.loops { reset(header.instruction) }
  }

  private func reset(_ instruction: Int) {
    (instructions + instruction).branchCounters.pointee = BranchCounters(notTaken: 0, taken: 0)
  }

  /// The bytecode instruction an internal one belongs to; nil for the code of no function.
  func place(of instruction: UnsafeMutablePointer<TierZeroInstruction>) -> Site? {
    instruction < instructions + Self.preamble.count ? nil : site(of: instruction).place
  }

  /// The bytecode instruction of a record.
  func instruction(at site: TierZeroSite) -> Instruction {
    let program = verified.program
    return program.instructions[
      program.functions[Int(site.function)].entryPoint + Int(site.offset)]
  }

  /// The record of an internal instruction.
  func site(
    of instruction: UnsafeMutablePointer<TierZeroInstruction>
  ) -> TierZeroSite {
    sites[instruction - UnsafeMutablePointer(instructions)]
  }
}

/// Internal code under construction.
struct TierZeroCode {
  var instructions: [TierZeroInstruction] = []
  var sites: [TierZeroSite] = []
  var keyLists: [[Word]] = []

  mutating func append(_ instruction: TierZeroInstruction, _ site: TierZeroSite) {
    instructions.append(instruction)
    sites.append(site)
  }

  mutating func removeLast() {
    instructions.removeLast()
    sites.removeLast()
  }

  /// Puts an instruction before others that nothing refers to yet.
  mutating func insert(
    _ instruction: TierZeroInstruction, _ site: TierZeroSite, at position: Int
  ) {
    instructions.insert(instruction, at: position)
    sites.insert(site, at: position)
  }
}

extension TierZeroSite {
  /// The bytecode instruction.
  var place: Site { Site(FunctionIndex(Int(function)), offset: Int(offset)) }

  init(_ function: FunctionIndex, _ offset: Int, _ opcode: Opcode, width: NumericWidth? = nil) {
    self.function = function.rawValue
    self.offset = UInt32(offset)
    operation = Operation(opcode)
    self.width = width
    fusedOffset = UInt32(offset)
    storeMask = .anything
    jumpsIfTrue = false
  }
}

extension Program {
  /// By binding: whether some `BoxModuleBinding` names it.
  var boxedBindings: [Bool] {
    var isBoxed = Array(repeating: false, count: bindings.count)
    for instruction in instructions where instruction.opcode == .boxModuleBinding {
      if case .binding(let binding) = instruction.operand { isBoxed[binding.position] = true }
    }
    return isBoxed
  }
}
