import Bytecode
import CRuntime

/// The properties of objects.
extension Word {
  /// The shape of an object, `JIT_SHAPE_DICTIONARY` for a dictionary.
  @inline(__always)
  var shape: UInt32 { cell.pointee.auxiliary }

  @inline(__always)
  var isDictionary: Bool { shape == UInt32.max }

  /// The table of a dictionary.
  var dictionary: UnsafeMutablePointer<JITMap> {
    guard let table = object.pointee.overflow else {
      preconditionFailure("a dictionary has a table")
    }
    return table.assumingMemoryBound(to: JITMap.self)
  }

  /// Where an object with a shape keeps the value of its n-th key.
  @inline(__always)
  func slot(_ number: Int) -> UnsafeMutablePointer<Word> {
    let inside = Int(cell.pointee.small)
    if number < inside { return slots + number }
    return overflowWords + (number - inside)
  }

  @inline(__always)
  private var overflowWords: UnsafeMutablePointer<Word> {
    object.pointee.overflow.unsafelyUnwrapped.assumingMemoryBound(to: Word.self)
  }

  /// The slots an object with a shape has room for.
  fileprivate var slotCapacity: Int {
    let inside = Int(cell.pointee.small)
    guard let overflow = object.pointee.overflow else { return inside }
    let storage = overflow - MemoryLayout<JITStorage>.size
    return inside + Int(storage.assumingMemoryBound(to: JITStorage.self).pointee.byte_count) / 8
  }
}

extension Heap {
  /// Makes room for one more slot behind the `count` an object has.
  func reserveSlot(_ object: Word, _ count: Int) {
    let capacity = object.slotCapacity
    guard count == capacity else { return }
    let inside = Int(object.cell.pointee.small)
    let storage = makeStorage(.words, 8 * max(4, 2 * (count - inside)))
    let words = storage.start.assumingMemoryBound(to: Word.self)
    for index in 0..<storage.byteCount / 8 {
      words[index] = index < count - inside ? object.slot(inside + index).pointee : .null
    }
    object.object.pointee.overflow = storage.start
  }
}

// MARK: - By key

extension RunState {
  /// The number of keys of an object.
  func keyCount(_ object: Word) -> Int {
    object.isDictionary ? Int(object.dictionary.pointee.count) : shapes.count(object.shape)
  }

  /// The own value of a key, nil if the object has none.
  ///
  /// - Parameter key: a string.
  func property(_ object: Word, _ key: Word) -> Word? {
    if object.isDictionary { return Heap.value(key, in: object.dictionary) }
    guard let number = strings.key(of: key), let slot = shapes.slot(object.shape, number) else {
      return nil
    }
    return object.slot(slot).pointee
  }

  /// The n-th key of an object and its value.
  ///
  /// Complexity: O(keys) for an object with a shape.
  func properties(of object: Word) -> [(key: Word, value: Word)] {
    if object.isDictionary {
      let table = object.dictionary
      return (0..<Int(table.pointee.used)).map { position in
        let entry = table.pointee.entries[position]
        return (Word(bits: entry.key), Word(bits: entry.value))
      }
    }
    return shapes.keys(object.shape).enumerated().map { position, key in
      (strings.words[Int(key)], object.slot(position).pointee)
    }
  }

  /// Adds or overwrites a key; charges an added one.
  ///
  /// - Parameter key: a string.
  func setProperty(_ object: Word, _ key: Word, _ value: Word) {
    if object.isDictionary { return setEntry(object, key, value) }
    let shape = object.shape
    if let number = strings.key(of: key), let slot = shapes.slot(shape, number) {
      object.slot(slot).pointee = value
      return
    }
    let count = shapes.count(shape)
    if count == Int(JIT_SHAPE_KEYS) {
      becomeDictionary(object)
      return setEntry(object, key, value)
    }
    charge(AbstractSize.key)
    let child = childShape(shape, strings.intern(key))
    heap.reserveSlot(object, count)
    object.slot(count).pointee = value
    object.cell.pointee.auxiliary = child
  }

  private func setEntry(_ object: Word, _ key: Word, _ value: Word) {
    let table = object.dictionary
    if let entry = Heap.find(key, in: table) {
      table.pointee.entries[entry].value = value.bits
    } else {
      charge(AbstractSize.key)
      heap.insert(key, value, into: table)
    }
  }

  /// The shape with some keys in their order; nil if it has not been made.
  ///
  /// Complexity: O(keys)
  func shape(of keys: [Literal]) -> UInt32? {
    var shape: UInt32 = 0
    for key in keys {
      guard let child = shapes.child(shape, strings.intern(key)) else { return nil }
      shape = child
    }
    return shape
  }

  /// The child of a shape, made and noted in the trace if it is new.
  func childShape(_ shape: UInt32, _ key: PropertyKey) -> UInt32 {
    if let child = shapes.child(shape, key) { return child }
    if let tiering, !shapes.hasChildren(shape) { tiering.noteFirstChild(of: shape) }
    let child = shapes.makeChild(shape, key)
    if shapes.shapes.count > Tuning.shapeLimit || strings.byteCount > Tuning.staticStringBytes {
      heap.exhaust()
    }
    if context.pointee.records_events != 0 {
      events.append(
        .createShape(parent: Int(shape), key: strings.literal(key), number: Int(child)))
    }
    return child
  }

  /// Takes the shape from an object for ever.
  private func becomeDictionary(_ object: Word) {
    if context.pointee.records_events != 0 { events.append(.becomeDictionary(observe(object))) }
    let table = heap.makeMap(.dictionary)
    for (key, value) in properties(of: object) { heap.insert(key, value, into: table.map) }
    for index in 0..<Int(object.cell.pointee.small) { object.slots[index] = .null }
    object.object.pointee.overflow = table.address
    object.cell.pointee.auxiliary = UInt32.max
  }
}
