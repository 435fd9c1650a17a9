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
  var captures: [CaptureFact] = []
  /// Handlers in force at the place now written.
  var handlers = 0
  /// Whether what is written is captured by a closure.
  var isCapturing = false
  /// The slot loaded last: taking it again makes aliases common.
  var recentSlot: LocalIndex?
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
    /// Handlers in force around its body.
    var handlers: Int
  }

  init(
    entropy: Entropy, program: EditableProgram, environment: GeneratorEnvironment, budget: Int
  ) {
    self.entropy = entropy
    self.program = program
    self.environment = environment
    self.budget = budget
  }

  /// Whether the program may hold more than the numeric core.
  var isWhole: Bool { environment.isWhole && !isKernel }

  /// Whether what may trap is allowed at the place now written.
  var mayRisk: Bool { environment.isRisky || handlers > 0 }

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

  /// Emits an instruction that names a property or method.
  mutating func emit(_ opcode: Opcode, _ operand: EditableOperand, pops: Int, pushes: Int) {
    emit(opcode, operand)
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
    if slot.fact.actual.contains(.null), slot.fact.actual != .null, slot.declared == nil { return }
    for (opcode, operand) in firstValue(of: slot.fact) {
      prologue.append(
        EditableInstruction(tag: program.makeTag(), opcode: opcode, operand: operand))
    }
    prologue.append(
      EditableInstruction(
        tag: program.makeTag(), opcode: .storeLocal, operand: .plain(.local(local))))
  }

  /// The function, complete.
  func finished(name: String) -> EditableFunction {
    EditableFunction(
      name: name, parameters: parameters, locals: locals,
      captures: captures.enumerated().map {
        Capture("c\($0.offset)", $0.element.slot.declared, isMutable: $0.element.isMutable)
      }, code: prologue + code)
  }

  /// What was written, to be put into a function that exists; ends in an instruction to jump to.
  mutating func inserted() -> (prologue: [EditableInstruction], body: [EditableInstruction]) {
    if !pendingTags.isEmpty { emit(.nop, .none) }
    return (prologue, code)
  }

  /// Pushes what a slot holds, or what a reference parameter refers to.
  mutating func load(_ local: LocalIndex) -> ValueFact {
    let slot = slots[local.position]
    recentSlot = local
    if slot.isReference {
      emit(.derefLoad, .local(local), pops: 0, pushes: 1)
      return slot.fact
    }
    let trusted = !isKernel && !slot.isShared && entropy.chance(1, in: 4)
    emit(
      trusted ? .loadLocalTrusted : .loadLocal, .local(local), pops: 0, pushes: 1)
    return slot.fact
  }

  /// Stores the top into a slot, or through a reference parameter.
  mutating func store(_ local: LocalIndex) {
    emit(
      slots[local.position].isReference ? .derefStore : .storeLocal, .local(local), pops: 1,
      pushes: 0)
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
  /// Whether the program may hold more than the numeric core.
  var isWhole = false
  /// What objects have under which keys, as long as nothing surprising is stored.
  var keys: [KeyFact] = []
  var schemas: [SchemaFact] = []
  var foreign: [ForeignFact] = []
  /// Whether what may trap is allowed.
  var isRisky: Bool
  /// Whether `Debug` may stand in the code.
  var allowsDebug: Bool
}

/// A key of objects and what it holds where an object has it.
struct KeyFact {
  var name: Literal
  var fact: ValueFact
}

/// A schema and what its fields hold.
struct SchemaFact {
  var index: SchemaIndex
  var fields: [(name: String, slot: SlotFact)]
}

extension GeneratorEnvironment {
  /// Numbers of parameters for which there is a function without captures that takes anything.
  var arities: [Int] {
    Set(
      callables.filter { $0.takesAnything && $0.captures.isEmpty && !$0.mayTrap }
        .map(\.parameters.count)
    ).sorted()
  }

  func schema(_ index: SchemaIndex) -> SchemaFact? { schemas.first { $0.index == index } }
}
