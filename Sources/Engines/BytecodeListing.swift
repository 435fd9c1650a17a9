import Bytecode

/// A function's canonical text, each instruction with its offset and what the verifier knows.
public struct BytecodeListing {
  private let verified: VerifiedProgram
  private let function: FunctionIndex

  public init(of function: FunctionIndex, in verified: VerifiedProgram) {
    self.function = function
    self.verified = verified
  }

  /// One instruction of the listing.
  public struct Line: Hashable, Sendable {
    public let offset: Int
    /// The labels that stand above it, each a line.
    public let labels: [String]
    /// Its text and, behind a semicolon, the kinds on the operand stack (bottom first) and the
    /// parameters and locals that are live.
    public let text: String
  }

  /// The instructions in order.
  ///
  /// - Complexity: O(size of the program).
  public var lines: [Line] {
    let program = verified.program.withTextLines()
    let source = Printer.print(program).split(separator: "\n", omittingEmptySubsequences: false)
    let positions = program[function].lines
    guard let first = positions.first, let last = positions.last else { return [] }
    let offsets = Dictionary(
      positions.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
    // Labels stand on lines of their own, those of the first instruction above it.
    var start = first
    while start > 1, source[start - 2].hasSuffix(":") { start -= 1 }
    var lines: [Line] = []
    var labels: [String] = []
    for position in start...last {
      let text = String(source[position - 1])
      if let offset = offsets[position] {
        lines.append(
          Line(offset: offset, labels: labels, text: text.padded(to: 36) + facts(at: offset)))
        labels = []
      } else {
        labels.append(text)
      }
    }
    return lines
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
}

extension String {
  /// The text with blanks behind it, or in front of it, up to a width in characters.
  func padded(to width: Int, left: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - count))
    return left ? blanks + self : self + blanks
  }
}
