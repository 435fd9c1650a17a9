import Bytecode

/// Lets one local hold what another holds.
struct AliasMutator: Mutator {
  let name = "alias"
  let grows = true

  func mutate(_ subject: inout MutationSubject) -> Bool {
    for _ in 0..<6 {
      guard let place = subject.place(where: { _ in true }) else { return false }
      let function = subject.program.functions[place.function]
      let pairs = pairs(of: function)
      guard let (source, target) = pairs.randomElement(&subject.entropy) else { continue }
      let copy = [
        subject.make(.loadLocal, .plain(.local(source))),
        subject.make(.storeLocal, .plain(.local(target))),
      ]
      subject.program.functions[place.function].insert(
        copy, at: place.offset, catchingJumps: subject.entropy.chance(1, in: 2))
      return true
    }
    return false
  }

  /// Slots of which the second takes whatever the first holds.
  private func pairs(of function: EditableFunction) -> [(LocalIndex, LocalIndex)] {
    let slots = (0..<function.slotCount).filter { slot in
      slot >= function.parameters.count || !function.parameters[slot].isReference
    }.map { LocalIndex($0) }
    return slots.flatMap { source in
      slots.filter { target in
        let kind = function.kind(of: target)
        return source != target && (kind == nil || kind == function.kind(of: source))
      }.map { (source, $0) }
    }
  }
}
