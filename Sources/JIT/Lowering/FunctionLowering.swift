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
  /// Whether that has feedback of others, by mistake.
  let hasExchangedFeedback: Bool
  /// What mistakes are made of.
  var mistaken = MistakenState()
  /// The activation whose call this code takes the place of; nil for code of its own.
  let caller: FunctionLowering?
  /// Whether that call is made by a walk of a builtin.
  let isCallback: Bool
  /// Where a callback's frames, with those inlined into it, go that leave for tier 0; the walk stays.
  var leaving: IRBlock?
  /// The arrays that the walk of a builtin has in hand.
  var walkedArrays: [IRValue] = []
  /// Where inlined code goes back to its caller, with the value.
  var returns: [InlinedReturn] = []
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
  /// The heap values that code has not made, as they are here.
  var virtuals = VirtualObjects()
  /// Those of them that frames further out hold.
  var inherited: [VirtualID] = []
  /// How many there have been; of code of its own.
  var virtualCount = 0
  /// The shapes that some access has met.
  private(set) lazy var metShapes = Set(feedback?.flatMap(\.metShapes) ?? [])
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
  /// The same of inlined code whose closure has not been made before its call.
  var virtualClosure: Value?
  /// The words of operands that there is room for in a row, in code with guards.
  private(set) lazy var greatestRow = greatestOperandBufferSize()
  /// Room for operands in a row.
  var argumentBuffer: IRValue?
  /// The doubles whose bits words are, where a register holds them beside the words: a number that
  /// goes round a loop need not move between register files in every round. A NaN among them may
  /// be any, and where the word is no number they are nothing to use.
  var doubles: [IRValue: IRValue] = [:]
  /// Those of the phis of joins, which every edge feeds whatever is known on the way there.
  var pairedPhis: [IRValue: IRValue] = [:]
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
  /// The guards made where loops are entered, with their ordinals.
  var loopGuards: [(loopGuard: LoopGuard, ordinal: Int)] = []
  /// The decisions that rest on guards at loops, by their places in the account.
  var loopDecisions: [(place: Int, guards: [LoopGuard])] = []
  /// Whether the prologue lies behind.
  private(set) var isInBody = false
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
  ///   - isCallback: whether a builtin's walk makes that call.
  ///   - arguments: the kinds of the arguments, or of all slots of a frame that enters a loop, if
  ///     they are known.
  init(
    _ program: VerifiedProgram, _ index: FunctionIndex, form: Form, code: IRFunction,
    scope: ModuleScope, isHooked: Bool = false, firstPoint: Int = 0,
    from start: (offset: Int, handlers: [Int]) = (0, []), feedback: [FunctionFeedback]? = nil,
    caller: FunctionLowering? = nil, isCallback: Bool = false, arguments: [KindSet]? = nil
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
    self.isCallback = isCallback
    account = feedback.map { _ in caller?.account ?? AccountBuilder() }
    activation =
      account?.begin(Self.activation(index, plan, from: start, caller: caller)) ?? 0
    testsValidity =
      caller?.testsValidity ?? feedback?.mayRestOnFacts(from: index, in: program.program) ?? false
    let known = feedback.map { $0[index.position] }
    let exchanged = known.flatMap { scope.exchanged($0, of: index, in: program.program) }
    hasExchangedFeedback = exchanged != nil
    speculation = (exchanged ?? known).map { [plan, startChain] in
      Speculation(
        program, index, plan, $0, from: (start.offset, startChain), arguments: arguments,
        others: feedback ?? [], decorator: scope.decorator)
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
    if hasExchangedFeedback { countMistake() }
    enterBlocks()
    for (position, block) in plan.blocks.enumerated() {
      guard let entry = joins[position] else {
        preconditionFailure("a reachable block has a predecessor in front of it or phis")
      }
      offset = block.offsets.lowerBound
      chain = block.chain
      resume(entry.open.isEmpty ? entry : close(entry, at: position))
      blockPosition = position
      isInBody = true
      narrowLocals()
      mistaken.begin(locals)
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
        lowerWithVirtuals(instruction)
        decideTheRest()
        moveLoad()
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
