import Bytecode

/// Where control goes in a function whose conditional jumps are taken for going the ways that feedback
/// has seen alone.
struct CodeFlow {
  /// An instruction with the handlers in force before it, outermost first.
  struct Place: Hashable {
    var offset: Int
    /// The `SetupTry`s.
    var handlers: [Int]
  }

  private let body: ArraySlice<Instruction>
  private let facts: FunctionFacts
  private let ways: [Int: Bool]

  init(
    _ verified: VerifiedProgram, _ function: FunctionIndex,
    feedback: [FunctionIndex: [Int: [FeedbackSlot]]]
  ) {
    body = verified.program.body(of: function)
    facts = verified[function]
    var ways: [Int: Bool] = [:]
    for (offset, slots) in feedback[function] ?? [:] {
      for case .way(let isTaken) in slots { ways[offset] = isTaken }
    }
    self.ways = ways
  }

  /// All that control comes to.
  ///
  /// - Parameter barrier: an instruction that it does not come past, if any.
  /// - Complexity: O(instructions × chains of handlers).
  func places(
    from start: Int, handlers: [Int], without barrier: Place? = nil
  ) -> Set<Place> {
    var pending = [Place(offset: start, handlers: handlers)]
    var reached: Set<Place> = []
    while let place = pending.popLast() {
      guard place != barrier, reached.insert(place).inserted else { continue }
      pending += successors(of: place)
    }
    return reached
  }

  /// The handlers in force behind an instruction.
  func handlers(behind offset: Int, _ handlers: [Int]) -> [Int] {
    let opcode = opcode(offset)
    if opcode == .setupTry { return handlers + [offset] }
    return opcode == .popHandler ? Array(handlers.dropLast()) : handlers
  }

  private func opcode(_ offset: Int) -> Opcode { body[body.startIndex + offset].opcode }

  private func successors(of place: Place) -> [Place] {
    let (offset, opcode) = (place.offset, opcode(place.offset))
    var result: [Place] = []
    if let setup = place.handlers.last, !opcode.facts.traps.isEmpty {
      result.append(
        Place(offset: Int(facts.targets[setup]), handlers: Array(place.handlers.dropLast())))
    }
    let handlers = handlers(behind: offset, place.handlers)
    let way = opcode.isConditionalJump ? ways[offset] : nil
    let target = opcode == .setupTry ? -1 : Int(facts.targets[offset])
    if target >= 0, way != false { result.append(Place(offset: target, handlers: handlers)) }
    if opcode.goesOn, way != true {
      result.append(Place(offset: offset + 1, handlers: handlers))
    }
    return result
  }
}

extension Opcode {
  /// Whether control may come to the next instruction.
  fileprivate var goesOn: Bool {
    ![.jump, .break, .continue, .return, .returnValue, .halt, .throw].contains(self)
  }
}
