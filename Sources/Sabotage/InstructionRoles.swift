import LLVM

/// What a module's instructions are, looked up by what is beside them.
struct InstructionRoles {
  private struct Place: Hashable {
    let function: IRFunction
    let offset: Int
  }

  private var ofValues: [IRValue: String] = [:]
  private var atPlaces: [Place: Set<String>] = [:]

  init(_ instructions: [NamedInstruction]) {
    for instruction in instructions {
      ofValues[instruction.value] = instruction.role
      let place = Place(function: instruction.function, offset: instruction.offset)
      atPlaces[place, default: []].insert(instruction.role)
    }
  }

  /// The role of an instruction; empty if it has no name.
  func role(of value: IRValue) -> String { ofValues[value] ?? "" }

  /// Whether the lowering of the same bytecode instruction has one of a role.
  func has(_ role: String, beside instruction: NamedInstruction) -> Bool {
    let place = Place(function: instruction.function, offset: instruction.offset)
    return atPlaces[place]?.contains(role) ?? false
  }
}
