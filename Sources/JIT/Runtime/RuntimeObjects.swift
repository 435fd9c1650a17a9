import Bytecode

/// Properties, fields and elements: what reads and writes parts of a value.
enum RuntimeObjects {
  /// `GetProp`: the value of a key of any receiver.
  ///
  /// - Throws: TypeError for a receiver without parts and for a key of a kind it does not take,
  ///   UnknownMember and IndexOutOfBounds for a key it has not; `.outOfMemory` for the string of a
  ///   scalar.
  static func get(_ receiver: Word, _ key: Word, _ state: RunState) throws(Stop) -> Word {
    guard receiver.isHeap else { throw .typeError }
    if receiver.isArray {
      if key.isString { return try length(receiver.arrayCount, key, state) }
      return receiver.element(try key.position(in: receiver.arrayCount))
    }
    switch receiver.kind {
    case .object:
      guard key.isString else { throw .typeError }
      if let value = state.property(receiver, key) { return value }
      return isLength(key, state) ? Word(int: Int64(state.keyCount(receiver))) : .null
    case .record:
      guard key.isString else { throw .typeError }
      return field(receiver, key, state) ?? .null
    case .string:
      if key.isString { return try length(receiver.scalarCount, key, state) }
      let position = try key.position(in: receiver.scalarCount)
      return try RuntimeStrings.scalar(of: receiver, at: position, state)
    case .map:
      guard key.isString else { throw .typeError }
      return try length(Int(receiver.map.pointee.count), key, state)
    case .range, .some, .ok, .err, .closure: throw .typeError
    case .null, .unit, .bool, .int, .number, .function, .array, .intArray, .floatArray,
      .boolArray:
      preconditionFailure("tested before")
    case .reference, .cell: preconditionFailure("the verifier confines references and cells")
    }
  }

  /// `SetProp`, and the instructions that store into what a slot holds.
  ///
  /// - Throws: as `get`; TypeError too for a value the array or field does not take, and
  ///   UnknownMember for a string key of an array or of no field.
  static func set(
    _ receiver: Word, _ key: Word, _ value: Word, _ state: RunState
  ) throws(Stop) {
    if receiver.isArray {
      guard !key.isString else { throw .unknownMember }
      let position = try key.position(in: receiver.arrayCount)
      let kind = ArrayKind(receiver)
      Heap.store(try Heap.admit(value, into: kind), position, receiver, kind)
    } else if receiver.isObject {
      guard key.isString else { throw .typeError }
      state.setProperty(receiver, key, value)
    } else if receiver.isRecord {
      guard key.isString else { throw .typeError }
      let layout = state.layouts[receiver.schema]
      guard let name = state.strings.key(of: key), let position = layout.position(of: name)
      else { throw .unknownMember }
      guard value.isAdmitted(by: layout.masks[position]) else { throw .typeError }
      receiver.fields[position] = value
    } else {
      throw .typeError
    }
  }

  /// `GetFieldTyped`: a field of a record; one of another schema is searched by the field's name.
  ///
  /// - Throws: TypeError for anything but a record.
  static func getField(
    _ receiver: Word, _ schema: SchemaIndex, _ field: Int, _ state: RunState
  ) throws(Stop) -> Word {
    guard receiver.isRecord else { throw .typeError }
    if receiver.schema == schema { return receiver.fields[field] }
    let name = state.layouts[schema].keys[field]
    return state.layouts[receiver.schema].position(of: name).map { receiver.fields[$0] } ?? .null
  }

  /// `SetFieldTyped`.
  ///
  /// - Throws: TypeError for anything but a record and for a value the field does not take,
  ///   UnknownMember if a record of another schema has no field of the name.
  static func setField(
    _ receiver: Word, _ schema: SchemaIndex, _ field: Int, _ value: Word, _ state: RunState
  ) throws(Stop) {
    guard receiver.isRecord else { throw .typeError }
    let layout = state.layouts[receiver.schema]
    var position = field
    if receiver.schema != schema {
      let name = state.layouts[schema].keys[field]
      guard let other = layout.position(of: name) else { throw .unknownMember }
      position = other
    }
    guard value.isAdmitted(by: layout.masks[position]) else { throw .typeError }
    receiver.fields[position] = value
  }

  /// The value of a record's field, nil if it has none of the name.
  static func field(_ record: Word, _ key: Word, _ state: RunState) -> Word? {
    guard let name = state.strings.key(of: key),
      let position = state.layouts[record.schema].position(of: name)
    else { return nil }
    return record.fields[position]
  }

  private static func isLength(_ key: Word, _ state: RunState) -> Bool {
    state.strings.key(of: key) == state.strings.length
  }

  /// The length of a receiver that has no other member.
  private static func length(
    _ count: Int, _ key: Word, _ state: RunState
  ) throws(Stop) -> Word {
    guard isLength(key, state) else { throw .unknownMember }
    return Word(int: Int64(count))
  }
}

extension Word {
  /// The position an index means in a sequence of `count` elements; a negative one counts from the
  /// end.
  ///
  /// - Throws: TypeError for what is no int or integral number, IndexOutOfBounds outside the
  ///   sequence.
  @inline(__always)
  func position(in count: Int) throws(Stop) -> Int {
    let index = isInt ? Int(int) : Int(try toInt())
    let position = index < 0 ? index + count : index
    guard position >= 0, position < count else { throw .indexOutOfBounds }
    return position
  }
}
