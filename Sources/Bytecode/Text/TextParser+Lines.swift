/// A run of entries of a `lines` directive.
struct LineRun: BitwiseCopyable {
  /// The first entry, 0 for an unknown line.
  var first: Int
  var count: Int
  /// Whether each entry is one more than the entry before it.
  var isAscending: Bool
}

/// What a `lines` directive states instead of the physical lines.
struct StatedLines {
  var token: Token
  /// nil: `none`.
  var runs: [LineRun]?
}

extension TextParser {
  /// `lines none`, or one entry per instruction: `N`, `A..B` consecutive, `N*K` repeated, `-` for
  /// an unknown line.
  mutating func parseStatedLines() throws(SyntaxError) -> StatedLines {
    let token = token
    advance()
    if accept(.nothing) { return StatedLines(token: token, runs: nil) }
    var runs: [LineRun] = []
    repeat { runs.append(try parseLineRun()) } while kind != .newline && kind != .endOfText
    return StatedLines(token: token, runs: runs)
  }

  private mutating func parseLineRun() throws(SyntaxError) -> LineRun {
    let start = token
    let first = accept(.minus) ? 0 : try expectOrdinal("a line, `-` or `none`")
    if accept(.star) {
      return LineRun(first: first, count: try expectOrdinal("a count"), isAscending: false)
    }
    guard first > 0, accept(.dots) else {
      return LineRun(first: first, count: 1, isAscending: false)
    }
    let last = try expectOrdinal("the last line of a run")
    guard last > first else {
      throw error(start, .constant, "expected a last line above the first one")
    }
    return LineRun(first: first, count: last - first + 1, isAscending: true)
  }

  func apply(_ stated: StatedLines, to function: inout Function) throws(SyntaxError) {
    guard let runs = stated.runs else {
      function.lines = []
      return
    }
    // The counts are added up before anything is made of them: they may be as large as they like.
    let total = runs.reduce(into: 0) { total, run in
      total = min(total + run.count, ProgramLimits.instructions + 1)
    }
    guard total == function.bodyLength else {
      throw error(
        stated.token, .syntax, "expected one line for each of \(function.bodyLength) instructions")
    }
    var lines: [Int] = []
    lines.reserveCapacity(total)
    for run in runs {
      for place in 0..<run.count { lines.append(run.isAscending ? run.first + place : run.first) }
    }
    function.lines = lines
  }
}
