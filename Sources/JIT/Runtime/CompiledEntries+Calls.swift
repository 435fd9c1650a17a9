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
  func enter(_ number: Int, closure: Word, _ arguments: Operands) -> Word {
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

func runCallBack(
  _ context: UnsafeMutablePointer<JITContext>, _ callee: UInt64, _ first: UInt64,
  _ second: UInt64, _ third: UInt64
) -> UInt64 {
  word(context) { state throws(Stop) in
    try state.callBack(
      Word(bits: callee), Word(bits: first), Word(bits: second), Word(bits: third))
  }
}

func words(_ operands: UnsafeMutablePointer<UInt64>) -> RunState.Operands {
  UnsafeMutableRawPointer(operands).assumingMemoryBound(to: Word.self)
}

@inline(__always)
func word(
  _ context: UnsafeMutablePointer<JITContext>, _ body: (RunState) throws(Stop) -> Word
) -> UInt64 {
  RunState.with(context) { state in
    do throws(Stop) { return try body(state).bits } catch { return TrapWord.make(error) }
  }
}
