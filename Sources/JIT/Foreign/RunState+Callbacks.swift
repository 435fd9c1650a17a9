import Bytecode
import CFFI
import CRuntime

/// A function of the program as C calls it; lives in the frame of a foreign call.
struct CallbackRecord {
  /// What C has as the function; the first field, since libffi takes the argument from here.
  let code: UnsafeMutableRawPointer
  private let closure: UnsafeMutableRawPointer
  /// Where the closure finds what it needs.
  private let context: UnsafeMutablePointer<CallbackContext>

  /// - Parameter callee: stays reachable through the arguments of the foreign call.
  static func make(
    _ signature: CallbackSignature, callee: Word, state: RunState, site: Site
  ) -> CallbackRecord {
    var code: UnsafeMutableRawPointer?
    let size = MemoryLayout<ffi_closure>.size
    guard let closure = ffi_closure_alloc(size, &code), let code else {
      preconditionFailure("the host has no memory for a closure")
    }
    let context = UnsafeMutablePointer<CallbackContext>.allocate(capacity: 1)
    context.initialize(
      to: CallbackContext(
        state: state, signature: signature, callee: callee, site: site,
        control: jit_float_control()))
    let status = ffi_prep_closure_loc(
      closure.assumingMemoryBound(to: ffi_closure.self), signature.interface.pointer,
      { _, result, arguments, context in
        guard let result, let arguments, let context else {
          preconditionFailure("libffi passes what it was given")
        }
        context.assumingMemoryBound(to: CallbackContext.self).pointee.enter(
          UnsafePointer(arguments), result)
      }, context, code)
    precondition(status == FFI_OK, "the signature was prepared")
    return CallbackRecord(code: code, closure: closure, context: context)
  }

  func free() {
    ffi_closure_free(closure)
    context.deinitialize(count: 1)
    context.deallocate()
  }
}

/// What a callback knows of the call it belongs to.
struct CallbackContext {
  let state: RunState
  let signature: CallbackSignature
  let callee: Word
  let site: Site
  /// How the run rounds.
  let control: UInt64

  /// What C calls. After a trap or exit it gets zero bits, at once and without an effect, until it
  /// returns.
  func enter(
    _ arguments: UnsafePointer<UnsafeMutableRawPointer?>, _ memory: UnsafeMutableRawPointer
  ) {
    memory.storeBytes(of: 0, as: UInt64.self)
    guard state.context.pointee.status == UInt32(JIT_STATUS_RUNNING) else { return }
    let outside = jit_float_control()
    if outside != control { jit_set_float_control(control) }
    do throws(Stop) {
      let result = try call(arguments)
      if result != .sentinel { try signature.result.store(result, to: memory, isWidened: true) }
    } catch {
      state.raise(stop: error, at: site)
    }
    if outside != control { jit_set_float_control(outside) }
  }

  private func call(
    _ arguments: UnsafePointer<UnsafeMutableRawPointer?>
  ) throws(Stop) -> Word {
    var words: [Word] = []
    for (index, scalar) in signature.parameters.enumerated() {
      guard let argument = arguments[index] else {
        preconditionFailure("libffi has a place for each argument")
      }
      words.append(try scalar.load(from: argument))
    }
    return words.withUnsafeBufferPointer { state.callBack(callee, $0, at: site) }
  }
}

extension RunState {
  /// Runs the body on the big stack if callbacks may nest and the calling thread has no room for the
  /// deepest nest.
  ///
  /// - Throws: `.inconclusive` if the host has no room for the stack.
  func withRoomForCallbacks(_ body: () -> Word) throws(EngineFailure) -> Word {
    guard foreign.takesCallbacks, jit_stack_room() < Tuning.callbackStackBytes else {
      return body()
    }
    return try BigStack.run(body)
  }

  /// Calls a bytecode function from C in the tier it runs in, with the checks and charges of a call,
  /// and gives its frame back if it returns.
  ///
  /// `stackTop` and `callsTop` lie above all frames of the run.
  ///
  /// - Parameter callee: a function or closure of as many parameters as there are arguments.
  /// - Parameter arguments: no heap values, since the collector does not search them.
  /// - Returns: the result, or the sentinel with the context's status set.
  func callBack(_ callee: Word, _ arguments: UnsafeBufferPointer<Word>, at site: Site) -> Word {
    let function = program.functions + callee.callee.position
    do throws(Stop) {
      for (index, argument) in arguments.enumerated()
      where !argument.isAdmitted(by: function.pointee.masks[index]) {
        throw .typeError
      }
      try chargeCallback()
    } catch {
      raise(stop: error, at: site)
      return .sentinel
    }
    if context.pointee.records_events != 0 { events.append(.callBack(callee.callee)) }
    // Without arguments there is nothing to copy, and no address.
    let words = arguments.baseAddress ?? UnsafePointer(stackTop)
    // Compiled code below C uses native stack for each call, as going to and fro between tiers does.
    let hasStack = hasNativeStack
    context.pointee.callee = callee.callee.rawValue
    let result =
      if hasStack, let entry = functionTable[callee.callee.position] {
        enterCompiled(entry, arguments.count, closure: callee, words)
      } else {
        interpret(
          callee.callee, arguments: words, closure: callee, state: self,
          entersCompiledCode: hasStack)
      }
    if result != .sentinel { context.pointee.frames_left += 1 }
    return result
  }
}
