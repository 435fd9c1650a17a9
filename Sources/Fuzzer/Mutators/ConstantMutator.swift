import Bytecode

/// Turns a constant into one at an edge, mostly of the same kind.
struct ConstantMutator: Mutator {
  let name = "constant"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      switch $0.operand {
      case .constant(let constant): !Self.isFunction(constant)
      case .plain, .property, .method, .jump, .loop: false
      }
    }
    guard let place,
      case .constant(let old) = subject.program.functions[place.function].code[place.offset].operand
    else { return false }
    for _ in 0..<4 {
      let new = replacement(for: old, &subject.entropy)
      guard new != old else { continue }
      subject.program.functions[place.function].code[place.offset].operand = .constant(new)
      return true
    }
    return false
  }

  private static func isFunction(_ constant: Constant) -> Bool {
    switch constant {
    case .null, .unit, .bool, .int, .number, .string: false
    case .function: true
    }
  }

  private func replacement(for old: Constant, _ entropy: inout Entropy) -> Constant {
    if entropy.chance(1, in: 10) {
      var kinds: KindSet = [.int, .number, .bool, .null, .unit]
      if case .string = old { kinds.insert(.string) }
      return BoundaryConstants.constant(of: kinds, &entropy)
    }
    switch old {
    case .int(let value):
      if entropy.chance(1, in: 3) {
        let near = value &+ (entropy.chance(1, in: 2) ? 1 : -1)
        return .int(IntRange.contains(near) ? near : value)
      }
      return .int(BoundaryConstants.int(&entropy))
    case .number: return .number(BoundaryConstants.number(&entropy))
    case .bool(let value): return .bool(!value)
    case .null, .unit: return BoundaryConstants.constant(of: [.int, .bool, .null, .unit], &entropy)
    case .string: return .string(BoundaryStrings.string(&entropy))
    case .function: return old
    }
  }
}
