import Bytecode
import CFFI

/// A foreign call under way, as its callbacks see it.
@safe final class ForeignCall {
  let memory: ForeignMemory
  let types: ForeignTypes
  /// Those of bytecode.
  let modes: FloatingPointModes
  /// The machine that called, while C runs.
  var machine: UnsafeMutablePointer<Machine>?
  /// What ended a callback before its return: later callbacks do nothing.
  var end: End?
  /// Kept for C, which knows their addresses only.
  private var callbacks: [ForeignCallback] = []

  init(memory: ForeignMemory, types: ForeignTypes, modes: FloatingPointModes) {
    self.memory = memory
    self.types = types
    self.modes = modes
  }

  /// The address by which C calls a function or closure.
  func makeEntry(
    for callee: Callee, _ parameters: [ForeignType], _ result: ForeignType
  ) throws(Stop) -> UnsafeMutableRawPointer {
    let callback = ForeignCallback(call: self, callee, parameters, result)
    guard let interface = unsafe types.describe(parameters, result, in: memory),
      let (closure, code) = unsafe memory.makeClosure()
    else { throw .hostMemoryExhausted }
    callbacks.append(callback)
    let status = unsafe ffi_prep_closure_loc(
      closure, interface,
      { _, result, arguments, context in
        guard let result = unsafe result, let context = unsafe context else { return }
        let callback = unsafe Unmanaged<ForeignCallback>.fromOpaque(context).takeUnretainedValue()
        unsafe callback.run(arguments, result)
      }, Unmanaged.passUnretained(callback).toOpaque(), code)
    guard status == FFI_OK else { throw .hostMemoryExhausted }
    return unsafe code
  }
}

/// A function or closure that C may call until the foreign call returns.
final class ForeignCallback {
  private unowned let call: ForeignCall
  private let callee: Callee
  private let parameters: [ForeignType]
  private let result: ForeignType

  init(
    call: ForeignCall, _ callee: Callee, _ parameters: [ForeignType], _ result: ForeignType
  ) {
    self.call = call
    self.callee = callee
    self.parameters = parameters
    self.result = result
  }

  /// Runs the callee for C, which gets zero bits once a callback has ended in a trap or exit.
  func run(
    _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ target: UnsafeMutableRawPointer
  ) {
    unsafe target.storeBytes(of: 0, as: UInt64.self)
    guard call.end == nil, let machine = unsafe call.machine else { return }
    let modes = FloatingPointModes()
    call.modes.restore()
    defer { modes.restore() }
    let end = unsafe machine.pointee.callBack(callee) { (machine) throws(Stop) in
      var values: [Value] = []
      for (position, type) in parameters.enumerated() {
        guard let source = unsafe arguments?[position] else {
          preconditionFailure("libffi hands over every argument")
        }
        values.append(unsafe try machine.read(type, from: UnsafeRawPointer(source)))
      }
      return values
    }
    guard case .finished(let value) = end else {
      call.end = end
      return
    }
    do {
      unsafe try machine.pointee.write(value, as: result, to: target, call)
      unsafe widen(target)
    } catch {
      call.end = unsafe machine.pointee.end(raising: error)
    }
  }

  /// libffi takes a result narrower than a register widened to one.
  private func widen(_ target: UnsafeMutableRawPointer) {
    let bits: UInt64 =
      switch result {
      case .i8: UInt64(truncatingIfNeeded: unsafe target.load(as: Int8.self))
      case .i16: UInt64(truncatingIfNeeded: unsafe target.load(as: Int16.self))
      case .i32: UInt64(truncatingIfNeeded: unsafe target.load(as: Int32.self))
      case .u8, .bool: UInt64(unsafe target.load(as: UInt8.self))
      case .u16: UInt64(unsafe target.load(as: UInt16.self))
      case .u32, .f32: UInt64(unsafe target.load(as: UInt32.self))
      case .i64, .u64, .f64, .pointer: unsafe target.load(as: UInt64.self)
      case .cString, .structure, .callback:
        preconditionFailure("the verifier lets callbacks give scalars and pointers only")
      }
    unsafe target.storeBytes(of: bits, as: UInt64.self)
  }
}

extension Machine {
  /// Runs a callback of the foreign function that the running instruction calls.
  ///
  /// - Returns: how it ended; the machine is again where the foreign function was called.
  mutating func callBack(
    _ callee: Callee, with arguments: (inout Machine) throws(Stop) -> [Value]
  ) -> End {
    let caller = frame
    let counts = (callers.count, walks.count, handlers.count, locals.count, operands.count)
    let baseLevel = foreign.baseLevel
    // Handlers of the callback's own frame, which will wait above the callers and this one.
    foreign.baseLevel = callers.count + 1
    let end = enterAndRun(callee, with: arguments)
    foreign.baseLevel = baseLevel
    frame = caller
    callers.removeLast(callers.count - counts.0)
    walks.removeLast(walks.count - counts.1)
    handlers.removeLast(handlers.count - counts.2)
    locals.removeLast(locals.count - counts.3)
    operands.removeLast(operands.count - counts.4)
    return end
  }

  private mutating func enterAndRun(
    _ callee: Callee, with arguments: (inout Machine) throws(Stop) -> [Value]
  ) -> End {
    do {
      let values = try arguments(&self)
      operands += values
      try enter(callee, argumentCount: values.count, below: 0, origin: .foreign)
    } catch {
      return end(raising: error)
    }
    return run()
  }

  /// What a stop at the foreign call itself comes to: no handler of its callbacks is in force.
  mutating func end(raising stop: Stop) -> End {
    let baseLevel = foreign.baseLevel
    foreign.baseLevel = callers.count + 1
    defer { foreign.baseLevel = baseLevel }
    guard let end = end(of: stop) else {
      preconditionFailure("handlers of callbacks are gone with their frames")
    }
    return end
  }
}
