extension TextParser {
  /// Reads `func NAME[captures](parameters) { … }` or `main(parameters) { … }`.
  mutating func parseFunction() throws(SyntaxError) {
    let isMain = word == .main
    if !isMain { advance() }
    let name = try expectName("the name of a function")
    epoch += 1
    fixups.removeAll(keepingCapacity: true)
    anonymousLabels.removeAll(keepingCapacity: true)
    var function = Function(
      name: text(of: name), entryPoint: program.instructions.count, bodyLength: 0)
    if kind == .openBracket { try parseCaptures(into: &function) }
    try parseParameters(into: &function)
    try expect(.openBrace)
    try parseBody(of: &function)
    let close = try expect(.closeBrace)
    function.bodyLength = program.instructions.count - function.entryPoint
    if let label = function.labels.last, label.offset == function.bodyLength {
      throw error(close, .syntax, "expected an instruction after the label `\(label.name)`")
    }
    let dangling = anonymousLabels.filter { $0.value == function.bodyLength }.keys.min()
    if let number = dangling {
      throw error(close, .syntax, "expected an instruction after the label `\(number)`")
    }
    try resolveFixups(in: function)
    if let stated = statedLines {
      try apply(stated, to: &function)
      statedLines = nil
    }
    program.functions.append(function)
  }

  private mutating func parseCaptures(into function: inout Function) throws(SyntaxError) {
    try expect(.openBracket)
    while kind != .closeBracket {
      let isMutable = word == .mut && tokens[position + 1].kind == .name
      if isMutable { advance() }
      let name = try expectName("the name of a capture or `]`")
      try declareSlot(
        name, isCapture: true, index: function.captures.count, function)
      function.captures.append(
        Capture(text(of: name), try parseOptionalKind(), isMutable: isMutable))
      guard accept(.comma) else { break }
    }
    try expect(.closeBracket)
  }

  private mutating func parseParameters(into function: inout Function) throws(SyntaxError) {
    try expect(.openParenthesis)
    while kind != .closeParenthesis {
      let isReference = word == .ref && tokens[position + 1].kind == .name
      if isReference { advance() }
      let name = try expectName("the name of a parameter or `)`")
      try declareSlot(name, isCapture: false, index: function.parameters.count, function)
      function.parameters.append(
        Parameter(text(of: name), try parseOptionalKind(), isReference: isReference))
      guard accept(.comma) else { break }
    }
    try expect(.closeParenthesis)
  }

  private mutating func parseLocals(into function: inout Function) throws(SyntaxError) {
    advance()
    repeat {
      let name = try expectName("the name of a local")
      try declareSlot(name, isCapture: false, index: function.slotCount, function)
      function.locals.append(Slot(text(of: name), try parseOptionalKind()))
    } while accept(.comma)
  }

  private mutating func declareSlot(
    _ name: Token, isCapture: Bool, index: Int, _ function: Function
  ) throws(SyntaxError) {
    let count = function.slotCount + function.captures.count
    try check(
      count, below: ProgramLimits.slots, "parameters, locals and captures in a function", at: name)
    if locals[Int(name.symbol)].epoch == epoch {
      throw error(name, .name, "expected a new name, `\(text(of: name))` is declared twice")
    }
    locals[Int(name.symbol)] = Local(epoch: epoch, isCapture: isCapture, index: UInt32(index))
  }

  private mutating func parseBody(of function: inout Function) throws(SyntaxError) {
    while true {
      skipNewlines()
      switch kind {
      case .closeBrace: return
      case .number:
        try parseAnonymousLabel(of: function)
      case .name where tokens[position + 1].kind == .colon:
        try parseLabel(of: &function)
      case .name:
        try parseLine(of: &function)
      default:
        throw unexpected("an instruction, a label or `}`")
      }
      guard kind == .newline else { throw unexpected("the end of the line") }
    }
  }

  private mutating func parseLine(of function: inout Function) throws(SyntaxError) {
    let token = token
    if let opcode = vocabulary.opcode(token.symbol) {
      try check(
        program.instructions.count, below: ProgramLimits.instructions, "instructions", at: token)
      advance()
      function.lines.append(line)
      program.instructions.append(Instruction(opcode, try parseOperand(of: opcode, function)))
    } else if word == .local {
      try checkBeforeInstructions(of: function, "locals")
      try parseLocals(into: &function)
    } else if word == .lines {
      try checkBeforeInstructions(of: function, "lines")
      if statedLines != nil { throw error(token, .syntax, "expected one `lines` in a function") }
      statedLines = try parseStatedLines()
    } else {
      throw error(token, .name, "expected an instruction, found \(shown(token))")
    }
  }

  private func checkBeforeInstructions(
    of function: Function, _ what: String
  ) throws(SyntaxError) {
    if program.instructions.count > function.entryPoint {
      throw error(token, .syntax, "expected \(what) above the first instruction")
    }
  }
}

// MARK: - Labels

extension TextParser {
  private mutating func parseLabel(of function: inout Function) throws(SyntaxError) {
    let name = token
    try check(labelCount, below: ProgramLimits.labels, "labels", at: name)
    advance()
    advance()
    let offset = program.instructions.count - function.entryPoint
    if labels[Int(name.symbol)].epoch == epoch {
      throw error(name, .name, "expected a new label, `\(text(of: name))` is declared twice")
    }
    labels[Int(name.symbol)] = Target(epoch: epoch, offset: Int32(offset))
    function.labels.append(Label(text(of: name), offset: offset))
    labelCount += 1
  }

  /// `12:` names an instruction for the jumps of this text only; the program does not keep it.
  private mutating func parseAnonymousLabel(of function: Function) throws(SyntaxError) {
    let token = token
    let number = try expectOrdinal("a label's number")
    guard accept(.colon) else { throw unexpected("`:` after a label's number") }
    let offset = program.instructions.count - function.entryPoint
    if anonymousLabels.updateValue(offset, forKey: number) != nil {
      throw error(token, .name, "expected a new label, `\(number)` is declared twice")
    }
  }

  /// Takes the target of a jump: a label, a label's number, or the distance `#D`.
  ///
  /// A label may still follow: the distance is then 0 until the function's end.
  mutating func parseTarget(
    _ place: Fixup.Place, instruction: Int
  ) throws(SyntaxError) -> Int {
    switch kind {
    case .name, .number:
      fixups.append(Fixup(instruction: instruction, place: place, token: token))
      advance()
      return 0
    case .hash:
      advance()
      return try expectDistance()
    default:
      throw unexpected("a label")
    }
  }

  private mutating func expectDistance() throws(SyntaxError) -> Int {
    let token = token
    guard token.kind == .number else { throw unexpected("a distance") }
    let limit = Int64(ProgramLimits.ordinal)
    guard case .success(.int(let value)) = ConstantText.number(bytes(of: token)),
      value >= -limit, value <= limit
    else { throw error(token, .constant, "expected a distance in ±\(limit)") }
    advance()
    return Int(value)
  }

  private mutating func resolveFixups(in function: Function) throws(SyntaxError) {
    for fixup in fixups {
      let offset: Int
      if fixup.token.kind == .number {
        guard let number = natural(fixup.token),
          let known = anonymousLabels[Int(clamping: number)]
        else { throw unknownLabel(fixup.token, in: function) }
        offset = known
      } else {
        let target = labels[Int(fixup.token.symbol)]
        guard target.epoch == epoch else { throw unknownLabel(fixup.token, in: function) }
        offset = Int(target.offset)
      }
      let distance = function.entryPoint + offset - fixup.instruction - 1
      patch(fixup, distance: distance)
    }
  }

  private func unknownLabel(_ token: Token, in function: Function) -> SyntaxError {
    error(token, .name, "expected a label of `\(function.name)`, found \(shown(token))")
  }

  private mutating func patch(_ fixup: Fixup, distance: Int) {
    switch fixup.place {
    case .jump:
      program.instructions[fixup.instruction].operand = .jump(distance)
    case .loopEnd:
      guard case .loop(_, let next) = program.instructions[fixup.instruction].operand else {
        preconditionFailure("a loop's fixup names a loop")
      }
      program.instructions[fixup.instruction].operand = .loop(end: distance, continueAt: next)
    case .loopContinue:
      guard case .loop(let end, _) = program.instructions[fixup.instruction].operand else {
        preconditionFailure("a loop's fixup names a loop")
      }
      program.instructions[fixup.instruction].operand = .loop(end: end, continueAt: distance)
    }
  }
}
