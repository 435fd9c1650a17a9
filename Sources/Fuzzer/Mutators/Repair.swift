import Bytecode

/// Makes small edits that bring a mutated program back within the verifier's rules.
///
/// A change of a value's kind takes the proof of trusted instructions behind it away: they become
/// their guarded twins. A moved store leaves a declared local unassigned: it gets a value at the
/// entry.
enum Repair {
  /// Repairs what can be repaired of the findings; false if some other rule is broken.
  static func apply(
    _ failure: VerificationFailure, to program: inout EditableProgram
  ) -> Bool {
    var assigned: Set<Site> = []
    for finding in failure.findings {
      guard let site = finding.site,
        site.offset < program.functions[site.function.position].code.count
      else { return false }
      let instruction = program.functions[site.function.position].code[site.offset]
      switch finding.rule {
      case .trusted:
        guard let twin = instruction.opcode.trustedTwin else { return false }
        program.functions[site.function.position].code[site.offset].opcode = twin.guarded
      case .assignment: assigned.insert(site)
      case .operand, .target, .fallthrough, .stack, .handler, .loop, .arity, .call, .capture,
        .cell, .reference, .kind, .schema, .foreign, .limit:
        return false
      }
    }
    return assign(assigned.sorted(), in: &program)
  }

  /// Assigns the locals that the instructions at the sites read too early.
  private static func assign(_ sites: [Site], in program: inout EditableProgram) -> Bool {
    var locals: [(function: Int, local: LocalIndex)] = []
    for site in sites {
      let function = site.function.position
      let operand = program.functions[function].code[site.offset].operand
      guard case .plain(.local(let local)) = operand else { return false }
      if !locals.contains(where: { $0.function == function && $0.local == local }) {
        locals.append((function, local))
      }
    }
    for (function, local) in locals {
      guard let kind = program.functions[function].kind(of: local) else { return false }
      let value: Constant
      switch kind.base {
      case .int: value = .int(0)
      case .number: value = .number(0)
      case .bool: value = .bool(false)
      case .string, .array, .intArray, .floatArray, .boolArray, .object, .map, .range, .function,
        .schema:
        return false
      }
      let store = [
        EditableInstruction(
          tag: program.makeTag(), opcode: .pushConst, operand: .constant(value)),
        EditableInstruction(
          tag: program.makeTag(), opcode: .storeLocal, operand: .plain(.local(local))),
      ]
      program.functions[function].insert(store, at: 0, catchingJumps: false)
    }
    return true
  }
}
