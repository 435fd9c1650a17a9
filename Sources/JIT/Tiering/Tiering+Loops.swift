import Bytecode

extension Tiering: StackReplacementPolicy {
  func entry(_ arrival: LoopArrival) -> UnsafeRawPointer? {
    poll()
    let (function, offset) = (arrival.header.function, arrival.header.offset)
    let index = function.position
    guard
      let position = functions[index].loops.firstIndex(where: { $0.header == offset })
    else { preconditionFailure("tier 0 arrives at loop headers only") }
    guard !functions[index].isInterpreted else { return nil }
    if functions[index].loops[position].entry != nil,
      !admits(arrival, functions[index].loops[position].kinds)
    {
      noteMisfit(loop: position, at: arrival)
    }
    if functions[index].loops[position].subject.stage == .counting,
      arrival.earlierCount >= functions[index].loops[position].patience,
      policy.compiles(loop: position, at: arrival)
    {
      request(loop: position, at: arrival)
      installResults()
    }
    guard let entry = functions[index].loops[position].entry,
      admits(arrival, functions[index].loops[position].kinds),
      policy.enters(loop: position, at: arrival)
    else { return nil }
    promote(loop: position, at: arrival)
    record.noteStackReplacement(arrival)
    return entry
  }

  private func request(loop position: Int, at arrival: LoopArrival) {
    let function = arrival.header.function
    let waits = speculates && policy.entersBaselineLoops
    guard let loop = loop(position, at: arrival, admitsAnything: waits) else {
      functions[function.position].loops[position].subject.stage = .kept
      return
    }
    submit(.loop(loop), optimizes: speculates && !waits)
  }

  /// Has optimized code made of a loop that a frame waits for in baseline code. A loop that ends
  /// before its baseline code is there is not worth it, and the compile thread is wanted by the next.
  private func promote(loop position: Int, at arrival: LoopArrival) {
    let subject = functions[arrival.header.function.position].loops[position].subject
    guard subject.stage == .compiled, let unit = subject.unit, unit.isReplaced,
      let loop = loop(position, at: arrival)
    else { return }
    submit(.loop(loop), optimizes: true, replacing: unit, after: Tuning.earlyLoopDelay)
  }

  /// A loop as it is compiled for what an activation holds; nil if frames cannot enter it.
  private func loop(
    _ position: Int, at arrival: LoopArrival, admitsAnything: Bool = false
  ) -> LoopReference? {
    let function = arrival.header.function
    let state = functions[function.position].loops[position]
    let known = program.enterableLoops(of: function).loops
    guard var loop = known.first(where: { $0.header == state.header }) else { return nil }
    if speculates, !admitsAnything, state.misfits < Tuning.entryMisfitLimit {
      loop.kinds = kinds(at: arrival)
    }
    return loop
  }

  /// What an activation's undeclared locals hold, where code is better for knowing it: a value's
  /// kind that its word tells.
  private func kinds(at arrival: LoopArrival) -> [KindSet] {
    guard let locals = arrival.locals else { return [] }
    let (function, offset) = (arrival.header.function, arrival.header.offset)
    let declaration = program.program[function]
    let live = program.liveLocals(of: function, at: offset)
    let kinds = (0..<declaration.slotCount).map { slot -> KindSet in
      let isReference =
        slot < declaration.parameters.count && declaration.parameters[slot].isReference
      guard live.contains(LocalIndex(slot)), declaration.kind(of: LocalIndex(slot)) == nil,
        !program[function].cellLocals[slot], !isReference
      else { return .anything }
      let word = locals[slot]
      return word.isInt ? .int : word.isNumber ? .number : .anything
    }
    return kinds.allSatisfy { $0 == .anything } ? [] : kinds
  }

  /// Whether an activation's locals are of the kinds that code takes for granted.
  private func admits(_ arrival: LoopArrival, _ kinds: [KindSet]) -> Bool {
    guard let locals = arrival.locals else { return kinds.isEmpty }
    return kinds.enumerated().allSatisfy { slot, kinds in
      switch kinds {
      case .int: locals[slot].isInt
      case .number: locals[slot].isNumber
      case let others: others == .anything
      }
    }
  }

  /// Lets go of the code of a loop at which a frame has arrived that it does not admit.
  private func noteMisfit(loop position: Int, at arrival: LoopArrival) {
    let function = arrival.header.function
    let index = function.position
    guard let unit = functions[index].loops[position].subject.unit else { return }
    // Frames may still run it, and go by the facts that it rests on.
    drop(unit, ofLoop: position, of: function)
    functions[index].loops[position].misfits += 1
    functions[index].loops[position].patience = arrival.earlierCount &+ Tuning.misfitPatience
    record.note(
      .discard,
      .loop(
        LoopReference(
          function: function, header: functions[index].loops[position].header, handlers: [])),
      clock: clock)
  }
}
