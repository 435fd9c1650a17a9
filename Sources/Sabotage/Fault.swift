import Bytecode
import JIT
import LLVM

/// A defect that can be planted in the baseline tier's output, to see whether the harness finds it.
///
/// The raw values are the names reports use.
public enum Fault: String, CaseIterable, Hashable, Sendable {
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

  /// What kind of defect it is.
  public enum Class: String, CaseIterable, Hashable, Sendable {
    case arithmetic, comparison, check, boxing, accounting, site, event, call
  }

  /// All faults in a fixed order.
  public static var all: [Fault] { allCases }

  public var name: String { rawValue }

  public var faultClass: Class {
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

  /// A baseline engine whose code has the fault wherever it can be planted.
  ///
  /// Its sessions' statistics count `canary reached`, executions of faulty code, and
  /// `canary triggered`, those in which it made a difference.
  public func engine() -> any Engine {
    BaselineEngine(options: CompileOptions(decorator: FaultDecorator(fault: self)))
  }
}

/// The statistics in which an engine with a fault reports its canaries.
public enum Canary {
  public static let reached = "canary reached"
  public static let triggered = "canary triggered"
}
