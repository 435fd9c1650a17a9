import Bytecode
import LLVM

/// Walks of builtins that call back, where it is known whom: a loop of this code with the callback's
/// code in it, or a direct call.
///
/// It does what the runtime's walk does, in the same order. What it has of the array is read again in
/// each round, because callbacks change arrays; and it takes nothing for granted that a callback may
/// break.
extension FunctionLowering {
  /// A builtin whose arguments are on the stack; false if its callee is not known.
  func lowerKnownWalk(_ builtin: Builtin, _ count: Int) -> Bool {
    let callee = stack[stack.count - count + 1]
    let word = box(callee)
    func walk(_ function: FunctionIndex) { lowerWalk(builtin, calling: function, word, count) }
    if let known = knownFunction(of: callee) {
      guard program.program[known.function].parameters.count <= builtin.callbackParameters else {
        decide(.callee, .declined(.arity))
        return false
      }
      decide(.callee, .dependency(known.dependency))
      walk(known.function)
      return true
    }
    guard let callees = speculation?.callbacks(at: offset, of: builtin), let last = callees.last,
      !commits(.feedbackIgnored)
    else { return false }
    let tests = callees.dropLast().map { function in
      { self.isFunction(word, callee.kinds, function) }
    }
    lowerArms(callees, tests, walk) {
      require(isFunction(word, callee.kinds, last), .callee, operand: 1, .callee(last))
    }
    return true
  }

  /// Whether a builtin's arguments on the stack let it be lowered so.
  func knowsCallback(of builtin: Builtin, _ count: Int) -> Bool {
    guard builtin.takesCallback, count > 1 else { return false }
    return knownFunction(of: stack[stack.count - count + 1]) != nil
      || speculation?.callbacks(at: offset, of: builtin).isEmpty == false
  }

  private func lowerWalk(
    _ builtin: Builtin, calling function: FunctionIndex, _ callee: IRValue, _ count: Int
  ) {
    let operands = Array(stack.suffix(count))
    stack.removeLast(count)
    let kinds = operands[0].kinds.intersection(.arrays)
    guard !kinds.isEmpty else {
      trapAlways(.typeError)
      return push(.boxed(types.constant(bits: Word.null.bits), .anything))
    }
    if !operands[0].kinds.isSubset(of: kinds) {
      trap(.typeError, unless: isCell(operands[0], of: kinds), "trap.type")
    }
    var walk = KnownWalk(
      builtin: builtin, function: function, callee: callee, array: box(operands[0]), kinds: kinds)
    walk.made = made(by: walk)
    walkedArrays = [walk.array] + (walk.made.map { [$0] } ?? [])
    // The context has the fuel wherever rounds meet.
    beforeRuntimeCall()
    let knowledge = Knowledge(of: self)
    push(.boxed(lowerRounds(of: walk, operands), walk.results))
    knowledge.restore(to: self)
    walkedArrays = []
    reloadFuel()
    // A callback leaves without the walk.
    mayHaveBrokenFacts = true
  }

  /// The array that a walk gives its results in; nil if it makes none.
  private func made(by walk: KnownWalk) -> IRValue? {
    guard walk.form == .map || walk.form == .filter else { return nil }
    return checked(
      build.call(scope.callee(.beginWalk), [context, code(of: walk), walk.array], name("made")))
  }

  private func code(of walk: KnownWalk) -> IRValue {
    types.constant32(UInt32(walk.builtin.rawValue))
  }
}

/// A walk whose callee is known.
struct KnownWalk {
  let builtin: Builtin
  let function: FunctionIndex
  /// The callee's word.
  let callee: IRValue
  /// The word of the array, which is of one of the kinds.
  let array: IRValue
  let kinds: KindSet
  /// The array being made of the results.
  var made: IRValue?

  var form: TierZeroWalk.Callback { TierZeroWalk.Callback(builtin) }

  /// The kinds of what the builtin gives.
  var results: KindSet {
    switch form {
    case .map: .array
    case .filter: kinds
    case .forEach: .unit
    case .findIndex: .int
    case .some, .every: .bool
    case .reduce, .find: .anything
    }
  }
}

/// What a walk makes of what its callback returns.
enum WalkResult {
  /// Its word.
  case word
  /// Whether it is truthy.
  case truth
  /// Nothing.
  case nothing

  init(_ form: TierZeroWalk.Callback) {
    switch form {
    case .map, .reduce: self = .word
    case .filter, .find, .findIndex, .some, .every: self = .truth
    case .forEach: self = .nothing
    }
  }
}

// MARK: - Rounds

/// One round of a walk as it is lowered.
private struct WalkRound {
  let index: IRValue
  let element: Value
  /// The accumulator of `reduce`.
  let accumulator: IRValue?
}

/// Where the ways out of a walk meet, with what each gives.
private struct WalkEnd {
  let block: IRBlock
  var results: [(word: IRValue, block: IRBlock)] = []
}

extension FunctionLowering {
  /// Lowers the loop; the builder is left behind it.
  ///
  /// - Returns: the builtin's result.
  private func lowerRounds(of walk: KnownWalk, _ operands: [Value]) -> IRValue {
    let array = CellView(
      address: cell(of: walk.array),
      kind: walk.kinds.only == nil ? kindByte(of: cell(of: walk.array)) : nil)
    let count = arrayLength(array)
    let initial = walk.form == .reduce ? box(operands[2]) : nil
    let before = build.block
    let header = hotBlock("walk")
    build.br(header)
    build.position(atEndOf: header)
    let index = build.phi(types.i64, name("walk.index"))
    build.addIncoming(types.constant(0 as Int64), from: before, to: index)
    let accumulator = initial.map { initial in
      let phi = build.phi(types.i64, name("accumulator"))
      build.addIncoming(initial, from: before, to: phi)
      return phi
    }
    reloadFuel()
    var end = WalkEnd(block: hotBlock("walked"))
    let body = hotBlock("walk.round")
    build.br(hasElement(index, count, array), body, end.block)
    end.results.append((walk.end(accumulator, types), build.block))
    build.position(atEndOf: body)
    let round = WalkRound(
      index: index, element: walkedElement(array, index, walk.kinds), accumulator: accumulator)
    let result = callBack(walk, round)
    let next = build.add(index, types.constant(1 as Int64), name("walk.next"))
    take(result, walk, round, &end)
    leaveIfStale(walk, accumulator == nil ? walk.made : box(result), next, count, &end)
    build.addIncoming(next, from: build.block, to: index)
    if let accumulator { build.addIncoming(box(result), from: build.block, to: accumulator) }
    build.br(header)
    build.position(atEndOf: end.block)
    let phi = build.phi(types.i64, name("walk.result"))
    for (word, block) in end.results { build.addIncoming(word, from: block, to: phi) }
    return phi
  }

  /// Whether there is an element for a round: an array that has become shorter ends the walk.
  private func hasElement(_ index: IRValue, _ count: IRValue, _ array: CellView) -> IRValue {
    build.and(
      build.icmp(.ult, index, count, name("is.inside")),
      build.icmp(.ult, index, arrayLength(array), name("is.inside")), name("has.element"))
  }

  private func walkedElement(_ array: CellView, _ index: IRValue, _ kinds: KindSet) -> Value {
    let words = kinds.subtracting(.boolArray)
    guard let kind = array.kind, words != kinds else { return element(array, index, kinds) }
    let (bools, others) = (hotBlock("walk.bools"), hotBlock("walk.words"))
    let join = hotBlock("walk.element")
    build.br(isOne(of: .boolArray, kind), bools, others)
    build.position(atEndOf: bools)
    let bool = box(element(CellView(address: array.address, kind: nil), index, .boolArray))
    build.br(join)
    build.position(atEndOf: others)
    let word = box(element(array, index, words))
    let end = build.block
    build.br(join)
    build.position(atEndOf: join)
    let phi = build.phi(types.i64, name("element"))
    build.addIncoming(bool, from: bools, to: phi)
    build.addIncoming(word, from: end, to: phi)
    return .boxed(phi, .anything)
  }

  /// Calls back with as many arguments as the callee has parameters.
  private func callBack(_ walk: KnownWalk, _ round: WalkRound) -> Value {
    let target = program.program[walk.function]
    let arguments =
      (round.accumulator.map { [.boxed($0, .anything)] } ?? [])
      + [round.element, .integer(round.index, 0...IntRange.maximum)]
    stack += arguments.prefix(target.parameters.count)
    lowerCall(
      walk.function, closure: target.captures.isEmpty ? nil : walk.callee,
      for: WalkResult(walk.form))
    return pop()
  }

  /// Does with a callback's result what the builtin does; the builder is left where the walk goes on.
  private func take(
    _ result: Value, _ walk: KnownWalk, _ round: WalkRound, _ end: inout WalkEnd
  ) {
    switch walk.form {
    case .map:
      guard let made = walk.made else { preconditionFailure("a map makes an array") }
      append(result, to: .boxed(made, .array))
    case .filter:
      guard let made = walk.made else { preconditionFailure("a filter makes an array") }
      let (kept, next) = (hotBlock("walk.kept"), hotBlock("walk.taken"))
      build.br(truthy(result), kept, next)
      build.position(atEndOf: kept)
      append(round.element, to: .boxed(made, walk.kinds))
      build.br(next)
      build.position(atEndOf: next)
    case .reduce, .forEach: break
    case .find: stop(&end, with: box(round.element), if: truthy(result))
    case .findIndex:
      let index = box(.integer(round.index, 0...IntRange.maximum))
      stop(&end, with: index, if: truthy(result))
    case .some: stop(&end, with: types.constant(bits: Word.true.bits), if: truthy(result))
    case .every:
      let isFalsy = build.xor(truthy(result), types.constant(true), name("is.falsy"))
      stop(&end, with: types.constant(bits: Word.false.bits), if: isFalsy)
    }
  }

  private func stop(_ end: inout WalkEnd, with word: IRValue, if condition: IRValue) {
    let next = hotBlock("walk.on")
    build.br(condition, end.block, next)
    end.results.append((word, build.block))
    build.position(atEndOf: next)
  }

  /// Behind a callback: has the runtime finish the walk if the code has been discarded.
  ///
  /// - Parameter accumulator: what has been made of the elements so far; nil for nothing.
  private func leaveIfStale(
    _ walk: KnownWalk, _ accumulator: IRValue?, _ next: IRValue, _ count: IRValue,
    _ end: inout WalkEnd
  ) {
    guard testsValidity, !commitsIfInvalid(.staleWalk) else { return }
    let (stale, valid) = (coldBlock("walk.stale"), hotBlock("walk.valid"))
    build.br(isValid, valid, stale)
    build.position(atEndOf: stale)
    let row = storeRow([
      .boxed(walk.array, .anything), .boxed(walk.callee, .anything),
      .boxed(accumulator ?? types.constant(bits: Word.null.bits), .anything),
    ])
    let word = build.call(
      scope.callee(.goOnWalking), [context, code(of: walk), row, next, count, callbackAddress],
      name("walk.finished"))
    end.results.append((checked(word), build.block))
    build.br(end.block)
    build.position(atEndOf: valid)
  }
}

extension KnownWalk {
  /// What the builtin gives when no callback has ended it.
  fileprivate func end(_ accumulator: IRValue?, _ types: IRTypes) -> IRValue {
    accumulator ?? made ?? types.constant(bits: form.end(.null).bits)
  }
}

// MARK: - Callbacks

extension FunctionLowering {
  /// The callback of a walk that this code belongs to, and that leaves for tier 0 without the walk;
  /// nil if all frames of the code leave.
  var callback: FunctionLowering? { isCallback ? self : caller?.callback }

  /// Where a callback goes that has left its frames in the deoptimization buffer.
  func leavingAlone() -> IRBlock {
    let block = leaving ?? coldBlock("leaving")
    leaving = block
    return block
  }

  /// Has tier 0 finish a callback that has left; its value is one more that the callback returns.
  func finishLeaving(_ callback: FunctionLowering) {
    guard let block = callback.leaving else { return }
    build.position(atEndOf: block)
    let finished = build.call(
      scope.callee(.finishCallee), [context], name("callback.finished"))
    let hasEnded = build.icmp(
      .eq, finished, types.constant(bits: Word.sentinel.bits), name("has.ended"))
    let next = coldBlock("finished")
    // A callback that ended has left the fuel in the context.
    build.br(hasEnded, raising(types.constant(bits: Word.sentinel.bits)), next)
    callback.returns.append(
      InlinedReturn(
        block: next, value: .boxed(finished, .anything), virtuals: VirtualObjects()))
  }

  /// Makes of all that a callback returns what its walk wants of it.
  func returnResults(as wanted: WalkResult) {
    // A frame that returns holds nothing else; what is held here is of the block lowered last.
    (locals, stack, stackBefore) = ([], [], [])
    returns = returns.map { end in
      build.position(atEndOf: end.block)
      virtuals = end.virtuals
      let result = result(wanted, of: made(virtuals.resolved(end.value)))
      return InlinedReturn(block: build.block, value: result, virtuals: VirtualObjects())
    }
  }

  func result(_ wanted: WalkResult, of value: Value) -> Value {
    switch wanted {
    case .word: .boxed(box(value), value.kinds)
    case .truth: .bool(truthy(value))
    case .nothing: .boxed(types.constant(bits: Word.unit.bits), .unit)
    }
  }

  /// Adds the entry of a callback to the trace, if there is one.
  func recordCallback(_ function: FunctionIndex) {
    let field = contextField(ContextOffset.recordsEvents, "records.field")
    let records = build.load(types.i64, field, name("records"))
    let isRecorded = build.icmp(.ne, records, types.constant(bits: 0), name("callback.recorded"))
    let (recording, next) = (coldBlock("record"), hotBlock("recorded"))
    build.br(isRecorded, recording, next)
    build.position(atEndOf: recording)
    build.call(
      scope.callee(.recordCallback), [context, types.constant32(function.rawValue)],
      name("record"))
    build.br(next)
    build.position(atEndOf: next)
  }
}
