import Bytecode
import CRuntime

extension RunState {
  /// Fills the cache of a named access, if the receiver keeps the key's value inside its cell.
  @inline(__always)
  fileprivate func remember(
    _ receiver: Word, _ key: Word, _ site: UnsafeMutablePointer<JITPropertySite>, forStore: Bool
  ) {
    if receiver.isObject, !receiver.isDictionary {
      guard let number = strings.key(of: key), let slot = shapes.slot(receiver.shape, number),
        slot < Int(receiver.cell.pointee.small)
      else { return }
      note(receiver, MemoryLayout<JITObject>.size + 8 * slot, site)
    } else if receiver.isRecord, !forStore {
      // Stores into records check kinds, which an inline path for objects does not.
      guard let number = strings.key(of: key),
        let field = layouts[receiver.schema].position(of: number)
      else { return }
      note(receiver, MemoryLayout<JITRecord>.size + 8 * field, site)
    }
  }

  private func note(
    _ receiver: Word, _ offset: Int, _ site: UnsafeMutablePointer<JITPropertySite>
  ) {
    site.pointee.header = receiver.address.load(as: UInt64.self)
    site.pointee.offset = UInt64(offset)
  }
}

func runGetKeyed(_ context: CompiledEntries.Context, _ receiver: UInt64, _ key: UInt64) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeObjects.get(Word(bits: receiver), Word(bits: key), state)
  }
}

func runSetKeyed(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ key: UInt64, _ value: UInt64
) -> UInt64 {
  CompiledEntries.effect(context) { (state) throws(Stop) in
    try RuntimeObjects.set(Word(bits: receiver), Word(bits: key), Word(bits: value), state)
  }
}

func runGetNamed(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ key: UInt64,
  _ site: UnsafeMutablePointer<JITPropertySite>
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    let (receiver, key) = (Word(bits: receiver), Word(bits: key))
    state.remember(receiver, key, site, forStore: false)
    return try RuntimeObjects.get(receiver, key, state)
  }
}

func runSetNamed(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ key: UInt64, _ value: UInt64,
  _ site: UnsafeMutablePointer<JITPropertySite>
) -> UInt64 {
  CompiledEntries.effect(context) { (state) throws(Stop) in
    let (receiver, key) = (Word(bits: receiver), Word(bits: key))
    state.remember(receiver, key, site, forStore: true)
    try RuntimeObjects.set(receiver, key, Word(bits: value), state)
  }
}

func runGetField(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ schema: UInt32, _ field: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeObjects.getField(
      Word(bits: receiver), SchemaIndex(Int(schema)), Int(field), state)
  }
}

func runSetField(
  _ context: CompiledEntries.Context, _ receiver: UInt64, _ value: UInt64, _ schema: UInt32,
  _ field: UInt32
) -> UInt64 {
  CompiledEntries.effect(context) { (state) throws(Stop) in
    try RuntimeObjects.setField(
      Word(bits: receiver), SchemaIndex(Int(schema)), Int(field), Word(bits: value), state)
  }
}

func runNewObject(
  _ context: CompiledEntries.Context, _ words: CompiledEntries.Words, _ count: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeObjects.newObject(CompiledEntries.list(words, count), state)
  }
}

/// Makes an object of distinct keys, and notes its header if all its values are inside its cell.
func runNewFirstObject(
  _ context: CompiledEntries.Context, _ words: CompiledEntries.Words, _ count: UInt32,
  _ site: UnsafeMutablePointer<JITPropertySite>
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    let object = try RuntimeObjects.newObject(CompiledEntries.list(words, count), state)
    if !object.isDictionary, count / 2 <= UInt32(object.cell.pointee.small) {
      site.pointee.header = object.address.load(as: UInt64.self)
    }
    return object
  }
}

/// Makes an object with the header of one of as many keys, which charged the same.
func runNewShapedObject(
  _ context: CompiledEntries.Context, _ values: CompiledEntries.Words, _ count: UInt32,
  _ header: UInt64
) -> UInt64 {
  CompiledEntries.word(context) { (state) in
    state.charge(AbstractSize.object + AbstractSize.key * Int(count))
    return state.heap.makeObject(header: header, CompiledEntries.list(values, count))
  }
}

func runNewRecord(
  _ context: CompiledEntries.Context, _ fields: CompiledEntries.Words, _ schema: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    let schema = SchemaIndex(Int(schema))
    let count = UInt32(state.layouts[schema].fieldCount)
    return try RuntimeObjects.newRecord(schema, CompiledEntries.list(fields, count), state)
  }
}

/// Makes what compiled code has left out so far, and charged where the program makes it.
func runMakeVirtual(
  _ context: CompiledEntries.Context, _ kind: UInt32, _ number: UInt32,
  _ fields: CompiledEntries.Words, _ count: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) in
    guard let kind = ValueKind(rawValue: UInt8(truncatingIfNeeded: kind)) else {
      preconditionFailure("code names a kind")
    }
    let fields = CompiledEntries.list(fields, count)
    // Its code makes most of them itself, with the same header.
    if kind == .object, count <= UInt32(JIT_SHAPE_KEYS) {
      return state.heap.makeObject(shape: number, fields)
    }
    let made = state.makeUncharged(kind, number: number, fieldCount: fields.count)
    for (position, field) in fields.enumerated() { made.part(position, of: kind).pointee = field }
    return made
  }
}

func runMergeObject(_ context: CompiledEntries.Context, _ left: UInt64, _ right: UInt64) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeObjects.merge(Word(bits: left), Word(bits: right), state)
  }
}

func runMergeRecord(
  _ context: CompiledEntries.Context, _ left: UInt64, _ right: UInt64, _ schema: UInt32
) -> UInt64 {
  CompiledEntries.word(context) { (state) throws(Stop) in
    try RuntimeObjects.mergeRecord(
      SchemaIndex(Int(schema)), Word(bits: left), Word(bits: right), state)
  }
}
