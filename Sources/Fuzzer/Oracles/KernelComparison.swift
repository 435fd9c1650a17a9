import Bytecode

/// The oracles R and X over a numeric kernel's run: a kernel returns a double and reports the
/// trap's kind only.
struct KernelComparison {
  let program: Program
  let expectedEngine: EngineName
  let actualEngine: EngineName
  let run: String

  func difference(_ expected: Outcome, _ actual: Outcome) -> Divergence? {
    let left = reduced(expected.ending)
    let right = reduced(actual.ending)
    if left == right { return nil }
    let bothReturned =
      switch (left, right) {
      case (.returned, .returned): true
      case (.returned, .trapped), (.trapped, .returned), (.trapped, .trapped), (.other, _),
        (_, .other):
        false
      }
    return Divergence(
      signature: Signature(
        oracle: bothReturned ? .result : .exit, expected: expectedEngine, actual: actualEngine,
        reason: reason(left, right), opcode: nil, field: bothReturned ? .value : .ending),
      run: run, expected: Description.of(expected.ending, in: program),
      actual: Description.of(actual.ending, in: program))
  }

  private enum Reduced: Hashable {
    case returned(bits: UInt64)
    case trapped(TrapKind)
    case other(String)
  }

  private func reduced(_ ending: Ending) -> Reduced {
    switch ending {
    case .returned(.int(let value)): .returned(bits: Double(value).bitPattern)
    case .returned(.bool(let value)): .returned(bits: (value ? 1.0 : 0.0).bitPattern)
    case .returned(.number(let bits)): .returned(bits: bits)
    case .returned(.null): .other("null")
    case .returned(.unit): .other("unit")
    case .returned(.string): .other("string")
    case .returned(.function): .other("function")
    case .returned(.identity(let kind, _)): .other(kind.name)
    case .trapped(let kind, _, _): .trapped(kind)
    case .exited(let kind, _): .other(kind.name)
    }
  }

  private func reason(_ left: Reduced, _ right: Reduced) -> String {
    switch (left, right) {
    case (.trapped(let kind), _), (_, .trapped(let kind)): kind.name
    case (.other(let name), _), (_, .other(let name)): name
    case (.returned, .returned): "-"
    }
  }
}
