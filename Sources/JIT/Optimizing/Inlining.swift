import Bytecode
import LLVM

/// Code of callees in the place of calls.
///
/// Inlined code is an activation like any other: what its call charges is charged, the context counts
/// its frame, and its raises go to the handlers of its caller as those of a callee do. Where it
/// leaves for tier 0, all frames of the chain do.
extension FunctionLowering {
  /// The activation that the code as a whole is of.
  var root: FunctionLowering { caller?.root ?? self }

  /// The calls that this code takes the place of, outermost first.
  var callSites: [Site] {
    guard let caller else { return [] }
    return caller.callSites + [Site(caller.index, offset: caller.offset)]
  }

  /// Whether a call of a function is replaced by its code.
  func inlines(_ callee: FunctionIndex) -> Bool {
    guard feedback != nil else { return false }
    let length = program.program[callee].bodyLength
    let chain = activations
    return length <= Tuning.inlineInstructions && chain.count <= Tuning.inlineDepth
      && root.inlinedCount + length <= Tuning.inlineBudget
      // A recursion is unrolled once.
      && chain.count { $0 == callee } <= 1
      && UnitCompiler.decline(of: callee, in: program) == nil
  }

  /// The functions of this code and of the calls that it takes the place of.
  private var activations: [FunctionIndex] { (caller?.activations ?? []) + [index] }

  /// Lowers a callee in the place of its call, which has been charged; its result is pushed.
  ///
  /// - Parameters:
  ///   - arguments: admitted by its parameters.
  ///   - walk: what a builtin makes of the value, if the call is its walk's.
  func inline(
    _ callee: FunctionIndex, closure: IRValue?, virtualClosure: Value?, _ arguments: [Value],
    framesLeft: IRValue, for walk: WalkResult? = nil
  ) {
    root.inlinedCount += program.program[callee].bodyLength
    let inlined = FunctionLowering(
      program, callee, form: .function, code: code, scope: scope, isHooked: isHooked,
      feedback: feedback(inlining: callee), caller: self,
      isCallback: walk != nil, arguments: arguments.map(\.kinds))
    let passes = walk == nil && passesVirtuals(to: inlined)
    let passed = (passes ? arguments : arguments.map(made))
      .map(virtuals.resolved)
    let passedClosure = virtualClosure.map { passes ? virtuals.resolved($0) : made($0) }
    // A callback leaves without the frames of the walk, and can reach nothing unmade of theirs.
    inlined.virtuals =
      walk != nil
      ? VirtualObjects()
      : virtuals.reached(
        from: locals + stack + passed + [passedClosure, self.virtualClosure], and: inherited)
    inlined.inherited = inlined.virtuals.identifiers
    inlined.build.position(atEndOf: build.block)
    inlined.argumentBuffer = argumentBuffer
    inlined.takeKnowledge(of: self)
    // What the rounds before have done to objects is not known.
    if walk == nil { inlined.knownShapes = knownShapes }
    inlined.guardedKinds = guardedKinds
    inlined.loadBudgets()
    inlined.framesLeft = framesLeft
    inlined.closure = closure
    if case .boxed(let word, _)? = passedClosure {
      inlined.closure = word
    } else {
      inlined.virtualClosure = passedClosure
    }
    for (position, argument) in passed.enumerated() { inlined.locals[position] = argument }
    for position in arguments.count..<inlined.function.slotCount {
      inlined.locals[position] = .boxed(types.constant(bits: Word.null.bits), .null)
    }
    inlined.makeCells()
    inlined.lowerBody()
    finishLeaving(inlined)
    if let walk { inlined.returnResults(as: walk) }
    takeKnowledge(of: inlined)
    push(continueBehind(inlined))
    restoreFramesLeft()
    reloadFuel()
  }

  private func takeKnowledge(of other: FunctionLowering) {
    words = other.words
    doubles = other.doubles
    knownFunctions = other.knownFunctions
    stringConstants = other.stringConstants
  }

  /// Goes on where inlined code returns, with its value.
  private func continueBehind(_ inlined: FunctionLowering) -> Value {
    if inlined.returns.contains(where: { !$0.virtuals.isEmpty }) {
      return continueWithVirtuals(behind: inlined)
    }
    let returns = inlined.returns
    let next = inlined.hotBlock("inlined")
    let kinds = returns.reduce(into: KindSet()) { $0.formUnion($1.value.kinds) }
    let representation = Representation(kinds)
    let values = returns.map { end in
      inlined.build.position(atEndOf: end.block)
      let word =
        returns.count == 1 ? nil : inlined.machineValue(end.value, as: representation)
      inlined.build.br(next)
      return (block: inlined.build.block, word: word)
    }
    build.position(atEndOf: next)
    // A function that never returns has nothing behind it.
    guard let only = returns.first else {
      return .boxed(types.poison(types.i64), .anything)
    }
    guard returns.count > 1 else { return only.value }
    let phi = build.phi(representation.type(in: types), name("value"))
    for (block, word) in values {
      if let word { build.addIncoming(word, from: block, to: phi) }
    }
    return representation.value(phi)
  }

  /// Ends a block of inlined code that has raised, and recorded it: the raise goes on from its call.
  func passOn(from block: IRBlock) {
    let current = build.block
    build.position(atEndOf: block)
    // What was raised has left the fuel in the context, as it was before the call.
    build.br(raising(types.constant(bits: Word.sentinel.bits)))
    build.position(atEndOf: current)
  }
}
