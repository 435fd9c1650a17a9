/// A comparison as one self-contained HTML page: a picture with a bar for each runner of each
/// program, and the tables.
public struct ComparisonPage {
  let report: ComparisonReport

  private static let labelWidth = 150.0
  private static let barWidth = 520.0
  private static let barHeight = 14.0
  private static let colours = [
    "#3b6ea5", "#d9822b", "#5b9f58", "#a04f8f", "#b8b03e", "#7a7a7a", "#4aa6a6", "#c05050",
  ]

  public init(_ report: ComparisonReport) { self.report = report }

  public var html: String {
    let first = Self.escaped(report.runners.first ?? "")
    let body = [
      "<h1>Tiers and peers side by side</h1>",
      "<p>\(Self.escaped(report.clock.title)), the least of \(report.rounds) rounds in turn. "
        + "Bars are seconds relative to the slowest runner of the program.</p>",
      report.programs.map(section).joined(separator: "\n"),
      "<h2>Times as fast as \(first)</h2>",
      table,
      means(of: report.speeds, "all programs"),
      report.numericSpeeds == report.speeds
        ? "" : means(of: report.numericSpeeds, "programs 01 to 12"),
    ]
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>tierproof bench</title>
      <style>
      body { font-family: sans-serif; margin: 2em; max-width: 60em; }
      table { border-collapse: collapse; }
      td, th { padding: 0.2em 0.8em; text-align: right; border-bottom: 1px solid #ddd; }
      td:first-child, th:first-child { text-align: left; }
      text { font-size: 11px; }
      </style>
      </head>
      <body>
      \(body.joined(separator: "\n"))
      </body>
      </html>

      """
  }

  /// A heading and the picture of a program.
  private func section(_ program: ProgramFigures) -> String {
    let title = Self.escaped(([program.program] + program.arguments).joined(separator: " "))
    return "<h3>\(title)</h3>\n\(picture(of: program))"
  }

  private func picture(of program: ProgramFigures) -> String {
    let slowest = program.runners.map(\.seconds).max() ?? 1
    let height = Double(program.runners.count) * (Self.barHeight + 4)
    let bars = program.runners.enumerated().map { position, figures in
      let top = Double(position) * (Self.barHeight + 4)
      let width = max(1, figures.seconds / slowest * Self.barWidth)
      let colour = Self.colours[
        (report.runners.firstIndex(of: figures.runner) ?? 0) % Self.colours.count]
      let seconds = ComparisonText.decimal(figures.seconds, 3)
      return """
        <text x="0" y="\(top + 11)">\(Self.escaped(figures.runner))</text>\
        <rect x="\(Self.labelWidth)" y="\(top)" width="\(ComparisonText.decimal(width, 1))" \
        height="\(Self.barHeight)" fill="\(colour)"/>\
        <text x="\(ComparisonText.decimal(Self.labelWidth + width + 6, 1))" y="\(top + 11)">\
        \(seconds) s</text>
        """
    }
    let width = Self.labelWidth + Self.barWidth + 80
    return "<svg width=\"\(width)\" height=\"\(height)\">\n\(bars.joined(separator: "\n"))\n</svg>"
  }

  /// The speeds of every runner on every program.
  private var table: String {
    let head = (["program"] + report.runners).map { "<th>\(Self.escaped($0))</th>" }.joined()
    let rows = report.programs.map { program in
      let cells = report.runners.map { runner in
        if program.declined.contains(runner) { return "declined" }
        return program[runner]?.speed.map { ComparisonText.decimal($0, 2) } ?? "–"
      }
      return ([Self.escaped(program.program)] + cells).map { "<td>\($0)</td>" }.joined()
    }
    return "<table>\n<tr>\(head)</tr>\n"
      + rows.map { "<tr>\($0)</tr>\n" }.joined() + "</table>"
  }

  private func means(of speeds: [SpeedFigures], _ programs: String) -> String {
    guard !speeds.isEmpty else { return "" }
    let rows = speeds.map { speed in
      "<tr><td>\(Self.escaped(speed.runner))</td>"
        + "<td>\(ComparisonText.decimal(speed.geometricMean, 3))</td><td>\(speed.programs)</td>"
        + "<td>\(ComparisonText.decimal(speed.least, 3)) \(Self.escaped(speed.leastProgram))</td>"
        + "<td>\(ComparisonText.decimal(speed.greatest, 3)) "
        + "\(Self.escaped(speed.greatestProgram))</td></tr>\n"
    }
    return "<h2>Geometric means over \(programs)</h2>\n<table>\n<tr><th>runner</th><th>mean</th>"
      + "<th>programs</th><th>least</th><th>greatest</th></tr>\n\(rows.joined())</table>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
