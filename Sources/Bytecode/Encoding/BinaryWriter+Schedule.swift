extension BinaryWriter {
  mutating func write(_ schedule: Schedule) {
    write(schedule.arguments) { writer, tuple in
      writer.write(tuple) { writer, constant in writer.write(constant) }
    }
    write(optional: schedule.fuel) { writer, value in writer.write(value) }
    write(optional: schedule.heapBytes) { writer, value in writer.write(value) }
    write(optional: schedule.depth) { writer, value in writer.write(value) }
    write(schedule.directives) { writer, directive in writer.write(directive) }
  }

  private mutating func write(_ directive: Schedule.Directive) {
    switch directive {
    case .tier(let function, let tier, let calls):
      write(DirectiveCode.tier.rawValue)
      write(function)
      write(tier.rawValue)
      write(calls)
    case .deoptimize(let function, .ordinal(let ordinal), let occurrence):
      write(DirectiveCode.deoptimizeOrdinal.rawValue)
      write(function)
      write(ordinal)
      write(occurrence)
    case .deoptimize(let function, .site(let offset, let chain, let kind, let operand), let count):
      write(DirectiveCode.deoptimizeSite.rawValue)
      write(function)
      write(offset)
      write(chain) { writer, link in
        writer.write(link.function)
        writer.write(link.offset)
      }
      write(optional: kind) { writer, kind in writer.write(kind.rawValue) }
      write(optional: operand) { writer, operand in writer.write(operand) }
      write(count)
    case .exit(let function, let offset, let occurrence):
      write(DirectiveCode.exit.rawValue)
      write(function)
      write(offset)
      write(occurrence)
    case .onStackReplacement(let function, let loop, let iteration):
      write(DirectiveCode.onStackReplacement.rawValue)
      write(function)
      write(loop)
      write(iteration)
    case .feedback(let function, let offset, let claim):
      write(DirectiveCode.feedback.rawValue)
      write(function)
      write(offset)
      write(claim)
    case .invalidate(.binding(let binding), let clock):
      write(DirectiveCode.invalidateBinding.rawValue)
      write(binding)
      write(clock)
    case .invalidate(.shape(let keys), let clock):
      write(DirectiveCode.invalidateShape.rawValue)
      write(keys) { writer, key in writer.write(key) }
      write(clock)
    case .delay(let function, let units):
      write(DirectiveCode.delay.rawValue)
      write(function)
      write(units)
    case .collect(let clock):
      write(DirectiveCode.collect.rawValue)
      write(clock)
    case .chaos(let budget, let seed):
      write(DirectiveCode.chaos.rawValue)
      write(budget)
      write(seed)
    }
  }

  private mutating func write(_ claim: Schedule.FeedbackClaim) {
    switch claim {
    case .none: write(FeedbackClaimCode.none.rawValue)
    case .megamorphic: write(FeedbackClaimCode.megamorphic.rawValue)
    case .entries(let entries):
      write(FeedbackClaimCode.entries.rawValue)
      write(entries) { writer, entry in writer.write(entry) }
    }
  }

  private mutating func write(_ entry: Schedule.FeedbackEntry) {
    switch entry {
    case .arithmetic(let left, let right):
      write(FeedbackEntryCode.arithmetic.rawValue)
      write(left.rawValue)
      write(right.rawValue)
    case .call(let function):
      write(FeedbackEntryCode.call.rawValue)
      write(function)
    case .shapeProperty(let keys, let property):
      write(FeedbackEntryCode.shapeProperty.rawValue)
      write(keys) { writer, key in writer.write(key) }
      write(optional: property) { writer, index in writer.write(index) }
    case .schemaProperty(let schema, let property):
      write(FeedbackEntryCode.schemaProperty.rawValue)
      write(schema)
      write(optional: property) { writer, index in writer.write(index) }
    case .dictionary: write(FeedbackEntryCode.dictionary.rawValue)
    case .method(let kind, let name):
      write(FeedbackEntryCode.method.rawValue)
      write(kind.rawValue)
      write(name)
    case .element(let kind, let index):
      write(FeedbackEntryCode.element.rawValue)
      write(kind.rawValue)
      write(index.rawValue)
    case .branch(let taken, let notTaken):
      write(FeedbackEntryCode.branch.rawValue)
      write(taken)
      write(notTaken)
    case .loop(let count):
      write(FeedbackEntryCode.loop.rawValue)
      write(count)
    case .kind(let kind):
      write(FeedbackEntryCode.kind.rawValue)
      write(kind.rawValue)
    }
  }
}
