import Bytecode
import CRuntime

/// Calls that compiled code makes through the runtime: of values, of methods and by builtins that
/// call back.
///
/// Compiled code records no feedback. Its operands lie in a row in its frame, where the collector
/// finds them. Each gives a value, or the sentinel if a callee has raised; what is thrown is to be
/// raised at the calling instruction, with the depth as it was, and so is a trap word.
extension RunState {
  typealias Operands = UnsafeMutablePointer<Word>

  /// What a module of compiled code has for walks: takes the context, the callee and three
  /// arguments, of which the function gets as many as it has parameters; checks, charges and calls
  /// as `CallValue` does from the kinds of the arguments on.
  typealias Callback =
    @convention(c) (UnsafeMutablePointer<JITContext>, UInt64, UInt64, UInt64, UInt64) -> UInt64

  static let callbackArgumentCount = 3

  /// `CallValue`: calls the first operand with those behind it.
  func callValue(_ count: Int, _ operands: Operands) throws(Stop) -> Word {
    try call(operands[0], count, operands + 1)
  }

  /// `CallMethod`: looks the method up by its receiver, the first operand, and calls it.
  ///
  /// - Parameter callback: what the module has for walks.
  func callMethod(
    _ method: MethodName, _ count: Int, _ operands: Operands, _ callback: Callback?
  ) throws(Stop) -> Word {
    let receiver = operands[0]
    if receiver.isRecord {
      guard let function = program.methods.function(method.name, of: receiver.schema) else {
        throw .unknownMember
      }
      return try call(Word(function: function), count + 1, operands)
    }
    if receiver.isObject {
      let key = program.stringWords[method.name.position]
      guard let callee = property(receiver, key) else { throw .unknownMember }
      return try call(callee, count, operands + 1)
    }
    guard let builtin = method.builtin,
      builtin.methodReceivers.contains(KindSet(receiver.kind))
    else { throw .unknownMember }
    guard builtin.facts.argumentCounts.contains(count + 1) else { throw .arityMismatch }
    if builtin.takesCallback { return try walk(builtin, operands, callback) }
    return try RuntimeBuiltins.call(
      builtin, UnsafeBufferPointer(start: UnsafePointer(operands), count: count + 1), self)
  }

  /// Calls any value with arguments in a row.
  private func call(
    _ callee: Word, _ count: Int, _ arguments: Operands
  ) throws(Stop) -> Word {
    guard callee.isCallable else { throw .typeError }
    let number = callee.callee.position
    let function = functions + number
    guard function.pointee.parameterCount == count else { throw .arityMismatch }
    if function.pointee.checksArguments, !function.pointee.admits(arguments) { throw .typeError }
    try chargeCallback()
    return enter(number, closure: callee, arguments)
  }

  /// Enters a function whose call has been charged, in the tier it runs in, and gives its frame back
  /// if it returns.
  ///
  /// - Parameter arguments: may be the context's.
  private func enter(_ number: Int, closure: Word, _ arguments: Operands) -> Word {
    let framesLeft = context.pointee.frames_left
    context.pointee.callee = UInt32(truncatingIfNeeded: number)
    let result =
      if let entry = functionTable[number] {
        enterCompiled(entry, functions[number].parameterCount, closure: closure, arguments)
      } else {
        enterInterpreted(number, closure: closure, arguments)
      }
    if result != .sentinel { context.pointee.frames_left = framesLeft &+ 1 }
    return result
  }

  /// Enters a compiled function whose call has been charged.
  ///
  /// - Parameter arguments: may be the context's.
  func enterCompiled(
    _ entry: UnsafeRawPointer, _ count: Int, closure: Word, _ arguments: UnsafePointer<Word>
  ) -> Word {
    if arguments != UnsafePointer(self.arguments) {
      self.arguments.update(from: arguments, count: count)
    }
    return enterCompiled(entry, closure: closure)
  }

  private func enterInterpreted(
    _ number: Int, closure: Word, _ arguments: Operands
  ) -> Word {
    // Compiled code may handle a raise and go on.
    withCallsRestored {
      interpret(
        FunctionIndex(number), arguments: arguments, closure: closure, state: self,
        entersCompiledCode: hasNativeStack)
    }
  }
}

// MARK: - Builtins that call back

/// What a walk calls back.
private struct CompiledCallback {
  let callee: Word
  /// The index of its function.
  let number: Int
  /// What the module has for walks; nil enters the callee in the tier it runs in.
  let code: RunState.Callback?
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
    let kind = TierZeroWalk.Callback(builtin)
    let (array, callee) = (operands[0], operands[1])
    guard array.isArray, callee.isCallable else { throw .typeError }
    let callback = CompiledCallback(
      callee: callee, number: callee.callee.position, code: code)
    guard functions[callback.number].parameterCount <= (kind == .reduce ? 3 : 2) else {
      throw .arityMismatch
    }
    switch kind {
    case .map: return try map(array, callback)
    case .filter: return try filter(array, callback)
    case .reduce: return try reduce(array, callback, operands[2])
    case .forEach, .find, .findIndex, .some, .every: return try search(array, callback, kind)
    }
  }

  private func map(_ array: Word, _ callback: CompiledCallback) throws(Stop) -> Word {
    let made = try makeResult(.plain, array)
    return try visit(array) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      try append(result, to: made, .plain)
      return nil
    } ?? made
  }

  private func filter(_ array: Word, _ callback: CompiledCallback) throws(Stop) -> Word {
    let kind = ArrayKind(array)
    let made = try makeResult(kind, array)
    return try visit(array) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      if result.isTrueOrTruthy { try append(element, to: made, kind) }
      return nil
    } ?? made
  }

  private func reduce(
    _ array: Word, _ callback: CompiledCallback, _ initial: Word
  ) throws(Stop) -> Word {
    var accumulator = initial
    return try visit(array) { element, place throws(Stop) in
      accumulator = try call(callback, accumulator, element, place)
      return accumulator.isRaise ? accumulator : nil
    } ?? accumulator
  }

  /// The builtins that make nothing, and may stop early.
  private func search(
    _ array: Word, _ callback: CompiledCallback, _ kind: TierZeroWalk.Callback
  ) throws(Stop) -> Word {
    try visit(array) { element, place throws(Stop) in
      let result = try call(callback, element, place)
      if result.isRaise { return result }
      if kind == .forEach || result.isTrueOrTruthy == (kind == .every) { return nil }
      return kind == .find ? element : kind == .findIndex ? place : Word(bool: kind == .some)
    } ?? kind.end(.null)
  }

  /// Gives elements and indices to a body until it gives a word.
  @inline(__always)
  private func visit(
    _ array: Word, _ body: (Word, Word) throws(Stop) -> Word?
  ) throws(Stop) -> Word? {
    let count = array.arrayCount
    var index = 0
    // An array that has become shorter ends the walk.
    while index < count, index < array.arrayCount {
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
  private func noteCallback(_ number: Int) { events.append(.callBack(FunctionIndex(number))) }
}

extension Word {
  /// Whether it is no value but a trap word or the sentinel.
  @inline(__always)
  fileprivate var isRaise: Bool { bits >= TrapWord.first }
}

// MARK: - The entries

func runCallValue(
  _ context: UnsafeMutablePointer<JITContext>, _ count: UInt32,
  _ operands: UnsafeMutablePointer<UInt64>
) -> UInt64 {
  word(context) { state throws(Stop) in try state.callValue(Int(count), words(operands)) }
}

func runCallMethod(
  _ context: UnsafeMutablePointer<JITContext>, _ count: UInt32, _ method: UInt64,
  _ operands: UnsafeMutablePointer<UInt64>, _ callback: RunState.Callback?
) -> UInt64 {
  word(context) { state throws(Stop) in
    try state.callMethod(MethodName(bits: method), Int(count), words(operands), callback)
  }
}

func runWalk(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32,
  _ operands: UnsafeMutablePointer<UInt64>, _ callback: RunState.Callback?
) -> UInt64 {
  guard let builtin = Builtin(rawValue: UInt8(truncatingIfNeeded: code)) else {
    preconditionFailure("generated code names a builtin")
  }
  return word(context) { state throws(Stop) in try state.walk(builtin, words(operands), callback) }
}

func runCallBack(
  _ context: UnsafeMutablePointer<JITContext>, _ callee: UInt64, _ first: UInt64,
  _ second: UInt64, _ third: UInt64
) -> UInt64 {
  word(context) { state throws(Stop) in
    try state.callBack(
      Word(bits: callee), Word(bits: first), Word(bits: second), Word(bits: third))
  }
}

private func words(_ operands: UnsafeMutablePointer<UInt64>) -> RunState.Operands {
  UnsafeMutableRawPointer(operands).assumingMemoryBound(to: Word.self)
}

@inline(__always)
private func word(
  _ context: UnsafeMutablePointer<JITContext>, _ body: (RunState) throws(Stop) -> Word
) -> UInt64 {
  RunState.with(context) { state in
    do throws(Stop) { return try body(state).bits } catch { return TrapWord.make(error) }
  }
}
