import Bytecode

/// The kinds a slot admits, one bit each, and the schema its records must have.
struct KindMask: Hashable, BitwiseCopyable, Sendable {
  /// Kinds in the lower half by `ValueKind`; in the upper half the schema's index + 1, 0 for any.
  let bits: UInt64

  static let anything = KindMask(bits: .max)
  static let nothing = KindMask(bits: 0)

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  /// The mask of a declaration; nil, undeclared, admits everything.
  init(_ kind: SlotKind?) {
    guard let kind else {
      self = .anything
      return
    }
    let kinds = UInt64(kind.kinds.rawValue)
    if case .schema(let schema) = kind.base {
      bits = UInt64(schema.rawValue + 1) << 32 | kinds
    } else {
      bits = kinds
    }
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
    if isInt { return mask.bits & KindMask.int.bits != 0 }
    if isNumber { return mask.bits & KindMask.number.bits != 0 }
    return isAdmittedOutOfLine(by: mask)
  }

  @inline(never)
  private func isAdmittedOutOfLine(by mask: KindMask) -> Bool {
    let kind = isHeap ? cell.pointee.kind : kind.rawValue
    guard mask.bits &>> UInt64(kind) & 1 == 1 else { return false }
    return kind != CellKind.record.rawValue || UInt64(schema.rawValue) + 1 == mask.bits &>> 32
  }

  /// What a binding of a declared kind holds when a run starts.
  static func initial(_ kind: SlotKind?, _ strings: StaticStrings) -> Word {
    guard let kind, !kind.isNullable else { return .null }
    switch kind.base {
    case .int: return Word(int: 0)
    case .number: return Word(number: 0)
    case .bool: return .false
    case .string: return strings.empty
    case .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function, .schema:
      preconditionFailure("the verifier demands `?` of such a binding")
    }
  }
}
