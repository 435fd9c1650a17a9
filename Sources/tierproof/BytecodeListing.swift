import Bytecode

/// A function's canonical text, each instruction with its offset and what the verifier knows.
struct BytecodeListing {
  var verified: VerifiedProgram
  var function: FunctionIndex

  /// One line an instruction: offset, text, kinds on the operand stack (bottom first), and the
  /// parameters and locals that are live.
  var text: String {
    let program = verified.program.withTextLines()
    let source = Printer.print(program).split(separator: "\n", omittingEmptySubsequences: false)
    let lines = program[function].lines
    guard let first = lines.first, let last = lines.last else { return "" }
    let offsets = Dictionary(
      lines.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
    var text = ""
    // Labels stand on lines of their own, those of the first instruction above it.
    var start = first
    while start > 1, source[start - 2].hasSuffix(":") { start -= 1 }
    for line in start...last {
      guard let offset = offsets[line] else {
        text += "       \(source[line - 1])\n"
        continue
      }
      text += pad("\(offset)", 5, left: true) + "  " + pad(String(source[line - 1]), 36)
      text += facts(at: offset) + "\n"
    }
    return text
  }

  private func facts(at offset: Int) -> String {
    guard let state = verified.state(of: function, at: offset) else { return "; unreachable" }
    let stack = state.stack.map {
      $0 == .anything ? "any" : $0.kinds.map(\.name).joined(separator: "|")
    }
    let live = verified.liveLocals(of: function, at: offset)
    let body = verified.program[function]
    let names = (0..<body.slotCount).map { LocalIndex($0) }.filter(live.contains)
      .map(body.name(of:))
    return "; [\(stack.joined(separator: ", "))] live: \(names.joined(separator: " "))"
  }

  private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return left ? blanks + text : text + blanks
  }
}
