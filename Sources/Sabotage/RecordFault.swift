import Bytecode
import JIT

/// A defect of what is said of guards: the code is right.
///
/// The raw values are the names reports use.
public enum RecordFault: String, CaseIterable, Hashable, Sendable {
  case operand = "record-of-other-operand"
  case predicate = "record-of-other-predicate"
  case site = "record-of-next-site"
  case kind = "record-of-other-kind"

  /// A point with the fault; the point itself if no guard stands there.
  func changed(_ point: DeoptimizationPoint, of program: Program) -> DeoptimizationPoint {
    guard var record = point.guardRecord else { return point }
    switch self {
    case .operand: record.operand = 1 - record.operand
    case .predicate: record.predicate = record.predicate.mistaken
    case .site:
      let last = program[record.site.function].bodyLength - 1
      record.site.offset = min(record.site.offset + 1, last)
    case .kind: record.kind = record.kind == .kind ? .bounds : .kind
    }
    var point = point
    point.guardRecord = record
    return point
  }
}

extension Guard.Predicate {
  /// One that other values satisfy.
  fileprivate var mistaken: Guard.Predicate {
    switch self {
    case .kinds(let kinds): .kinds(kinds == .int ? .number : .int)
    case .shape(let keys): .shape(keys + [Literal("nowhere")])
    case .array(let kind): .array(kind == .array ? .intArray : .array)
    case .truth(let truth): .truth(!truth)
    case .callee(let function): .callee(FunctionIndex(function.position ^ 1))
    case .schema(let schema): .schema(SchemaIndex(schema.position ^ 1))
    case .isNotNegative(let local): .isNotNegative(LocalIndex(local.position ^ 1))
    case .isAtMost(let local, _): .isAtMost(local, 0)
    case .spans(let array, let kind, let extent): .spans(array, kind, extent.mistaken)
    case .fitsInt, .inBounds: self
    }
  }
}

extension Guard.Extent {
  /// One element more or less.
  fileprivate var mistaken: Guard.Extent {
    switch self {
    case .constant(let count): .constant(count + 1)
    case .local(let local): .including(local)
    case .including(let local): .local(local)
    }
  }
}
