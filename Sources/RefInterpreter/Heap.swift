import Bytecode

/// A string: UTF-8, and how many scalars it holds.
struct Text {
  let utf8: [UInt8]
  let scalarCount: Int

  /// - Precondition: the bytes are well-formed UTF-8.
  init(_ utf8: [UInt8]) {
    self.utf8 = utf8
    // Every scalar has one byte that is no continuation byte.
    scalarCount = utf8.reduce(0) { $0 + ($1 & 0b1100_0000 == 0b1000_0000 ? 0 : 1) }
  }

  /// The bytes of a scalar by its position; nil outside.
  ///
  /// - Complexity: O(bytes) unless all are ASCII.
  func scalar(at position: Int) -> [UInt8]? {
    guard position >= 0 && position < scalarCount else { return nil }
    return Array(utf8[offset(ofScalar: position)..<offset(ofScalar: position + 1)])
  }

  /// The offset of a scalar's first byte; of the end for the number of scalars.
  func offset(ofScalar position: Int) -> Int {
    if utf8.count == scalarCount { return position }
    var offset = 0
    for _ in 0..<position { offset += Text.length(ofScalarStarting: utf8[offset]) }
    return offset
  }

  /// The scalars from first to last, each as its bytes.
  var scalars: [[UInt8]] {
    var scalars: [[UInt8]] = []
    var offset = 0
    while offset < utf8.count {
      let end = offset + Text.length(ofScalarStarting: utf8[offset])
      scalars.append(Array(utf8[offset..<end]))
      offset = end
    }
    return scalars
  }

  static func length(ofScalarStarting byte: UInt8) -> Int {
    switch byte {
    case 0b1111_0000...: 4
    case 0b1110_0000...: 3
    case 0b1100_0000...: 2
    default: 1
    }
  }
}

/// An object: its keys in order, by the numbers of `Names`, and their values.
struct ObjectCell {
  /// Nil for a dictionary.
  var shape: Int? = Shapes.root
  var keys: [Int] = []
  var values: [Value] = []
  /// Where each key is, once there are too many to look at one by one.
  private var positions: [Int: Int] = [:]

  func position(of key: Int) -> Int? {
    keys.count <= Shapes.greatestKeyCount ? keys.firstIndex(of: key) : positions[key]
  }

  /// Appends a key the object does not have.
  mutating func append(_ key: Int, _ value: Value) {
    keys.append(key)
    values.append(value)
    if keys.count == Shapes.greatestKeyCount + 1 {
      for (position, key) in keys.enumerated() { positions[key] = position }
    } else if keys.count > Shapes.greatestKeyCount {
      positions[key] = keys.count - 1
    }
  }
}

struct RecordCell {
  let schema: SchemaIndex
  var fields: [Value]
}

struct RangeCell: Equatable {
  let start: Int64
  let end: Int64
  let isInclusive: Bool

  /// Fits the `int` kind: `MakeRange` sees to it.
  var count: Int { Int(max(0, end - start + (isInclusive ? 1 : 0))) }
}

struct ClosureCell {
  let function: FunctionIndex
  /// A `mut` capture is the `cell` it shares.
  var captures: [Value]
}

/// What a run has allocated: one list for each kind, from which nothing is ever removed.
struct Heap {
  var strings: [Text]
  var arrays: [[Value]] = []
  var intArrays: [[Int64]] = []
  var floatArrays: [[Double]] = []
  var boolArrays: [[Bool]] = []
  var objects: [ObjectCell] = []
  var records: [RecordCell] = []
  var maps: [MapCell] = []
  var ranges: [RangeCell] = []
  /// The contents of `some(x)`, `ok(x)` and `err(x)`.
  var contents: [Value] = []
  var closures: [ClosureCell] = []
  /// What shared cells hold.
  var cells: [Value] = []

  /// Bytes ever allocated, by abstract size.
  var bytes: UInt64 = 0

  /// The abstract size at which a run ends inconclusive, because the host's memory has an end and
  /// the judge gives none back.
  static let greatestSize: UInt64 = 1 << 30

  init(strings: [Text]) { self.strings = strings }

  mutating func make(string utf8: [UInt8]) -> Value {
    strings.append(Text(utf8))
    return .string(strings.count - 1)
  }

  mutating func make(array elements: [Value]) -> Value {
    arrays.append(elements)
    return .array(arrays.count - 1)
  }

  mutating func make(intArray elements: [Int64]) -> Value {
    intArrays.append(elements)
    return .intArray(intArrays.count - 1)
  }

  mutating func make(floatArray elements: [Double]) -> Value {
    floatArrays.append(elements)
    return .floatArray(floatArrays.count - 1)
  }

  mutating func make(boolArray elements: [Bool]) -> Value {
    boolArrays.append(elements)
    return .boolArray(boolArrays.count - 1)
  }

  mutating func make(record schema: SchemaIndex, _ fields: [Value]) -> Value {
    records.append(RecordCell(schema: schema, fields: fields))
    return .record(records.count - 1)
  }

  /// The place for the content of a `some(x)`, `ok(x)` or `err(x)`.
  mutating func makePlace(for content: Value) -> Int {
    contents.append(content)
    return contents.count - 1
  }

  mutating func make(cell content: Value) -> Value {
    cells.append(content)
    return .cell(cells.count - 1)
  }

  /// What a slot holds that may have been made a cell.
  func content(of slot: Value) -> Value {
    if case .cell(let place) = slot { cells[place] } else { slot }
  }

  func isTruthy(_ value: Value) -> Bool {
    switch value {
    case .null, .unit, .err: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .number(let value): !(value == 0 || value.isNaN)
    case .string(let place): !strings[place].utf8.isEmpty
    case .array(let place): !arrays[place].isEmpty
    case .intArray(let place): !intArrays[place].isEmpty
    case .floatArray(let place): !floatArrays[place].isEmpty
    case .boolArray(let place): !boolArrays[place].isEmpty
    case .map(let place): !maps[place].keys.isEmpty
    case .object, .record, .range, .some, .ok, .function, .closure, .reference, .cell: true
    }
  }
}
