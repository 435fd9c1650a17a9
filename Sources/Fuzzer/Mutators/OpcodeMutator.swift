import Bytecode

/// Replaces an opcode by another with the same operand kind and stack effect, from the table.
struct OpcodeMutator: Mutator {
  let name = "opcode"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let isWhole = subject.isWhole
    let place = subject.place { !Self.siblings(of: $0.opcode, isWhole: isWhole).isEmpty }
    guard let place else { return false }
    let old = subject.program.functions[place.function].code[place.offset].opcode
    subject.program.functions[place.function].code[place.offset].opcode =
      subject.entropy.pick(Self.siblings(of: old, isWhole: isWhole))
    return true
  }

  /// What an opcode may be exchanged for within the core, and within the whole language, computed
  /// once from the table.
  private static let siblingTables: (core: [[Opcode]], whole: [[Opcode]]) = (
    table { NumericCore.contains($0) }, table { _ in true }
  )

  private static func table(_ isIncluded: (Opcode) -> Bool) -> [[Opcode]] {
    var table = [[Opcode]](repeating: [], count: Int(UInt8.max) + 1)
    let candidates = Opcode.allCases.filter { isIncluded($0) && isExchangeable($0) }
    for opcode in candidates {
      table[Int(opcode.rawValue)] = candidates.filter {
        $0 != opcode && $0.facts.operand == opcode.facts.operand
          && fixedPops($0) == fixedPops(opcode)
          && $0.facts.result.pushCount == opcode.facts.result.pushCount
      }
    }
    return table
  }

  static func siblings(of opcode: Opcode, isWhole: Bool) -> [Opcode] {
    isWhole
      ? siblingTables.whole[Int(opcode.rawValue)] : siblingTables.core[Int(opcode.rawValue)]
  }

  private static func isExchangeable(_ opcode: Opcode) -> Bool {
    switch opcode.facts.category {
    case .arithmetic, .comparison, .logic, .locals, .arrays: return true
    case .objects: return opcode == .mergeObject
    case .control: return opcode.facts.operand == .jump && fixedPops(opcode) == 1
    // The others push handlers or end a path.
    case .exceptions: return fixedPops(opcode) == 1 && opcode.facts.result.pushCount == 1
    case .stack, .cells, .references, .calls: return false
    }
  }

  private static func fixedPops(_ opcode: Opcode) -> Int? {
    switch opcode.facts.pops {
    case .fixed(let count): count
    case .parameters, .foreignParameters, .captures, .count, .pairs, .fields, .property: nil
    }
  }
}
