import Bytecode
import CRuntime

/// What generated code calls for heap values: C functions of words that give a word or a trap word.
enum CompiledEntries {
  typealias Context = UnsafeMutablePointer<JITContext>
  typealias Words = UnsafePointer<UInt64>

  /// Runs a body on the state of a context, and gives its word or why there is none.
  ///
  /// Borrows the state: counting references would cost more than many a body.
  @inline(__always)
  static func word(
    _ context: Context, _ body: (RunState) throws(Stop) -> Word
  ) -> UInt64 {
    guard let host = context.pointee.host else {
      preconditionFailure("every context is made by a run state")
    }
    return Unmanaged<RunState>.fromOpaque(host)._withUnsafeGuaranteedRef { state in
      do throws(Stop) { return try body(state).bits } catch { return TrapWord.make(error) }
    }
  }

  /// Runs a body that gives nothing: unit, or why it stopped.
  @inline(__always)
  static func effect(
    _ context: Context, _ body: (RunState) throws(Stop) -> Void
  ) -> UInt64 {
    word(context) { (state) throws(Stop) in
      try body(state)
      return .unit
    }
  }

  /// Words in a row.
  @inline(__always)
  static func list(_ words: Words, _ count: UInt32) -> UnsafeBufferPointer<Word> {
    UnsafeBufferPointer(
      start: UnsafeRawPointer(words).assumingMemoryBound(to: Word.self), count: Int(count))
  }
}

// MARK: - Addresses

extension HeapEntry {
  private typealias Context = CompiledEntries.Context
  private typealias Words = CompiledEntries.Words
  private typealias Word1 = @convention(c) (Context, UInt64) -> UInt64
  private typealias Word2 = @convention(c) (Context, UInt64, UInt64) -> UInt64
  private typealias Word3 = @convention(c) (Context, UInt64, UInt64, UInt64) -> UInt64
  private typealias Named =
    @convention(c) (
      Context, UInt64, UInt64, UnsafeMutablePointer<JITPropertySite>
    ) -> UInt64
  private typealias NamedStore =
    @convention(c) (
      Context, UInt64, UInt64, UInt64, UnsafeMutablePointer<JITPropertySite>
    ) -> UInt64
  private typealias Field = @convention(c) (Context, UInt64, UInt32, UInt32) -> UInt64
  private typealias FieldStore =
    @convention(c) (
      Context, UInt64, UInt64, UInt32, UInt32
    ) -> UInt64
  private typealias MergeRecord = @convention(c) (Context, UInt64, UInt64, UInt32) -> UInt64
  private typealias Row = @convention(c) (Context, Words, UInt32) -> UInt64
  private typealias FirstRow =
    @convention(c) (Context, Words, UInt32, UnsafeMutablePointer<JITPropertySite>) -> UInt64
  private typealias ShapedRow = @convention(c) (Context, Words, UInt32, UInt64) -> UInt64
  private typealias Remade = @convention(c) (Context, UInt32, UInt32, Words, UInt32) -> UInt64
  private typealias CallBuiltin = @convention(c) (Context, UInt32, UInt32, Words) -> UInt64
  private typealias Alone = @convention(c) (UInt64) -> UInt64
  private typealias Number1 = @convention(c) (Double) -> Double
  private typealias Number2 = @convention(c) (Double, Double) -> Double

  /// Where the process has the function.
  var address: UnsafeRawPointer {
    switch self {
    case .get: unsafeBitCast(runGetKeyed as Word2, to: UnsafeRawPointer.self)
    case .set: unsafeBitCast(runSetKeyed as Word3, to: UnsafeRawPointer.self)
    case .getNamed: unsafeBitCast(runGetNamed as Named, to: UnsafeRawPointer.self)
    case .setNamed: unsafeBitCast(runSetNamed as NamedStore, to: UnsafeRawPointer.self)
    case .getField: unsafeBitCast(runGetField as Field, to: UnsafeRawPointer.self)
    case .setField: unsafeBitCast(runSetField as FieldStore, to: UnsafeRawPointer.self)
    case .newObject: unsafeBitCast(runNewObject as Row, to: UnsafeRawPointer.self)
    case .newFirstObject: unsafeBitCast(runNewFirstObject as FirstRow, to: UnsafeRawPointer.self)
    case .newShapedObject: unsafeBitCast(runNewShapedObject as ShapedRow, to: UnsafeRawPointer.self)
    case .newRecord: unsafeBitCast(runNewRecord as Row, to: UnsafeRawPointer.self)
    case .makeVirtual: unsafeBitCast(runMakeVirtual as Remade, to: UnsafeRawPointer.self)
    case .mergeObject: unsafeBitCast(runMergeObject as Word2, to: UnsafeRawPointer.self)
    case .mergeRecord: unsafeBitCast(runMergeRecord as MergeRecord, to: UnsafeRawPointer.self)
    case .newArray: unsafeBitCast(runNewArray as Row, to: UnsafeRawPointer.self)
    case .newTypedArray: unsafeBitCast(runNewTypedArray as Row, to: UnsafeRawPointer.self)
    case .length: unsafeBitCast(runLength as Word1, to: UnsafeRawPointer.self)
    case .push: unsafeBitCast(runPush as Word2, to: UnsafeRawPointer.self)
    case .pop: unsafeBitCast(runPop as Alone, to: UnsafeRawPointer.self)
    case .slice: unsafeBitCast(runSlice as Word3, to: UnsafeRawPointer.self)
    case .makeRange: unsafeBitCast(runMakeRange as Word3, to: UnsafeRawPointer.self)
    case .iterNext: unsafeBitCast(runIterNext as Word2, to: UnsafeRawPointer.self)
    case .iterDone: unsafeBitCast(runIterDone as Word2, to: UnsafeRawPointer.self)
    case .concatenate: unsafeBitCast(runConcatenate as Word2, to: UnsafeRawPointer.self)
    case .builtin: unsafeBitCast(runCallBuiltin as CallBuiltin, to: UnsafeRawPointer.self)
    case .ln: unsafeBitCast(jit_math_log as Number1, to: UnsafeRawPointer.self)
    case .exp: unsafeBitCast(jit_math_exp as Number1, to: UnsafeRawPointer.self)
    case .log10: unsafeBitCast(jit_math_log10 as Number1, to: UnsafeRawPointer.self)
    case .sin: unsafeBitCast(jit_math_sin as Number1, to: UnsafeRawPointer.self)
    case .cos: unsafeBitCast(jit_math_cos as Number1, to: UnsafeRawPointer.self)
    case .tan: unsafeBitCast(jit_math_tan as Number1, to: UnsafeRawPointer.self)
    case .asin: unsafeBitCast(jit_math_asin as Number1, to: UnsafeRawPointer.self)
    case .acos: unsafeBitCast(jit_math_acos as Number1, to: UnsafeRawPointer.self)
    case .atan: unsafeBitCast(jit_math_atan as Number1, to: UnsafeRawPointer.self)
    case .hypot: unsafeBitCast(jit_math_hypot as Number2, to: UnsafeRawPointer.self)
    }
  }
}
