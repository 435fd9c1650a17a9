import Bytecode
import CRuntime

// Builtins that call back, for compiled code: what they keep between callbacks is on the native stack.

/// What a walk calls back.
private struct CompiledCallback {
  let callee: Word
  /// The index of its function.
  let number: Int
  /// What the module has for walks; nil enters the callee in the tier it runs in.
  let code: RunState.Callback?
}

/// The elements that are left of a walk.
private struct WalkRounds {
  let array: Word
  /// The index of the next element.
  let next: Int
  /// The length at the start of the walk.
  let count: Int
}

extension RunState {
  /// Walks over an array for a builtin; what it keeps between callbacks is on the native stack.
  ///
  /// - Parameters:
  ///   - operands: the builtin's arguments.
  ///   - code: what the module has for walks.
  func walk(
    _ builtin: Builtin, _ operands: Operands, _ code: Callback?
  ) throws(Stop) -> Word {
    let (array, callee) = (operands[0], operands[1])
    guard array.isArray, callee.isCallable else { throw .typeError }
    let callback = CompiledCallback(
      callee: callee, number: callee.callee.position, code: code)
    guard functions[callback.number].parameterCount <= builtin.callbackParameters else {
      throw .arityMismatch
    }
    let accumulator = try beginWalk(builtin, array) ?? (builtin == .reduce ? operands[2] : .null)
    let rounds = WalkRounds(array: array, next: 0, count: array.arrayCount)
    return try visit(rounds, builtin, callback, accumulator)
  }

  /// The empty array that a walk gives its results in, with some room; nil if it makes none.
  fileprivate func beginWalk(_ builtin: Builtin, _ array: Word) throws(Stop) -> Word? {
    switch TierZeroWalk.Callback(builtin) {
    case .map: try makeResult(.plain, array)
    case .filter: try makeResult(ArrayKind(array), array)
    case .reduce, .forEach, .find, .findIndex, .some, .every: nil
    }
  }

  /// Goes on with a walk that code has begun.
  ///
  /// - Parameter operands: the array, the callee and what has been made of the elements so far.
  fileprivate func goOnWalking(
    _ builtin: Builtin, _ operands: Operands, next: Int, count: Int, _ code: Callback?
  ) throws(Stop) -> Word {
    let callback = CompiledCallback(
      callee: operands[1], number: operands[1].callee.position, code: code)
    let rounds = WalkRounds(array: operands[0], next: next, count: count)
    return try visit(rounds, builtin, callback, operands[2])
  }

  private func visit(
    _ rounds: WalkRounds, _ builtin: Builtin, _ callback: CompiledCallback, _ accumulator: Word
  ) throws(Stop) -> Word {
    let kind = TierZeroWalk.Callback(builtin)
    switch kind {
    case .map: return try map(rounds, callback, accumulator)
    case .filter: return try filter(rounds, callback, accumulator)
    case .reduce: return try reduce(rounds, callback, accumulator)
    case .forEach, .find, .findIndex, .some, .every: return try search(rounds, callback, kind)
    }
  }

  private func map(
    _ rounds: WalkRounds, _ callback: CompiledCallback, _ made: Word
  ) throws(Stop) -> Word {
    return try visit(rounds) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      try append(result, to: made, .plain)
      return nil
    } ?? made
  }

  private func filter(
    _ rounds: WalkRounds, _ callback: CompiledCallback, _ made: Word
  ) throws(Stop) -> Word {
    let kind = ArrayKind(made)
    return try visit(rounds) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      if result.isTrueOrTruthy { try append(element, to: made, kind) }
      return nil
    } ?? made
  }

  private func reduce(
    _ rounds: WalkRounds, _ callback: CompiledCallback, _ initial: Word
  ) throws(Stop) -> Word {
    var accumulator = initial
    return try visit(rounds) { element, place throws(Stop) in
      accumulator = try call(callback, accumulator, element, place)
      return accumulator.isRaise ? accumulator : nil
    } ?? accumulator
  }

  /// The builtins that make nothing, and may stop early.
  private func search(
    _ rounds: WalkRounds, _ callback: CompiledCallback, _ kind: TierZeroWalk.Callback
  ) throws(Stop) -> Word {
    try visit(rounds) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      if kind == .forEach || result.isTrueOrTruthy == (kind == .every) { return nil }
      return kind == .find ? element : kind == .findIndex ? place : Word(bool: kind == .some)
    } ?? kind.end(.null)
  }

  /// Gives elements and indices to a body until it gives a word.
  @inline(__always)
  private func visit(
    _ rounds: WalkRounds, _ body: (Word, Word) throws(Stop) -> Word?
  ) throws(Stop) -> Word? {
    let array = rounds.array
    var index = rounds.next
    // An array that has become shorter ends the walk.
    while index < rounds.count, index < array.arrayCount {
      if let end = try body(array.element(index), Word(int: Int64(index))) { return end }
      index += 1
    }
    return nil
  }

  /// An empty array for the results of a walk, with some room.
  private func makeResult(_ kind: ArrayKind, _ array: Word) throws(Stop) -> Word {
    try chargeTested(AbstractSize.array)
    return heap.makeArray(kind, capacity: min(array.arrayCount, Tuning.walkCapacity))
  }

  @inline(__always)
  private func append(_ value: Word, to array: Word, _ kind: ArrayKind) throws(Stop) {
    try chargeTested(kind.elementBytes)
    heap.append(value, to: array)
  }

  /// Calls back; the result may be a raise.
  @inline(__always)
  private func call(
    _ callback: CompiledCallback, _ first: Word, _ second: Word, _ third: Word = .null
  ) throws(Stop) -> Word {
    let isRecorded = context.pointee.records_events != 0
    guard let code = callback.code else {
      try admit(callback.number, first, second, third)
      if isRecorded { noteCallback(callback.number) }
      return enter(callback.number, closure: callback.callee, arguments)
    }
    if isRecorded { noteCallback(callback.number) }
    let bits = code(context, callback.callee.bits, first.bits, second.bits, third.bits)
    // A trap word means that nothing was called, so that the event is the last one.
    if isRecorded, bits >= TrapWord.first, bits != Word.sentinel.bits { events.removeLast() }
    return Word(bits: bits)
  }

  /// Puts the arguments of a callback into the context, checks them and charges the call.
  @inline(never)
  private func admit(
    _ number: Int, _ first: Word, _ second: Word, _ third: Word
  ) throws(Stop) {
    let function = functions + number
    (arguments[0], arguments[1], arguments[2]) = (first, second, third)
    if function.pointee.checksArguments, !function.pointee.admits(arguments) { throw .typeError }
    try chargeCallback()
  }

  /// Calls back in the tier the callee runs in.
  func callBack(
    _ callee: Word, _ first: Word, _ second: Word, _ third: Word
  ) throws(Stop) -> Word {
    let number = callee.callee.position
    try admit(number, first, second, third)
    return enter(number, closure: callee, arguments)
  }

  @inline(never)
  fileprivate func noteCallback(_ number: Int) { events.append(.callBack(FunctionIndex(number))) }
}

extension Word {
  /// Whether it is no value but a trap word or the sentinel.
  @inline(__always)
  fileprivate var isRaise: Bool { bits >= TrapWord.first }
}

// MARK: - The entries

func runWalk(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32,
  _ operands: UnsafeMutablePointer<UInt64>, _ callback: RunState.Callback?
) -> UInt64 {
  let builtin = builtin(code)
  return word(context) { state throws(Stop) in try state.walk(builtin, words(operands), callback) }
}

/// The empty array of a walk's results.
func runBeginWalk(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32, _ array: UInt64
) -> UInt64 {
  let builtin = builtin(code)
  return word(context) { state throws(Stop) in
    guard let made = try state.beginWalk(builtin, Word(bits: array)) else {
      preconditionFailure("generated code asks for an array only where the builtin makes one")
    }
    return made
  }
}

func runGoOnWalking(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32,
  _ operands: UnsafeMutablePointer<UInt64>, _ next: UInt64, _ count: UInt64,
  _ callback: RunState.Callback?
) -> UInt64 {
  let builtin = builtin(code)
  return word(context) { state throws(Stop) in
    try state.goOnWalking(builtin, words(operands), next: Int(next), count: Int(count), callback)
  }
}

func recordCallback(_ context: UnsafeMutablePointer<JITContext>, _ function: UInt32) {
  RunState.of(context).noteCallback(Int(function))
}

private func builtin(_ code: UInt32) -> Builtin {
  guard let builtin = Builtin(rawValue: UInt8(truncatingIfNeeded: code)) else {
    preconditionFailure("generated code names a builtin")
  }
  return builtin
}
