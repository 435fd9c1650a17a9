/// The tables of `Docs/bytecode.md` that are made from the code.
///
/// The page holds each between two marker comments, `<!-- NAME: generated -->` and
/// `<!-- NAME: end -->`; a test compares them and, asked to, rewrites the page.
public enum DocumentationTables {
  /// The name of every table with its content.
  public static var all: [(name: String, table: String)] {
    [("opcodes", opcodeTable()), ("builtins", builtinTable())]
  }

  /// One row for each instruction, by code.
  public static func opcodeTable() -> String {
    var rows = [
      "| code | instruction | operand | family | pops | pushes | traps | meaning |",
      "|---|---|---|---|---|---|---|---|",
    ]
    for opcode in Opcode.allCases {
      let facts = opcode.facts
      let cells = [
        String(opcode.rawValue), "`\(facts.name)`", describe(facts.operand), "\(facts.category)",
        describe(facts.pops), describe(facts.result), describe(facts.traps), facts.meaning,
      ]
      rows.append("| " + cells.joined(separator: " | ") + " |")
    }
    return rows.joined(separator: "\n") + "\n"
  }

  /// One row for each builtin, by code.
  public static func builtinTable() -> String {
    var rows = ["| code | builtin | sort | arguments |", "|---|---|---|---|"]
    for builtin in Builtin.allCases {
      let facts = builtin.facts
      let counts = facts.argumentCounts
      let arguments =
        counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound)–\(counts.upperBound)"
      rows.append(
        "| \(builtin.rawValue) | `\(facts.name)` | \(facts.category) | \(arguments) |")
    }
    return rows.joined(separator: "\n") + "\n"
  }

  /// The page with every generated part replaced; nil if a marker is missing.
  public static func update(_ page: String) -> String? {
    var page = page
    for (name, table) in all {
      let opening = "<!-- \(name): generated -->\n"
      guard let start = range(of: opening, in: page)?.upperBound,
        let end = range(of: "<!-- \(name): end -->", in: page)?.lowerBound, start <= end
      else { return nil }
      page.replaceSubrange(start..<end, with: table)
    }
    return page
  }

  private static func range(of text: String, in page: String) -> Range<String.Index>? {
    var start = page.startIndex
    while start < page.endIndex {
      if page[start...].hasPrefix(text) {
        return start..<page.index(start, offsetBy: text.count)
      }
      start = page.index(after: start)
    }
    return nil
  }

  private static func describe(_ operand: OperandKind) -> String {
    switch operand {
    case .none: "–"
    case .constant: "constant"
    case .local: "local"
    case .localWidth: "local, width"
    case .width: "width"
    case .binding: "binding"
    case .capture: "capture"
    case .function: "function"
    case .foreign: "foreign function"
    case .schema: "schema"
    case .field: "schema.field"
    case .jump: "label"
    case .loop: "label of the end, label of the continuation (may be left out)"
    case .count: "count"
    case .builtin: "builtin, count"
    case .method: "method, count"
    case .property: ".property (may be left out)"
    }
  }

  private static func describe(_ pops: OpcodeFacts.Pops) -> String {
    switch pops {
    case .fixed(let count): String(count)
    case .parameters, .foreignParameters: "parameters"
    case .captures: "captures"
    case .count(let plus): plus == 0 ? "count" : "count + \(plus)"
    case .pairs: "2 × count"
    case .fields: "fields"
    case .property(let below): "\(below), and the key if it is not named"
    }
  }

  private static func describe(_ result: OpcodeFacts.Result) -> String {
    switch result {
    case .none: "–"
    case .kinds(let kinds): kinds.kinds.map(\.name).joined(separator: " or ")
    case .anything: "anything"
    case .constant: "the constant's kind"
    case .local: "what the local holds"
    case .binding: "what the binding holds"
    case .capture: "what the capture holds"
    case .duplicate: "the same, twice"
    case .swap: "both, exchanged"
    case .receiver: "the receiver's kind"
    case .nullCoalesce: "the left kind without null, or the right"
    case .typedArithmetic: "by width: int; i64 int or number; f32 f64 number"
    case .typedComparison: "int; f32 f64 int or null"
    }
  }

  private static func describe(_ traps: TrapSet) -> String {
    if traps == .all { return "any" }
    let names = TrapKind.allCases.filter { traps.contains(TrapSet($0)) }.map(\.name)
    return names.isEmpty ? "–" : names.joined(separator: " ")
  }
}
