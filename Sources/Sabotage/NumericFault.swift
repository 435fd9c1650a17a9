import LLVM

/// A defect of the code of the numeric core, which programs of the core meet.
///
/// The raw values are the names reports use.
public enum NumericFault: String, CaseIterable, Hashable, Sendable {
  case swappedSubtractionOperands = "swapped-subtraction-operands"
  case lessForLessOrEqual = "less-for-less-or-equal"
  case greaterForGreaterOrEqual = "greater-for-greater-or-equal"
  case unorderedIsTrue = "unordered-is-true"
  case nanIsTruthy = "nan-is-truthy"
  case lostOverflowCheck = "lost-overflow-check"
  case lostZeroDivisorCheck = "lost-zero-divisor-check"
  case lostSlotCheck = "lost-slot-check"
  case remainderSignLost = "remainder-sign-lost"
  case shortShiftCount = "short-shift-count"
  case negativeZeroLost = "negative-zero-lost"
  case nanNotCanonical = "nan-not-canonical"
  case fuelChargedTwice = "fuel-charged-twice"
  case depthCountedTwice = "depth-counted-twice"
  case trapSitePlusOne = "trap-site-plus-one"
  case trapSiteMinusOne = "trap-site-minus-one"
  case storeEventLost = "store-event-lost"
  case swappedArguments = "swapped-arguments"

  var faultClass: Fault.Class {
    switch self {
    case .swappedSubtractionOperands, .remainderSignLost, .shortShiftCount, .negativeZeroLost:
      .arithmetic
    case .lessForLessOrEqual, .greaterForGreaterOrEqual, .unorderedIsTrue, .nanIsTruthy:
      .comparison
    case .lostOverflowCheck, .lostZeroDivisorCheck, .lostSlotCheck: .check
    case .nanNotCanonical: .boxing
    case .fuelChargedTwice, .depthCountedTwice: .accounting
    case .trapSitePlusOne, .trapSiteMinusOne: .site
    case .storeEventLost: .event
    case .swappedArguments: .call
    }
  }
}

// MARK: - Planting

extension NumericFault {
  /// Plants the fault wherever a module has a place for it.
  func plant(among instructions: [NamedInstruction], _ planter: borrowing Planter) {
    for instruction in instructions where hits(instruction) {
      if self == .swappedArguments {
        planter.swapArguments(of: instruction)
      } else {
        planter.plant(at: instruction) { planter in faulty(instruction, planter) }
        if self == .lostZeroDivisorCheck {
          planter.disarmDivision(behind: instruction, among: instructions)
        }
      }
    }
  }

  /// Whether the fault belongs at an instruction.
  private func hits(_ instruction: NamedInstruction) -> Bool {
    let value = instruction.value
    switch self {
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
    switch self {
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
