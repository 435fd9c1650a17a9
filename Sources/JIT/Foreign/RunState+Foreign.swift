import Bytecode
import CRuntime
import Glibc

/// `CallForeign` in the judged engines.
extension RunState {
  /// Calls a foreign function.
  ///
  /// The caller has moved `stackTop` and `callsTop` above its frame, which holds the arguments, and
  /// has noted the frame for the collector.
  ///
  /// - Parameter isCompiled: whether compiled code calls, through a thunk if there is one; otherwise
  ///   the call goes through libffi.
  /// - Returns: the result, or the sentinel with the context's status set: by this call, or by a
  ///   callback, whose raise stays as it was.
  func callForeign(
    _ index: ForeignIndex, _ arguments: UnsafePointer<Word>, at site: Site,
    fromCompiledCode isCompiled: Bool = false
  ) -> Word {
    do throws(Stop) {
      guard let address = foreign.address(of: index) else { throw .foreignError }
      guard foreign.nesting < ForeignBridge.nestingLimit else { throw .stackOverflow }
      let signature = foreign.signature(of: index)
      guard jit_stack_room() > Tuning.foreignStackBytes + signature.stackBytes else {
        // The host's stack is no limit of the language: the run ends inconclusive.
        heap.exhaust()
        throw .outOfMemory
      }
      let call = ForeignCall(
        state: self, index: index, signature: signature, arguments: arguments, site: site,
        thunk: isCompiled ? foreign.thunks?[index] : nil)
      return try call.run(address)
    } catch {
      raise(stop: error, at: site)
      return .sentinel
    }
  }

  /// Calls a foreign function for compiled code.
  ///
  /// Compiled code has no frame on the value stack, whose top it leaves as it found it; also below a
  /// handler of its own that catches what a callback raised, wherever the frames of that reached.
  ///
  /// - Parameter arguments: where the collector finds them on the native stack.
  /// - Returns: the result, or the sentinel with the context's status set.
  func callForeignFromCompiledCode(
    _ index: ForeignIndex, _ arguments: UnsafePointer<UInt64>, at site: Site
  ) -> Word {
    let (stackTop, callsTop) = (stackTop, callsTop)
    defer {
      self.stackTop = stackTop
      self.callsTop = callsTop
    }
    context.pointee.stack_end = UnsafeMutableRawPointer(stackTop).assumingMemoryBound(
      to: UInt64.self)
    let words = UnsafeRawPointer(arguments).assumingMemoryBound(to: Word.self)
    return callForeign(index, words, at: site, fromCompiledCode: true)
  }

  /// Records a trap or exit at an instruction.
  func raise(stop: Stop, at site: Site) {
    switch stop {
    case .trap(let kind): raise(kind, at: site)
    case .exit(.outOfFuel): exitOutOfFuel(at: site)
    case .exit(.outOfMemory): exitOutOfMemory(at: site)
    }
  }
}

/// One call of a foreign function.
struct ForeignCall {
  let state: RunState
  let index: ForeignIndex
  let signature: ForeignSignature
  let arguments: UnsafePointer<Word>
  let site: Site
  /// What calls the function, libffi if nil.
  let thunk: ForeignThunks.Thunk?

  /// Converts, calls and converts back; gives the sentinel if a callback ended in a trap or exit.
  func run(_ address: UnsafeMutableRawPointer) throws(Stop) -> Word {
    try withUnsafeTemporaryAllocation(byteCount: signature.frameBytes, alignment: 16) {
      (buffer) throws(Stop) in
      guard let frame = buffer.baseAddress else { preconditionFailure("every frame has a result") }
      return try run(address, frame)
    }
  }

  private func run(
    _ address: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer
  ) throws(Stop) -> Word {
    frame.initializeMemory(as: UInt8.self, repeating: 0, count: signature.frameBytes)
    var prepared = 0
    defer { release(prepared, frame) }
    for (position, parameter) in signature.parameters.enumerated() {
      let memory = frame + parameter.offset
      frame.storeBytes(of: memory, toByteOffset: 8 * position, as: UnsafeMutableRawPointer.self)
      try store(arguments[position], as: parameter.passing, to: memory)
      prepared += 1
    }
    recordCall()
    call(address, frame)
    guard state.context.pointee.status == UInt32(JIT_STATUS_RUNNING) else { return .sentinel }
    let result = try loadResult(frame + signature.resultOffset)
    if state.context.pointee.records_events != 0 {
      state.events.append(.returnForeign(index, state.observe(result)))
    }
    return result
  }

  private func recordCall() {
    guard state.context.pointee.records_events != 0 else { return }
    let values = UnsafeBufferPointer(start: arguments, count: signature.parameters.count)
    state.events.append(.callForeign(index, arguments: values.map(state.observe)))
  }

  private func call(_ address: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer) {
    let framesLeft = state.context.pointee.frames_left
    let control = jit_float_control()
    state.foreign.nesting += 1
    if let thunk {
      thunk(state.context, address, frame)
    } else {
      signature.call(address, frame)
    }
    state.foreign.nesting -= 1
    if jit_float_control() != control { jit_set_float_control(control) }
    // Those of a callback that raised something are gone.
    state.context.pointee.frames_left = framesLeft
  }
}

// MARK: - Arguments

extension ForeignCall {
  private func store(
    _ word: Word, as passing: ForeignPassing, to memory: UnsafeMutableRawPointer
  ) throws(Stop) {
    switch passing {
    case .scalar(let scalar): try scalar.store(word, to: memory)
    case .text: try storeText(word, to: memory)
    case .structure(let structure): try structure.store(word, to: memory)
    case .callback(let signature):
      guard word.isCallable else { throw .typeError }
      let callee = state.program.functions + word.callee.position
      guard callee.pointee.parameterCount == signature.parameters.count else {
        throw .arityMismatch
      }
      let record = CallbackRecord.make(signature, callee: word, state: state, site: site)
      memory.initializeMemory(as: CallbackRecord.self, to: record)
    }
  }

  /// A copy with a NUL behind it: what lies behind the bytes of a string is not known.
  private func storeText(_ word: Word, to memory: UnsafeMutableRawPointer) throws(Stop) {
    guard word.isString else { throw .typeError }
    let utf8 = word.utf8
    guard !utf8.contains(0) else { throw .foreignError }
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: utf8.count + 1)
    if let source = utf8.baseAddress { copy.initialize(from: source, count: utf8.count) }
    (copy + utf8.count).initialize(to: 0)
    memory.storeBytes(of: copy, as: UnsafeMutablePointer<UInt8>.self)
  }

  /// Frees what the first `count` arguments own.
  private func release(_ count: Int, _ frame: UnsafeMutableRawPointer) {
    for parameter in signature.parameters.prefix(count) {
      let memory = frame + parameter.offset
      switch parameter.passing {
      case .scalar, .structure: break
      case .text: memory.load(as: UnsafeMutablePointer<UInt8>.self).deallocate()
      case .callback: memory.load(as: CallbackRecord.self).free()
      }
    }
  }
}

// MARK: - The result

extension ForeignCall {
  /// The result as a value, checked first and charged then.
  private func loadResult(_ memory: UnsafeMutableRawPointer) throws(Stop) -> Word {
    switch signature.result {
    case .scalar(let scalar): return try scalar.loadResult(from: memory)
    case .text: return try loadText(memory)
    case .structure(let structure):
      try structure.check(memory)
      state.charge(structure.heapBytes)
      return try structure.makeRecord(memory, state.heap)
    case .callback: preconditionFailure("the verifier admits no callback as a result")
    }
  }

  private func loadText(_ memory: UnsafeMutableRawPointer) throws(Stop) -> Word {
    guard let text = memory.load(as: UnsafePointer<UInt8>?.self) else { return .null }
    let count = strlen(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self))
    let utf8 = UnsafeBufferPointer(start: text, count: count)
    guard UTF8Text.isWellFormed(utf8) else { throw .foreignError }
    try state.chargeTested(AbstractSize.string(count))
    return state.heap.makeString(utf8)
  }
}

extension UTF8Text {
  /// Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
  ///
  /// - Source: The Unicode Standard, table 3-7.
  static func isWellFormed(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    while position < utf8.count {
      let first = utf8[position]
      position += 1
      if first < 0x80 { continue }
      let second: ClosedRange<UInt8>
      let more: Int
      switch first {
      case 0xC2...0xDF: (second, more) = (0x80...0xBF, 0)
      case 0xE0: (second, more) = (0xA0...0xBF, 1)
      case 0xED: (second, more) = (0x80...0x9F, 1)
      case 0xE1...0xEF: (second, more) = (0x80...0xBF, 1)
      case 0xF0: (second, more) = (0x90...0xBF, 2)
      case 0xF1...0xF3: (second, more) = (0x80...0xBF, 2)
      case 0xF4: (second, more) = (0x80...0x8F, 2)
      default: return false
      }
      guard position + more < utf8.count, second.contains(utf8[position]) else { return false }
      for next in position + 1..<position + 1 + more where utf8[next] & 0xC0 != 0x80 {
        return false
      }
      position += 1 + more
    }
    return true
  }
}
