extension ProgramPrinter {
  mutating func print(_ schedule: Schedule) {
    writer.write("schedule {")
    endLine()
    if !schedule.arguments.isEmpty {
      writer.write("    args")
      for tuple in schedule.arguments {
        writer.write(" (")
        writer.writeList(tuple) { writer, constant in writer.write(constant) }
        writer.write(")")
      }
      endLine()
    }
    if let fuel = schedule.fuel { print(limit: "fuel", fuel) }
    if let heapBytes = schedule.heapBytes { print(limit: "heap", heapBytes) }
    if let depth = schedule.depth { print(limit: "depth", UInt64(depth)) }
    for directive in schedule.directives {
      writer.write("    ")
      writer.write(directive)
      endLine()
    }
    writer.write("}")
    endLine()
  }

  private mutating func print(limit: String, _ value: UInt64) {
    writer.write("    \(limit) \(value)")
    endLine()
  }
}

extension TextWriter {
  mutating func write(_ directive: Schedule.Directive) {
    switch directive {
    case .tier(let function, let tier, let calls):
      write("tier ")
      write(function)
      write(" \(tier.name) after \(calls)")
    case .deoptimize(let function, let reference, let occurrence):
      write("deopt ")
      write(function)
      write(reference)
      write(" occurrence \(occurrence)")
    case .exit(let function, let offset, let occurrence):
      write("exit ")
      write(function)
      write(" at \(offset) occurrence \(occurrence)")
    case .onStackReplacement(let function, let loop, let iteration):
      write("osr ")
      write(function)
      write(" loop \(loop) iteration \(iteration)")
    case .feedback(let function, let offset, let claim):
      write("feedback ")
      write(function)
      write(" at \(offset) = ")
      write(claim)
    case .invalidate(.binding(let binding), let clock):
      write("invalidate binding ")
      write(binding)
      write(" at \(clock)")
    case .invalidate(.shape(let keys), let clock):
      write("invalidate shape ")
      write(shape: keys)
      write(" at \(clock)")
    case .delay(let function, let units):
      write("delay ")
      write(function)
      write(" \(units)")
    case .collect(let clock): write("collect at \(clock)")
    case .chaos(let budget, let seed): write("chaos \(budget) seed \(seed)")
    }
  }

  private mutating func write(_ reference: Schedule.GuardReference) {
    switch reference {
    case .ordinal(let ordinal): write(" guard \(ordinal)")
    case .site(let offset, let chain, let kind, let operand):
      write(" at \(offset)")
      for (position, link) in chain.enumerated() {
        write(position == 0 ? " in " : "/")
        write(link.function)
        write("@\(link.offset)")
      }
      if let kind { write(" kind \(kind.name)") }
      if let operand { write(" operand \(operand)") }
    }
  }

  private mutating func write(_ claim: Schedule.FeedbackClaim) {
    switch claim {
    case .none: write("none")
    case .megamorphic: write("megamorphic")
    case .entries(let entries): writeList(entries) { writer, entry in writer.write(entry) }
    }
  }

  private mutating func write(_ entry: Schedule.FeedbackEntry) {
    switch entry {
    case .arithmetic(let left, let right): write("(\(left.name), \(right.name))")
    case .call(let function):
      write("@")
      write(function)
    case .shapeProperty(let keys, let property):
      write(shape: keys)
      write(seen: property)
    case .schemaProperty(let schema, let property):
      write(schema)
      write(seen: property)
    case .dictionary: write("dictionary")
    case .method(let kind, let name):
      write(kind.name)
      write(".")
      writeDotless(name)
    case .element(let kind, let index): write("\(kind.name)[\(index.name)]")
    case .branch(let taken, let notTaken): write("taken \(taken) not \(notTaken)")
    case .loop(let count): write("loop count \(count)")
    case .kind(let kind): write(kind.name)
    }
  }

  private mutating func write(seen property: StringIndex?) {
    write(".")
    if let property { writeDotless(property) } else { write("?") }
  }

  private mutating func write(shape keys: [StringIndex]) {
    write("{")
    writeList(keys) { writer, key in writer.write(key) }
    write("}")
  }
}
