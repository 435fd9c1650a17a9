import Bytecode

/// The kinds of the numeric core a slot admits, one bit each.
struct KindMask: Hashable, BitwiseCopyable, Sendable {
  let bits: UInt8

  static let anything = KindMask(bits: 0xFF)

  @inline(__always)
  init(bits: UInt8) { self.bits = bits }

  /// The mask of a declaration; nil, undeclared, admits everything.
  init(_ kind: SlotKind?) {
    // The five kinds of the core are the lowest bits of a kind set.
    bits = kind.map { UInt8(truncatingIfNeeded: $0.kinds.rawValue) } ?? 0xFF
  }

  // Literals, so that the loop compares with a constant; a test holds them to the kind sets.
  static let bool = KindMask(bits: 1 << 2)
  static let int = KindMask(bits: 1 << 3)
  static let number = KindMask(bits: 1 << 4)
}

extension Word {
  /// Whether a slot of the mask takes this value.
  @inline(__always)
  func isAdmitted(by mask: KindMask) -> Bool {
    if mask.bits == KindMask.anything.bits { return true }
    return mask.bits &>> kind.rawValue & 1 == 1
  }

  /// What a binding of a declared kind holds when a run starts.
  static func initial(_ kind: SlotKind?) -> Word {
    guard let kind, !kind.isNullable else { return .null }
    switch kind.base {
    case .int: return Word(int: 0)
    case .number: return Word(number: 0)
    case .bool: return .false
    case .string, .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function,
      .schema:
      preconditionFailure("prepare refuses slot kinds outside the core")
    }
  }

  /// The value a run reports; nil if the word is none.
  var checkedObserved: ObservedValue? {
    let isValue =
      isNumber || isInt || isBool || self == .null || self == .unit
    return isValue ? observed : nil
  }
}
