import Bytecode

/// What `run` says of a run.
struct RunReport: Encodable {
  enum Status: String, Encodable { case ok, trap, exit }

  var file: String
  var tier: String
  var output: String
  var status: Status
  /// In the `=>` form.
  var value: String?
  /// The trap or exit.
  var kind: String?
  /// In the `=>` form.
  var payload: String?
  var function: String?
  var offset: Int?
  var line: Int?
  var fuel: UInt64
  var stats: [String: UInt64]

  init(
    file: String, tier: String, output: String, outcome: Outcome, program: Program,
    statistics: [(name: String, value: UInt64)]
  ) {
    self.file = file
    self.tier = tier
    self.output = output
    fuel = outcome.fuel
    stats = Dictionary(statistics.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    switch outcome.ending {
    case .returned(let result):
      status = .ok
      value = program.resultText(of: result, heap: outcome.heap)
    case .trapped(let trap, let thrown, let raise):
      status = .trap
      kind = trap.name
      payload = thrown.map { program.resultText(of: $0, heap: outcome.heap) }
      setPlace(raise.site, in: program)
    case .exited(let exit, let raise):
      status = .exit
      kind = exit.name
      setPlace(raise.site, in: program)
    }
  }

  private mutating func setPlace(_ site: Site, in program: Program) {
    function = program[site.function].name
    offset = site.offset
    line = program.line(of: site)
  }

  /// The line on standard error of a run that did not return.
  var endLine: String? {
    guard let kind, let function, let offset else { return nil }
    let thrown = payload.map { " \($0)" } ?? ""
    let place = line.map { " (line \($0))" } ?? ""
    return "\(status.rawValue): \(kind)\(thrown) at \(function)+\(offset)\(place)"
  }
}

/// The words of reports for what became of a tier.
struct TierUseText {
  var word: String
  /// The declined functions and reasons, empty otherwise.
  var declines: [Decline]

  init(_ use: TierUse) {
    switch use {
    case .entered: (word, declines) = ("entered", [])
    case .declined(let list): (word, declines) = ("declined", list)
    case .inapplicable: (word, declines) = ("inapplicable", [])
    }
  }
}
