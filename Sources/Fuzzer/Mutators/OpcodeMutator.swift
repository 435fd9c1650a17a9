import Bytecode

/// Replaces an opcode by another with the same operand kind and stack effect, from the table.
struct OpcodeMutator: Mutator {
  let name = "opcode"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place { !Self.siblings(of: $0.opcode).isEmpty }
    guard let place else { return false }
    let old = subject.program.functions[place.function].code[place.offset].opcode
    subject.program.functions[place.function].code[place.offset].opcode =
      subject.entropy.pick(Self.siblings(of: old))
    return true
  }

  /// What an opcode may be exchanged for, computed once from the table.
  private static let siblingTable: [[Opcode]] = {
    var table = [[Opcode]](repeating: [], count: Int(UInt8.max) + 1)
    for opcode in Opcode.allCases where isExchangeable(opcode) {
      table[Int(opcode.rawValue)] = Opcode.allCases.filter {
        $0 != opcode && isExchangeable($0) && $0.facts.operand == opcode.facts.operand
          && fixedPops($0) == fixedPops(opcode)
          && $0.facts.result.pushCount == opcode.facts.result.pushCount
      }
    }
    return table
  }()

  static func siblings(of opcode: Opcode) -> [Opcode] { siblingTable[Int(opcode.rawValue)] }

  private static func isExchangeable(_ opcode: Opcode) -> Bool {
    guard NumericCore.contains(opcode) else { return false }
    switch opcode.facts.category {
    case .arithmetic, .comparison, .logic, .locals: return true
    case .control: return opcode.facts.operand == .jump && fixedPops(opcode) == 1
    case .stack, .cells, .references, .calls, .arrays, .objects, .exceptions: return false
    }
  }

  private static func fixedPops(_ opcode: Opcode) -> Int? {
    switch opcode.facts.pops {
    case .fixed(let count): count
    case .parameters, .foreignParameters, .captures, .count, .pairs, .fields, .property: nil
    }
  }
}
