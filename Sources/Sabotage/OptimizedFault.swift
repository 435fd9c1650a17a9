import JIT
import LLVM

/// A defect of optimized code other than of a kind of guards.
///
/// The raw values are the names reports use.
public enum OptimizedFault: String, CaseIterable, Hashable, Sendable {
  case guardOfOtherOperand = "guard-of-other-operand"
  case shapeNotCompared = "shape-not-compared"
  case schemaNotCompared = "schema-not-compared"
  case closureNotCompared = "closure-not-compared"
  case armAlwaysTaken = "arm-always-taken"
  case propertyOfNeighbour = "property-of-neighbour"
  case fieldOfNeighbour = "field-of-neighbour"
  case guardedBoundsOffByOne = "guarded-bounds-off-by-one"
  case negativeIndexNotCounted = "negative-index-not-counted"
  case transitionLost = "transition-lost"
  case transitionNotCharged = "transition-not-charged"
  case inlinedFuelNotCharged = "inlined-fuel-not-charged"
  case inlinedDepthNotCharged = "inlined-depth-not-charged"
  case inlinedResultChanged = "inlined-result-changed"
  case intSignLost = "int-sign-lost"

  var faultClass: Fault.Class {
    switch self {
    case .guardOfOtherOperand: .guard
    case .shapeNotCompared, .schemaNotCompared, .closureNotCompared, .armAlwaysTaken,
      .propertyOfNeighbour, .fieldOfNeighbour:
      .layout
    case .guardedBoundsOffByOne, .negativeIndexNotCounted: .bounds
    case .transitionLost, .transitionNotCharged: .transition
    case .inlinedFuelNotCharged, .inlinedDepthNotCharged, .inlinedResultChanged: .inlining
    case .intSignLost: .boxing
    }
  }

  /// Plants the fault wherever a module has a place for it.
  func plant(
    among instructions: [NamedInstruction], _ branches: [NamedBranch],
    _ planter: borrowing Planter
  ) {
    switch self {
    case .guardOfOtherOperand: plantOtherOperand(branches, planter)
    case .guardedBoundsOffByOne: plantBounds(branches, planter)
    case .armAlwaysTaken: plantArms(branches, planter)
    case .shapeNotCompared, .schemaNotCompared, .closureNotCompared, .propertyOfNeighbour,
      .fieldOfNeighbour, .negativeIndexNotCounted, .transitionLost, .transitionNotCharged,
      .inlinedFuelNotCharged, .inlinedDepthNotCharged, .inlinedResultChanged, .intSignLost:
      let roles = InstructionRoles(instructions)
      for instruction in instructions where hits(instruction, roles) {
        if self == .transitionLost {
          let stores = instruction.value.users.filter(\.isStore)
          planter.plant(at: stores, of: instruction) { planter in faulty(instruction, planter) }
        } else {
          planter.plant(at: instruction) { planter in faulty(instruction, planter) }
        }
      }
    }
  }

  /// Whether the fault belongs at an instruction.
  private func hits(_ instruction: NamedInstruction, _ roles: InstructionRoles) -> Bool {
    let (role, value) = (instruction.role, instruction.value)
    switch self {
    case .shapeNotCompared: return role == "is.shape"
    case .schemaNotCompared: return role == "is.schema"
    case .closureNotCompared: return role == "is.closure"
    case .propertyOfNeighbour: return role == "property" && value.isLoad
    case .fieldOfNeighbour: return role == "field" && value.isLoad
    case .negativeIndexNotCounted: return role == "from.end"
    case .transitionLost: return role == "shape" && roles.has("shape.field", beside: instruction)
    case .transitionNotCharged: return role == "charged.key"
    case .inlinedFuelNotCharged:
      return role == "call.fuel" && !roles.has("call", beside: instruction)
    case .inlinedDepthNotCharged:
      return role == "call.depth" && !roles.has("call", beside: instruction)
    case .inlinedResultChanged:
      return role == "value" && value.isPhi && !roles.has("call", beside: instruction)
    case .intSignLost: return role == "unboxed"
    case .guardOfOtherOperand, .guardedBoundsOffByOne, .armAlwaysTaken:
      return false
    }
  }

  /// The faulty value in place of an instruction's; built where it is used.
  private func faulty(_ instruction: NamedInstruction, _ planter: borrowing Planter) -> IRValue {
    let good = instruction.value
    let name = ValueName(instruction.offset, "fault")
    let types = planter.types
    switch self {
    case .shapeNotCompared, .schemaNotCompared, .closureNotCompared: return types.constant(true)
    case .propertyOfNeighbour, .fieldOfNeighbour:
      let neighbour = planter.build.offset(good.operand(0), by: 8, name)
      return planter.build.load(types.i64, neighbour, name)
    case .negativeIndexNotCounted: return types.constant(0 as Int64)
    case .transitionLost:
      // The shape the object has so far.
      let store = good.users.first(where: \.isStore)
      guard let store else { preconditionFailure("a store of the shape was found") }
      return planter.build.load(types.i32, store.operand(1), name)
    case .transitionNotCharged, .inlinedFuelNotCharged, .inlinedDepthNotCharged:
      return good.operand(0)
    case .inlinedResultChanged: return planter.changed(good, name)
    case .intSignLost:
      return planter.build.lshr(good.operand(0), types.constant(16 as Int64), name)
    case .guardOfOtherOperand, .guardedBoundsOffByOne, .armAlwaysTaken:
      preconditionFailure("a fault of branches, not of values")
    }
  }
}

// MARK: - Branches

extension OptimizedFault {
  /// The guard of the second of two operands tests the first again.
  private func plantOtherOperand(_ branches: [NamedBranch], _ planter: borrowing Planter) {
    for second in branches where second.guardKind == "kind" {
      let first = branches.first {
        $0.guardKind == "kind" && $0.function == second.function && $0.offset == second.offset
          && $0.then == second.block
      }
      guard let first, let own = second.guardTest, let other = first.guardTest else { continue }
      planter.plant(at: own.users, of: own.instruction) { _ in other.instruction.value }
    }
  }

  private func plantBounds(_ branches: [NamedBranch], _ planter: borrowing Planter) {
    for branch in branches where branch.guardKind == "bounds" {
      guard let test = branch.guardTest else { continue }
      let good = test.instruction.value
      planter.plant(at: test.users, of: test.instruction) { planter in
        let name = ValueName(branch.offset, "fault")
        let (index, length) = (good.operand(0), good.operand(1))
        let isFirstOutside = planter.build.icmp(.eq, index, length, name)
        // An empty array has no elements to read beyond.
        let hasElements = planter.build.icmp(.ne, length, planter.types.constant(0 as Int64), name)
        return planter.build.or(
          good, planter.build.and(isFirstOutside, hasElements, name), name)
      }
    }
  }

  private func plantArms(_ branches: [NamedBranch], _ planter: borrowing Planter) {
    for branch in branches where branch.thenRole == "part" && branch.otherRole == "part.other" {
      let condition = branch.condition
      guard condition.isComputed else { continue }
      let test = NamedInstruction(
        value: condition, function: branch.function, offset: branch.offset, role: "has")
      planter.plant(at: [branch.value], of: test) { $0.types.constant(true) }
    }
  }
}
