import Bytecode

extension FeedbackVector {
  /// The feedback of a function, one slot a line in order of offset: `fib+2 (int, int)`.
  ///
  /// Loops come before the other slots of their header.
  func listing(of function: FunctionIndex, _ source: FeedbackSource) -> String {
    let program = source.program
    let name = program[function].name
    var text = ""
    for offset in arithmetic.indices {
      if let count = loops[offset] { text += "\(name)+\(offset) loop count \(count)\n" }
      if let slot = arithmetic[offset] {
        text += "\(name)+\(offset) \(slot.text { "(\($0.left.name), \($0.right.name))" })\n"
      }
      if let slot = properties[offset] {
        text += "\(name)+\(offset) \(slot.text { $0.text(source) })\n"
      }
      if let slot = elements[offset] { text += "\(name)+\(offset) \(slot.text(\.text))\n" }
      if let slot = methods[offset] {
        let method = program.methodName(at: Site(function, offset: offset))
        text += "\(name)+\(offset) \(slot.text { $0.text(method, source) })\n"
      }
      if let slot = callees[offset] {
        text += "\(name)+\(offset) \(slot.text { $0.text(in: program) })\n"
      }
      if let branch = branches[offset] {
        text += "\(name)+\(offset) taken \(branch.taken) not \(branch.notTaken)\n"
      }
    }
    return text
  }
}

extension FeedbackEntries {
  /// The entries joined by `|`, or the name of the state that has none.
  func text(_ describe: (Entry) -> String) -> String {
    switch state {
    case .uninitialized: "none"
    case .megamorphic: "megamorphic"
    case .monomorphic, .polymorphic: entries.map(describe).joined(separator: " | ")
    }
  }
}

extension Program {
  /// The name a `CallMethod` calls.
  ///
  /// - Precondition: the instruction is one.
  fileprivate func methodName(at site: Site) -> String {
    let instruction = instructions[self[site.function].entryPoint + site.offset]
    guard case .method(let name, _) = instruction.operand else {
      preconditionFailure("only method calls have method feedback")
    }
    return FeedbackSource.name(strings[name.position])
  }
}
