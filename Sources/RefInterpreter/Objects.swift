import Bytecode

/// Objects and properties: section 5 of `Docs/bytecode.md`.
extension Machine {
  /// The number in `Names` of the text of a string.
  private mutating func keyNumber(of place: Int) -> Int {
    shapes.names.makeNumber(of: heap.strings[place].utf8)
  }

  mutating func newObject(of count: Int) throws(Stop) {
    let first = operands.count - 2 * count
    var keys: [Int] = []
    for pair in 0..<count {
      guard case .string(let place) = operands[first + 2 * pair] else {
        throw .trapped(.typeError)
      }
      keys.append(keyNumber(of: place))
    }
    let values = (0..<count).map { operands[first + 2 * $0 + 1] }
    operands.removeLast(2 * count)
    operands.append(makeObject(zip(keys, values)))
  }

  mutating func mergeObjects() throws(Stop) {
    guard case .object(let left) = operand(2), case .object(let right) = operand(1) else {
      throw .trapped(.typeError)
    }
    let (a, b) = (heap.objects[left], heap.objects[right])
    let object = makeObject(zip(a.keys + b.keys, a.values + b.values))
    replaceOperands(2, by: object)
  }

  /// Makes an object; a later value of a key wins, in the place of the first.
  private mutating func makeObject(_ pairs: some Sequence<(Int, Value)>) -> Value {
    chargeFixed(Size.object)
    heap.objects.append(ObjectCell())
    let place = heap.objects.count - 1
    for (key, value) in pairs { store(value, under: key, inObjectAt: place) }
    return .object(place)
  }

  /// Overwrites a key or adds it, which moves the object to another shape.
  private mutating func store(_ value: Value, under key: Int, inObjectAt place: Int) {
    if let position = heap.objects[place].position(of: key) {
      heap.objects[place].values[position] = value
      return
    }
    chargeFixed(Size.key)
    let oldShape = heap.objects[place].shape
    heap.objects[place].append(key, value)
    guard let oldShape else { return }
    guard heap.objects[place].keys.count <= Shapes.greatestKeyCount else {
      heap.objects[place].shape = nil
      if recordsEvents { events.append(.becomeDictionary(observe(.object(place)))) }
      return
    }
    let (shape, isNew) = shapes.child(of: oldShape, key: key)
    heap.objects[place].shape = shape
    if isNew && recordsEvents {
      let name = Literal(decoding: shapes.names.texts[key])
      events.append(.createShape(parent: oldShape, key: name, number: shape))
    }
  }

  // MARK: Properties

  /// `GetProp`: of a property named in the instruction, or of the key on top.
  mutating func getProperty(_ name: StringIndex?) throws(Stop) {
    if let name {
      let key = code.nameNumbers[name.position]
      replaceOperands(1, by: try property(key, of: operand(1)))
    } else {
      replaceOperands(2, by: try property(operand(1), of: operand(2)))
    }
  }

  mutating func setProperty(_ name: StringIndex?) throws(Stop) {
    if let name {
      let receiver = operand(2)
      try setProperty(code.nameNumbers[name.position], of: receiver, to: operand(1))
      replaceOperands(2, by: receiver)
    } else {
      let receiver = operand(3)
      try setProperty(operand(2), of: receiver, to: operand(1))
      replaceOperands(3, by: receiver)
    }
  }

  /// The property or element under a key of any kind.
  private mutating func property(_ key: Value, of receiver: Value) throws(Stop) -> Value {
    guard KindSet.keyed.contains(KindSet(receiver.kind)) else { throw .trapped(.typeError) }
    if case .string(let place) = key {
      return try property(keyNumber(of: place), of: receiver)
    }
    if let array = receiver.array {
      return heap.element(try position(key, in: heap.count(of: array)), of: array)
    }
    guard case .string(let place) = receiver else { throw .trapped(.typeError) }
    let text = heap.strings[place]
    return try makeString(text.scalar(at: position(key, in: text.scalarCount)) ?? [])
  }

  /// The property under a string.
  private func property(_ key: Int, of receiver: Value) throws(Stop) -> Value {
    if case .record(let place) = receiver {
      let record = heap.records[place]
      let position = code.schemas[record.schema.position].positions[key]
      return position.map { record.fields[$0] } ?? .null
    }
    if case .object(let place) = receiver {
      let object = heap.objects[place]
      if let position = object.position(of: key) { return object.values[position] }
      return key == code.lengthName ? .int(Int64(object.keys.count)) : .null
    }
    guard KindSet.keyed.contains(KindSet(receiver.kind)) else { throw .trapped(.typeError) }
    guard key == code.lengthName else { throw .trapped(.unknownMember) }
    return .int(Int64(try length(of: receiver)))
  }

  /// Stores under a key of any kind; checks receiver, key, bounds and value in this order.
  mutating func setProperty(
    _ key: Value, of receiver: Value, to value: Value
  ) throws(Stop) {
    guard KindSet.storable.contains(KindSet(receiver.kind)) else { throw .trapped(.typeError) }
    if case .string(let place) = key {
      try setProperty(keyNumber(of: place), of: receiver, to: value)
      return
    }
    let array = try array(receiver)
    let position = try position(key, in: heap.count(of: array))
    let element = try checked { () throws(TrapKind) in try heap.element(value, fitting: array) }
    heap.store(element, at: position, in: array)
  }

  /// Stores under a string.
  private mutating func setProperty(
    _ key: Int, of receiver: Value, to value: Value
  ) throws(Stop) {
    if case .object(let place) = receiver {
      store(value, under: key, inObjectAt: place)
    } else if case .record(let place) = receiver {
      let schema = heap.records[place].schema
      guard let position = code.schemas[schema.position].positions[key] else {
        throw .trapped(.unknownMember)
      }
      try store(value, inField: position, ofRecordAt: place)
    } else {
      throw .trapped(receiver.array == nil ? .typeError : .unknownMember)
    }
  }
}

extension KindSet {
  /// Receivers that have elements or properties to read.
  fileprivate static let keyed = arrays.union([.string, .object, .record, .map])
  /// Receivers that take stores.
  fileprivate static let storable = arrays.union([.object, .record])
}
