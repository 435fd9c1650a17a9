import Bytecode

/// Translates one function from stack code to tier 0's three-address code.
///
/// One mechanism does all fusing. A pushed local or constant is *deferred*: it becomes an operand
/// of the instruction that takes it. An instruction that has just computed the top of the stack is
/// the *producer*: a store or conditional jump that takes the top is folded into it. At jumps, jump
/// targets and calls everything deferred is written to its operand stack slot; in unfused code, after
/// every instruction.
struct TierZeroTranslator {
  /// What a translation is for.
  enum Form {
    /// The code that calls enter.
    case main
    /// Unfused code for frames that resume where the main code has no whole ones. It goes on in the
    /// main code as soon as it comes to a place of one.
    ///
    /// `start` is the place its first instruction gets in the program's code.
    case resuming(main: TierZeroLayout, start: Int)
    /// Unfused code of the whole function that arrives at every instruction as at a loop header.
    case observed
  }

  /// A value of the operand stack while translating.
  enum Item: Equatable {
    /// In its operand stack slot.
    case slot
    /// There too, and known to be a constant.
    case written(Word)
    /// In a parameter or local that has not changed since.
    case local(Int)
    case constant(Word)

    var isInSlot: Bool {
      switch self {
      case .slot, .written: true
      case .local, .constant: false
      }
    }

    /// The constant it is known to be.
    var known: Word? {
      switch self {
      case .constant(let word), .written(let word): word
      case .slot, .local: nil
      }
    }
  }

  let verified: VerifiedProgram
  let index: FunctionIndex
  let function: Function
  let facts: FunctionFacts
  var code: TierZeroCode
  var items: [Item] = []
  /// The position in `code` of the instruction that computed the top of the stack last thing.
  var producer: Int?
  var layout: TierZeroLayout
  /// The offset being translated.
  var offset = 0
  let strings: StaticStrings
  let boxedBindings: [Bool]
  /// Words that lie in the frame, behind the locals: constants, then a visit for each loop that is
  /// observed.
  let frameWords: [Word]
  /// Those of them that instructions may read.
  let constants: [Word]
  /// Whether arrivals at loop headers are looked at.
  let observesLoops: Bool
  let form: Form
  private let isTarget: [Bool]
  private var fixups: [Fixup] = []
  /// By offset: the internal instruction that begins a visit of a loop that is observed; the next
  /// one counts the arrival.
  private var arrivals: [Int: Int] = [:]

  init(
    _ verified: VerifiedProgram, _ index: FunctionIndex, _ code: TierZeroCode,
    _ strings: StaticStrings, boxedBindings: [Bool], observesLoops: Bool, form: Form = .main
  ) {
    self.observesLoops = observesLoops
    self.form = form
    self.strings = strings
    self.boxedBindings = boxedBindings
    constants = verified.frameConstants(of: index, strings)
    let loopCount = observesLoops ? verified[index].loopHeaders.count : 0
    frameWords = constants + Array(repeating: LoopVisit.none, count: loopCount)
    self.verified = verified
    self.index = index
    self.code = code
    function = verified.program[index]
    facts = verified[index]
    layout = TierZeroLayout(resume: Array(repeating: -1, count: function.bodyLength))
    var isTarget = Array(repeating: false, count: function.bodyLength)
    for target in facts.targets where target >= 0 { isTarget[Int(target)] = true }
    isTarget[0] = true
    self.isTarget = isTarget
  }

  mutating func translate() -> TierZeroLayout {
    layout.entry = Int32(code.instructions.count)
    layout.constants = frameWords
    switch form {
    case .main:
      makeCells()
      translateBlocks()
    case .resuming(let main, let start): translateUnfused(upTo: main, start: start)
    case .observed:
      makeCells()
      translateObserved()
    }
    for fixup in fixups { link(fixup) }
    makePropertyCaches(from: Int(layout.entry))
    return layout
  }

  private mutating func translateBlocks() {
    for position in 0..<function.bodyLength where facts.isReachable(position) {
      offset = position
      if isTarget[position] {
        startBlock()
      } else if items.count != Int(facts.stackDepths[position]) {
        preconditionFailure("only a jump target follows an instruction that does not go on")
      }
      translate(verified.program.instructions[function.entryPoint + position])
    }
  }

  /// Puts the values of shared locals into cells. Those some `BoxLocal` names are charged; a
  /// reference alone charges nothing.
  private mutating func makeCells() {
    let isBoxed = verified.boxedLocals(of: index)
    for (local, isCell) in facts.cellLocals.enumerated() where isCell {
      let charge = isBoxed[local] ? AbstractSize.box : 0
      emit(TierZeroInstruction(.makeCell, a: local, immediate: UInt64(charge)))
    }
  }

  private mutating func startBlock() {
    // After a jump the items are stale; otherwise control falls in here.
    if fallsIn { materializeAll() }
    items = Array(repeating: .slot, count: Int(facts.stackDepths[offset]))
    fallsIn = true
    if observesLoops, let loop = facts.loopHeaders.firstIndex(of: offset) {
      emitArrival(at: loop)
    }
    // A frame that resumes here has arrived before.
    markWhole(at: offset)
  }

  /// Has arrivals at a loop header looked at: first what begins a visit, then what counts on.
  private mutating func emitArrival(at loop: Int) {
    let visit = function.slotCount + constants.count + loop
    noteArrival()
    emit(TierZeroInstruction(.loadConstant, c: visit, immediate: LoopVisit.none.bits))
    emitLoopHeader(visit: visit)
  }

  /// The next internal instruction is for arrivals at the offset other than by backward jumps, the one
  /// after it for those.
  mutating func noteArrival() { arrivals[offset] = code.instructions.count }

  /// - Parameter visit: the word of the frame that counts the visit, nil for none.
  mutating func emitLoopHeader(visit: Int? = nil) {
    layout.loops.append((offset, code.instructions.count))
    emit(TierZeroInstruction(.loopHeader, a: visit ?? 0, b: visit == nil ? 0 : 1))
    emit(TierZeroInstruction(.data))
  }

  /// Whether control may come from the instruction before.
  private var fallsIn = true

  /// The next internal instruction resumes a whole frame at an offset.
  ///
  /// - Precondition: everything deferred has been written to its slot.
  mutating func markWhole(at offset: Int) {
    producer = nil
    layout.resume[offset] = Int32(code.instructions.count)
  }
}

// MARK: - Emitting

extension TierZeroTranslator {
  mutating func emit(_ instruction: TierZeroInstruction, _ site: TierZeroSite? = nil) {
    producer = nil
    code.append(instruction, site ?? self.site)
  }

  /// Emits an instruction that computes a new top of the stack into `c`.
  mutating func emitProducer(_ instruction: TierZeroInstruction, _ site: TierZeroSite? = nil) {
    emit(instruction, site)
    producer = code.instructions.count - 1
    items.append(.slot)
  }

  /// The record of the instruction being translated.
  var site: TierZeroSite {
    let instruction = verified.program.instructions[function.entryPoint + offset]
    return TierZeroSite(index, offset, instruction.opcode, width: instruction.operand.width)
  }

  /// The frame position of an operand stack slot.
  func slot(_ depth: Int) -> Int { function.slotCount + frameWords.count + depth }

  /// The frame position a stack item can be read from; a constant that has none is written to its
  /// slot first.
  mutating func register(_ depth: Int) -> Int {
    switch items[depth] {
    case .slot, .written: return slot(depth)
    case .local(let local): return local
    case .constant(let word):
      if let position = constants.firstIndex(of: word) { return function.slotCount + position }
      materialize(depth)
      return slot(depth)
    }
  }

  /// Writes a deferred item to its operand stack slot.
  mutating func materialize(_ depth: Int) {
    switch items[depth] {
    case .slot, .written: break
    case .local(let local):
      emit(TierZeroInstruction(.move, a: local, c: slot(depth)))
      items[depth] = .slot
    case .constant(let word):
      emit(TierZeroInstruction(.loadConstant, c: slot(depth), immediate: word.bits))
      items[depth] = .written(word)
    }
  }

  mutating func materializeAll() {
    for depth in items.indices { materialize(depth) }
  }

  /// Writes the items that name a local to their slots, before the local changes.
  mutating func release(_ local: Int) {
    for depth in items.indices where items[depth] == .local(local) { materialize(depth) }
  }
}

// MARK: - Control

extension TierZeroTranslator {
  mutating func emitJump(to target: Int) {
    materializeAll()
    if target <= offset {
      layout.backwardJumps.append((offset, target, code.instructions.count))
      fixups.append(
        Fixup(instruction: code.instructions.count, target: target, isBackwardJump: true))
      emit(TierZeroInstruction(.jumpBack))
      emit(TierZeroInstruction(.data))
    } else {
      fixups.append(Fixup(instruction: code.instructions.count, target: target))
      emit(TierZeroInstruction(.jump))
    }
    fallsIn = false
  }

  /// Nothing follows in this block.
  mutating func endBlock() {
    producer = nil
    fallsIn = false
  }

  /// `SetupTry`: everything below the payload is in its slot from here on, as long as the handler
  /// is in force.
  mutating func emitSetup(to target: Int) {
    materializeAll()
    if layout.resume[offset] < 0 { markWhole(at: offset) }
    fixups.append(Fixup(instruction: code.instructions.count, target: target))
    layout.setups.append((offset, code.instructions.count))
    emit(TierZeroInstruction(.setupTry, a: slot(items.count)))
  }

  mutating func emitConditionalJump(to target: Int, ifTrue: Bool) {
    let top = items.count - 1
    if items[top] == .slot, let producer, code.instructions[producer].opcode.isComparison {
      let comparison = code.instructions[producer]
      var site = code.sites[producer]
      site.fusedOffset = UInt32(offset)
      site.jumpsIfTrue = ifTrue
      code.removeLast()
      items.removeLast()
      // These write only slots below the operands of the comparison.
      materializeAll()
      let (opcode, isNarrow) = comparison.opcode.fused(ifTrue: ifTrue)
      var jump = comparison
      jump.opcode = opcode
      emitBranch(jump, site, to: target, isNarrow: isNarrow)
      return
    }
    let condition = register(top)
    items.removeLast()
    materializeAll()
    var site = site
    site.jumpsIfTrue = ifTrue
    emitBranch(
      TierZeroInstruction(ifTrue ? .jumpIfTrue : .jumpIfFalse, a: condition), site, to: target,
      isNarrow: false)
  }

  private mutating func emitBranch(
    _ jump: TierZeroInstruction, _ site: TierZeroSite, to target: Int, isNarrow: Bool
  ) {
    let position = code.instructions.count
    layout.branches.append((offset, position))
    // It pays for itself, and counts the arrivals.
    if target <= offset { layout.backwardJumps.append((offset, target, position)) }
    fixups.append(
      Fixup(
        instruction: position, target: target, isNarrow: isNarrow,
        isBackwardJump: target <= offset))
    emit(jump, site)
    emit(TierZeroInstruction(.data), site)
  }

  /// A jump or handler whose distance is not known yet.
  fileprivate struct Fixup {
    let instruction: Int
    let target: Int
    var isNarrow = false
    /// Delivery to a handler that lies behind is none.
    var isBackwardJump = false
  }

  private mutating func link(_ fixup: Fixup) {
    var destination = Int(layout.resume[fixup.target])
    precondition(destination >= 0, "every jump target starts a block")
    if let arrival = arrivals[fixup.target] {
      destination = fixup.isBackwardJump ? arrival + 1 : arrival
    }
    setDistance(
      fixup.instruction, destination - fixup.instruction, isNarrow: fixup.isNarrow)
  }

  private mutating func setDistance(_ position: Int, _ distance: Int, isNarrow: Bool) {
    if isNarrow {
      code.instructions[position].narrowDistance = distance
    } else {
      code.instructions[position].distance = distance
    }
  }
}

extension Operand {
  /// The width an instruction names, nil if none.
  var width: NumericWidth? {
    switch self {
    case .width(let width), .localWidth(_, let width): width
    case .none, .constant, .local, .binding, .capture, .function, .foreign, .schema, .field,
      .jump, .loop, .count, .builtin, .method, .property:
      nil
    }
  }
}
