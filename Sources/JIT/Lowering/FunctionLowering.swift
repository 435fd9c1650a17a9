import Bytecode
import LLVM

/// Makes the code of one function: a symbolic operand stack over values in SSA form.
///
/// Instructions are lowered in order, block by block; the families' files hold what each does.
/// A block with one predecessor takes over that one's state; one where several meet has a phi for
/// every live local and stack entry, in the representation that inference's kinds give.
final class FunctionLowering {
  /// Where the code runs: it decides how locals enter and how ends are reported.
  enum Form: Hashable {
    /// A function of a program, with a context, fuel and depth.
    case function
    /// A numeric kernel on an array of doubles.
    case kernel
  }

  let program: VerifiedProgram
  let index: FunctionIndex
  let function: Function
  let facts: FunctionFacts
  let plan: BlockPlan
  let form: Form
  let scope: ModuleScope
  let types: IRTypes
  let build: InstructionBuilder
  let code: IRFunction
  /// Whether safepoints and guards can be forced; see `Safepoints.swift`.
  let isHooked: Bool
  /// By function, what guards may rest on; nil in code without any.
  let feedback: [FunctionFeedback]?
  /// What guards make sure of; nil in code without any.
  let speculation: Speculation?
  /// The activation whose call this code takes the place of; nil for code of its own.
  let caller: FunctionLowering?
  /// Where inlined code goes back to its caller, with the value.
  var returns: [(block: IRBlock, value: Value)] = []
  /// The instructions of inlined functions in this code.
  var inlinedCount = 0
  /// What the code rests on without testing it, in the order of first use; of code of its own.
  private(set) var dependencies: [CodeDependency] = []
  /// Whether it may come to rest on anything, so that it tests whether all of that still holds.
  let testsValidity: Bool
  /// Whether rounds of loops begin with a test of whether the code is still the one to run.
  var leavesLoops = false
  /// Whether the instruction being lowered may break what code rests on.
  var mayHaveBrokenFacts = false
  /// Whether it may make a shape, without calling anything.
  var mayHaveMadeShape = false

  /// The offset of the instruction being lowered.
  var offset = 0 {
    didSet { build.locate(line: root.offset + 1) }
  }
  /// The handlers in force before it.
  var chain = HandlerChain.empty
  var locals: [Value?]
  var stack: [Value] = []
  /// The operand stack before the instruction: what a handler sees the lower part of.
  var stackBefore: [Value] = []
  /// The fuel left, held in a register by functions that loop.
  var fuel: IRValue?
  /// Whether the context holds the same.
  var isFuelStored = false
  /// The frames left on entry, held by functions that call.
  var framesLeft: IRValue?
  /// The closure that runs, a word; nil in functions without captures.
  var closure: IRValue?
  /// Room for operands in a row.
  var argumentBuffer: IRValue?
  /// The doubles whose bits words are, where a register holds them beside the words: a number that
  /// goes round a loop need not move between register files in every round. A NaN among them may
  /// be any, and where the word is no number they are nothing to use.
  var doubles: [IRValue: IRValue] = [:]
  /// Those of the phis of joins, which every edge feeds whatever is known on the way there.
  private var pairedPhis: [IRValue: IRValue] = [:]
  /// The words that integers were taken from, by guards.
  var words: [IRValue: IRValue] = [:]
  /// The functions that words are, or are closures of.
  var knownFunctions: [IRValue: KnownFunction] = [:]
  /// The keys of objects that words are, found out on every way here, of shapes that objects keep.
  var knownShapes: [IRValue: [Literal]] = [:]
  /// The guards that have told the kinds of values, on every way here.
  var guardedKinds: [IRValue: GuardedKinds] = [:]
  /// What the code says of its guards; nil in code without any.
  let account: AccountBuilder?
  /// The code's place among the activations of the account.
  let activation: Int
  /// The block being lowered, by its place in the plan.
  private(set) var blockPosition = 0
  /// The needs of the instruction being lowered that the account has.
  var decided: Set<GuardNeed> = []
  /// The strings of the constant pool that words are.
  var stringConstants: [IRValue: ConstantIndex] = [:]
  /// What was read of arrays' headers since the block began, and holds still, by the arrays' words.
  var arrayHeaders: [IRValue: ArrayHeader] = [:]
  var joins: [BlockEntry?]
  let exits: FunctionExits
  /// Where the code begins, and with which handlers.
  let startOffset: Int
  let startChain: HandlerChain
  /// The points at which frames may leave, in the order of their numbers.
  var points: [DeoptimizationPoint] = []
  /// The number of the first.
  let firstPoint: Int
  /// By offset: whether a frame may be forced to leave before the instruction.
  private(set) var safepoints: [Bool] = []

  /// - Parameters:
  ///   - firstPoint: the number of the first deoptimization point among those of the module.
  ///   - start: the offset the code begins at, and the handlers a frame has there.
  ///   - feedback: by function, what guards may rest on; nil for code without guards.
  ///   - caller: the activation whose call the code takes the place of.
  ///   - arguments: the kinds of the arguments, or of all slots of a frame that enters a loop, if
  ///     they are known.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, form: Form, code: IRFunction,
    scope: ModuleScope, isHooked: Bool = false, firstPoint: Int = 0,
    from start: (offset: Int, handlers: [Int]) = (0, []), feedback: [FunctionFeedback]? = nil,
    caller: FunctionLowering? = nil, arguments: [KindSet]? = nil
  ) {
    self.program = program
    self.index = index
    function = program.program[index]
    facts = program[index]
    plan = BlockPlan(
      program, index, from: start.offset, handlers: start.handlers,
      feedback: feedback?[index.position])
    self.form = form
    self.isHooked = isHooked
    self.firstPoint = firstPoint
    self.scope = scope
    types = scope.types
    build = InstructionBuilder(in: scope.context)
    self.code = code
    locals = [Value?](repeating: nil, count: function.slotCount)
    joins = [BlockEntry?](repeating: nil, count: plan.blocks.count)
    exits = FunctionExits(blockCount: plan.blocks.count)
    startOffset = start.offset
    startChain = plan.chain(of: start.handlers)
    self.feedback = feedback
    self.caller = caller
    account = feedback.map { _ in caller?.account ?? AccountBuilder() }
    activation =
      account?.begin(Self.activation(index, plan, from: start, caller: caller)) ?? 0
    testsValidity =
      caller?.testsValidity ?? feedback?.mayRestOnFacts(from: index, in: program.program) ?? false
    speculation = feedback.map { [plan, startChain] in
      Speculation(
        program, index, plan, $0[index.position], from: (start.offset, startChain),
        arguments: arguments)
    }
    guard isHooked else { return }
    safepoints = [Bool](repeating: false, count: function.bodyLength)
    for safepoint in program.safepoints(of: index) { safepoints[safepoint.offset] = true }
  }

  /// Takes note of something that the code rests on from here on.
  ///
  /// - Returns: its place among what the code rests on.
  @discardableResult
  func rest(on dependency: CodeDependency) -> Int {
    guard root === self else { return root.rest(on: dependency) }
    precondition(testsValidity, "code that rests on facts tests whether they hold")
    if let known = dependencies.firstIndex(of: dependency) { return known }
    dependencies.append(dependency)
    return dependencies.count - 1
  }

  /// The instruction being lowered.
  var instruction: Instruction { program.program.instructions[function.entryPoint + offset] }

  /// A name at the instruction being lowered.
  func name(_ role: StaticString) -> ValueName { ValueName(offset, role) }

  /// A parameter of the code: 0 is the context, or the kernel's locals.
  var context: IRValue { code.parameter(0) }

  /// Lowers all reachable instructions behind a prologue that has set the state they begin with.
  func lowerBody() {
    enterBlocks()
    for (position, block) in plan.blocks.enumerated() {
      guard let entry = joins[position] else {
        preconditionFailure("a reachable block has a predecessor in front of it or phis")
      }
      resume(entry)
      blockPosition = position
      chain = block.chain
      if block.isHandler, testsValidity {
        // What has raised may have broken something.
        leaveIfInvalid(before: block.offsets.lowerBound)
      }
      if leavesLoops, facts.loopHeaders.contains(block.offsets.lowerBound) {
        leaveIfInvalid(before: block.offsets.lowerBound)
      }
      readArrayHeaders(of: block)
      for offset in block.offsets {
        self.offset = offset
        stackBefore = stack
        exits.traps.removeAll(keepingCapacity: true)
        if isHooked, safepoints[offset] { lowerSafepoint() }
        (mayHaveBrokenFacts, mayHaveMadeShape) = (false, false)
        decided.removeAll(keepingCapacity: true)
        lower(instruction)
        decideTheRest()
        updateArrayHeaders()
        chain = plan.chains.chain(after: offset, instruction.opcode, chain)
        if testsValidity, mayHaveBrokenFacts || mayHaveMadeShape && knowsShapes {
          leaveIfInvalid(before: offset + 1)
        }
      }
      offset = block.offsets.upperBound - 1
      // Jumps have ended their block; what is left runs into the next one.
      if jumpTarget == nil, let next = plan.successors(of: offset).next {
        go(to: next)
      }
    }
    finishExits()
  }

  /// The offset the instruction being lowered jumps to, nil if it is no jump.
  var jumpTarget: Int? {
    BlockPlan.target(facts, program.program.body(of: index), offset)
  }

  /// A block directly behind the current one.
  func hotBlock(_ role: StaticString) -> IRBlock {
    let current = build.block
    return scope.withModule { $0.insertBlock(name(role), after: current, in: code) }
  }

  /// A block behind all others so far: where rare paths go.
  func coldBlock(_ role: StaticString) -> IRBlock {
    scope.withModule { $0.appendBlock(name(role), to: code) }
  }
}

/// A function that is known without a guard.
struct KnownFunction {
  let function: FunctionIndex
  /// The fact that tells it, by its place among those that the code rests on.
  let dependency: Int
}

/// The state at a block's start.
struct BlockEntry {
  var block: IRBlock
  var locals: [Value?]
  var stack: [Value]
  var fuel: IRValue?
  var isFuelStored: Bool
  /// Whether the values are phis that every edge must feed.
  var isJoin: Bool
  /// What is known there of the shapes of objects.
  var knownShapes: [IRValue: [Literal]] = [:]
  /// The guards that have told the kinds of values there.
  var guardedKinds: [IRValue: GuardedKinds] = [:]
}

// MARK: - Edges

extension FunctionLowering {
  /// Makes the phis of all joins, and starts the first block with the prologue's state.
  private func enterBlocks() {
    let prologue = build.block
    for (position, block) in plan.blocks.enumerated() where block.joins {
      offset = block.offsets.lowerBound
      let entry = scope.withModule { $0.appendBlock(name("join"), to: code) }
      build.position(atEndOf: entry)
      joins[position] = makeJoin(entry, at: position)
    }
    build.position(atEndOf: prologue)
    offset = startOffset
    chain = startChain
    let start = plan.position(of: startOffset, startChain)
    if joins[start] == nil {
      joins[start] = snapshot(prologue)
    } else {
      go(to: startOffset, charging: false)
    }
  }

  /// The state at a block of the current offset, as phis behind those the block has.
  ///
  /// - Parameters:
  ///   - position: the position of the block among those of the plan.
  ///   - isDelivery: whether the block leads to a handler: there is no payload yet, and the fuel is
  ///     in the context.
  func makeJoin(_ block: IRBlock, at position: Int, isDelivery: Bool = false) -> BlockEntry {
    guard
      let state = speculation?.state(ofBlock: position) ?? program.state(of: index, at: offset)
    else { preconditionFailure("a join is reachable") }
    let live = program.liveLocals(of: index, at: offset)
    var entry = BlockEntry(
      block: block, locals: locals.map { _ in nil }, stack: [], fuel: nil, isFuelStored: false,
      isJoin: true)
    for slot in locals.indices where isHeld(slot, live) {
      let representation = representation(of: slot, inferred: state.locals[slot])
      let phi = makePhi(representation, "local")
      if plan.isInLoop[offset], representation.mayBePaired, case .boxed(let word, _) = phi {
        let number = build.phi(types.double, name("local.number"))
        doubles[word] = number
        pairedPhis[word] = number
      }
      entry.locals[slot] = phi
    }
    let depth = state.stack.count - (isDelivery ? 1 : 0)
    entry.stack = state.stack.prefix(depth).map { makePhi(Representation($0), "stack") }
    if !isDelivery, fuel != nil { entry.fuel = build.phi(types.i64, name("fuel.phi")) }
    return entry
  }

  /// Whether code holds a local where some are live: a cell is the same one from the frame's start to
  /// its end, assigned or not.
  func isHeld(_ slot: Int, _ live: LocalSet) -> Bool {
    live.contains(LocalIndex(slot)) || facts.cellLocals[slot]
  }

  /// How a local is held where control flow joins.
  func representation(of slot: Int, inferred: KindSet) -> Representation {
    // Neither cells nor references are unboxed, whatever they hold.
    if facts.cellLocals[slot] { return .boxed(.cell) }
    if slot < function.parameters.count, function.parameters[slot].isReference {
      return .boxed(.cell)
    }
    return Representation(function.kind(of: LocalIndex(slot))?.kinds ?? inferred)
  }

  private func makePhi(_ representation: Representation, _ role: StaticString) -> Value {
    representation.value(build.phi(representation.type(in: types), name(role)))
  }

  private func snapshot(_ block: IRBlock) -> BlockEntry {
    BlockEntry(
      block: block, locals: locals, stack: stack, fuel: fuel, isFuelStored: isFuelStored,
      isJoin: false, knownShapes: knownShapes, guardedKinds: guardedKinds)
  }

  private func resume(_ entry: BlockEntry) {
    if entry.block != build.block {
      // Source order is layout order: the next block falls through from this one.
      scope.withModule { $0.move(entry.block, after: build.block) }
    }
    build.position(atEndOf: entry.block)
    locals = entry.locals
    stack = entry.stack
    fuel = entry.fuel
    isFuelStored = entry.isFuelStored
    knownShapes = entry.knownShapes
    guardedKinds = entry.guardedKinds
  }

  /// Ends the current block with a jump to a block's start.
  func go(to target: Int, charging: Bool = true) {
    if charging, isBackward(target) { chargeFuel("jump.fuel") }
    let position = plan.position(of: target, chain)
    if let entry = joins[position], entry.isJoin {
      feed(entry, locals: locals, stack: stack)
      build.br(entry.block)
    } else {
      let block = hotBlock("next")
      build.br(block)
      joins[position] = snapshot(block)
    }
  }

  /// The block to branch to in order to reach a target from the current state, with whatever the
  /// edge has to do in a block of its own.
  func edge(to target: Int, isCold: Bool = false) -> IRBlock {
    let position = plan.position(of: target, chain)
    if let entry = joins[position], entry.isJoin, !isBackward(target), feedsDirectly(entry) {
      feed(entry, locals: locals, stack: stack)
      return entry.block
    }
    let from = build.block
    let block = hotBlock("edge")
    if joins[position] == nil {
      joins[position] = snapshot(block)
      return block
    }
    let (keptFuel, wasStored) = (fuel, isFuelStored)
    build.position(atEndOf: block)
    go(to: target)
    build.position(atEndOf: from)
    (fuel, isFuelStored) = (keptFuel, wasStored)
    return block
  }

  /// Whether a jump from the current instruction to the target costs fuel.
  func isBackward(_ target: Int) -> Bool {
    target <= offset && jumpTarget == target && form == .function
  }

  /// Whether an edge into a join needs no instruction.
  private func feedsDirectly(_ entry: BlockEntry) -> Bool {
    for (phi, value) in zip(entry.locals, locals) {
      guard let phi else { continue }
      guard let value, isAlready(value, like: phi) else { return false }
    }
    return zip(entry.stack, stack).allSatisfy { isAlready($0.1, like: $0.0) }
  }

  private func isAlready(_ value: Value, like phi: Value) -> Bool {
    switch (phi, value) {
    // Both edges of a jump to the next instruction must feed the same: making a double is work.
    case (.boxed(let target, _), .boxed(let word, _)):
      pairedPhis[target] == nil || doubles[word] != nil
    case (.integer, .integer), (.number, .number), (.bool, .bool): true
    case (.boxed, _), (.integer, _), (.number, _), (.bool, _), (.product, _): false
    }
  }

  /// Feeds the phis of a join from the current block.
  func feed(_ entry: BlockEntry, locals: [Value?], stack: [Value]) {
    for (phi, value) in zip(entry.locals, locals) {
      guard let phi else { continue }
      guard let value else { preconditionFailure("a live local has a value") }
      feed(phi, value)
    }
    for (phi, value) in zip(entry.stack, stack) { feed(phi, value) }
    if let phi = entry.fuel, let fuel {
      build.addIncoming(fuel, from: build.block, to: phi)
    }
  }

  /// Feeds a phi with a value whose kinds inference has proved to be the phi's.
  func feed(_ phi: Value, _ value: Value) {
    // Values of none of the kinds come from where control never does.
    precondition(
      value.kinds.isSubset(of: phi.kinds) || value.kinds.isDisjoint(with: phi.kinds),
      "inference and lowering take the same for granted")
    switch phi {
    case .boxed(let target, _):
      let word = box(value)
      build.addIncoming(word, from: build.block, to: target)
      if let number = pairedPhis[target] {
        build.addIncoming(double(of: value, word), from: build.block, to: number)
      }
    case .integer(let target, _):
      build.addIncoming(provedInteger(value), from: build.block, to: target)
    case .number(let target, _):
      build.addIncoming(provedNumber(value), from: build.block, to: target)
    case .bool(let target): build.addIncoming(provedBool(value), from: build.block, to: target)
    case .product: preconditionFailure("no phi is a product")
    }
  }
}
