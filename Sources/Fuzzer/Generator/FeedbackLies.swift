import Bytecode

/// Makes up what feedback slots have seen: claims that fit their instructions and are mostly false.
struct FeedbackLies {
  private let facts: [FunctionFacts]
  private var program: Program
  private var entropy: Entropy
  /// The instruction that is lied about.
  private var current = Site(FunctionIndex(0), offset: 0)

  private init(_ program: Program, _ facts: [FunctionFacts], _ entropy: Entropy) {
    self.facts = facts
    self.program = program
    self.entropy = entropy
  }

  /// A program with claims about most of its slots.
  ///
  /// - Parameter seed: of what is claimed.
  static func told(of verified: VerifiedProgram, seed: UInt64) -> Program {
    var lies = FeedbackLies(verified.program, verified.functions, Entropy(seed: seed))
    // Half of the programs are lied about everywhere, the others here and there.
    let share = lies.entropy.pick([100, 100, 60, 25])
    return lies.told { lies in lies.entropy.below(100) < share }
  }

  /// A program with a claim about one of its slots.
  ///
  /// - Parameter facts: of its functions.
  static func toldOnce(
    of program: Program, _ facts: [FunctionFacts], _ entropy: inout Entropy
  ) -> Program {
    var lies = FeedbackLies(program, facts, entropy)
    let sites = lies.sites
    guard !sites.isEmpty else { return program }
    let site = lies.entropy.pick(sites)
    let told = lies.told { lies in lies.current == site }
    entropy = lies.entropy
    return told
  }

  private mutating func told(where isWanted: (inout FeedbackLies) -> Bool) -> Program {
    var lines: [Schedule.Directive] = []
    for site in sites {
      current = site
      guard isWanted(&self), let claim = claim() else { continue }
      lines.append(.feedback(site.function, offset: site.offset, claim))
    }
    var schedule = program.schedule ?? Schedule()
    let claimed = Set(lines.compactMap(\.claimedSite))
    schedule.directives.removeAll { $0.claimedSite.map(claimed.contains) ?? false }
    schedule.directives += lines
    program.schedule = schedule
    // Names that no claim came to use are in the pool for nothing.
    guard let told = EditableProgram(program).program() else {
      preconditionFailure("a program that verifies has all its jump targets")
    }
    return told
  }

  /// The reachable instructions with slots.
  private var sites: [Site] {
    program.functions.indices.flatMap { position in
      let function = FunctionIndex(position)
      return program.body(of: function).indices.compactMap { pointer -> Site? in
        let offset = pointer - program.body(of: function).startIndex
        let site = Site(function, offset: offset)
        let isReachable = facts[position].isReachable(offset)
        return isReachable && family(of: site) != nil ? site : nil
      }
    }
  }
}

// MARK: - Claims

extension FeedbackLies {
  /// What the slots of an instruction are about.
  private enum Family {
    case operands, branch, call, method(StringIndex), access(Literal?), loop
  }

  private func family(of site: Site) -> Family? {
    guard let instruction = program.instruction(at: site) else { return nil }
    if case .method(let name, _) = instruction.operand { return .method(name) }
    if instruction.isAccess { return .access(program.memberName(of: instruction)) }
    if instruction.mayEnterFunction { return .call }
    let pair = Schedule.FeedbackEntry.arithmetic(.int, .int)
    if pair.fits(site, in: program) { return .operands }
    let branch = Schedule.FeedbackEntry.branch(taken: 1, notTaken: 0)
    if branch.fits(site, in: program) { return .branch }
    let headers = facts[site.function.position].loopHeaders
    return headers.contains(site.offset) ? .loop : nil
  }

  private mutating func claim() -> Schedule.FeedbackClaim? {
    guard let family = family(of: current) else { return nil }
    if case .loop = family { return .entries([entry(family)]) }
    switch entropy.below(32) {
    case 30: return .megamorphic
    case 31: return Schedule.FeedbackClaim.none
    default: break
    }
    // One entry is what most decisions want.
    var entries: [Schedule.FeedbackEntry] = []
    for _ in 0..<entropy.pick([1, 1, 1, 2, 2, 3, 4]) {
      let entry = entry(family)
      if entry.fits(current, in: program), !entries.contains(entry) { entries.append(entry) }
    }
    return entries.isEmpty ? nil : .entries(entries)
  }

  private mutating func entry(_ family: Family) -> Schedule.FeedbackEntry {
    switch family {
    case .operands: return .arithmetic(operandKind(), operandKind())
    case .branch:
      return .branch(taken: UInt64(entropy.below(3)), notTaken: UInt64(entropy.below(3)))
    case .loop: return .loop(count: UInt64(entropy.below(4)))
    case .call:
      return entropy.chance(1, in: 8) ? .kind(anyKind()) : .call(anyFunction())
    case .method(let name):
      if !program.schemas.isEmpty, entropy.chance(3, in: 4) {
        return .schemaProperty(anySchema(), property: name)
      }
      return entropy.pick([
        .method(anyKind(), name), .dictionary, .kind(anyKind()),
        .shapeProperty(anyShape(), property: name),
      ])
    case .access(let name): return access(name)
    }
  }

  private mutating func access(_ name: Literal?) -> Schedule.FeedbackEntry {
    guard let name else {
      if entropy.chance(7, in: 8) { return .element(arrayKind(), indexKind()) }
      let keys = anyShape()
      return .shapeProperty(keys, property: keys.isEmpty ? nil : entropy.pick(keys))
    }
    switch entropy.below(8) {
    case 0: return .dictionary
    case 1: return .kind(entropy.chance(1, in: 2) ? arrayKind() : anyKind())
    case let roll where (roll == 2 || roll == 3) && !program.schemas.isEmpty:
      let schema = anySchema()
      let names = program.schemas[schema.position].fields.map { Literal($0.name) }
      return .schemaProperty(schema, property: names.contains(name) ? index(of: name) : nil)
    default:
      let keys = anyShape(with: name)
      return .shapeProperty(keys, property: keys.first { program.strings[$0.position] == name })
    }
  }
}

// MARK: - Parts

extension FeedbackLies {
  private mutating func operandKind() -> ValueKind {
    entropy.chance(1, in: 10) ? anyKind() : entropy.pick([.int, .number, .int])
  }

  private mutating func indexKind() -> ValueKind {
    entropy.chance(1, in: 10) ? anyKind() : .int
  }

  private mutating func arrayKind() -> ValueKind {
    entropy.pick([.array, .intArray, .floatArray, .boolArray])
  }

  private mutating func anyKind() -> ValueKind { entropy.pick(KindSet.anything.kinds) }

  private mutating func anySchema() -> SchemaIndex {
    SchemaIndex(entropy.below(program.schemas.count))
  }

  private mutating func anyFunction() -> FunctionIndex {
    FunctionIndex(entropy.below(program.functions.count))
  }

  /// The keys of a shape, each once: of one that the program may make more often than not.
  private mutating func anyShape(with name: Literal? = nil) -> [StringIndex] {
    let made = program.keysOfNewObjects
    var keys: [Literal] = []
    if !made.isEmpty, entropy.chance(3, in: 4) {
      keys = entropy.pick(made)
      if entropy.chance(1, in: 4) { keys.removeLast(min(keys.count, 1 + entropy.below(2))) }
      if let name, !keys.contains(name), entropy.chance(1, in: 4) { keys.append(name) }
    } else {
      var names = program.accessedNames
      if let name { names += [name, name] }
      for _ in 0..<entropy.pick([1, 2, 2, 3, 0, 4]) where !names.isEmpty {
        let key = entropy.pick(names)
        if !keys.contains(key) { keys.append(key) }
      }
    }
    return keys.map { index(of: $0) }
  }

  /// The place of a name in the pool, at whose end it may come.
  private mutating func index(of name: Literal) -> StringIndex {
    if let position = program.strings.firstIndex(of: name) { return StringIndex(position) }
    program.strings.append(name)
    return StringIndex(program.strings.count - 1)
  }
}

extension Schedule.Directive {
  /// The instruction that a claim is about.
  fileprivate var claimedSite: Site? {
    guard case .feedback(let function, let offset, _) = self else { return nil }
    return Site(function, offset: offset)
  }
}

extension Program {
  /// The strings pushed before each `NewObject`, as many as it takes keys, each once: its keys if
  /// their values are no strings.
  fileprivate var keysOfNewObjects: [[Literal]] {
    var result: [[Literal]] = []
    for function in functions {
      var pushed: [Literal] = []
      for instruction in instructions[function.range] {
        if case .constant(let index) = instruction.operand,
          case .string(let literal) = constants[index.position]
        {
          pushed.append(literal)
        }
        guard instruction.opcode == .newObject, case .count(let count) = instruction.operand else {
          continue
        }
        var keys: [Literal] = []
        for key in pushed.suffix(count) where !keys.contains(key) { keys.append(key) }
        if !result.contains(keys) { result.append(keys) }
      }
    }
    return result
  }

  /// The names that instructions look for and the keys that constants may be, each once.
  fileprivate var accessedNames: [Literal] {
    var names: [Literal] = []
    var known: Set<Literal> = []
    func add(_ name: Literal?) {
      if let name, known.insert(name).inserted { names.append(name) }
    }
    for instruction in instructions where instruction.isAccess {
      add(memberName(of: instruction))
    }
    for case .string(let key) in constants { add(key) }
    return names
  }
}
