import Bytecode
import CRuntime

/// Prints values in the form of `print`.
struct ValuePrinting {
  /// A container being printed.
  private struct Open {
    var word: Word
    var count: Int
    var next = 0
    /// The keys and values of an object or map, in order; empty for the others.
    var properties: [(key: Word, value: Word)] = []
    var closing: StaticString
  }

  /// The outermost container is level 1.
  private static let greatestLevel = 32
  /// Elements, fields, entries and contents printed of one value.
  private static let greatestCount = 10_000

  private let state: RunState
  private let limit: Int
  private var text: [UInt8]
  private var open: [Open] = []
  private var count = 0

  /// Appends the printed form of a value; a string is raw.
  ///
  /// Nothing is allocated in the heap. Values nest as deep as a program makes them.
  ///
  /// - Parameter limit: bytes; printing ends early once the text is longer.
  static func append(
    _ word: Word, _ state: RunState, limit: Int = .max, to text: inout [UInt8]
  ) {
    if word.isString {
      text += word.utf8
      return
    }
    var printing = ValuePrinting(state: state, limit: limit, text: text)
    text = []
    printing.print(word)
    text = printing.text
  }

  private init(state: RunState, limit: Int, text: [UInt8]) {
    self.state = state
    self.limit = limit
    self.text = text
  }

  private mutating func print(_ word: Word) {
    begin(word)
    while let last = open.indices.last, text.count <= limit {
      let position = open[last].next
      if position < open[last].count {
        if position > 0 { text += ", ".utf8 }
        if count < Self.greatestCount {
          count += 1
          open[last].next += 1
          begin(label(last, position))
          continue
        }
        text += "…".utf8
      }
      append(open[last].closing)
      open.removeLast()
    }
  }

  /// Prints what stands before an element; returns the element.
  private mutating func label(_ last: Int, _ position: Int) -> Word {
    let word = open[last].word
    switch word.kind {
    case .array, .intArray, .floatArray, .boolArray: return word.element(position)
    case .some, .ok, .err: return word.content
    case .record:
      let field = state.program.verified.program.schemas[word.schema.position].fields[position]
      text += "\(field.name): ".utf8
      return word.fields[position]
    case .object:
      let property = open[last].properties[position]
      if Self.isName(property.key.utf8) {
        text += property.key.utf8
      } else {
        appendQuoted(property.key.utf8)
      }
      text += ": ".utf8
      return property.value
    case .map:
      let entry = open[last].properties[position]
      begin(entry.key)
      text += ": ".utf8
      return entry.value
    case .null, .unit, .bool, .int, .number, .string, .range, .function, .closure, .reference,
      .cell:
      preconditionFailure("no container")
    }
  }

  /// Prints a value that is no container, or the beginning of one that is.
  private mutating func begin(_ word: Word) {
    let program = state.program.verified.program
    switch word.kind {
    case .null: text += "null".utf8
    case .unit: text += "unit".utf8
    case .bool: text += (word.bool ? "true" : "false").utf8
    case .int: text += String(word.int).utf8
    case .number: NumberPrinting.append(word.number, to: &text)
    case .string: appendQuoted(word.utf8)
    case .function: text += "function \(program[word.function].name)".utf8
    case .closure: text += "closure \(program[word.callee].name)".utf8
    case .range:
      let range = word.range.pointee
      let isInclusive = range.header.flags & UInt8(JIT_RANGE_INCLUSIVE) != 0
      text += "\(range.start)\(isInclusive ? "..=" : "..")\(range.end)".utf8
    case .array: push(word, "[", "]", word.arrayCount)
    case .intArray: push(word, "IntArray [", "]", word.arrayCount)
    case .floatArray: push(word, "FloatArray [", "]", word.arrayCount)
    case .boolArray: push(word, "BoolArray [", "]", word.arrayCount)
    case .object:
      let properties = isFull ? [] : state.properties(of: word)
      push(word, "{", "}", properties.count, properties)
    case .map:
      let entries = isFull ? [] : state.entries(of: word)
      push(word, "Map {", "}", entries.count, entries)
    case .record:
      push(word, "\(program.schemas[word.schema.position].name) {", "}", word.fieldCount)
    case .some: push(word, "Some(", ")", 1)
    case .ok: push(word, "Ok(", ")", 1)
    case .err: push(word, "Err(", ")", 1)
    case .reference, .cell: preconditionFailure("the verifier confines references and cells")
    }
  }

  private var isFull: Bool { open.count == Self.greatestLevel }

  private mutating func push(
    _ word: Word, _ opening: String, _ closing: StaticString, _ count: Int,
    _ properties: [(key: Word, value: Word)] = []
  ) {
    if isFull {
      text += "…".utf8
    } else {
      text += opening.utf8
      open.append(Open(word: word, count: count, properties: properties, closing: closing))
    }
  }

  private mutating func append(_ string: StaticString) {
    string.withUTF8Buffer { text += $0 }
  }

  /// Whether a key is printed bare: `[A-Za-z_][A-Za-z0-9_]*`.
  private static func isName(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    for (position, byte) in utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        continue
      case UInt8(ascii: "0")...UInt8(ascii: "9") where position > 0: continue
      default: return false
      }
    }
    return !utf8.isEmpty
  }

  private mutating func appendQuoted(_ utf8: UnsafeBufferPointer<UInt8>) {
    text.append(UInt8(ascii: "\""))
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\"".utf8
      case UInt8(ascii: "\\"): text += "\\\\".utf8
      case UInt8(ascii: "\n"): text += "\\n".utf8
      case UInt8(ascii: "\r"): text += "\\r".utf8
      case UInt8(ascii: "\t"): text += "\\t".utf8
      case 0..<0x20, 0x7F: text += "\\u{\(String(byte, radix: 16))}".utf8
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
