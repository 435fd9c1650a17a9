import Bytecode
import CRuntime
import LLVM

/// The functions of the process that generated code calls.
enum RuntimeEntries {
  /// All of them with their addresses, in a fixed order.
  static var symbols: [RuntimeSymbol] {
    RuntimeEntry.allCases.map { RuntimeSymbol(name: $0.symbol, address: address(of: $0)) }
      + HeapEntry.allCases.map { RuntimeSymbol(name: $0.symbol, address: $0.address) }
  }

  private typealias Context = UnsafeMutablePointer<JITContext>
  private typealias Binary = @convention(c) (Context, UInt32, UInt64, UInt64) -> UInt64
  private typealias Unary = @convention(c) (UInt32, UInt64) -> UInt64
  private typealias Math = @convention(c) (UInt32, UInt32, UnsafePointer<UInt64>) -> UInt64
  private typealias Operands = UnsafeMutablePointer<UInt64>
  private typealias CallMethod =
    @convention(c) (Context, UInt32, UInt64, Operands, RunState.Callback?) -> UInt64
  private typealias CallValue = @convention(c) (Context, UInt32, Operands) -> UInt64
  private typealias Walk = @convention(c) (Context, UInt32, Operands, RunState.Callback?) -> UInt64
  private typealias BeginWalk = @convention(c) (Context, UInt32, UInt64) -> UInt64
  private typealias GoOnWalking =
    @convention(c) (Context, UInt32, Operands, UInt64, UInt64, RunState.Callback?) -> UInt64
  private typealias RecordCallback = @convention(c) (Context, UInt32) -> Void
  private typealias Print = @convention(c) (Context, UInt32, UnsafePointer<UInt64>) -> UInt64
  private typealias Word64 = @convention(c) (UInt64) -> UInt64
  private typealias Interpret = @convention(c) (Context, UInt32) -> UInt64
  private typealias RecordStore = @convention(c) (Context, UInt32, UInt64) -> Void
  private typealias Finish = @convention(c) (Context) -> UInt64
  private typealias Deliver = @convention(c) (Context, UInt64) -> UInt64
  private typealias Stopping =
    @convention(c) (Context, UnsafePointer<JITVersion>, UInt32) -> UInt64
  private typealias StoppingAtGuard =
    @convention(c) (Context, UnsafePointer<JITVersion>, UInt32, UInt32) -> UInt64
  private typealias MakeCell = @convention(c) (Context, UInt64, UInt64) -> UInt64
  private typealias MakeClosure =
    @convention(c) (Context, UInt32, UnsafePointer<UInt64>) -> UInt64
  private typealias Admits = @convention(c) (UInt64, UInt64) -> UInt64
  private typealias Raise = @convention(c) (Context, UInt64) -> Void
  private typealias CallForeign =
    @convention(c) (Context, UInt32, UnsafePointer<UInt64>, UInt64) -> UInt64
  private typealias KernelResult = @convention(c) (UInt64) -> Double
  private typealias Number2 = @convention(c) (Double, Double) -> Double

  private static func address(of entry: RuntimeEntry) -> UnsafeRawPointer {
    switch entry {
    case .binary: unsafeBitCast(runBinary as Binary, to: UnsafeRawPointer.self)
    case .unary: unsafeBitCast(runUnary as Unary, to: UnsafeRawPointer.self)
    case .math: unsafeBitCast(runMath as Math, to: UnsafeRawPointer.self)
    case .print: unsafeBitCast(runPrint as Print, to: UnsafeRawPointer.self)
    case .truthy: unsafeBitCast(testTruth as Word64, to: UnsafeRawPointer.self)
    case .interpret: unsafeBitCast(runInterpreted as Interpret, to: UnsafeRawPointer.self)
    case .finishCallee: unsafeBitCast(finishCallee as Finish, to: UnsafeRawPointer.self)
    case .deliver: unsafeBitCast(deliver as Deliver, to: UnsafeRawPointer.self)
    case .testBudgets: unsafeBitCast(testBudgets as Finish, to: UnsafeRawPointer.self)
    case .safepoint: unsafeBitCast(stopAtSafepoint as Stopping, to: UnsafeRawPointer.self)
    case .stopAtGuard: unsafeBitCast(stopAtGuard as StoppingAtGuard, to: UnsafeRawPointer.self)
    case .makeCell: unsafeBitCast(makeCell as MakeCell, to: UnsafeRawPointer.self)
    case .makeClosure: unsafeBitCast(makeClosure as MakeClosure, to: UnsafeRawPointer.self)
    case .admits: unsafeBitCast(admits as Admits, to: UnsafeRawPointer.self)
    case .recordStore: unsafeBitCast(recordStore as RecordStore, to: UnsafeRawPointer.self)
    case .noteStore: unsafeBitCast(noteStore as RecordStore, to: UnsafeRawPointer.self)
    case .raise: unsafeBitCast(recordRaise as Raise, to: UnsafeRawPointer.self)
    case .callForeign: unsafeBitCast(runForeign as CallForeign, to: UnsafeRawPointer.self)
    case .kernelResult: unsafeBitCast(kernelResult as KernelResult, to: UnsafeRawPointer.self)
    case .power: unsafeBitCast(jit_math_pow as Number2, to: UnsafeRawPointer.self)
    case .remainder: unsafeBitCast(jit_math_fmod as Number2, to: UnsafeRawPointer.self)
    case .callValue: unsafeBitCast(runCallValue as CallValue, to: UnsafeRawPointer.self)
    case .callMethod: unsafeBitCast(runCallMethod as CallMethod, to: UnsafeRawPointer.self)
    case .walk: unsafeBitCast(runWalk as Walk, to: UnsafeRawPointer.self)
    case .beginWalk: unsafeBitCast(runBeginWalk as BeginWalk, to: UnsafeRawPointer.self)
    case .goOnWalking: unsafeBitCast(runGoOnWalking as GoOnWalking, to: UnsafeRawPointer.self)
    case .recordCallback:
      unsafeBitCast(recordCallback as RecordCallback, to: UnsafeRawPointer.self)
    case .callBack: unsafeBitCast(runCallBack as RunState.Callback, to: UnsafeRawPointer.self)
    case .promote: unsafeBitCast(promote as Interpret, to: UnsafeRawPointer.self)
    }
  }
}

private func runBinary(
  _ context: UnsafeMutablePointer<JITContext>, _ code: UInt32, _ left: UInt64, _ right: UInt64
) -> UInt64 {
  let operation = OperationCode(rawValue: code)
  let (left, right) = (Word(bits: left), Word(bits: right))
  if operation.opcode == .add, left.isString || right.isString {
    return CompiledEntries.word(context) { (state) throws(Stop) in
      try CompiledEntries.add(left, right, state)
    }
  }
  do throws(Stop) {
    return try RuntimeArithmetic.binary(operation.opcode, operation.width, left, right).bits
  } catch { return TrapWord.make(error) }
}

private func runUnary(_ code: UInt32, _ operand: UInt64) -> UInt64 {
  let operation = OperationCode(rawValue: code)
  do throws(Stop) {
    return try RuntimeArithmetic.unary(operation.opcode, operation.width, Word(bits: operand)).bits
  } catch { return TrapWord.make(error.trapKind) }
}

private func runMath(
  _ code: UInt32, _ count: UInt32, _ arguments: UnsafePointer<UInt64>
) -> UInt64 {
  guard let builtin = Builtin(rawValue: UInt8(truncatingIfNeeded: code)) else {
    preconditionFailure("generated code names a builtin")
  }
  return arguments.withMemoryRebound(to: Word.self, capacity: Int(count)) { words in
    do throws(Stop) {
      let list = UnsafeBufferPointer(start: words, count: Int(count))
      return try RuntimeBuiltins.math(builtin, list).bits
    } catch { return TrapWord.make(error.trapKind) }
  }
}

private func runPrint(
  _ context: UnsafeMutablePointer<JITContext>, _ count: UInt32,
  _ arguments: UnsafePointer<UInt64>
) -> UInt64 {
  arguments.withMemoryRebound(to: Word.self, capacity: Int(count)) { words in
    RunState.of(context).print(UnsafeBufferPointer(start: words, count: Int(count)))
  }
  return Word.unit.bits
}

private func testTruth(_ word: UInt64) -> UInt64 { Word(bits: word).isTruthy ? 1 : 0 }

private func runInterpreted(
  _ context: UnsafeMutablePointer<JITContext>, _ function: UInt32
) -> UInt64 {
  RunState.of(context).enterElsewhere(FunctionIndex(Int(function))).bits
}

private func promote(
  _ context: UnsafeMutablePointer<JITContext>, _ function: UInt32
) -> UInt64 {
  RunState.of(context).promoted(FunctionIndex(Int(function)))
}

private func finishCallee(_ context: UnsafeMutablePointer<JITContext>) -> UInt64 {
  let state = RunState.of(context)
  guard state.hasDeoptimized else { return Word.sentinel.bits }
  return state.withCallsRestored { state.finishDeoptimized() }.bits
}

private func deliver(_ context: UnsafeMutablePointer<JITContext>, _ word: UInt64) -> UInt64 {
  if word >> RaiseWord.reasonShift & 0xFF != RaiseWord.passedOn { recordRaise(context, word) }
  return RunState.of(context).deliverInCompiledCode().bits
}

private func testBudgets(_ context: UnsafeMutablePointer<JITContext>) -> UInt64 {
  let state = RunState.of(context)
  if context.pointee.heap_charged > context.pointee.heap_limit, !state.testHeapLimit() {
    return TrapWord.make(.exit(.outOfMemory))
  }
  return context.pointee.fuel == 0 ? TrapWord.make(.exit(.outOfFuel)) : 0
}

private func stopAtSafepoint(
  _ context: UnsafeMutablePointer<JITContext>, _ version: UnsafePointer<JITVersion>,
  _ point: UInt32
) -> UInt64 {
  RunState.of(context).stop(atSafepoint: Int(point), of: version) ? 1 : 0
}

private func stopAtGuard(
  _ context: UnsafeMutablePointer<JITContext>, _ version: UnsafePointer<JITVersion>,
  _ point: UInt32, _ holds: UInt32
) -> UInt64 {
  RunState.of(context).stop(atGuard: Int(point), of: version, holds: holds != 0) ? 1 : 0
}

private func makeCell(
  _ context: UnsafeMutablePointer<JITContext>, _ word: UInt64, _ byteCount: UInt64
) -> UInt64 {
  let state = RunState.of(context)
  state.charge(Int(byteCount))
  return state.heap.makeBox(.cell, Word(bits: word)).bits
}

private func makeClosure(
  _ context: UnsafeMutablePointer<JITContext>, _ function: UInt32, _ captures: UnsafePointer<UInt64>
) -> UInt64 {
  let state = RunState.of(context)
  let index = FunctionIndex(Int(function))
  let count = state.program.verified.program[index].captures.count
  return captures.withMemoryRebound(to: Word.self, capacity: count) { words in
    do throws(Stop) {
      let row = UnsafeBufferPointer(start: words, count: count)
      return try TierZeroSlowPaths.makeClosure(index, row, state).bits
    } catch { return TrapWord.make(error) }
  }
}

private func admits(_ word: UInt64, _ mask: UInt64) -> UInt64 {
  Word(bits: word).isAdmitted(by: KindMask(bits: mask)) ? 1 : 0
}

private func recordStore(
  _ context: UnsafeMutablePointer<JITContext>, _ binding: UInt32, _ word: UInt64
) {
  RunState.of(context).recordStore(BindingIndex(Int(binding)), Word(bits: word))
}

private func noteStore(
  _ context: UnsafeMutablePointer<JITContext>, _ binding: UInt32, _ word: UInt64
) {
  RunState.of(context).noteStore(BindingIndex(Int(binding)), Word(bits: word))
}

private func recordRaise(_ context: UnsafeMutablePointer<JITContext>, _ word: UInt64) {
  let site = Site(
    FunctionIndex(Int(word >> 40)), offset: Int(UInt32(truncatingIfNeeded: word)))
  let reason = word >> RaiseWord.reasonShift & 0xFF
  let state = RunState.of(context)
  if reason == RaiseWord.passedOn { return }
  if reason == RaiseWord.outOfFuel { return state.exitOutOfFuel(at: site) }
  if reason == RaiseWord.outOfMemory { return state.exitOutOfMemory(at: site) }
  guard let kind = TrapKind(rawValue: UInt8(reason)) else {
    preconditionFailure("generated code names a trap")
  }
  state.raise(kind, at: site)
}

private func runForeign(
  _ context: UnsafeMutablePointer<JITContext>, _ index: UInt32,
  _ arguments: UnsafePointer<UInt64>, _ site: UInt64
) -> UInt64 {
  let index = ForeignIndex(Int(index))
  let site = Site(FunctionIndex(Int(site >> 32)), offset: Int(UInt32(truncatingIfNeeded: site)))
  return RunState.with(context) { state in
    state.callForeignFromCompiledCode(index, arguments, at: site).bits
  }
}

private func kernelResult(_ bits: UInt64) -> Double {
  let word = Word(bits: bits)
  if word.isNumber { return word.number }
  if word.isInt { return Double(word.int) }
  precondition(word.isBool, "a kernel's values are numbers and bools")
  return word.bool ? 1 : 0
}
