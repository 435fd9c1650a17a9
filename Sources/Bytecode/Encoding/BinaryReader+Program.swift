extension BinaryReader {
  mutating func readConstant() throws(FormatError) -> Constant {
    let start = offset
    let code: ConstantCode = try readCode("a constant")
    switch code {
    case .null: return .null
    case .unit: return .unit
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .int:
      let value = try readSigned("an int", within: -IntRange.minimum)
      guard IntRange.contains(value) else {
        throw error("expected an int in the range of 48 bits, found \(value)", at: start)
      }
      return .int(value)
    case .number:
      let bits = try readFixed("a number")
      guard !Double(bitPattern: bits).isNaN || bits == canonicalNaN else {
        throw error("expected the canonical NaN", at: start)
      }
      return .number(bitPattern: bits)
    case .string: return .string(try readLiteral("a string"))
    case .function: return .function(try readIndex("a function"))
    }
  }

  mutating func readSlotKind() throws(FormatError) -> SlotKind? {
    let raw = try readByte("a kind")
    if raw == 0 { return nil }
    guard let code = SlotKindCode(rawValue: raw >> 1) else {
      throw error("expected the code of a kind, found \(raw)", at: offset - 1)
    }
    let base: SlotKind.Base =
      switch code {
      case .int: .int
      case .number: .number
      case .bool: .bool
      case .string: .string
      case .array: .array
      case .intArray: .intArray
      case .floatArray: .floatArray
      case .boolArray: .boolArray
      case .object: .object
      case .map: .map
      case .range: .range
      case .function: .function
      case .schema: .schema(try readIndex("a schema"))
      }
    return SlotKind(base, isNullable: raw & 1 != 0)
  }

  mutating func readSlot(_ what: String, isField: Bool = false) throws(FormatError) -> Slot {
    let name = try readName(what, isField: isField)
    return Slot(name, try readSlotKind())
  }

  mutating func readSchema() throws(FormatError) -> Schema {
    let name = try readName("a schema")
    let isStruct = try readFlag("whether a schema is a struct")
    var schema = Schema(name: name, fields: [], layout: isStruct ? [] : nil)
    var scope = NameScope()
    let count = try readCount("fields", upTo: ProgramLimits.fields, size: 3)
    for _ in 0..<count {
      let place = offset
      let field: Slot
      if isStruct {
        let name = try readName("a field", isField: true)
        let type = try readForeignType()
        guard let kind = type.fieldKind else {
          throw error("expected a type that a struct's field may have", at: place)
        }
        field = Slot(name, kind)
        schema.layout?.append(type)
      } else {
        field = try readSlot("a field", isField: true)
      }
      guard scope.insert(field.name) else {
        throw error("expected a new name, `\(field.name)` is declared twice", at: place)
      }
      schema.fields.append(field)
    }
    return schema
  }

  mutating func readForeignType(isNested: Bool = false) throws(FormatError) -> ForeignType {
    let place = offset
    let code: ForeignTypeCode = try readCode("a C type")
    let type: ForeignType =
      switch code {
      case .i8: .i8
      case .i16: .i16
      case .i32: .i32
      case .i64: .i64
      case .u8: .u8
      case .u16: .u16
      case .u32: .u32
      case .u64: .u64
      case .f32: .f32
      case .f64: .f64
      case .bool: .bool
      case .pointer: .pointer
      case .cString: .cString
      case .structure: .structure(try readIndex("a struct"))
      case .callback:
        // A callback's own types are scalars, so that reading recurses once at most.
        if isNested {
          throw error("expected a scalar C type in a callback", at: place)
        } else {
          try readCallbackType()
        }
      }
    guard !isNested || type.isCallbackType else {
      throw error("expected a scalar C type in a callback", at: place)
    }
    return type
  }

  private mutating func readCallbackType() throws(FormatError) -> ForeignType {
    let parameters = try readForeignTypes(isNested: true)
    return .callback(parameters, try readForeignType(isNested: true))
  }

  private mutating func readForeignTypes(isNested: Bool) throws(FormatError) -> [ForeignType] {
    try readArray("C types", upTo: ProgramLimits.foreignParameters) { reader throws(FormatError) in
      try reader.readForeignType(isNested: isNested)
    }
  }

  mutating func readForeignFunction() throws(FormatError) -> ForeignFunction {
    let name = try readName("a foreign function")
    let library = try readLiteral("a library")
    let symbol = try readName("a symbol")
    let parameters = try readForeignTypes(isNested: false)
    return ForeignFunction(
      name: name, library: library, symbol: symbol, parameters: parameters,
      result: try readForeignType())
  }

  mutating func readFunction() throws(FormatError) -> Function {
    var function = Function(name: try readName("a function"), entryPoint: 0, bodyLength: 0)
    let place = offset
    function.parameters = try readArray("parameters", upTo: ProgramLimits.slots, size: 4) {
      reader throws(FormatError) in
      let name = try reader.readName("a parameter")
      let isReference = try reader.readFlag("whether a parameter is a reference")
      return Parameter(name, try reader.readSlotKind(), isReference: isReference)
    }
    function.locals = try readArray("locals", upTo: ProgramLimits.slots, size: 3) {
      reader throws(FormatError) in try reader.readSlot("a local")
    }
    function.captures = try readArray("captures", upTo: ProgramLimits.slots, size: 4) {
      reader throws(FormatError) in
      let name = try reader.readName("a capture")
      let isMutable = try reader.readFlag("whether a capture is mutable")
      return Capture(name, try reader.readSlotKind(), isMutable: isMutable)
    }
    guard function.slotCount + function.captures.count <= ProgramLimits.slots else {
      throw error(
        "expected at most \(ProgramLimits.slots) parameters, locals and captures", at: place)
    }
    var scope = NameScope()
    let names =
      function.parameters.map(\.name) + function.locals.map(\.name) + function.captures.map(\.name)
    for name in names where !scope.insert(name) {
      throw error("expected a new name, `\(name)` is declared twice", at: place)
    }
    return function
  }

  mutating func readInstruction() throws(FormatError) -> Instruction {
    let opcode: Opcode = try readCode("an instruction")
    return Instruction(opcode, try readOperand(Opcode.operandKinds[Int(opcode.rawValue)]))
  }

  private mutating func readOperand(_ kind: OperandKind) throws(FormatError) -> Operand {
    switch kind {
    case .none: return .none
    case .constant: return .constant(try readIndex("a constant"))
    case .local: return .local(try readIndex("a local"))
    case .localWidth:
      let index: LocalIndex = try readIndex("a local")
      return .localWidth(index, try readCode("a width"))
    case .width: return .width(try readCode("a width"))
    case .binding: return .binding(try readIndex("a binding"))
    case .capture: return .capture(try readIndex("a capture"))
    case .function: return .function(try readIndex("a function"))
    case .foreign: return .foreign(try readIndex("a foreign function"))
    case .schema: return .schema(try readIndex("a schema"))
    case .field:
      let schema: SchemaIndex = try readIndex("a schema")
      return .field(schema, Int(try readNumber("a field", upTo: UInt64(UInt32.max))))
    case .jump: return .jump(try readDistance())
    case .loop:
      let end = try readDistance()
      let next = try readOptional("a target of `Continue`") { reader throws(FormatError) in
        try reader.readDistance()
      }
      return .loop(end: end, continueAt: next)
    case .count: return .count(try readOperandCount())
    case .builtin:
      let builtin: Builtin = try readCode("a builtin")
      return .builtin(builtin, argumentCount: try readOperandCount())
    case .method:
      let name: StringIndex = try readIndex("a method")
      return .method(name, argumentCount: try readOperandCount())
    case .property:
      return .property(
        try readOptional("a property") { reader throws(FormatError) in
          try reader.readIndex("a property")
        })
    }
  }

  private mutating func readDistance() throws(FormatError) -> Int {
    Int(try readSigned("a distance", within: Int64(ProgramLimits.ordinal)))
  }

  private mutating func readOperandCount() throws(FormatError) -> Int {
    Int(try readNumber("a count", upTo: UInt64(ProgramLimits.count)))
  }
}
