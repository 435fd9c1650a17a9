import Bytecode

/// Why an operation gave no value.
enum Stop: Error, Hashable, Sendable {
  /// An error of the program; a handler may see it.
  case trap(TrapKind)
  /// The end of the run.
  case exit(ExitKind)

  /// The trap of an operation that cannot end a run.
  var trapKind: TrapKind {
    guard case .trap(let kind) = self else {
      preconditionFailure("arithmetic neither uses fuel nor allocates")
    }
    return kind
  }

  static let typeError = Stop.trap(.typeError)
  static let divisionByZero = Stop.trap(.divisionByZero)
  static let indexOutOfBounds = Stop.trap(.indexOutOfBounds)
  static let arityMismatch = Stop.trap(.arityMismatch)
  static let stackOverflow = Stop.trap(.stackOverflow)
  static let unwrapFailed = Stop.trap(.unwrapFailed)
  static let unknownMember = Stop.trap(.unknownMember)
  static let foreignError = Stop.trap(.foreignError)
  static let outOfFuel = Stop.exit(.outOfFuel)
  static let outOfMemory = Stop.exit(.outOfMemory)
}
