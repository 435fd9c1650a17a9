extension TextParser {
  /// Reads the operand of an instruction by the kind the opcode table names.
  mutating func parseOperand(
    of opcode: Opcode, _ function: Function
  ) throws(SyntaxError) -> Operand {
    let instruction = program.instructions.count
    switch Opcode.operandKinds[Int(opcode.rawValue)] {
    case .none: return .none
    case .constant: return try parseConstantOperand()
    case .local: return .local(try parseLocal())
    case .localWidth:
      let local = try parseLocal()
      return .localWidth(local, try parseWidth())
    case .width: return .width(try parseWidth())
    case .binding: return .binding(BindingIndex(try parseGlobal(.binding, "a binding")))
    case .capture: return .capture(try parseCapture())
    case .function: return .function(try parseFunctionName())
    case .foreign:
      return .foreign(ForeignIndex(try parseGlobal(.foreign, "a foreign function")))
    case .schema: return .schema(SchemaIndex(try parseGlobal(.schema, "a schema")))
    case .field: return try parseField()
    case .jump: return .jump(try parseTarget(.jump, instruction: instruction))
    case .loop:
      let end = try parseTarget(.loopEnd, instruction: instruction)
      guard kind != .newline, kind != .endOfText else {
        return .loop(end: end, continueAt: nil)
      }
      return .loop(end: end, continueAt: try parseTarget(.loopContinue, instruction: instruction))
    case .count: return .count(try parseCount())
    case .builtin:
      let name = try expectName("the name of a builtin")
      guard let builtin = vocabulary.builtin(name.symbol) else {
        throw error(name, .name, "expected the name of a builtin, found \(shown(name))")
      }
      return .builtin(builtin, argumentCount: try parseCount())
    case .method:
      let name = try parseMethodName()
      return .method(name, argumentCount: try parseCount())
    case .property: return .property(try parseProperty())
    }
  }

  private mutating func parseCount() throws(SyntaxError) -> Int {
    Int(try expectNatural("a count", upTo: UInt64(ProgramLimits.count)))
  }

  private mutating func parseWidth() throws(SyntaxError) -> NumericWidth {
    let name = try expectName("a width")
    guard let width = vocabulary.width(name.symbol) else {
      throw error(name, .name, "expected a width, found \(shown(name))")
    }
    return width
  }

  private mutating func parseLocal() throws(SyntaxError) -> LocalIndex {
    if kind == .hash { return LocalIndex(try expectIndex()) }
    let name = try expectName("a parameter or local")
    let local = locals[Int(name.symbol)]
    guard local.epoch == epoch, !local.isCapture else {
      throw error(name, .name, "expected a parameter or local, found \(shown(name))")
    }
    return LocalIndex(Int(local.index))
  }

  private mutating func parseCapture() throws(SyntaxError) -> CaptureIndex {
    if kind == .hash { return CaptureIndex(try expectIndex()) }
    let name = try expectName("a capture")
    let local = locals[Int(name.symbol)]
    guard local.epoch == epoch, local.isCapture else {
      throw error(name, .name, "expected a capture, found \(shown(name))")
    }
    return CaptureIndex(Int(local.index))
  }

  private mutating func parseGlobal(
    _ kind: Global.Kind, _ what: String
  ) throws(SyntaxError) -> Int {
    if self.kind == .hash { return try expectIndex() }
    return try resolve(try expectName(what), kind, what)
  }

  mutating func parseFunctionName() throws(SyntaxError) -> FunctionIndex {
    FunctionIndex(try parseGlobal(.function, "a function"))
  }

  mutating func parseBindingName() throws(SyntaxError) -> BindingIndex {
    BindingIndex(try parseGlobal(.binding, "a binding"))
  }

  /// `S.f`, split at the last dot; `S.#N` or `#N.#M` where there is no name.
  private mutating func parseField() throws(SyntaxError) -> Operand {
    if kind == .hash {
      let schema = SchemaIndex(try expectIndex())
      try expect(.dot)
      return .field(schema, try expectIndex())
    }
    let token = try expectName("a field such as `S.f`")
    let (schema, dot) = try splitAtLastDot(token)
    if dot + 1 == Int(token.end) { return .field(schema, try expectIndex()) }
    guard let symbol = symbols.symbol(known: dot + 1, to: Int(token.end), in: source),
      let field = fields[UInt64(schema.rawValue) << 32 | UInt64(symbol)]
    else {
      let name = program.schemas[schema.position].name
      throw error(token, .name, "expected a field of `\(name)`, found \(shown(token))")
    }
    return .field(schema, field)
  }

  /// The schema before the last dot of a name, and where the dot is.
  func splitAtLastDot(_ token: Token) throws(SyntaxError) -> (SchemaIndex, dot: Int) {
    guard let dot = source[token.range].lastIndex(of: UInt8(ascii: ".")) else {
      throw error(token, .syntax, "expected a schema, a dot and a field, found \(shown(token))")
    }
    guard let symbol = symbols.symbol(known: Int(token.start), to: dot, in: source),
      globals[Int(symbol)].kind == .schema
    else {
      throw error(token, .name, "expected the name of a schema before the last dot")
    }
    return (SchemaIndex(Int(globals[Int(symbol)].index)), dot)
  }

  private mutating func parseMethodName() throws(SyntaxError) -> StringIndex {
    if kind == .hash { return StringIndex(try expectIndex()) }
    let token = token
    return try poolIndex(of: try parsePropertyName(), at: token)
  }

  private mutating func parseProperty() throws(SyntaxError) -> StringIndex? {
    guard accept(.dot) else { return nil }
    return try parseMethodName()
  }

  /// A property or method name: bare, or quoted.
  mutating func parsePropertyName() throws(SyntaxError) -> Literal {
    guard kind == .name else { return try expectString("a name or a string") }
    let token = token
    advance()
    return Literal(wellFormed: Array(bytes(of: token)))
  }
}

// MARK: - Constants

extension TextParser {
  private mutating func parseConstantOperand() throws(SyntaxError) -> Operand {
    if kind == .hash { return .constant(ConstantIndex(try expectIndex())) }
    let token = token
    return .constant(try poolIndex(of: try parseConstant(), at: token))
  }

  /// Reads an inline constant.
  mutating func parseConstant() throws(SyntaxError) -> Constant {
    let token = token
    switch token.kind {
    case .number:
      advance()
      switch ConstantText.number(bytes(of: token)) {
      case .success(let constant): return constant
      case .failure(let refusal): throw error(token, .constant, refusal.reason)
      }
    case .string, .escapedString:
      return .string(try expectString("a string"))
    case .at:
      advance()
      return .function(try parseFunctionName())
    case .minus:
      advance()
      guard word == .inf, isAdjacent else { throw unexpected("digits or `inf` after `-`") }
      advance()
      return .number(-.infinity)
    case .name:
      guard let constant = namedConstant(word) else {
        throw error(
          token, .constant, "expected a constant, found \(shown(token)); a function is `@name`")
      }
      advance()
      return constant
    default:
      throw error(token, .constant, "expected a constant, found \(shown(token))")
    }
  }

  private func namedConstant(_ word: Word?) -> Constant? {
    switch word {
    case .null: .null
    case .unit: .unit
    case .true: .bool(true)
    case .false: .bool(false)
    case .nan: .number(.nan)
    case .inf: .number(.infinity)
    default:
      nil
    }
  }
}
