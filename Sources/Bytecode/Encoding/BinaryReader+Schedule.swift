extension BinaryReader {
  mutating func readSchedule() throws(FormatError) -> Schedule {
    var schedule = Schedule()
    schedule.arguments = try readArray("argument tuples", upTo: ProgramLimits.argumentTuples) {
      reader throws(FormatError) in
      try reader.readArray("arguments", upTo: ProgramLimits.tupleValues) {
        reader throws(FormatError) in try reader.readConstant()
      }
    }
    schedule.fuel = try readOptional("a fuel limit") { reader throws(FormatError) in
      try reader.readNumber("fuel")
    }
    schedule.heapBytes = try readOptional("a heap limit") { reader throws(FormatError) in
      try reader.readNumber("bytes")
    }
    schedule.depth = try readOptional("a depth limit") { reader throws(FormatError) in
      try reader.readOrdinal("a depth")
    }
    schedule.directives = try readArray("directives", upTo: ProgramLimits.directives, size: 2) {
      reader throws(FormatError) in try reader.readDirective()
    }
    return schedule
  }

  private mutating func readDirective() throws(FormatError) -> Schedule.Directive {
    let code: DirectiveCode = try readCode("a directive")
    switch code {
    case .tier:
      let function: FunctionIndex = try readIndex("a function")
      let tier: Schedule.Tier = try readCode("a tier")
      return .tier(function, tier, after: try readNumber("a number of calls"))
    case .deoptimizeOrdinal:
      let function: FunctionIndex = try readIndex("a function")
      let ordinal = try readOrdinal("a guard")
      return .deoptimize(function, .ordinal(ordinal), occurrence: try readNumber("an occurrence"))
    case .deoptimizeSite: return try readDeoptimization()
    case .exit:
      let function: FunctionIndex = try readIndex("a function")
      let offset = try readOrdinal("an offset")
      return .exit(function, offset: offset, occurrence: try readNumber("an occurrence"))
    case .onStackReplacement:
      let function: FunctionIndex = try readIndex("a function")
      let loop = try readOrdinal("a loop")
      return .onStackReplacement(
        function, loop: loop, iteration: try readNumber("an iteration"))
    case .feedback:
      let function: FunctionIndex = try readIndex("a function")
      let offset = try readOrdinal("an offset")
      return .feedback(function, offset: offset, try readFeedbackClaim())
    case .invalidateBinding:
      let binding: BindingIndex = try readIndex("a binding")
      return .invalidate(.binding(binding), clock: try readNumber("a clock"))
    case .invalidateShape:
      let keys = try readShape()
      return .invalidate(.shape(keys), clock: try readNumber("a clock"))
    case .delay:
      let function: FunctionIndex = try readIndex("a function")
      return .delay(function, units: try readNumber("clock units"))
    case .collect: return .collect(clock: try readNumber("a clock"))
    case .chaos:
      let budget = try readNumber("a budget")
      return .chaos(budget: budget, seed: try readNumber("a seed"))
    }
  }

  private mutating func readDeoptimization() throws(FormatError) -> Schedule.Directive {
    let function: FunctionIndex = try readIndex("a function")
    let offset = try readOrdinal("an offset")
    let chain = try readArray("inlined calls", upTo: ProgramLimits.chainLinks, size: 2) {
      reader throws(FormatError) in
      let caller: FunctionIndex = try reader.readIndex("a function")
      return Schedule.ChainLink(function: caller, offset: try reader.readOrdinal("an offset"))
    }
    let kind: Schedule.GuardKind? = try readOptional("a kind of guard") {
      reader throws(FormatError) in try reader.readCode("a kind of guard")
    }
    let operand = try readOptional("an operand") { reader throws(FormatError) in
      Int(try reader.readNumber("an operand", upTo: 1))
    }
    return .deoptimize(
      function, .site(offset: offset, chain: chain, kind: kind, operand: operand),
      occurrence: try readNumber("an occurrence"))
  }

  private mutating func readShape() throws(FormatError) -> [StringIndex] {
    try readArray("keys", upTo: ProgramLimits.tupleValues) { reader throws(FormatError) in
      try reader.readIndex("a key")
    }
  }

  private mutating func readFeedbackClaim() throws(FormatError) -> Schedule.FeedbackClaim {
    let code: FeedbackClaimCode = try readCode("a claim")
    switch code {
    case .none: return .none
    case .megamorphic: return .megamorphic
    case .entries:
      let place = offset
      let entries = try readArray("alternatives", upTo: ProgramLimits.feedbackEntries) {
        reader throws(FormatError) in try reader.readFeedbackEntry()
      }
      if entries.isEmpty { throw error("expected one alternative or more", at: place) }
      return .entries(entries)
    }
  }

  private mutating func readFeedbackEntry() throws(FormatError) -> Schedule.FeedbackEntry {
    let code: FeedbackEntryCode = try readCode("what a feedback slot has seen")
    switch code {
    case .arithmetic:
      let left: ValueKind = try readCode("a kind of value")
      return .arithmetic(left, try readCode("a kind of value"))
    case .call: return .call(try readIndex("a function"))
    case .shapeProperty:
      let keys = try readShape()
      return .shapeProperty(keys, property: try readSeenProperty())
    case .schemaProperty:
      let schema: SchemaIndex = try readIndex("a schema")
      return .schemaProperty(schema, property: try readSeenProperty())
    case .dictionary: return .dictionary
    case .method:
      let kind: ValueKind = try readCode("a kind of value")
      return .method(kind, try readIndex("a method"))
    case .element:
      let kind: ValueKind = try readCode("a kind of value")
      return .element(kind, try readCode("a kind of value"))
    case .branch:
      let taken = try readNumber("a number of times")
      return .branch(taken: taken, notTaken: try readNumber("a number of times"))
    case .loop: return .loop(count: try readNumber("a count"))
    case .kind: return .kind(try readCode("a kind of value"))
    }
  }

  private mutating func readSeenProperty() throws(FormatError) -> StringIndex? {
    try readOptional("a property") { reader throws(FormatError) in
      try reader.readIndex("a property")
    }
  }
}
