import Bytecode
import CRuntime
import Testing

@testable import JIT

/// A run state between `begin` and `finish`, for tests that call the runtime themselves.
final class HeapFixture {
  let state: RunState
  let program: Program

  /// - Parameter isStressed: whether every allocation collects and freed cells are poisoned.
  init(
    source: String = HeapFixture.source, isStressed: Bool = true, heapBytes: UInt64? = nil,
    recordsEvents: Bool = false
  ) throws {
    let verified = try verified(source)
    program = verified.program
    state = RunState(program: TierZeroProgram(verified))
    try state.begin(
      RunRequest(
        entry: program.mainIndex, limits: RunLimits(heapBytes: heapBytes),
        recordsEvents: recordsEvents,
        heapStress: HeapStress(
          collectsAtEveryAllocation: isStressed, poisonsFreedCells: isStressed)))
  }

  static let source = """
    schema Point { x: number, y: number }
    schema Named { name: string?, x, length: int? }
    schema Nothing {}
    func f(a) {
      LoadLocal a
      ReturnValue
    }
    main() {
      Halt
    }
    """

  /// Bytes charged so far.
  var charged: UInt64 { state.context.pointee.heap_charged }

  /// A value by the form of results; it stays alive.
  func value(_ text: String) throws -> Word {
    guard let word = try values(text).first else { throw MissingFunction(name: text) }
    return word
  }

  /// Values separated by blanks; nothing is charged for them.
  func values(_ text: String) throws -> [Word] {
    var parser = ValueParser(text: text, fixture: self)
    return try run { try parser.values() }
  }

  /// The form of results.
  func show(_ word: Word) -> String {
    let observed = state.observe(word)
    return program.resultText(
      of: observed, heap: state.observedHeap(of: .returned(observed)))
  }

  /// Lets a body allocate: what its frames hold is found by the collector.
  @inline(never)
  func run<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    state.context.pointee.native_stack_top = UInt64(jit_stack_position())
    defer { state.context.pointee.native_stack_top = 0 }
    return try body()
  }

  /// Does what an instruction or builtin of the name does.
  func perform(_ name: String, _ words: [Word]) throws(Stop) -> Word {
    let arguments = UnsafeMutableBufferPointer<Word>.allocate(capacity: max(words.count, 1))
    defer { arguments.deallocate() }
    for (index, word) in words.enumerated() { arguments.initializeElement(at: index, to: word) }
    state.heap.pinned += words
    let list = UnsafeBufferPointer(rebasing: arguments[..<words.count])
    return try run { () throws(Stop) in try perform(name, list) }
  }

  @inline(never)
  private func perform(
    _ name: String, _ words: UnsafeBufferPointer<Word>
  ) throws(Stop) -> Word {
    if let builtin = Builtin.named(name) { return try RuntimeBuiltins.call(builtin, words, state) }
    let (point, named) = (SchemaIndex(0), SchemaIndex(1))
    switch name {
    case "Add": return try RuntimeStrings.add(words[0], words[1], state)
    case "GetProp": return try RuntimeObjects.get(words[0], words[1], state)
    case "SetProp":
      try RuntimeObjects.set(words[0], words[1], words[2], state)
      return words[0]
    case "GetFieldTyped-Point.y": return try RuntimeObjects.getField(words[0], point, 1, state)
    case "SetFieldTyped-Point.x":
      try RuntimeObjects.setField(words[0], point, 0, words[1], state)
      return words[0]
    case "NewObject": return try RuntimeObjects.newObject(words, state)
    case "NewTypedObject-Point": return try RuntimeObjects.newRecord(point, words, state)
    case "MergeObject": return try RuntimeObjects.merge(words[0], words[1], state)
    case "TypedMergeObject-Named":
      return try RuntimeObjects.mergeRecord(named, words[0], words[1], state)
    case "NewArray": return try RuntimeArrays.newArray(words, state)
    case "NewTypedArray": return try RuntimeArrays.newTypedArray(words, state)
    case "MakeRange": return try RuntimeArrays.makeRange(words[0], words[1], words[2], state)
    case "IterNext": return try RuntimeArrays.iterNext(words[0], words[1], state)
    case "IterDone": return try RuntimeArrays.iterDone(words[0], words[1], state)
    case "IsOk": return RuntimeOptions.isOk(words[0])
    case "IsErr": return RuntimeOptions.isErr(words[0])
    case "UnwrapOk": return try RuntimeOptions.unwrapOk(words[0])
    case "UnwrapErr": return try RuntimeOptions.unwrapErr(words[0])
    case "UnwrapOption": return try RuntimeOptions.unwrapOption(words[0])
    default: preconditionFailure("no row names \(name)")
    }
  }

  /// Checks a row `NAME VALUE… => RESULT [charged N]`, RESULT a value or `traps KIND`.
  ///
  /// A row without a charge charges nothing. After a trap the operands are as they were and nothing
  /// is charged.
  func check(_ row: String, location: SourceLocation = #_sourceLocation) throws {
    let halves = row.split(separator: " => ", maxSplits: 1).map(String.init)
    try #require(halves.count == 2, "\(row)")
    var expected = halves[1]
    var expectedCharge: UInt64 = 0
    if let position = expected.range(of: " charged ") {
      expectedCharge = try #require(UInt64(expected[position.upperBound...]))
      expected = String(expected[..<position.lowerBound])
    }
    let name = String(halves[0].prefix { $0 != " " })
    let operands = try values(String(halves[0].dropFirst(name.count)))
    let before = operands.map(show)
    let chargedBefore = charged
    var result = ""
    do {
      let word = try perform(name, operands)
      state.heap.pinned.append(word)
      result = show(word)
    } catch .trap(let kind) {
      result = "traps \(kind.name)"
      #expect(operands.map(show) == before, "\(row)", sourceLocation: location)
    } catch .exit(let kind) {
      result = "exits \(kind)"
      #expect(operands.map(show) == before, "\(row)", sourceLocation: location)
    }
    #expect(result == expected, "\(row)", sourceLocation: location)
    #expect(charged - chargedBefore == expectedCharge, "\(row)", sourceLocation: location)
  }
}

extension String {
  /// Where a text first stands.
  fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}

/// Reads values in the form of results: `[1, "x"] FloatArray [1.0] {a: 1} Map {1: 2} Point {…}
/// 1..=5 Some(1) @f closure`.
struct ValueParser {
  private let text: [Unicode.Scalar]
  private var position = 0
  private let fixture: HeapFixture
  private var state: RunState { fixture.state }

  init(text: String, fixture: HeapFixture) {
    self.text = Array(text.unicodeScalars)
    self.fixture = fixture
  }

  struct Failure: Error {
    var text: String
    var position: Int
  }

  mutating func values() throws -> [Word] {
    var words: [Word] = []
    skipBlanks()
    while position < text.count {
      words.append(try value())
      skipBlanks()
    }
    return words
  }

  private mutating func skipBlanks() {
    while position < text.count, text[position] == " " { position += 1 }
  }

  private mutating func take(_ token: String) -> Bool {
    skipBlanks()
    let scalars = Array(token.unicodeScalars)
    guard text[position...].starts(with: scalars) else { return false }
    position += scalars.count
    return true
  }

  private func keep(_ word: Word) -> Word {
    state.heap.pinned.append(word)
    return word
  }

  private mutating func value() throws -> Word {
    for (prefix, kind) in [("Some(", CellKind.some), ("Ok(", .ok), ("Err(", .err)]
    where take(prefix) {
      let content = try value()
      guard take(")") else { throw failure }
      return keep(state.heap.makeBox(kind, content))
    }
    for (prefix, kind) in [
      ("[", ArrayKind.plain), ("IntArray [", .int), ("FloatArray [", .float),
      ("BoolArray [", .bool),
    ] where take(prefix) {
      return try array(kind)
    }
    if take("Map {") { return try map() }
    if take("{") { return try object() }
    for (index, schema) in fixture.program.schemas.enumerated() where take("\(schema.name) {") {
      return try record(SchemaIndex(index), schema.fields.count)
    }
    if take("closure") { return keep(state.heap.makeClosure(FunctionIndex(0), captureCount: 0)) }
    if take("@f") { return Word(function: FunctionIndex(0)) }
    return try scalar()
  }

  private mutating func list(_ end: String, _ element: (inout Self) throws -> Void) throws {
    if take(end) { return }
    repeat { try element(&self) } while take(",")
    guard take(end) else { throw failure }
  }

  private mutating func array(_ kind: ArrayKind) throws -> Word {
    let array = keep(state.heap.makeArray(kind))
    try list("]") { parser in
      parser.state.heap.append(try Heap.admit(try parser.value(), into: kind), to: array)
    }
    return array
  }

  private mutating func map() throws -> Word {
    let map = keep(state.heap.makeMap())
    try list("}") { parser in
      let key = try Heap.key(try parser.value())
      guard parser.take(":") else { throw parser.failure }
      parser.state.heap.insert(key, try parser.value(), into: map.map)
    }
    return map
  }

  private mutating func object() throws -> Word {
    let object = keep(state.heap.makeObject(capacity: 2))
    let charged = state.context.pointee.heap_charged
    try list("}") { parser in
      let key = try parser.key()
      parser.state.setProperty(object, key, try parser.value())
    }
    state.context.pointee.heap_charged = charged
    return object
  }

  private mutating func record(_ schema: SchemaIndex, _ count: Int) throws -> Word {
    let record = keep(state.heap.makeRecord(schema, fieldCount: count))
    var field = 0
    try list("}") { parser in
      _ = try parser.key()
      record.fields[field] = try parser.value()
      field += 1
    }
    return record
  }

  /// A key and the colon behind it.
  private mutating func key() throws -> Word {
    skipBlanks()
    let name = text[position...].prefix { $0 != ":" }
    position += name.count + 1
    var string = String.UnicodeScalarView()
    string.append(contentsOf: name)
    return keep(state.heap.makeString(Literal(String(string))))
  }

  private mutating func scalar() throws -> Word {
    skipBlanks()
    if text[position] == "\"" { return try string() }
    let token = text[position...].prefix { !" ,:)]}".unicodeScalars.contains($0) }
    position += token.count
    var view = String.UnicodeScalarView()
    view.append(contentsOf: token)
    let string = String(view)
    for (separator, isInclusive) in [("..=", true), ("..", false)] {
      let parts = string.split(separator: separator)
      if parts.count == 2, let start = Int64(parts[0]), let end = Int64(parts[1]) {
        return keep(state.heap.makeRange(start, end, isInclusive: isInclusive))
      }
    }
    return Word(try Constant.parse(string), state.strings)
  }

  /// A string of the heap, never a static one.
  private mutating func string() throws -> Word {
    let start = position
    position += 1
    while position < text.count, text[position] != "\"" {
      position += text[position] == "\\" ? 2 : 1
    }
    position += 1
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<position])
    guard case .string(let literal) = try Constant.parse(String(view)) else { throw failure }
    return keep(state.heap.makeString(literal))
  }

  private var failure: Failure {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    return Failure(text: String(view), position: position)
  }
}

extension Heap {
  /// A string of the heap.
  func makeString(_ literal: Literal) -> Word {
    literal.utf8.withUnsafeBufferPointer { makeString($0) }
  }
}
