import Bytecode

/// Something that the optimizing tier did in the code of a function, as campaigns look for what is new.
public enum OptimizationEvent: Hashable, Sendable {
  /// How a need was met, without the particulars.
  public enum Means: UInt8, CaseIterable, Hashable, Sendable {
    case made, dominated, proved, allocated, inductive, dependency
  }

  /// What guards at loops are about.
  public enum LoopSubject: UInt8, CaseIterable, Hashable, Sendable {
    case sign, limit, length
  }

  case met(GuardNeed, Means)
  case declined(GuardNeed, GuardDecline)
  /// Calls are inlined in each other, so many at most.
  case inlined(depth: Int)
  /// A guard of a kind stands in the code of a callee.
  case guardedInCallee(Schedule.GuardKind)
  /// A guard where a loop is entered is about this.
  case guardedAtLoop(LoopSubject)
  /// Code rests on what a binding holds.
  case restsOnBinding
  /// Code rests on a shape's having no child.
  case restsOnShape

  /// What differs between any two events, in 15 bits.
  var number: UInt32 {
    let (family, one, other): (UInt8, UInt8, UInt8) =
      switch self {
      case .met(let need, let means): (0, need.rawValue, means.rawValue)
      case .declined(let need, let reason): (1, need.rawValue, reason.number)
      case .inlined(let depth): (2, 0, UInt8(clamping: depth))
      case .guardedInCallee(let kind): (3, 0, kind.rawValue)
      case .guardedAtLoop(let subject): (4, 0, subject.rawValue)
      case .restsOnBinding: (5, 0, 0)
      case .restsOnShape: (5, 0, 1)
      }
    return UInt32(family) << 12 | UInt32(one) << 6 | UInt32(other)
  }
}

extension CodeAccount {
  /// What was done in the code, in no order.
  var optimizationEvents: Set<OptimizationEvent> {
    var events: Set<OptimizationEvent> = []
    for decision in decisions {
      let means: OptimizationEvent.Means
      switch decision.means {
      case .made: means = .made
      case .dominated: means = .dominated
      case .proved: means = .proved
      case .allocated: means = .allocated
      case .inductive: means = .inductive
      case .dependency: means = .dependency
      case .declined(let reason):
        events.insert(.declined(decision.need, reason))
        continue
      }
      events.insert(.met(decision.need, means))
    }
    if inlineDepth > 0 { events.insert(.inlined(depth: inlineDepth)) }
    for record in guards {
      if !record.chain.isEmpty { events.insert(.guardedInCallee(record.kind)) }
      if let subject = record.predicate.loopSubject { events.insert(.guardedAtLoop(subject)) }
    }
    for dependency in dependencies {
      switch dependency {
      case .binding: events.insert(.restsOnBinding)
      case .noChildShape: events.insert(.restsOnShape)
      }
    }
    return events
  }
}

extension Guard.Predicate {
  /// What it is about at a loop; nil for predicates of operands.
  fileprivate var loopSubject: OptimizationEvent.LoopSubject? {
    switch self {
    case .isNotNegative: .sign
    case .isAtMost: .limit
    case .spans: .length
    case .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: nil
    }
  }
}

extension GuardDecline {
  /// Its place among all reasons.
  fileprivate var number: UInt8 {
    guard let place = Self.allCases.firstIndex(of: self) else {
      preconditionFailure("every reason is among all")
    }
    return UInt8(place)
  }
}
