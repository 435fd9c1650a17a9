import JIT

/// A function's code in several stages, keyed by bytecode offset.
///
/// One stage alone keeps its own order, each line with its offset in front; several are grouped by
/// the bytecode instruction they belong to.
public struct StagedListing {
  /// The instructions, if they are to be listed.
  private let bytecode: [BytecodeListing.Line]?
  /// Intermediate code, if it is to be listed.
  private let intermediate: [FunctionListing.Line]?
  /// Machine code, if it is to be listed.
  private let machine: [FunctionListing.Line]?

  private static let keyWidth = 5

  public init(
    bytecode: [BytecodeListing.Line]?, intermediate: [FunctionListing.Line]? = nil,
    machine: [FunctionListing.Line]? = nil
  ) {
    self.bytecode = bytecode
    self.intermediate = intermediate
    self.machine = machine
  }

  private var stages: [String] {
    [
      bytecode.map { _ in "bytecode" }, intermediate.map { _ in "intermediate code" },
      machine.map { _ in "machine code" },
    ].compactMap { $0 }
  }

  /// Whether nothing is to be listed.
  public var isEmpty: Bool { stages.isEmpty }

  /// The stages listed.
  public var title: String { stages.joined(separator: ", ") }

  /// The listing, a newline behind each line.
  public var text: String {
    let lines = stages.count > 1 ? grouped : flat
    return lines.map { $0 + "\n" }.joined()
  }

  private var flat: [String] {
    if let bytecode { return bytecode.flatMap { head(of: $0) } }
    return keyed(intermediate ?? []) + keyed(machine ?? [])
  }

  /// Lines in their own order, labels where they change.
  private func keyed(_ lines: [FunctionListing.Line]) -> [String] {
    var keyed: [String] = []
    var label: String?
    for line in lines {
      if let next = line.label, next != label {
        keyed.append("\(key(nil))\(next):")
        label = next
      }
      keyed.append("\(key(line.offset))  \(line.text)")
    }
    return keyed
  }

  private var grouped: [String] {
    var grouped: [String] = []
    let loose = made(for: nil)
    if !loose.isEmpty { grouped += ["\(key(nil))(for no instruction)"] + loose }
    for offset in offsets {
      grouped += bytecode?.first { $0.offset == offset }.map { head(of: $0) } ?? [key(offset)]
      grouped += made(for: offset)
    }
    return grouped
  }

  /// The offsets that anything has, in ascending order.
  private var offsets: [Int] {
    let all =
      (bytecode ?? []).map(\.offset) + (intermediate ?? []).compactMap(\.offset)
      + (machine ?? []).compactMap(\.offset)
    return Set(all).sorted()
  }

  private func head(of line: BytecodeListing.Line) -> [String] {
    line.labels.map { key(nil) + $0 } + [key(line.offset) + line.text]
  }

  /// The intermediate code and then the machine code made for an instruction.
  private func made(for offset: Int?) -> [String] {
    var lines: [String] = []
    var label: String?
    for line in intermediate ?? [] where line.offset == offset {
      if let next = line.label, next != label {
        lines.append("\(key(nil))    \(next):")
        label = next
      }
      lines.append("\(key(nil))      \(line.text)")
    }
    for line in machine ?? [] where line.offset == offset {
      lines.append("\(key(nil))    | \(line.text.replacing("\t", with: " "))")
    }
    return lines
  }

  /// The column of the offset.
  private func key(_ offset: Int?) -> String {
    (offset.map { "\($0)" } ?? "").padded(to: Self.keyWidth, left: true) + "  "
  }
}
