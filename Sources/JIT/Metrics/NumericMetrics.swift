import Bytecode
import Glibc

/// How many arithmetic and comparison instructions of a program name their operand kinds.
public struct NumericMetrics: EnvironmentReport, Hashable, Sendable {
  /// The environment variable that asks for the summary line.
  public static let variable = "SHAPE_JIT_METRICS"
  /// The environment variable that asks for the breakdown as well.
  public static let detailVariable = "SHAPE_JIT_METRICS_DETAIL"

  /// Counts of Int and Number forms by instruction name.
  public private(set) var typed: [String: Int] = [:]
  /// Counts of generic forms by instruction name.
  public private(set) var generic: [String: Int] = [:]

  /// Counts the instructions of a program.
  public init(of program: Program) {
    for instruction in program.instructions {
      let name = instruction.opcode.facts.name
      switch NumericForm(instruction.opcode) {
      case .typed: typed[name, default: 0] += 1
      case .generic: generic[name, default: 0] += 1
      case .trusted, .other: break
      }
    }
  }

  public var typedCount: Int { typed.values.reduce(0, +) }
  public var genericCount: Int { generic.values.reduce(0, +) }

  /// The share of typed forms in percent; 100 if there is no arithmetic or comparison.
  public var coverage: Double {
    let total = typedCount + genericCount
    return total == 0 ? 100 : Double(typedCount) * 100 / Double(total)
  }

  /// The summary line.
  ///
  /// Effective and static figures are the same: a generic form stays generic unless whoever made
  /// the program wrote a typed one.
  public var line: String {
    let percent = Self.twoDigits(coverage)
    let figures = { (prefix: String) in
      "\(prefix)typed_numeric_ops=\(typedCount) \(prefix)generic_numeric_ops=\(genericCount) "
        + "\(prefix)typed_numeric_coverage_pct=\(percent)"
    }
    return "[shape-jit-metrics] \(figures("")) \(figures("static_"))"
  }

  /// The breakdown line, names in ascending order.
  public var detailLine: String {
    "[shape-jit-metrics-detail] typed_breakdown=\(Self.breakdown(typed)) "
      + "generic_breakdown=\(Self.breakdown(generic))"
  }

  /// The lines an environment asks for.
  public func lines(environment: (String) -> String?) -> [String] {
    guard environment(Self.variable) != nil else { return [] }
    return environment(Self.detailVariable) == nil ? [line] : [line, detailLine]
  }

  private static func breakdown(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
  }

  /// A figure with two decimals, ties to even on its binary value.
  private static func twoDigits(_ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      withVaList([value]) { _ = vsnprintf(buffer.baseAddress, buffer.count, "%.2f", $0) }
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}

/// How an instruction of the opcode table takes numeric operands.
enum NumericForm {
  /// An Int or Number form that checks its operands.
  case typed
  /// An Int or Number form whose operands are proved.
  case trusted
  /// Decides by the operands' kinds.
  case generic
  case other

  init(_ opcode: Opcode) {
    switch Operation(opcode) {
    case .arithmetic(_, let form), .relation(_, let form):
      switch form {
      case .int, .number: self = opcode.facts.name.hasSuffix("Trusted") ? .trusted : .typed
      case .generic: self = .generic
      case .bits, .typed: self = .other
      }
    case .typedComparison, .and, .or, .nullCoalesce, .negate, .not, .bitNot, .cast,
      .intToNumber, .numberToInt, .none:
      self = .other
    }
  }
}
