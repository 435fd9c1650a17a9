extension Opcode {
  /// Whether the instruction after this one may run next.
  public var continuesToNext: Bool {
    switch facts.category {
    case .control:
      self != .jump && self != .break && self != .continue && self != .return
        && self != .returnValue && self != .halt
    case .exceptions: self != .throw
    case .stack, .locals, .cells, .references, .arithmetic, .comparison, .logic, .calls, .arrays,
      .objects:
      true
    }
  }

  /// Whether the instruction jumps or goes on to the next one as its operand's truth says.
  public var isConditionalJump: Bool {
    self == .jumpIfFalse || self == .jumpIfTrue || self == .jumpIfFalseTrusted
  }

  /// Whether the instruction replaces what the local of its operand holds.
  public var writesLocal: Bool { self == .storeLocal || self == .storeLocalTyped }

  /// Whether the instruction makes its local a cell or keeps it alive as one.
  public var sharesLocal: Bool { self == .boxLocal || self == .makeRef }
}

/// An opcode without checks and the one it stands for.
public struct TrustedTwin: Sendable {
  public let trusted: Opcode
  public let guarded: Opcode
  /// The one kind every popped value must be proved to have; nil if it pops none.
  public let operandKind: ValueKind?

  init(_ trusted: Opcode, _ guarded: Opcode, _ operandKind: ValueKind?) {
    self.trusted = trusted
    self.guarded = guarded
    self.operandKind = operandKind
  }

  /// The eighteen twins, in the order of their codes.
  public static let all: [TrustedTwin] = [
    TrustedTwin(.loadLocalTrusted, .loadLocal, nil),
    TrustedTwin(.addIntTrusted, .addInt, .int),
    TrustedTwin(.subIntTrusted, .subInt, .int),
    TrustedTwin(.mulIntTrusted, .mulInt, .int),
    TrustedTwin(.divIntTrusted, .divInt, .int),
    TrustedTwin(.addNumberTrusted, .addNumber, .number),
    TrustedTwin(.subNumberTrusted, .subNumber, .number),
    TrustedTwin(.mulNumberTrusted, .mulNumber, .number),
    TrustedTwin(.divNumberTrusted, .divNumber, .number),
    TrustedTwin(.gtIntTrusted, .gtInt, .int),
    TrustedTwin(.ltIntTrusted, .ltInt, .int),
    TrustedTwin(.gteIntTrusted, .gteInt, .int),
    TrustedTwin(.lteIntTrusted, .lteInt, .int),
    TrustedTwin(.gtNumberTrusted, .gtNumber, .number),
    TrustedTwin(.ltNumberTrusted, .ltNumber, .number),
    TrustedTwin(.gteNumberTrusted, .gteNumber, .number),
    TrustedTwin(.lteNumberTrusted, .lteNumber, .number),
    TrustedTwin(.jumpIfFalseTrusted, .jumpIfFalse, .bool),
  ]
}

extension Opcode {
  /// The twin whose trusted form this opcode is; nil for every other opcode.
  public var trustedTwin: TrustedTwin? { Self.twinsByTrustedCode[Int(rawValue)] }

  private static let twinsByTrustedCode: [TrustedTwin?] = allCases.map { opcode in
    TrustedTwin.all.first { $0.trusted == opcode }
  }
}
