import Bytecode
import CRuntime

/// The kind byte of a cell; those of values have the numbers of `ValueKind`.
enum CellKind: UInt8, CaseIterable {
  case free = 0
  case string = 5
  case array = 6
  case intArray = 7
  case floatArray = 8
  case boolArray = 9
  case object = 10
  case record = 11
  case map = 12
  case range = 13
  case some = 14
  case ok = 15
  case err = 16
  case closure = 18
  case cell = 20
  case words = 32
  case bytes = 33
  case buffer = 34
  case dictionary = 35
}

// MARK: - Reading cells

/// Access to the cell of a word that is known to be of the kind.
extension Word {
  @inline(__always)
  var address: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(bits & Word.payloadMask)).unsafelyUnwrapped
  }

  @inline(__always)
  var cell: UnsafeMutablePointer<JITCell> { address.assumingMemoryBound(to: JITCell.self) }

  /// Whether the word is a cell of the kind.
  @inline(__always)
  func isCell(_ kind: CellKind) -> Bool { isHeap && cell.pointee.kind == kind.rawValue }

  @inline(__always)
  var isString: Bool { isCell(.string) }
  @inline(__always)
  var isObject: Bool { isCell(.object) }
  @inline(__always)
  var isRecord: Bool { isCell(.record) }
  @inline(__always)
  var isMap: Bool { isCell(.map) }
  /// Whether the word is one of the four arrays.
  @inline(__always)
  var isArray: Bool { isHeap && cell.pointee.kind &- 6 < 4 }
  @inline(__always)
  var isNumeric: Bool { isInt || isNumber }
  /// Whether the word is a function or closure.
  var isCallable: Bool { isFunction || isCell(.closure) }

  @inline(__always)
  var string: UnsafeMutablePointer<JITString> { address.assumingMemoryBound(to: JITString.self) }
  @inline(__always)
  var array: UnsafeMutablePointer<JITArray> { address.assumingMemoryBound(to: JITArray.self) }
  @inline(__always)
  var object: UnsafeMutablePointer<JITObject> { address.assumingMemoryBound(to: JITObject.self) }
  @inline(__always)
  var map: UnsafeMutablePointer<JITMap> { address.assumingMemoryBound(to: JITMap.self) }
  @inline(__always)
  var range: UnsafeMutablePointer<JITRange> { address.assumingMemoryBound(to: JITRange.self) }
  /// The cell of a some, ok, err or shared cell.
  @inline(__always)
  var box: UnsafeMutablePointer<JITBox> { address.assumingMemoryBound(to: JITBox.self) }
  /// What a some, ok, err or shared cell holds.
  @inline(__always)
  var content: Word {
    get { Word(bits: box.pointee.content) }
    nonmutating set { box.pointee.content = newValue.bits }
  }
  /// The fields of a record, the captures of a closure.
  @inline(__always)
  var fields: UnsafeMutablePointer<Word> {
    (address + MemoryLayout<JITCell>.size).assumingMemoryBound(to: Word.self)
  }
  /// The slots of an object that lie inside its cell.
  @inline(__always)
  var slots: UnsafeMutablePointer<Word> {
    (address + MemoryLayout<JITObject>.size).assumingMemoryBound(to: Word.self)
  }
  /// The schema of a record.
  @inline(__always)
  var schema: SchemaIndex { SchemaIndex(Int(cell.pointee.auxiliary)) }
  /// The function of a function or closure.
  var callee: FunctionIndex {
    isFunction ? function : FunctionIndex(Int(cell.pointee.auxiliary))
  }
  /// The number of fields of a record or captures of a closure.
  @inline(__always)
  var fieldCount: Int { Int(cell.pointee.small) }
  /// The UTF-8 of a string; valid as long as the string is reachable.
  var utf8: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: string.pointee.bytes, count: Int(string.pointee.byte_count))
  }
}

extension UnsafeMutablePointer<JITArray> {
  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: pointee.length) }

  /// The elements of an array whose capacity is not 0.
  @inline(__always)
  func elements<Element>(_ type: Element.Type) -> UnsafeMutablePointer<Element> {
    pointee.elements.unsafelyUnwrapped.assumingMemoryBound(to: Element.self)
  }
}

// MARK: - Making cells

/// Makers of cells. None of them charges the abstract heap: callers do, before.
extension Heap {
  @inline(__always)
  private func allocate(
    _ kind: CellKind, _ byteCount: Int, small: Int = 0, auxiliary: UInt32 = 0
  ) -> UnsafeMutableRawPointer {
    let cell = allocate(byteCount)
    cell.assumingMemoryBound(to: JITCell.self).initialize(
      to: JITCell(
        kind: kind.rawValue, flags: 0, small: UInt16(truncatingIfNeeded: small),
        auxiliary: auxiliary))
    return cell
  }

  /// A some, ok, err or shared cell.
  func makeBox(_ kind: CellKind, _ content: Word) -> Word {
    let cell = allocate(kind, MemoryLayout<JITBox>.size)
    cell.assumingMemoryBound(to: JITBox.self).pointee.content = content.bits
    return Word(cell: cell)
  }

  func makeRange(_ start: Int64, _ end: Int64, isInclusive: Bool) -> Word {
    let cell = allocate(.range, MemoryLayout<JITRange>.size)
    let range = cell.assumingMemoryBound(to: JITRange.self)
    range.pointee.header.flags = isInclusive ? UInt8(JIT_RANGE_INCLUSIVE) : 0
    range.pointee.start = start
    range.pointee.end = end
    return Word(cell: cell)
  }

  /// A record with all fields null.
  func makeRecord(_ schema: SchemaIndex, fieldCount: Int) -> Word {
    makeFields(.record, schema.rawValue, fieldCount)
  }

  /// A closure with all captures null.
  func makeClosure(_ function: FunctionIndex, captureCount: Int) -> Word {
    makeFields(.closure, function.rawValue, captureCount)
  }

  private func makeFields(_ kind: CellKind, _ auxiliary: UInt32, _ count: Int) -> Word {
    let size = MemoryLayout<JITCell>.size + 8 * count
    let word = Word(cell: allocate(kind, size, small: count, auxiliary: auxiliary))
    for index in 0..<count { word.fields[index] = .null }
    return word
  }

  /// Storage behind a header.
  ///
  /// - Returns: the first byte behind the header, and the bytes there are: at least those asked for.
  func makeStorage(
    _ kind: CellKind, _ byteCount: Int
  ) -> (start: UnsafeMutableRawPointer, byteCount: Int) {
    let header = MemoryLayout<JITStorage>.size
    let rounded = roundedSize(byteCount + header)
    let cell = allocate(kind, rounded)
    cell.assumingMemoryBound(to: JITStorage.self).pointee.byte_count = UInt64(rounded - header)
    return (cell + header, rounded - header)
  }

  /// An empty array of a kind with room for elements.
  func makeArray(_ kind: ArrayKind, capacity: Int = 0) -> Word {
    let word = Word(cell: allocate(kind.cellKind, MemoryLayout<JITArray>.size))
    let array = word.array
    array.pointee.length = 0
    array.pointee.elements = nil
    array.pointee.capacity = 0
    if capacity > 0 { reserve(array, kind, capacity) }
    return word
  }

  /// Gives an array room for so many elements.
  func reserve(_ array: UnsafeMutablePointer<JITArray>, _ kind: ArrayKind, _ capacity: Int) {
    guard capacity > Int(array.pointee.capacity) else { return }
    let storage = makeStorage(kind == .plain ? .words : .bytes, capacity * kind.elementBytes)
    let used = array.count * kind.elementBytes
    if let old = array.pointee.elements { storage.start.copyMemory(from: old, byteCount: used) }
    array.pointee.elements = storage.start
    array.pointee.capacity = UInt64(storage.byteCount / kind.elementBytes)
  }

  func makeMap(_ kind: CellKind = .map) -> Word {
    let word = Word(cell: allocate(kind, MemoryLayout<JITMap>.size))
    let header = word.map.pointee.header
    word.map.initialize(to: JITMap())
    word.map.pointee.header = header
    return word
  }

  /// Slots inside an object's cell of so many bytes: they fill it, up to those no object needs.
  @inline(__always)
  static func slotCount(inObjectOf byteCount: Int) -> Int {
    min((byteCount - MemoryLayout<JITObject>.size) / 8, Int(JIT_SHAPE_KEYS))
  }

  /// An object of the root shape with room for slots inside its cell.
  func makeObject(capacity: Int) -> Word {
    makeObject(
      shape: 0, capacity: min(capacity, Int(JIT_SHAPE_KEYS)),
      UnsafeBufferPointer(start: nil, count: 0))
  }

  /// An object of a shape with a value for each of its keys.
  ///
  /// - Parameter values: at most as many as there are slots inside a cell; found by the collector.
  func makeObject(shape: UInt32, _ values: UnsafeBufferPointer<Word>) -> Word {
    makeObject(shape: shape, capacity: values.count, values)
  }

  @inline(__always)
  private func makeObject(
    shape: UInt32, capacity: Int, _ values: UnsafeBufferPointer<Word>
  ) -> Word {
    let size = roundedSize(MemoryLayout<JITObject>.size + 8 * capacity)
    let count = Heap.slotCount(inObjectOf: size)
    let word = Word(cell: allocate(.object, size, small: count, auxiliary: shape))
    word.object.pointee.overflow = nil
    for index in 0..<values.count { word.slots[index] = values[index] }
    for index in values.count..<max(values.count, count) { word.slots[index] = .null }
    return word
  }

  /// An object with the header of another one, whose first slots hold values and the rest null.
  ///
  /// - Parameter values: at most as many as there are slots inside the cell; found by the collector.
  func makeObject(header: UInt64, _ values: UnsafeBufferPointer<Word>) -> Word {
    // The slots inside a cell fill it, up to those no object needs: this is its size.
    let count = Int(withUnsafeBytes(of: header) { $0.load(as: JITCell.self) }.small)
    let cell = allocate(MemoryLayout<JITObject>.size + 8 * count)
    cell.storeBytes(of: header, as: UInt64.self)
    let word = Word(cell: cell)
    word.object.pointee.overflow = nil
    for index in 0..<values.count { word.slots[index] = values[index] }
    for index in values.count..<max(values.count, count) { word.slots[index] = .null }
    return word
  }
}

/// The four kinds of array.
enum ArrayKind: UInt8, CaseIterable {
  case plain = 6
  case int = 7
  case float = 8
  case bool = 9

  /// The kind of an array's cell.
  ///
  /// - Precondition: the word is an array.
  init(_ word: Word) {
    guard let kind = ArrayKind(rawValue: word.cell.pointee.kind) else {
      preconditionFailure("the word is an array")
    }
    self = kind
  }

  var cellKind: CellKind {
    switch self {
    case .plain: .array
    case .int: .intArray
    case .float: .floatArray
    case .bool: .boolArray
    }
  }

  /// Bytes of an element, in memory and in the abstract heap.
  var elementBytes: Int {
    switch self {
    case .plain, .int, .float: 8
    case .bool: 1
    }
  }
}
