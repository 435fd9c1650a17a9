import Bytecode

extension RunExpectation {
  /// How a run of the program differs from what is expected; nil if it does not.
  public func mismatch(
    of outcome: Outcome, output: [UInt8], in program: Program
  ) -> String? {
    if let end, !RunExpectation.matches(end, outcome, in: program) {
      let actual = RunExpectation.text(of: End(outcome, in: program))
      return "line \(line): expected `\(RunExpectation.text(of: end))`, found `\(actual)`"
    }
    if let expected = self.output, expected != output {
      return "line \(line): expected output \(Literal(decoding: expected).quoted), "
        + "found \(Literal(decoding: output).quoted)"
    }
    if let fuel, fuel != outcome.fuel {
      return "line \(line): expected \(fuel) fuel units to be used, found \(outcome.fuel)"
    }
    return nil
  }

  /// The line with what came of a run in place of what was expected and does not hold; nothing is
  /// added to what it left out.
  public func blessed(with outcome: Outcome, output: [UInt8], in program: Program) -> String {
    var line = "; run: \(call)"
    if let end {
      let holds = RunExpectation.matches(end, outcome, in: program)
      line += " " + RunExpectation.text(of: holds ? end : End(outcome, in: program))
    }
    if self.output != nil { line += " prints \(Literal(decoding: output).quoted)" }
    if fuel != nil { line += " uses \(outcome.fuel)" }
    return line
  }

  private static func matches(_ end: End, _ outcome: Outcome, in program: Program) -> Bool {
    switch (end, End(outcome, in: program)) {
    case (.returns(let expected), .returns(let actual)):
      return expected == actual
    case (.traps(let kind, let payload, let place), .traps(let actual, let thrown, let site)):
      return kind == actual && (payload == nil || payload == thrown)
        && (place == nil || place == site)
    case (.exits(let kind, let place), .exits(let actual, let site)):
      return kind == actual && (place == nil || place == site)
    case (.returns, _), (.traps, _), (.exits, _):
      return false
    }
  }

  /// The outcome as a line spells it.
  private static func text(of end: End) -> String {
    switch end {
    case .returns(let value): "= \(value)"
    case .traps(let kind, let payload, let place):
      "traps \(kind.name)" + (payload.map { " \($0)" } ?? "") + (place.map { " at \($0)" } ?? "")
    case .exits(let kind, let place):
      "exits \(kind.name)" + (place.map { " at \($0)" } ?? "")
    }
  }
}

extension RunExpectation.End {
  init(_ outcome: Outcome, in program: Program) {
    func text(_ value: ObservedValue) -> String {
      program.resultText(of: value, heap: outcome.heap)
    }
    switch outcome.ending {
    case .returned(let value): self = .returns(text(value))
    case .trapped(let kind, let payload, let raise):
      self = .traps(
        kind, payload: payload.map(text), place: program.description(of: raise.site))
    case .exited(let kind, let raise):
      self = .exits(kind, place: program.description(of: raise.site))
    }
  }
}
