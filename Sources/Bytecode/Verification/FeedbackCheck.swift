/// The check of what a schedule claims feedback slots have seen, once everything it names exists.
struct FeedbackCheck {
  let program: Program

  func run(findings: inout FindingList) {
    for directive in program.schedule?.directives ?? [] {
      guard case .feedback(let function, let offset, .entries(let entries)) = directive else {
        continue
      }
      let site = Site(function, offset: offset)
      if let entry = entries.first(where: { !$0.fits(site, in: program) }) {
        let line = Schedule.Directive.feedback(function, offset: offset, .entries([entry]))
        findings.add(
          .operand, site,
          "no execution of the instruction gives `\(Printer.print(line, in: program))`")
      }
    }
  }
}
