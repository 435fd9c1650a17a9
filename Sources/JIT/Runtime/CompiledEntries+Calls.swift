import Bytecode
import CRuntime

/// Calls that compiled code makes through the runtime: of values, of methods and by builtins that
/// call back.
///
/// Compiled code records no feedback. Its operands lie in a row in its frame, where the collector
/// finds them. Each gives a value, or the sentinel if a callee has raised; what is thrown is to be
/// raised at the calling instruction, with the depth as it was.
extension RunState {
  typealias Operands = UnsafeMutablePointer<Word>

  /// `CallValue`: calls the first operand with those behind it.
  func callValue(_ count: Int, _ operands: Operands) throws(Stop) -> Word {
    try call(operands[0], count, operands + 1)
  }

  /// `CallMethod`: looks the method up by its receiver, the first operand, and calls it.
  func callMethod(
    _ method: MethodName, _ count: Int, _ operands: Operands
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
    if builtin.takesCallback { return try walk(builtin, operands) }
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

extension RunState {
  /// Walks over an array for a builtin; what it keeps between callbacks is on the native stack.
  ///
  /// - Parameter operands: the builtin's arguments.
  func walk(_ builtin: Builtin, _ operands: Operands) throws(Stop) -> Word {
    let callback = TierZeroWalk.Callback(builtin)
    let (array, callee) = (operands[0], operands[1])
    guard array.isArray, callee.isCallable else { throw .typeError }
    let number = callee.callee.position
    guard functions[number].parameterCount <= (callback == .reduce ? 3 : 2) else {
      throw .arityMismatch
    }
    var accumulator = callback == .reduce ? operands[2] : .null
    if callback == .map || callback == .filter {
      try chargeTested(AbstractSize.array)
      accumulator = heap.makeArray(callback == .map ? .plain : ArrayKind(array))
    }
    let count = array.arrayCount
    var index = 0
    // An array that has become shorter ends the walk.
    while index < count, index < array.arrayCount {
      let element = array.element(index)
      let first = arguments
      let rest = callback == .reduce ? first + 1 : first
      first.pointee = accumulator
      rest[0] = element
      rest[1] = Word(int: Int64(index))
      let result = try callBack(number, callee, first)
      switch callback {
      case _ where result == .sentinel: return .sentinel
      case .map: try append(result, to: accumulator)
      case .filter: if result.isTrueOrTruthy { try append(element, to: accumulator) }
      case .reduce: accumulator = result
      case .forEach: break
      case .find: if result.isTrueOrTruthy { return element }
      case .findIndex: if result.isTrueOrTruthy { return Word(int: Int64(index)) }
      case .some: if result.isTrueOrTruthy { return .true }
      case .every: if !result.isTrueOrTruthy { return .false }
      }
      index += 1
    }
    return callback.end(accumulator)
  }

  /// Calls back with the context's arguments.
  private func callBack(
    _ number: Int, _ callee: Word, _ arguments: Operands
  ) throws(Stop) -> Word {
    let function = functions + number
    if function.pointee.checksArguments, !function.pointee.admits(arguments) { throw .typeError }
    try chargeCallback()
    if context.pointee.records_events != 0 {
      events.append(.callBack(FunctionIndex(number)))
    }
    return enter(number, closure: callee, arguments)
  }

  private func append(_ value: Word, to array: Word) throws(Stop) {
    try chargeTested(ArrayKind(array).elementBytes)
    heap.append(value, to: array)
  }
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
  _ operands: UnsafeMutablePointer<UInt64>
) -> UInt64 {
  word(context) { state throws(Stop) in
    try state.callMethod(MethodName(bits: method), Int(count), words(operands))
  }
}

func runWalk(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32,
  _ operands: UnsafeMutablePointer<UInt64>
) -> UInt64 {
  guard let builtin = Builtin(rawValue: UInt8(truncatingIfNeeded: code)) else {
    preconditionFailure("generated code names a builtin")
  }
  return word(context) { state throws(Stop) in try state.walk(builtin, words(operands)) }
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
