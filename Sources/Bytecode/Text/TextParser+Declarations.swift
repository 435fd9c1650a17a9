extension TextParser {
  /// Gives every program-level name its index before anything refers to it.
  ///
  /// A declaration is a line that starts with its keyword and a name: no line inside braces does,
  /// so that a missing brace does not hide what follows it.
  mutating func collectDeclarations() throws(SyntaxError) {
    var counts: [Global.Kind: UInt32] = [:]
    var main: UInt32?
    var isLineStart = true
    for index in 0..<tokens.count - 1 {
      defer { isLineStart = tokens[index].kind == .newline }
      guard isLineStart, let word = vocabulary.word(of: tokens[index]) else { continue }
      let next = tokens[index + 1]
      let kind: Global.Kind
      var name = next
      switch word {
      case .func: kind = .function
      case .foreign: kind = .foreign
      case .binding: kind = .binding
      case .schema, .struct: kind = .schema
      case .main:
        guard next.kind == .openParenthesis || next.kind == .openBracket else { continue }
        kind = .function
        name = tokens[index]
        main = counts[.function, default: 0]
      default:
        continue
      }
      guard name.kind == .name else { continue }
      if word == .func, vocabulary.word(name.symbol) == .main {
        throw error(name, .name, "expected a name other than `main`, which is declared by `main(`")
      }
      try declare(name, kind, index: counts[kind, default: 0])
      counts[kind, default: 0] += 1
    }
    guard let main else {
      throw error(tokens[tokens.count - 1], .syntax, "expected a `main(…) {` in the program")
    }
    program.mainIndex = FunctionIndex(Int(main))
  }

  private mutating func declare(
    _ name: Token, _ kind: Global.Kind, index: UInt32
  ) throws(SyntaxError) {
    if globals[Int(name.symbol)].kind != .none {
      throw error(name, .name, "expected a new name, `\(text(of: name))` is declared twice")
    }
    let limit: Int
    switch kind {
    case .function: limit = ProgramLimits.functions
    case .foreign: limit = ProgramLimits.foreignFunctions
    case .binding: limit = ProgramLimits.bindings
    case .schema: limit = ProgramLimits.schemas
    case .none: preconditionFailure("a declaration declares something")
    }
    try check(Int(index), below: limit, "declarations of this sort", at: name)
    globals[Int(name.symbol)] = Global(kind: kind, index: index)
  }

  /// Reads all schemas, because a body may name the fields of one that stands below it.
  mutating func parseSchemas() throws(SyntaxError) {
    var isLineStart = true
    var skippedTo = 0
    for index in 0..<tokens.count {
      let token = tokens[index]
      if index >= skippedTo, isLineStart, index + 1 < tokens.count,
        tokens[index + 1].kind == .name
      {
        let word = vocabulary.word(of: token)
        if word == .schema || word == .struct {
          position = index
          line = 0
          try parseSchema(isStruct: word == .struct)
          schemaEnds.append((position, line))
          skippedTo = position
        }
      }
      isLineStart = token.kind == .newline
    }
  }

  /// Moves behind a schema that has been read.
  mutating func skipSchema() {
    let name = tokens[position + 1]
    guard name.kind == .name else { return advance() }
    let end = schemaEnds[Int(globals[Int(name.symbol)].index)]
    position = end.position
    line += end.line
  }

  private mutating func parseSchema(isStruct: Bool) throws(SyntaxError) {
    advance()
    let nameToken = try expectName("the name of a schema")
    let name = text(of: nameToken)
    if Names.reservedForKinds.contains(name) {
      throw error(nameToken, .name, "expected a name that is no kind, found `\(name)`")
    }
    var schema = Schema(name: name, fields: [], layout: isStruct ? [] : nil)
    let index = UInt64(program.schemas.count)
    try expect(.openBrace)
    skipNewlines()
    while kind != .closeBrace {
      let field = try expectName("the name of a field or `}`")
      guard Names.isFieldName(bytes(of: field)) else {
        throw error(field, .name, "expected the name of a field without a dot")
      }
      try check(schema.fields.count, below: ProgramLimits.fields, "fields", at: field)
      if fields.updateValue(schema.fields.count, forKey: index << 32 | UInt64(field.symbol)) != nil
      {
        throw error(field, .name, "expected a new name, `\(text(of: field))` is declared twice")
      }
      if isStruct {
        try expect(.colon)
        let type = try parseFieldType()
        schema.fields.append(Slot(text(of: field), type.kind))
        schema.layout?.append(type.type)
      } else {
        schema.fields.append(Slot(text(of: field), try parseOptionalKind()))
      }
      skipNewlines()
      guard accept(.comma) else { break }
      skipNewlines()
    }
    try expect(.closeBrace)
    program.schemas.append(schema)
  }

  private mutating func parseFieldType() throws(SyntaxError) -> (type: ForeignType, kind: SlotKind)
  {
    let token = token
    let type = try parseForeignType()
    guard let kind = type.fieldKind else {
      throw error(token, .syntax, "expected a type that a struct's field may have")
    }
    return (type, kind)
  }

  mutating func parseBinding() throws(SyntaxError) {
    advance()
    let name = try expectName("the name of a binding")
    program.bindings.append(Slot(text(of: name), try parseOptionalKind()))
  }

  /// `: KIND`, if there is one.
  mutating func parseOptionalKind() throws(SyntaxError) -> SlotKind? {
    guard accept(.colon) else { return nil }
    let base: SlotKind.Base
    if kind == .hash {
      base = .schema(SchemaIndex(try expectIndex()))
    } else {
      let name = try expectName("a kind")
      if let known = vocabulary.slotKind(name.symbol) {
        base = known
      } else {
        base = .schema(SchemaIndex(try resolve(name, .schema, "a kind or schema")))
      }
    }
    return SlotKind(base, isNullable: accept(.question))
  }

  /// The index of a program-level name of one sort.
  func resolve(
    _ name: Token, _ kind: Global.Kind, _ what: String
  ) throws(SyntaxError) -> Int {
    let global = globals[Int(name.symbol)]
    guard global.kind == kind else {
      throw error(name, .name, "expected the name of \(what), found \(shown(name))")
    }
    return Int(global.index)
  }
}

// MARK: - Foreign functions

extension TextParser {
  /// `foreign NAME = "library" symbol(types) -> type`
  mutating func parseForeign() throws(SyntaxError) {
    advance()
    let name = try expectName("the name of a foreign function")
    try expect(.equals)
    let library = try expectString("the library as a string")
    let symbol = try expectName("the library's symbol")
    let parameters = try parseForeignTypes()
    try expect(.arrow)
    let result = try parseForeignType()
    program.foreignFunctions.append(
      ForeignFunction(
        name: text(of: name), library: library, symbol: text(of: symbol), parameters: parameters,
        result: result))
  }

  private mutating func parseForeignTypes() throws(SyntaxError) -> [ForeignType] {
    try expect(.openParenthesis)
    var types: [ForeignType] = []
    while kind != .closeParenthesis {
      try check(types.count, below: ProgramLimits.foreignParameters, "types", at: token)
      types.append(try parseForeignType())
      guard accept(.comma) else { break }
    }
    try expect(.closeParenthesis)
    return types
  }

  mutating func parseForeignType() throws(SyntaxError) -> ForeignType {
    switch kind {
    case .openParenthesis: return try parseCallbackType()
    case .hash: return .structure(SchemaIndex(try expectIndex()))
    default:
      let name = try expectName("a C type")
      if let type = vocabulary.foreignType(name.symbol) { return type }
      return .structure(SchemaIndex(try resolve(name, .schema, "a C type or struct")))
    }
  }

  /// `(types) -> type`, scalar and pointer types only: nothing nests.
  private mutating func parseCallbackType() throws(SyntaxError) -> ForeignType {
    try expect(.openParenthesis)
    var types: [ForeignType] = []
    while kind != .closeParenthesis {
      try check(types.count, below: ProgramLimits.foreignParameters, "types", at: token)
      types.append(try parseScalarType())
      guard accept(.comma) else { break }
    }
    try expect(.closeParenthesis)
    try expect(.arrow)
    return .callback(types, try parseScalarType())
  }

  private mutating func parseScalarType() throws(SyntaxError) -> ForeignType {
    let name = try expectName("a scalar C type or `ptr`")
    guard let type = vocabulary.foreignType(name.symbol), type.isCallbackType else {
      throw error(name, .syntax, "expected a scalar C type or `ptr`, found \(shown(name))")
    }
    return type
  }
}
