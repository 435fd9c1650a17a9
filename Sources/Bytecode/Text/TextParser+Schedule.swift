extension TextParser {
  /// Reads the `schedule { … }` block.
  mutating func parseSchedule() throws(SyntaxError) {
    let start = token
    advance()
    if program.schedule != nil { throw error(start, .name, "expected one `schedule`") }
    try expect(.openBrace)
    var schedule = Schedule()
    skipNewlines()
    while kind != .closeBrace {
      try parseScheduleLine(into: &schedule)
      guard kind == .newline else { throw unexpected("the end of the line") }
      skipNewlines()
    }
    try expect(.closeBrace)
    program.schedule = schedule
  }

  private mutating func parseScheduleLine(into schedule: inout Schedule) throws(SyntaxError) {
    let start = token
    switch word {
    case .args: try parseArguments(into: &schedule)
    case .fuel:
      advance()
      if schedule.fuel != nil { throw error(start, .name, "expected one `fuel`") }
      schedule.fuel = try expectNatural("fuel units", upTo: .max)
    case .heap:
      advance()
      if schedule.heapBytes != nil { throw error(start, .name, "expected one `heap`") }
      schedule.heapBytes = try expectNatural("bytes", upTo: .max)
    case .depth:
      advance()
      if schedule.depth != nil { throw error(start, .name, "expected one `depth`") }
      schedule.depth = try expectOrdinal("a depth")
    case .tier, .deopt, .exit, .osr, .feedback, .invalidate, .delay, .collect, .chaos:
      try check(
        schedule.directives.count, below: ProgramLimits.directives, "directives", at: start)
      schedule.directives.append(try parseDirective())
    default:
      throw unexpected("a line of a schedule such as `args`, `fuel` or `tier`, or `}`")
    }
  }

  private mutating func parseArguments(into schedule: inout Schedule) throws(SyntaxError) {
    advance()
    repeat {
      try check(
        schedule.arguments.count, below: ProgramLimits.argumentTuples, "argument tuples", at: token)
      try expect(.openParenthesis)
      var tuple: [Constant] = []
      while kind != .closeParenthesis {
        try check(tuple.count, below: ProgramLimits.tupleValues, "arguments", at: token)
        tuple.append(try parseConstant())
        guard accept(.comma) else { break }
      }
      try expect(.closeParenthesis)
      schedule.arguments.append(tuple)
    } while kind != .newline && kind != .endOfText
  }

  private mutating func parseDirective() throws(SyntaxError) -> Schedule.Directive {
    let start = word
    advance()
    switch start {
    case .tier:
      let function = try parseFunctionName()
      let tier = try parseTier()
      try expect(.after)
      return .tier(function, tier, after: try expectNatural("a number of calls", upTo: .max))
    case .deopt: return try parseDeoptimization()
    case .exit:
      let function = try parseFunctionName()
      try expect(Word.at)
      let offset = try expectOrdinal("an offset")
      return .exit(function, offset: offset, occurrence: try parseOccurrence())
    case .osr:
      let function = try parseFunctionName()
      try expect(.loop)
      let loop = try expectOrdinal("a loop's number")
      try expect(.iteration)
      return .onStackReplacement(
        function, loop: loop, iteration: try expectNatural("an iteration", upTo: .max))
    case .feedback:
      let function = try parseFunctionName()
      try expect(Word.at)
      let offset = try expectOrdinal("an offset")
      try expect(.equals)
      return .feedback(function, offset: offset, try parseFeedbackClaim())
    case .invalidate:
      let fact = try parseFact()
      try expect(Word.at)
      return .invalidate(fact, clock: try expectNatural("a clock", upTo: .max))
    case .delay:
      let function = try parseFunctionName()
      return .delay(function, units: try expectNatural("clock units", upTo: .max))
    case .collect:
      try expect(Word.at)
      return .collect(clock: try expectNatural("a clock", upTo: .max))
    case .chaos:
      let budget = try expectNatural("a budget", upTo: .max)
      try expect(.seed)
      return .chaos(budget: budget, seed: try expectNatural("a seed", upTo: .max))
    default:
      preconditionFailure("the caller saw the word of a directive")
    }
  }

  private mutating func parseOccurrence() throws(SyntaxError) -> UInt64 {
    try expect(.occurrence)
    return try expectNatural("an occurrence", upTo: .max)
  }

  private mutating func parseTier() throws(SyntaxError) -> Schedule.Tier {
    let name = try expectName("a tier")
    let spelling = text(of: name)
    guard let tier = Schedule.Tier.allCases.first(where: { $0.name == spelling }) else {
      let names = Schedule.Tier.allCases.map(\.name).joined(separator: ", ")
      throw error(name, .name, "expected a tier (\(names)), found \(shown(name))")
    }
    return tier
  }

  /// `F guard N occurrence K` or `F at N (in F@N/F@N…)? (kind K)? (operand 0|1)? occurrence K`
  private mutating func parseDeoptimization() throws(SyntaxError) -> Schedule.Directive {
    let function = try parseFunctionName()
    if accept(.guard) {
      let ordinal = try expectOrdinal("a guard's number")
      return .deoptimize(function, .ordinal(ordinal), occurrence: try parseOccurrence())
    }
    try expect(Word.at)
    let offset = try expectOrdinal("an offset")
    var chain: [Schedule.ChainLink] = []
    if accept(.in) {
      repeat {
        try check(chain.count, below: ProgramLimits.chainLinks, "inlined calls", at: token)
        let caller = try parseFunctionName()
        try expect(Token.Kind.at)
        chain.append(
          Schedule.ChainLink(function: caller, offset: try expectOrdinal("an offset")))
      } while accept(.slash)
    }
    let guardKind = accept(.kind) ? try parseGuardKind() : nil
    let operand = accept(.operand) ? Int(try expectNatural("an operand", upTo: 1)) : nil
    return .deoptimize(
      function, .site(offset: offset, chain: chain, kind: guardKind, operand: operand),
      occurrence: try parseOccurrence())
  }

  private mutating func parseGuardKind() throws(SyntaxError) -> Schedule.GuardKind {
    let name = try expectName("a kind of guard")
    let spelling = text(of: name)
    guard let kind = Schedule.GuardKind.allCases.first(where: { $0.name == spelling }) else {
      throw error(name, .name, "expected a kind of guard, found \(shown(name))")
    }
    return kind
  }

  private mutating func parseFact() throws(SyntaxError) -> Schedule.Fact {
    if accept(.binding) { return .binding(try parseBindingName()) }
    guard accept(.shape) else { throw unexpected("`binding` or `shape`") }
    return .shape(try parseShape())
  }

  /// `{a, "b c"}`
  mutating func parseShape() throws(SyntaxError) -> [StringIndex] {
    try expect(.openBrace)
    var keys: [StringIndex] = []
    while kind != .closeBrace {
      try check(keys.count, below: ProgramLimits.tupleValues, "keys", at: token)
      keys.append(try parseKey())
      guard accept(.comma) else { break }
    }
    try expect(.closeBrace)
    return keys
  }

  /// A property name, or `#N` where there is none.
  mutating func parseKey() throws(SyntaxError) -> StringIndex {
    if kind == .hash { return StringIndex(try expectIndex()) }
    let token = token
    return try poolIndex(of: try parsePropertyName(), at: token)
  }
}
