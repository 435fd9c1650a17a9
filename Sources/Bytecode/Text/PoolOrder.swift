/// Whether a program's pools are in the order in which its canonical text first shows them.
struct PoolOrder {
  private(set) var constantsAreCanonical = true
  private(set) var stringsAreCanonical = true
  private var seenConstants = 0
  private var seenStrings = 0
  private let constantCount: Int
  private let stringCount: Int

  init(of program: Program) {
    constantCount = program.constants.count
    stringCount = program.strings.count
    for instruction in program.instructions {
      switch instruction.operand {
      case .constant(let index): see(index)
      case .method(let name, _): see(name)
      case .property(let name): if let name { see(name) }
      case .none, .local, .localWidth, .width, .binding, .capture, .function, .foreign, .schema,
        .field, .jump, .loop, .count, .builtin:
        break
      }
    }
    for directive in program.schedule?.directives ?? [] { see(directive) }
    if seenConstants != constantCount { constantsAreCanonical = false }
    if seenStrings != stringCount { stringsAreCanonical = false }
  }

  private mutating func see(_ index: ConstantIndex) {
    guard index.position < constantCount, index.position >= seenConstants else { return }
    if index.position > seenConstants { constantsAreCanonical = false }
    seenConstants = index.position + 1
  }

  private mutating func see(_ index: StringIndex) {
    guard index.position < stringCount, index.position >= seenStrings else { return }
    if index.position > seenStrings { stringsAreCanonical = false }
    seenStrings = index.position + 1
  }

  private mutating func see(_ directive: Schedule.Directive) {
    switch directive {
    case .invalidate(.shape(let keys), _): for key in keys { see(key) }
    case .feedback(_, _, .entries(let entries)): for entry in entries { see(entry) }
    case .tier, .deoptimize, .exit, .onStackReplacement, .feedback, .invalidate, .delay, .collect,
      .chaos:
      break
    }
  }

  private mutating func see(_ entry: Schedule.FeedbackEntry) {
    switch entry {
    case .shapeProperty(let keys, let property):
      for key in keys { see(key) }
      if let property { see(property) }
    case .schemaProperty(_, let property): if let property { see(property) }
    case .method(_, let name): see(name)
    case .arithmetic, .call, .dictionary, .element, .branch, .loop, .kind: break
    }
  }
}
