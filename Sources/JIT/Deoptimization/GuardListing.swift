import Bytecode

/// Guards as text, with the names of the program.
public struct GuardListing {
  private let program: Program

  public init(of program: Program) { self.program = program }

  /// A line for each guard of a function's points, in the order of their ordinals: ordinal, kind, site
  /// behind the calls that its code takes the place of, and what holds where it passes.
  public func lines(of points: [DeoptimizationPoint]) -> [String] {
    points.compactMap(\.guardRecord).enumerated().map { ordinal, record in
      let sites = (record.chain + [record.site]).map(place).joined(separator: " > ")
      return "\(ordinal)  \(record.kind.name)  \(sites)  \(predicate(of: record))"
    }
  }

  private func place(_ site: Site) -> String { "\(program[site.function].name)+\(site.offset)" }

  private func predicate(of record: Guard) -> String {
    func name(_ local: LocalIndex) -> String { program[record.site.function].name(of: local) }
    func extent(_ extent: Guard.Extent) -> String {
      switch extent {
      case .constant(let count): "\(count)"
      case .local(let local): name(local)
      case .including(let local): "\(name(local)) + 1"
      }
    }
    let operand = "operand \(record.operand)"
    switch record.predicate {
    case .kinds(let kinds):
      return "\(operand) is " + kinds.kinds.map(\.name).joined(separator: " or ")
    case .fitsInt: return "the result is an int"
    case .shape(let keys):
      let slot = program.memberName(at: record.site).map { name in
        ", .\(name.string) " + (keys.firstIndex(of: name).map { "at \($0)" } ?? "missing")
      }
      let all = keys.map(\.string).joined(separator: ", ")
      return "\(operand) has the keys {\(all)}" + (slot ?? "")
    case .schema(let schema):
      return "\(operand) is a record of \(program.schemas[schema.position].name)"
    case .array(let kind): return "\(operand) is of kind \(kind.name)"
    case .inBounds: return "\(operand) is an index of the array"
    case .callee(let function): return "\(operand) is \(program[function].name)"
    case .truth(let truth): return "\(operand) is \(truth ? "truthy" : "not truthy")"
    case .isNotNegative(let local): return "\(name(local)) is an int from 0 on"
    case .isAtMost(let local, let bound): return "\(name(local)) is an int up to \(bound)"
    case .spans(let array, let kind, let count):
      return "\(name(array)) is of kind \(kind.name) with at least \(extent(count)) elements"
    }
  }
}
