import Bytecode
import CRuntime

extension CompiledEntries {
  /// `Add` with at least one string.
  ///
  /// - Throws: as `RuntimeStrings.add`.
  @inline(__always)
  static func add(_ left: Word, _ right: Word, _ state: RunState) throws(Stop) -> Word {
    if left.isString, right.isString, let sum = appended(left, right, state) { return sum }
    return try RuntimeStrings.add(left, right, state)
  }

  /// The concatenation of two strings where the left one has room behind it and the heap limit is
  /// far; nil elsewhere.
  @inline(__always)
  private static func appended(_ left: Word, _ right: Word, _ state: RunState) -> Word? {
    let context = state.context
    let byteCount = Int(left.string.pointee.byte_count) &+ Int(right.string.pointee.byte_count)
    let charged = context.pointee.heap_charged &+ UInt64(AbstractSize.string(byteCount))
    guard right.string.pointee.byte_count != 0, charged <= context.pointee.heap_limit,
      let sum = state.heap.concatenateInPlace(left, right)
    else { return nil }
    context.pointee.heap_charged = charged
    return sum
  }
}

func runConcatenate(
  _ context: CompiledEntries.Context, _ left: UInt64, _ right: UInt64
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try CompiledEntries.add(Word(bits: left), Word(bits: right), state)
  }
}
