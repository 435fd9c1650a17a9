import Bytecode
import Testing

@testable import RefInterpreter

/// A program whose `main` is the instructions between `|`s.
///
/// - Parameter declarations: bindings, schemas and functions, in text form.
func program(_ main: String, _ declarations: String = "") throws -> VerifiedProgram {
  try Verifier.verify(Assembler.assemble("\(declarations)\nmain() {\n\(lines(of: main))}\n"))
}

/// The instructions between `|`s on lines of their own; `local x` and `label:` may stand there too.
func lines(of body: String) -> String {
  body.split(separator: "|").map { "  " + $0.drop { $0 == " " } + "\n" }.joined()
}

/// A function of instructions between `|`s.
func function(_ head: String, _ body: String) -> String {
  "func \(head) {\n\(lines(of: body))}\n"
}

func outcome(
  of main: String, _ declarations: String = "", fuel: UInt64? = nil, heap: UInt64? = nil,
  depth: Int = 10_000, recordsEvents: Bool = false
) throws -> Outcome {
  let program = try program(main, declarations)
  return try ReferenceEngine().prepare(program).run(
    RunRequest(
      entry: program.program.mainIndex,
      limits: RunLimits(fuel: fuel, depth: depth, heapBytes: heap, referenceSteps: 1_000_000),
      recordsEvents: recordsEvents))
}

/// How a program ends: a value in its `=>` form, or `KIND at FUNCTION+OFFSET`.
func result(
  of main: String, _ declarations: String = "", fuel: UInt64? = nil, heap: UInt64? = nil,
  depth: Int = 10_000
) throws -> String {
  let outcome = try outcome(of: main, declarations, fuel: fuel, heap: heap, depth: depth)
  let program = try program(main, declarations).program
  func text(_ value: ObservedValue) -> String {
    program.resultText(of: value, heap: outcome.heap)
  }
  switch outcome.ending {
  case .returned(let value): return text(value)
  case .trapped(let kind, let payload, let raise):
    let thrown = payload.map { " " + text($0) } ?? ""
    return "\(kind.name)\(thrown) at \(program.description(of: raise.site))"
  case .exited(let kind, let raise):
    return "\(kind.name) at \(program.description(of: raise.site))"
  }
}

/// Expects each row's program to end as it says.
func expect(
  _ rows: [(main: String, end: String)], _ declarations: String = "",
  location: SourceLocation = #_sourceLocation
) throws {
  for row in rows {
    let end = try result(of: row.main, declarations)
    #expect(end == row.end, "\(row.main)", sourceLocation: location)
  }
}
