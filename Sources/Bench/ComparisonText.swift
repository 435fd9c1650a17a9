import Foundation

/// A comparison as text: seconds, speeds, and their geometric means.
public struct ComparisonText {
  let report: ComparisonReport

  private static let nameWidth = 26
  private static let columnWidth = 14

  public init(_ report: ComparisonReport) { self.report = report }

  public var text: String {
    let first = report.runners.first ?? ""
    var lines = [row(report.clock.title, report.runners)]
    lines.append(row("(start-up)", report.startUps.map { Self.decimal($0, 3) }))
    for program in report.programs { lines.append(row(program) { Self.decimal($0.seconds, 3) }) }
    lines += ["", row("times as fast as \(first)", report.runners)]
    for program in report.programs {
      lines.append(row(program) { $0.speed.map { Self.decimal($0, 2) } ?? "" })
    }
    lines += means(of: report.speeds, "all programs")
    if report.numericSpeeds != report.speeds {
      lines += means(of: report.numericSpeeds, "programs 01 to 12")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func row(_ program: ProgramFigures, _ cell: (RunnerFigures) -> String) -> String {
    let name = ([program.program] + program.arguments).joined(separator: " ")
    return row(
      name,
      report.runners.map { runner in
        program.declined.contains(runner) ? "declined" : program[runner].map(cell) ?? "-"
      })
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    Self.padded(name, Self.nameWidth + 12, left: false)
      + cells.map { Self.padded($0, Self.columnWidth, left: true) }.joined()
  }

  private func means(of speeds: [SpeedFigures], _ programs: String) -> [String] {
    guard !speeds.isEmpty else { return [] }
    let first = report.runners.first ?? ""
    return ["", "times as fast as \(first), geometric mean over \(programs) (least, greatest)"]
      + speeds.map { speed in
        Self.padded(speed.runner, Self.nameWidth, left: false)
          + "\(Self.decimal(speed.geometricMean, 3)) over \(speed.programs) "
          + "(\(Self.decimal(speed.least, 3)) \(speed.leastProgram), "
          + "\(Self.decimal(speed.greatest, 3)) \(speed.greatestProgram))"
      }
  }

  static func decimal(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return left ? blanks + text : text + blanks
  }
}
