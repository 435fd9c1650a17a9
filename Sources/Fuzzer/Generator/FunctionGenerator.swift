import Bytecode

/// Emits the body of one function, keeping the operand stack depth and the facts of its slots.
struct FunctionGenerator {
  var entropy: Entropy
  /// Hands out tags; its functions are the finished ones.
  var program: EditableProgram
  let environment: GeneratorEnvironment
  var parameters: [Parameter] = []
  var locals: [Slot] = []
  var slots: [SlotFact] = []
  var code: [EditableInstruction] = []
  var depth = 0
  /// Instructions this body may still grow by.
  var budget: Int
  /// How often, at most, the place now written runs in one call of the function.
  var multiplier = 1
  /// Fuel units of one call, at most, so far.
  var cost = 0
  /// Bytecode frames below this one, at most, so far.
  var framesBelow = 0
  var loops: [OpenLoop] = []
  /// What a call of the function gives.
  var result = ValueFact.unknown(.unit)
  /// Whether the body keeps to what numeric kernels accept.
  var isKernel = false
  private var pendingTags: [Tag] = []
  /// Stores that give locals their first values, before everything else.
  private var prologue: [EditableInstruction] = []

  /// A loop whose markers enclose the place now written.
  struct OpenLoop {
    var depth: Int
    /// Whether `Break` and `Continue` mean this loop: it has markers.
    var isMarked: Bool
    /// Where a loop without markers is left to.
    var exit: Tag
  }

  init(
    entropy: Entropy, program: EditableProgram, environment: GeneratorEnvironment, budget: Int
  ) {
    self.entropy = entropy
    self.program = program
    self.environment = environment
    self.budget = budget
  }

  // MARK: Emitting

  mutating func emit(_ opcode: Opcode, _ operand: EditableOperand = .plain(.none)) {
    let tag = pendingTags.popLast() ?? program.makeTag()
    for other in pendingTags {
      // Several places fall on one instruction: the first tag stands for all.
      code.append(EditableInstruction(tag: other, opcode: .nop, operand: .plain(.none)))
    }
    pendingTags.removeAll()
    code.append(EditableInstruction(tag: tag, opcode: opcode, operand: operand))
    budget -= 1
  }

  mutating func emit(_ opcode: Opcode, _ operand: Operand) { emit(opcode, .plain(operand)) }

  /// Emits an instruction that pops and pushes so many values.
  mutating func emit(
    _ opcode: Opcode, _ operand: Operand = .none, pops: Int, pushes: Int
  ) {
    emit(opcode, .plain(operand))
    depth += pushes - pops
  }

  mutating func push(_ constant: Constant) {
    if constant == .null, entropy.chance(1, in: 2) {
      emit(.pushNull, .none)
    } else {
      emit(.pushConst, .constant(constant))
    }
    depth += 1
  }

  /// Makes the next instruction the one the tag names.
  mutating func place(_ tag: Tag) { pendingTags.append(tag) }

  mutating func makeTag() -> Tag { program.makeTag() }

  mutating func jump(_ opcode: Opcode, to tag: Tag, pops: Int) {
    emit(opcode, .jump(tag))
    depth -= pops
  }

  // MARK: Slots

  /// Adds a local; it is null until its first store.
  mutating func addLocal(_ fact: SlotFact) -> LocalIndex {
    locals.append(Slot("v\(locals.count)", fact.declared))
    slots.append(fact)
    return LocalIndex(slots.count - 1)
  }

  /// Gives a local a first value at the function's entry, so that it may be read anywhere.
  mutating func initializeAtEntry(_ local: LocalIndex) {
    let slot = slots[local.position]
    var kinds = slot.fact.actual
    if kinds.contains(.null), kinds != .null, slot.declared == nil { return }
    kinds.remove(.null)
    // Inference takes the kinds of the first value too: one of them is enough.
    let constant = BoundaryConstants.constant(of: kinds.isEmpty ? .null : kinds, &entropy)
    let push = constant == .null ? Opcode.pushNull : .pushConst
    prologue.append(
      EditableInstruction(
        tag: program.makeTag(), opcode: push,
        operand: constant == .null ? .plain(.none) : .constant(constant)))
    prologue.append(
      EditableInstruction(
        tag: program.makeTag(), opcode: .storeLocal, operand: .plain(.local(local))))
  }

  /// The function, complete.
  func finished(name: String) -> EditableFunction {
    EditableFunction(
      name: name, parameters: parameters, locals: locals, captures: [], code: prologue + code)
  }

  /// What was written, to be put into a function that exists; ends in an instruction to jump to.
  mutating func inserted() -> (prologue: [EditableInstruction], body: [EditableInstruction]) {
    if !pendingTags.isEmpty { emit(.nop, .none) }
    return (prologue, code)
  }

  mutating func load(_ local: LocalIndex) -> ValueFact {
    let trusted = !isKernel && entropy.chance(1, in: 4)
    emit(
      trusted ? .loadLocalTrusted : .loadLocal, .local(local), pops: 0, pushes: 1)
    return slots[local.position].fact
  }

  mutating func store(_ local: LocalIndex) {
    emit(.storeLocal, .local(local), pops: 1, pushes: 0)
  }

  /// Slots with a fact the want accepts, by index.
  func localCandidates(for want: Want) -> [LocalIndex] {
    slots.indices.filter { want.accepts(slots[$0].fact) }.map { LocalIndex($0) }
  }

  // MARK: Kinds

  /// Emits what turns the value on the stack into one that fits a slot's fact.
  ///
  /// The value must satisfy the slot's actual kinds already, save that ints and numbers are
  /// converted; what is converted here is what inference cannot see.
  mutating func coerce(_ value: ValueFact, to slot: SlotFact) -> ValueFact {
    if slot.fact.known.isSuperset(of: value.known) || slot.declared != nil,
      slot.fact.actual.isSuperset(of: value.actual)
    {
      return value
    }
    if slot.fact.actual.contains(.int), KindSet.numeric.isSuperset(of: value.actual) {
      emit(.numberToInt, .none)
      return .int
    }
    if slot.fact.actual.contains(.number), KindSet.numeric.isSuperset(of: value.actual) {
      emit(.intToNumber, .none)
      return .number
    }
    emit(.not, .none)
    emit(.not, .none)
    return .bool
  }
}

/// What the functions of one program share while it is generated.
struct GeneratorEnvironment {
  var options: GeneratorOptions
  var bindings: [SlotFact]
  var callables: [CallableFunction]
  /// Whether what may trap is allowed.
  var isRisky: Bool
  /// Whether `Debug` may stand in the code.
  var allowsDebug: Bool
}
