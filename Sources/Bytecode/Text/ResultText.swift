extension Program {
  /// The `=>` form of a value and of the heap an outcome shows: the printed form, but a number
  /// always shows that it is one, and a string is always quoted.
  ///
  /// Containers nest 32 levels; the next one prints `…`. 10 000 elements are printed; the next one of
  /// each container still open prints `…` and closes it.
  public func resultText(of value: ObservedValue, heap: [ObservedCell]) -> String {
    var printer = ResultPrinter(program: self, heap: heap)
    return printer.print(value)
  }
}

/// Prints without recursion: values nest as deep as a program makes them.
private struct ResultPrinter {
  /// A container being printed.
  struct Open {
    /// What stands before each value: a key, or nothing.
    var labels: [String]
    var values: [ObservedValue]
    var next = 0
    var closing: String
  }

  static let greatestLevel = 32
  static let greatestCount = 10_000

  let program: Program
  let contents: [Int: ObservedCell.Content]
  var text = ""
  var open: [Open] = []
  var count = 0

  init(program: Program, heap: [ObservedCell]) {
    self.program = program
    contents = Dictionary(
      heap.map { ($0.number, $0.content) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func print(_ value: ObservedValue) -> String {
    begin(value)
    while let last = open.indices.last {
      let position = open[last].next
      if position == open[last].values.count {
        text += open[last].closing
        open.removeLast()
        continue
      }
      if position > 0 { text += ", " }
      if count == Self.greatestCount {
        text += "…" + open[last].closing
        open.removeLast()
        continue
      }
      count += 1
      open[last].next += 1
      if !open[last].labels.isEmpty { text += open[last].labels[position] + ": " }
      begin(open[last].values[position])
    }
    return text
  }

  private mutating func begin(_ value: ObservedValue) {
    guard case .identity(let kind, let number) = value else {
      text += scalar(value)
      return
    }
    guard let content = contents[number] else {
      // Values of the trace are numbered only; their contents are not kept.
      text += "\(kind.name) #\(number)"
      return
    }
    switch content {
    case .range(let start, let end, let isInclusive):
      text += "\(start)\(isInclusive ? "..=" : "..")\(end)"
    case .closure(let function, _): text += "closure \(program[function].name)"
    case .array(let values): push("[", values, "]")
    case .intArray(let values): push("IntArray [", values.map { .int($0) }, "]")
    case .floatArray(let values): push("FloatArray [", values.map { .number(bitPattern: $0) }, "]")
    case .boolArray(let values): push("BoolArray [", values.map { .bool($0) }, "]")
    case .object(_, let keys, let values), .dictionary(let keys, let values):
      push("{", values, "}", labels: keys.map(key))
    case .record(let schema, let values):
      let declaration = program.schemas[schema.position]
      push("\(declaration.name) {", values, "}", labels: declaration.fields.map(\.name))
    case .map(let keys, let values): push("Map {", values, "}", labels: keys.map(scalar))
    case .some(let value): push("Some(", [value], ")")
    case .ok(let value): push("Ok(", [value], ")")
    case .err(let value): push("Err(", [value], ")")
    case .cell(let value): push("cell(", [value], ")")
    }
  }

  private mutating func push(
    _ opening: String, _ values: [ObservedValue], _ closing: String, labels: [String] = []
  ) {
    if open.count == Self.greatestLevel {
      text += "…"
    } else {
      text += opening
      open.append(Open(labels: labels, values: values, closing: closing))
    }
  }

  private func key(_ literal: Literal) -> String {
    let isName =
      literal.utf8.first.map { !isDigit($0) } ?? false
      && literal.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    return isName ? literal.string : literal.quoted
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")) ~= byte || byte == UInt8(ascii: "_")
  }

  private func scalar(_ value: ObservedValue) -> String {
    switch value {
    case .null: "null"
    case .unit: "unit"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .number(let bits): NumberText.text(Double(bitPattern: bits))
    case .string(let literal): literal.quoted
    case .function(let index): "function \(program[index].name)"
    case .identity(let kind, let number): "\(kind.name) #\(number)"
    }
  }
}

extension Literal {
  /// The text in quotes: `\" \\ \n \r \t`, other controls as `\u{…}`.
  public var quoted: String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1f}", "\u{7f}": text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
