import Bytecode
import CRuntime

/// Makers of objects and records.
extension RuntimeObjects {
  /// `NewObject`: keys and values in turn; of equal keys the first gives the place, the last the
  /// value.
  ///
  /// - Throws: TypeError if a key is no string.
  static func newObject(
    _ pairs: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    let count = pairs.count / 2
    for index in 0..<count where !pairs[2 * index].isString { throw .typeError }
    state.charge(AbstractSize.object)
    let object = state.heap.makeObject(capacity: count)
    let known = state.fillAlongShapes(object, pairs, count)
    for index in known..<count {
      state.setProperty(object, pairs[2 * index], pairs[2 * index + 1])
    }
    return object
  }

  /// `NewTypedObject`: fields in the order of the schema.
  ///
  /// - Throws: TypeError for a value its field does not take.
  static func newRecord(
    _ schema: SchemaIndex, _ fields: UnsafeBufferPointer<Word>, _ state: RunState
  ) throws(Stop) -> Word {
    let layout = state.layouts[schema]
    for position in 0..<layout.fieldCount {
      guard fields[position].isAdmitted(by: layout.masks[position]) else { throw .typeError }
    }
    state.charge(AbstractSize.record(fieldCount: layout.fieldCount))
    let record = state.heap.makeRecord(schema, fieldCount: layout.fieldCount)
    for position in 0..<layout.fieldCount { record.fields[position] = fields[position] }
    return record
  }

  /// `MergeObject`: a's keys first; b's values win.
  ///
  /// - Throws: TypeError unless both are objects.
  static func merge(_ a: Word, _ b: Word, _ state: RunState) throws(Stop) -> Word {
    guard a.isObject, b.isObject else { throw .typeError }
    state.charge(AbstractSize.object)
    let object = state.heap.makeObject(capacity: state.keyCount(a) + state.keyCount(b))
    state.addProperties(of: a, to: object)
    state.addProperties(of: b, to: object)
    return object
  }

  /// `TypedMergeObject`: each field from b if it has it, else from a, else null.
  ///
  /// - Throws: TypeError unless both are objects or records, and for a value its field does not
  ///   take.
  static func mergeRecord(
    _ schema: SchemaIndex, _ a: Word, _ b: Word, _ state: RunState
  ) throws(Stop) -> Word {
    guard a.isObject || a.isRecord, b.isObject || b.isRecord else { throw .typeError }
    let layout = state.layouts[schema]
    func value(_ position: Int) -> Word {
      let key = state.strings.words[Int(layout.keys[position])]
      return member(b, key, state) ?? member(a, key, state) ?? .null
    }
    for position in 0..<layout.fieldCount {
      guard value(position).isAdmitted(by: layout.masks[position]) else { throw .typeError }
    }
    state.charge(AbstractSize.record(fieldCount: layout.fieldCount))
    let record = state.heap.makeRecord(schema, fieldCount: layout.fieldCount)
    for position in 0..<layout.fieldCount { record.fields[position] = value(position) }
    return record
  }

  /// What an object or record has under a key, nil if it has nothing.
  private static func member(_ holder: Word, _ key: Word, _ state: RunState) -> Word? {
    holder.isObject ? state.property(holder, key) : field(holder, key, state)
  }
}

extension RunState {
  /// Gives a new object keys and values as long as each key leads to a shape that exists: such a
  /// key is none the object has.
  ///
  /// - Returns: the pairs taken.
  @inline(__always)
  fileprivate func fillAlongShapes(
    _ object: Word, _ pairs: UnsafeBufferPointer<Word>, _ count: Int
  ) -> Int {
    var shape = object.shape
    var taken = 0
    while taken < count {
      guard let key = strings.key(of: pairs[2 * taken]), let child = shapes.child(shape, key)
      else { break }
      object.slots[taken] = pairs[2 * taken + 1]
      shape = child
      taken += 1
    }
    charge(taken * AbstractSize.key)
    object.cell.pointee.auxiliary = shape
    return taken
  }

  /// Adds or overwrites all keys of an object, in their order; charges added ones.
  fileprivate func addProperties(of source: Word, to object: Word) {
    if source.isDictionary {
      let table = source.dictionary
      for position in 0..<Int(table.pointee.used) {
        let entry = table.pointee.entries[position]
        setProperty(object, Word(bits: entry.key), Word(bits: entry.value))
      }
    } else {
      for (position, key) in shapes.keys(source.shape).enumerated() {
        setProperty(object, strings.words[Int(key)], source.slot(position).pointee)
      }
    }
  }
}
