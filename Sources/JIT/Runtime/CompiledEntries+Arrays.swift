import Bytecode
import CRuntime

func runNewArray(
  _ context: CompiledEntries.Context, _ words: CompiledEntries.Words, _ count: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.newArray(CompiledEntries.list(words, count), state)
  }
}

func runNewTypedArray(
  _ context: CompiledEntries.Context, _ words: CompiledEntries.Words, _ count: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.newTypedArray(CompiledEntries.list(words, count), state)
  }
}

func runLength(_ context: CompiledEntries.Context, _ value: UInt64) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.length(Word(bits: value), state)
  }
}

func runPush(_ context: CompiledEntries.Context, _ array: UInt64, _ value: UInt64) -> UInt64 {
  CompiledEntries.effect(context) { (state) throws(Stop) in
    try RuntimeArrays.push(Word(bits: array), Word(bits: value), state)
  }
}

func runPop(_ array: UInt64) -> UInt64 {
  do throws(Stop) {
    return try RuntimeArrays.pop(Word(bits: array)).bits
  } catch { return TrapWord.make(error) }
}

func runSlice(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ start: UInt64, _ end: UInt64
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.slice(Word(bits: receiver), Word(bits: start), Word(bits: end), state)
  }
}

func runMakeRange(
  _ context: CompiledEntries.Context, _ start: UInt64, _ end: UInt64, _ isInclusive: UInt64
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.makeRange(
      Word(bits: start), Word(bits: end), Word(bits: isInclusive), state)
  }
}

func runIterNext(_ context: CompiledEntries.Context, _ iterated: UInt64, _ index: UInt64) -> UInt64
{
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.iterNext(Word(bits: iterated), Word(bits: index), state)
  }
}

func runIterDone(_ context: CompiledEntries.Context, _ iterated: UInt64, _ index: UInt64) -> UInt64
{
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeArrays.iterDone(Word(bits: iterated), Word(bits: index), state)
  }
}

func runCallBuiltin(
  _ context: CompiledEntries.Context, _ code: UInt32, _ count: UInt32,
  _ arguments: CompiledEntries.Words
) -> UInt64 {
  guard let builtin = Builtin(rawValue: UInt8(truncatingIfNeeded: code)) else {
    preconditionFailure("generated code names a builtin")
  }
  return CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeBuiltins.call(builtin, CompiledEntries.list(arguments, count), state)
  }
}
