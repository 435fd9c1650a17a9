import JIT
import LLVM

/// Plants one fault in every module between lowering and code generation.
struct FaultDecorator: ModuleDecorator {
  let fault: Fault

  func decorate(_ module: borrowing ModuleBuilder) {
    let instructions = module.namedInstructions
    let planter = Planter(in: module.context)
    for instruction in instructions where hits(instruction) {
      if fault == .swappedArguments {
        planter.swapArguments(of: instruction)
      } else {
        planter.plant(at: instruction) { planter in faulty(instruction, planter) }
        if fault == .lostZeroDivisorCheck {
          planter.disarmDivision(behind: instruction, among: instructions)
        }
      }
    }
  }

  /// Whether the fault belongs at an instruction.
  private func hits(_ instruction: NamedInstruction) -> Bool {
    let value = instruction.value
    switch fault {
    case .swappedSubtractionOperands: return ["sub", "fsub"].contains(instruction.role)
    case .lessForLessOrEqual: return instruction.role == "lte"
    case .greaterForGreaterOrEqual: return instruction.role == "gte"
    case .unorderedIsTrue:
      return ["lt", "lte", "gt", "gte"].contains(instruction.role) && value.operand(0).isDouble
    case .nanIsTruthy: return instruction.role == "truthy" && value.operand(0).isDouble
    case .lostOverflowCheck: return ["fits", "mul.fits"].contains(instruction.role)
    case .lostZeroDivisorCheck: return instruction.role == "zero"
    case .lostSlotCheck: return instruction.role == "slot"
    case .remainderSignLost: return instruction.role == "srem"
    case .shortShiftCount: return instruction.role == "count"
    case .negativeZeroLost:
      return ["fadd", "fsub", "fmul", "fdiv", "fneg"].contains(instruction.role)
    case .nanNotCanonical: return instruction.role == "canonical"
    case .fuelChargedTwice: return ["jump.fuel", "call.fuel"].contains(instruction.role)
    case .depthCountedTwice: return instruction.role == "call.depth"
    case .trapSitePlusOne, .trapSiteMinusOne: return instruction.role == "raise.word"
    case .storeEventLost: return instruction.role == "is.recorded"
    case .swappedArguments: return instruction.role == "call" && value.operandCount == 4
    }
  }

  /// The faulty value in place of an instruction's; built behind it.
  private func faulty(_ instruction: NamedInstruction, _ planter: borrowing Planter) -> IRValue {
    let good = instruction.value
    let name = ValueName(instruction.offset, "fault")
    let types = planter.types
    let zero = types.constant(0 as Int64)
    let one = types.constant(1 as Int64)
    switch fault {
    case .swappedSubtractionOperands:
      return good.isDouble
        ? planter.build.fsub(good.operand(1), good.operand(0), name)
        : planter.build.sub(good.operand(1), good.operand(0), name)
    case .lessForLessOrEqual: return planter.compare(good, .slt, .olt, name)
    case .greaterForGreaterOrEqual: return planter.compare(good, .sgt, .ogt, name)
    case .unorderedIsTrue:
      let isUnordered = planter.build.fcmp(.uno, good.operand(0), good.operand(1), name)
      return planter.build.or(good, isUnordered, name)
    case .nanIsTruthy:
      return planter.build.fcmp(.une, good.operand(0), good.operand(1), name)
    case .lostOverflowCheck, .lostSlotCheck: return types.constant(true)
    case .lostZeroDivisorCheck, .storeEventLost: return types.constant(false)
    case .remainderSignLost:
      let isNegative = planter.build.icmp(.slt, good, zero, name)
      return planter.build.select(isNegative, planter.build.sub(zero, good, name), good, name)
    case .shortShiftCount: return planter.build.and(good, types.constant(31 as Int64), name)
    case .negativeZeroLost: return planter.build.fadd(good, types.constant(0.0), name)
    case .nanNotCanonical: return good.operand(2)
    case .fuelChargedTwice, .depthCountedTwice:
      let isMore = planter.build.icmp(.ne, good, zero, name)
      return planter.build.select(isMore, planter.build.sub(good, one, name), good, name)
    case .trapSitePlusOne: return planter.build.add(good, one, name)
    case .trapSiteMinusOne:
      let offset = planter.build.trunc(good, to: types.i32, name)
      let isFirst = planter.build.icmp(.eq, offset, types.constant32(0), name)
      return planter.build.select(isFirst, good, planter.build.sub(good, one, name), name)
    case .swappedArguments: preconditionFailure("a fault of calls, not of values")
    }
  }
}
