import Bytecode

/// A function as calls in the loop see it.
struct TierZeroFunction: BitwiseCopyable {
  var entry: UnsafeMutablePointer<TierZeroInstruction>
  var parameterCount: Int
  var slotCount: Int
  /// One for each parameter.
  var masks: UnsafeMutablePointer<KindMask>
  /// Whether any parameter declares a kind.
  var checksArguments: Bool
  /// Entries of this run.
  var calls: UInt64
}

/// A program in tier 0's internal code, with the feedback its runs leave; one thread's property.
///
/// **Frames.** A frame is `slotCount` parameters and locals, then the operand stack. An operand that
/// is a local or a constant is not pushed but folded into the instruction that takes it, so an
/// operand stack slot holds its value only where the frame is *whole*: at the start of a function,
/// at every jump target, before and after every call. `resume` gives the internal instruction of
/// these offsets; there a frame may be left and entered. A call's arguments become the callee's
/// first slots where they lie; its result replaces the first of them.
final class TierZeroProgram {
  let verified: VerifiedProgram
  /// The words of the largest frame: slots and operand stack.
  let largestFrame: Int
  let instructions: UnsafeMutablePointer<TierZeroInstruction>
  let sites: UnsafeMutablePointer<TierZeroSite>
  let functions: UnsafeMutablePointer<TierZeroFunction>
  /// The internal instruction at which a whole frame resumes, by function and offset; −1 for none.
  let resume: [[Int32]]
  let layouts: [TierZeroLayout]
  let feedback: [FeedbackVector]
  /// Constants, property keys and other strings of the session.
  let strings = StaticStrings()
  /// What each module binding admits.
  let bindingMasks: UnsafeMutablePointer<KindMask>
  private let instructionCount: Int

  /// Words above the last frame that a call's result may use.
  static let stackSlack = 1_024

  init(_ verified: VerifiedProgram) {
    self.verified = verified
    let program = verified.program
    largestFrame = zip(program.functions, verified.functions).reduce(1) {
      max($0, $1.0.slotCount + $1.1.maximumStackDepth + 1)
    }
    var code = TierZeroCode()
    // The outermost call returns behind the first instruction.
    code.append(TierZeroInstruction(.leave), TierZeroSite(FunctionIndex(0), 0, .nop))
    code.append(TierZeroInstruction(.leave), TierZeroSite(FunctionIndex(0), 0, .nop))
    var translations: [TierZeroLayout] = []
    for index in program.functions.indices {
      var translator = TierZeroTranslator(verified, FunctionIndex(index), code, strings)
      code = TierZeroCode()
      translations.append(translator.translate())
      code = translator.code
    }
    instructionCount = code.instructions.count
    instructions = .allocate(capacity: instructionCount)
    instructions.initialize(from: code.instructions, count: instructionCount)
    sites = .allocate(capacity: instructionCount)
    sites.initialize(from: code.sites, count: instructionCount)
    layouts = translations
    resume = translations.map(\.resume)
    feedback = program.functions.map { FeedbackVector(bodyLength: $0.bodyLength) }
    bindingMasks = .allocate(capacity: max(program.bindings.count, 1))
    for (index, binding) in program.bindings.enumerated() {
      (bindingMasks + index).initialize(to: KindMask(binding.kind))
    }
    functions = .allocate(capacity: program.functions.count)
    for (index, function) in program.functions.enumerated() {
      let masks = function.parameters.map { KindMask($0.kind) }
      let storage = UnsafeMutablePointer<KindMask>.allocate(capacity: max(masks.count, 1))
      storage.initialize(from: masks, count: masks.count)
      (functions + index).initialize(
        to: TierZeroFunction(
          entry: instructions + Int(translations[index].resume[0]),
          parameterCount: masks.count, slotCount: function.slotCount, masks: storage,
          checksArguments: masks.contains { $0 != .anything }, calls: 0))
    }
    for layout in layouts {
      for branch in layout.branches { reset(branch.instruction) }
      for jump in layout.backwardJumps { reset(jump.instruction) }
    }
  }

  deinit {
    for index in verified.program.functions.indices { functions[index].masks.deallocate() }
    functions.deallocate()
    bindingMasks.deallocate()
    sites.deallocate()
    instructions.deallocate()
  }

  /// Moves the counters of the last run into the feedback.
  func beginRun() {
    for (index, layout) in layouts.enumerated() where functions[index].calls != 0 {
      feedback[index].add(counters(of: layout))
      for branch in layout.branches { reset(branch.instruction) }
      for jump in layout.backwardJumps { reset(jump.instruction) }
      functions[index].calls = 0
    }
  }

  private func reset(_ instruction: Int) {
    (instructions + instruction).branchCounters.pointee = BranchCounters(notTaken: 0, taken: 0)
  }

  /// The record of an internal instruction.
  func site(of instruction: UnsafeMutablePointer<TierZeroInstruction>) -> TierZeroSite {
    sites[instruction - UnsafeMutablePointer(instructions)]
  }
}

/// Where the translation of a function put things.
struct TierZeroLayout {
  /// By offset: the internal instruction at which a whole frame resumes, −1 for none.
  var resume: [Int32]
  /// Conditional jumps: the offset and the internal instruction, whose counters follow it.
  var branches: [(offset: Int, instruction: Int)] = []
  /// Backward jumps: the offset, its target and the internal `jumpBack`.
  var backwardJumps: [(offset: Int, target: Int, instruction: Int)] = []
}

/// Internal code under construction.
struct TierZeroCode {
  var instructions: [TierZeroInstruction] = []
  var sites: [TierZeroSite] = []

  mutating func append(_ instruction: TierZeroInstruction, _ site: TierZeroSite) {
    instructions.append(instruction)
    sites.append(site)
  }

  mutating func removeLast() {
    instructions.removeLast()
    sites.removeLast()
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
