import Bytecode

/// Gives a value another kind: a constant of another kind, a packed array for a plain one or the
/// other way round.
struct RetypeMutator: Mutator {
  let name = "retype"
  let grows = false

  func mutate(_ subject: inout MutationSubject) -> Bool {
    let place = subject.place {
      switch ($0.opcode, $0.operand) {
      case (.newArray, _), (.newTypedArray, _): true
      case (_, .constant(.function)): false
      case (_, .constant): true
      case (_, .plain), (_, .property), (_, .method), (_, .jump), (_, .loop): false
      }
    }
    guard let place else { return false }
    let instruction = subject.program.functions[place.function].code[place.offset]
    guard case .constant(let old) = instruction.operand else {
      subject.program.functions[place.function].code[place.offset].opcode =
        instruction.opcode == .newArray ? .newTypedArray : .newArray
      return true
    }
    var kinds: KindSet = [.int, .number, .bool, .null]
    if subject.isWhole { kinds.insert(.string) }
    kinds.remove(KindSet(old.kind))
    subject.program.functions[place.function].code[place.offset].operand = .constant(
      BoundaryConstants.constant(of: kinds, &subject.entropy))
    return true
  }
}
