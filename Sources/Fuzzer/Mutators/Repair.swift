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
      guard case .plain(let operand) = program.functions[function].code[site.offset].operand,
        let local = operand.local
      else { return false }
      if !locals.contains(where: { $0.function == function && $0.local == local }) {
        locals.append((function, local))
      }
    }
    for (function, local) in locals {
      guard let kind = program.functions[function].kind(of: local) else { return false }
      // Any value will do; the same one for the same program.
      var entropy = Entropy(bytes: [])
      let store =
        program.value(of: kind, &entropy) + [
          program.make(.storeLocal, .plain(.local(local)))
        ]
      program.functions[function].insert(store, at: 0, catchingJumps: false)
    }
    return true
  }
}

extension Operand {
  /// The local an operand names.
  fileprivate var local: LocalIndex? {
    switch self {
    case .local(let local), .localWidth(let local, _): local
    case .none, .constant, .width, .binding, .capture, .function, .foreign, .schema, .field, .jump,
      .loop, .count, .builtin, .method, .property:
      nil
    }
  }
}
