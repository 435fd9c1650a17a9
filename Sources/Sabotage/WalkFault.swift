import Bytecode
import JIT
import LLVM

/// A defect of the walks of builtins that optimized code makes itself.
///
/// The raw values are the names reports use.
public enum WalkFault: String, CaseIterable, Hashable, Sendable {
  /// The result that tier 0 gives of a callback which has left.
  case resultDropped = "callback-result-dropped"
  case fuelNotCharged = "callback-fuel-not-charged"
  case depthNotCharged = "callback-depth-not-charged"
  case eventLost = "callback-event-lost"
  /// An array that has become shorter does not end the walk.
  case lengthReadOnce = "walk-length-read-once"
  /// The walk goes on to elements that were appended on its way.
  case appendedSeen = "walk-sees-appended"
  /// The runtime, which finishes the walk of discarded code, begins with the round before.
  case roundRepeated = "walk-round-repeated"

  /// Plants the fault wherever a module has a place for it.
  func plant(among instructions: [NamedInstruction], _ planter: borrowing Planter) {
    for instruction in instructions where hits(instruction) {
      if self == .roundRepeated {
        let calls = instruction.value.users.filter(\.isCall)
        planter.plant(at: calls, of: instruction) { planter in faulty(instruction, planter) }
      } else {
        planter.plant(at: instruction) { planter in faulty(instruction, planter) }
      }
    }
  }

  /// Whether the fault belongs at an instruction.
  private func hits(_ instruction: NamedInstruction) -> Bool {
    let role =
      switch self {
      case .resultDropped: "callback.finished"
      case .fuelNotCharged: "callback.fuel"
      case .depthNotCharged: "callback.depth"
      case .eventLost: "callback.recorded"
      case .lengthReadOnce, .appendedSeen: "has.element"
      case .roundRepeated: "walk.next"
      }
    return instruction.role == role
  }

  /// The faulty value in place of an instruction's; built where it is used.
  private func faulty(_ instruction: NamedInstruction, _ planter: borrowing Planter) -> IRValue {
    let good = instruction.value
    let name = ValueName(instruction.offset, "fault")
    switch self {
    case .resultDropped:
      let hasEnded = planter.build.icmp(.eq, good, planter.types.constant(bits: .max), name)
      return planter.build.select(
        hasEnded, good, planter.types.constant(bits: BoxedWord.null), name)
    case .fuelNotCharged, .depthNotCharged, .roundRepeated: return good.operand(0)
    case .eventLost: return planter.types.constant(false)
    case .lengthReadOnce: return good.operand(0)
    case .appendedSeen: return good.operand(1)
    }
  }
}
