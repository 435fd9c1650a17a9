import Bytecode

/// What optimized code of a function with loops knows of its ints and arrays, and the guards at loops
/// that it rests on.
///
/// Guards are found by trying: those that would prove accesses are taken for granted, the facts that
/// follow are found out, and the guards of accesses that are proved stay.
struct LoopRanges {
  /// By the position of a loop's header, what is to be guarded wherever the loop is entered.
  private(set) var guards: [Int: [Guard.Predicate]] = [:]
  /// The loops whose rounds can be counted beforehand.
  let counted: [CountedLoop]
  private let loops: LoopForest
  /// By the position of a block.
  private let states: [RangeState?]
  /// By offset, whether the access there is to elements inside the bounds, on every way to it.
  private let isProved: [Bool]

  /// By access that is proved on a way to it, the guards that prove it.
  private let proving: [AccessPlace: [LoopGuard]]

  /// Whether it is wrong, by mistake.
  private(set) var isMistaken = false

  /// - Parameters:
  ///   - others: the feedback of all functions, by their index.
  ///   - decorator: says whether a mistake is to be made.
  init(
    _ speculation: Speculation, _ plan: BlockPlan, from start: (offset: Int, chain: HandlerChain),
    others: [FunctionFeedback], decorator: (any ModuleDecorator)? = nil
  ) {
    self.init(speculation, plan, from: start, others: others, making: nil)
    guard let decorator, let mistake = decorator.mistake,
      CompilerMistake.ofRanges.contains(mistake)
    else { return }
    let mistaken = LoopRanges(
      speculation, plan, from: start, others: others, making: mistake)
    if mistaken.isProved != isProved || mistaken.guards != guards || mistaken.counted != counted,
      decorator.commits(mistake)
    {
      self = mistaken
      isMistaken = true
    }
  }

  private init(
    _ speculation: Speculation, _ plan: BlockPlan, from start: (offset: Int, chain: HandlerChain),
    others: [FunctionFeedback], making mistake: CompilerMistake?
  ) {
    let program = speculation.program
    let index = speculation.index
    let effects = ArrayLengthEffects(
      program.program, missingCalls: mistake == .lengthChangeMissed)
    let first = plan.position(of: start.offset, start.chain)
    let loops = LoopForest(program, index, plan, from: first, effects)
    let entered = Self.entered(program, index, effects, at: start.offset)
    func inferred(_ guards: [Int: [Guard.Predicate]]) -> RangeInference {
      RangeInference(
        program, index, plan, effects, speculation, from: first, entered: entered, loops: loops,
        guards: guards, mistake: mistake)
    }
    let bare = inferred([:])
    var inference = bare
    let search = LoopGuardSearch(speculation, plan, loops)
    let found = search.proposals(for: bare.accesses())
    var kept: [LoopProposal] = []
    var proposals = found
    for _ in 0..<Tuning.rangeRounds where !proposals.isEmpty {
      let tried = inferred(Self.guards(of: proposals))
      let isProved = Self.proved(tried.accesses(), program.program[index].bodyLength)
      let proved = proposals.filter { isProved[$0.place.offset] }
      if proved.count == proposals.count {
        (inference, kept) = (tried, proposals)
        break
      }
      proposals = proved
    }
    var limits: [LoopProposal] = []
    for bound in Tuning.greatestInLoops {
      func computations(_ inference: RangeInference) -> [RangeInference.Computation] {
        inference.computations { program.program.computesInts($0, others) }
      }
      let proposals = search.proposals(for: computations(inference), upTo: bound)
      guard !proposals.isEmpty else { continue }
      let tried = inferred(Self.guards(of: kept + limits + proposals))
      let proved = Set(computations(tried).filter(\.isProved).map { AccessPlace($0) })
      let useful = proposals.filter { proved.contains($0.place) }
      guard !useful.isEmpty else { continue }
      limits += useful
      inference =
        useful.count == proposals.count ? tried : inferred(Self.guards(of: kept + limits))
    }
    // Guards that were not tried with these alone prove nothing.
    guards = inference.guards
    self.loops = loops
    let counting = CountedLoopSearch(speculation, plan, inference, effects, making: mistake)
    counted = loops.loops.compactMap(counting.counted)
    states = plan.blocks.indices.map { inference.state(ofBlock: $0) }
    let accesses = inference.accesses()
    isProved = Self.proved(accesses, program.program[index].bodyLength)
    proving = Self.proving(accesses, bare: bare.accesses(), kept + limits, loops)
  }

  /// What is known of a block's locals at its start; nil if control never comes there.
  func state(ofBlock position: Int) -> RangeState? { states[position] }

  /// Whether the index of the access at an offset is proved to lie inside its array.
  func isProvedInBounds(_ offset: Int) -> Bool { isProved[offset] }

  /// The guards that prove the access at an offset of a block, if it is proved.
  func guards(proving offset: Int, in block: Int) -> [LoopGuard] {
    proving[AccessPlace(offset: offset, block: block)] ?? []
  }

  /// The loop with its header at a block.
  func loop(at header: Int) -> LoopForest.Loop? { loops.loops.first { $0.header == header } }

  /// The loop with its header at a block, if its rounds can be counted.
  func counted(at header: Int) -> CountedLoop? { counted.first { $0.header == header } }

  /// The counted loop that a block belongs to, which has none inside.
  func counted(around block: Int) -> CountedLoop? {
    counted.first { loop(at: $0.header)?.contains[block] == true }
  }

  private static func proved(_ accesses: [RangeInference.Access], _ length: Int) -> [Bool] {
    var isProved = [Bool](repeating: false, count: length)
    for access in accesses { isProved[access.offset] = true }
    for access in accesses where !access.isProved { isProved[access.offset] = false }
    return isProved
  }

  /// What proves each access: nothing more than is known without guards, the guards found for it, or
  /// those found for other accesses and for results at the loops around.
  private static func proving(
    _ accesses: [RangeInference.Access], bare: [RangeInference.Access],
    _ proposals: [LoopProposal], _ loops: LoopForest
  ) -> [AccessPlace: [LoopGuard]] {
    let known = Set(bare.filter(\.isProved).map { AccessPlace($0) })
    var proving: [AccessPlace: [LoopGuard]] = [:]
    for access in accesses where access.isProved && !known.contains(AccessPlace(access)) {
      let place = AccessPlace(access)
      if let own = proposals.first(where: { $0.place == place }) {
        proving[place] = own.guards
        continue
      }
      let around = Set(loops.loops.filter { $0.contains[access.block] }.map(\.header))
      proving[place] = proposals.flatMap(\.guards).filter {
        around.contains($0.header) && $0.predicate.isAbout(access.array)
      }
    }
    return proving
  }

  /// What frames of tier 0 that arrive at a loop header have in common, however they came there.
  private static func entered(
    _ program: VerifiedProgram, _ index: FunctionIndex, _ effects: ArrayLengthEffects,
    at offset: Int
  ) -> RangeState {
    let nothing = RangeState(
      localCount: program.program[index].slotCount,
      stackDepth: Int(program[index].stackDepths[offset]))
    guard offset > 0 else { return nothing }
    let plan = BlockPlan(program, index)
    guard !plan.isOverBudget else { return nothing }
    let inference = RangeInference(
      program, index, plan, effects, nil, from: plan.position(of: 0, .empty),
      entered: RangeState(localCount: nothing.locals.count, stackDepth: 0))
    let states = plan.blocks.indices.filter { plan.blocks[$0].offsets.lowerBound == offset }
      .compactMap { inference.state(ofBlock: $0) }
    guard var common = states.first else { return nothing }
    for state in states.dropFirst() { common.join(state, widens: false) }
    return common
  }

  private static func guards(of proposals: [LoopProposal]) -> [Int: [Guard.Predicate]] {
    var guards: [Int: [Guard.Predicate]] = [:]
    for found in proposals.flatMap(\.guards)
    where guards[found.header]?.contains(where: { $0.implies(found.predicate) }) != true {
      guards[found.header]?.removeAll { found.predicate.implies($0) }
      guards[found.header, default: []].append(found.predicate)
    }
    return guards
  }
}

extension Program {
  /// Whether inlined code of a function may compute with ints, and guards keep its results in range.
  fileprivate func computesInts(_ index: FunctionIndex, _ feedback: [FunctionFeedback]) -> Bool {
    guard self[index].bodyLength <= Tuning.inlineInstructions,
      feedback.indices.contains(index.position)
    else { return false }
    let ints = KindPair(left: .int, right: .int)
    return zip(body(of: index), feedback[index.position].arithmetic).contains { instruction, slot in
      guard case .arithmetic(_, let form) = Operation(instruction.opcode) else { return false }
      return (form == .int || form == .generic) && slot?.entries == [ints]
    }
  }
}

extension Guard.Predicate {
  /// Whether a guard at a loop may help to prove accesses to arrays of a kind.
  fileprivate func isAbout(_ kind: ValueKind) -> Bool {
    switch self {
    case .spans(_, let array, _): array == kind
    case .isAtMost: false
    case .isNotNegative, .kinds, .fitsInt, .shape, .schema, .array, .inBounds, .callee, .truth: true
    }
  }

  /// Whether it holds of nothing that another does not hold of.
  fileprivate func implies(_ other: Guard.Predicate) -> Bool {
    guard case (.isAtMost(let local, let bound), .isAtMost(let theirs, let greater)) = (self, other)
    else { return self == other }
    return local == theirs && bound <= greater
  }
}
