import Bytecode

/// What became of a planted fault; in JSON, what the command prints of it.
public struct FaultResult: Codable, Hashable, Sendable {
  public var fault: String
  public var faultClass: String
  /// Places of the code or of its points that were made faulty.
  public var planted = 0
  /// Executions of faulty code.
  public var reached: UInt64 = 0
  /// Those in which the fault made a difference.
  public var triggered: UInt64 = 0
  public var detected = false
  /// The oracle that fired first.
  public var oracle: Oracle?
  /// The signature of that finding.
  public var signature: String?
  /// The signal by which the fault ended the process it was hunted in, if none fired.
  public var crash: Int32?
  /// CPU seconds used, until the detection or the end of the budget.
  public var seconds = 0.0
  public var programs = 0

  public init(fault: String, faultClass: String) {
    self.fault = fault
    self.faultClass = faultClass
  }

  enum CodingKeys: String, CodingKey {
    case faultClass = "class"
    case fault, planted, reached, triggered, detected, oracle, signature, crash, seconds, programs
  }

  /// Whether it made a difference: what was detected did, whatever had been counted before.
  public var isTriggered: Bool { triggered > 0 || detected }

  /// What detected it, as reports name it; nil if nothing did.
  public var detector: String? { oracle?.rawValue ?? crash.map { _ in Self.crashDetector } }

  static let crashDetector = "crash"
}

extension Oracle: Codable {}

/// The results of all faults by class, and by what detected them.
public struct SabotageSummary {
  private let results: [FaultResult]

  public init(_ results: [FaultResult]) { self.results = results }

  public var detected: Int { results.count(where: \.detected) }
  public var triggered: Int { results.count(where: \.isTriggered) }

  /// The share of the triggered faults that were detected; 1 if none was triggered.
  public var score: Double { triggered > 0 ? Double(detected) / Double(triggered) : 1 }

  /// What the score is to be at least.
  public static let leastScore = 0.95

  /// The faults that were not detected, in their order.
  public var undetected: [FaultResult] { results.filter { !$0.detected } }

  /// A table of classes in the order of their first faults, and one of oracles.
  public var lines: [String] {
    var classes: [String] = []
    for result in results where !classes.contains(result.faultClass) {
      classes.append(result.faultClass)
    }
    let byClass = classes.map { name in
      let ones = results.filter { $0.faultClass == name }
      let part = SabotageSummary(ones)
      return part.row(name)
    }
    let detectors = Oracle.allCases.map(\.rawValue) + [FaultResult.crashDetector]
    let byOracle = detectors.compactMap { name -> [String]? in
      let count = results.count { $0.detector == name }
      return count > 0 ? [name, "\(count)"] : nil
    }
    let head = ["class", "faults", "triggered", "detected", "score"]
    return Self.table([head] + byClass + [row("all")])
      + Self.table([["first", "faults"]] + byOracle)
  }

  private func row(_ name: String) -> [String] {
    let percent = "\((score * 1000).rounded(.down) / 10) %"
    return [
      name, "\(results.count)", "\(triggered)", "\(detected)", triggered > 0 ? percent : "-",
    ]
  }

  private static func table(_ rows: [[String]]) -> [String] {
    rows.map { row in
      row.enumerated().map { column, cell in
        let width = rows.map { $0[column].count }.max() ?? 0
        let padding = String(repeating: " ", count: width - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
  }
}
