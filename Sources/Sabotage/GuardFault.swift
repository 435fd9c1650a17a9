import Bytecode
import LLVM

/// A defect of all guards of one kind.
public struct GuardFault: Hashable, Sendable {
  public enum Defect: String, CaseIterable, Hashable, Sendable {
    /// What the guard tests is taken for granted.
    case dropped
    /// It lets through what it is to stop, and the other way round.
    case inverted
    /// It lets nothing through.
    case failing
  }

  public let defect: Defect
  public let kind: Schedule.GuardKind

  static var allCases: [GuardFault] {
    Defect.allCases.flatMap { defect in
      Schedule.GuardKind.allCases.map { GuardFault(defect: defect, kind: $0) }
    }
  }

  /// The name that reports use, such as `shape-guard-dropped`.
  var name: String {
    let words = kind.name.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
    return "\(words)-guard-\(defect.rawValue)"
  }

  /// Plants the fault wherever a module has a guard of the kind.
  func plant(among branches: [NamedBranch], _ planter: borrowing Planter) {
    for branch in branches where branch.guardKind == kind.name {
      guard let test = branch.guardTest else { continue }
      planter.plant(at: test.users, of: test.instruction) { planter in
        switch defect {
        case .dropped: planter.types.constant(true)
        case .inverted:
          planter.build.xor(
            test.instruction.value, planter.types.constant(true), ValueName(branch.offset, "fault"))
        case .failing: planter.types.constant(false)
        }
      }
    }
  }
}

extension NamedBranch {
  /// The name of the kind of guard that fails to its second block; nil for any other branch.
  var guardKind: String? {
    let prefix = "guard."
    return otherRole.hasPrefix(prefix) ? String(otherRole.dropFirst(prefix.count)) : nil
  }

  /// What a guard tests, and where that decides: in the branch and, in hooked code, in what it
  /// tells the runtime. Nil where it is known when code is made.
  var guardTest: (instruction: NamedInstruction, users: [IRValue])? {
    var (test, users) = (condition, [value])
    // Hooked code fails where it is told to, too.
    if test.isComputed, test.users == [value], test.operandCount == 2, isHooked(test) {
      users = [test] + test.operand(0).users.filter { $0 != test && $0.operandCount == 1 }
      test = test.operand(0)
    }
    guard test.isComputed else { return nil }
    return (
      NamedInstruction(value: test, function: function, offset: offset, role: "holds"), users
    )
  }

  /// Whether a condition is what holds and is not forced to fail.
  private func isHooked(_ condition: IRValue) -> Bool { condition.role == "passes" }
}
