extension Program {
  /// The bytes that say what a function is, wherever it stands in whichever program.
  ///
  /// Constants, strings, bindings, schemas and foreign functions are given by content, callees by
  /// name and signature, schemas by the order of their first mention. Names of parameters, locals,
  /// captures and labels, lines and the order of pools and tables leave no mark. An index out of
  /// its table is given as it is.
  ///
  /// - Complexity: O(size of the function and of what it mentions).
  public func canonicalEncoding(of function: FunctionIndex) -> [UInt8] {
    var encoder = CanonicalEncoder(self)
    return encoder.encode(self[function])
  }
}

/// Writes one function by content.
struct CanonicalEncoder {
  private let program: Program
  private var writer = BinaryWriter()
  /// The schemas mentioned so far, in order; their contents follow the function's.
  private var mentioned: [SchemaIndex] = []
  private var numbers: [SchemaIndex: Int] = [:]

  init(_ program: Program) { self.program = program }

  mutating func encode(_ function: Function) -> [UInt8] {
    writer.write(function.name)
    writeSignature(of: function)
    writer.write(function.locals.count)
    for local in function.locals { write(local.kind) }
    writer.write(function.bodyLength)
    for instruction in program.instructions[function.range] { write(instruction) }
    // Writing a schema may mention more of them; each is written once, so that cycles end.
    var written = 0
    while written < mentioned.count {
      writeContent(of: mentioned[written])
      written += 1
    }
    return writer.bytes
  }

  private mutating func writeSignature(of function: Function) {
    writer.write(function.parameters.count)
    for parameter in function.parameters {
      writer.write(parameter.isReference)
      write(parameter.kind)
    }
    writer.write(function.captures.count)
    for capture in function.captures {
      writer.write(capture.isMutable)
      write(capture.kind)
    }
  }

  private mutating func write(_ kind: SlotKind?) {
    if let kind, case .schema(let index) = kind.base {
      writer.write(SlotKind(.schema(number(of: index)), isNullable: kind.isNullable))
    } else {
      writer.write(kind)
    }
  }

  /// The place of a schema among those mentioned.
  private mutating func number(of index: SchemaIndex) -> SchemaIndex {
    if let known = numbers[index] { return SchemaIndex(known) }
    numbers[index] = mentioned.count
    mentioned.append(index)
    return SchemaIndex(mentioned.count - 1)
  }

  private mutating func writeContent(of index: SchemaIndex) {
    guard writeIsKnown(index, in: program.schemas.count) else { return }
    let schema = program.schemas[index.position]
    writer.write(schema.name)
    writer.write(schema.layout != nil)
    writer.write(schema.fields.count)
    for field in schema.fields {
      writer.write(field.name)
      write(field.kind)
    }
    for type in schema.layout ?? [] { write(type) }
  }

  private mutating func write(_ type: ForeignType) {
    switch type {
    case .structure(let index): writer.write(.structure(number(of: index)))
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString,
      .callback:
      writer.write(type)
    }
  }

  /// Writes whether an index is in its table, and the index itself if it is not.
  private mutating func writeIsKnown<Space>(_ index: TypedIndex<Space>, in count: Int) -> Bool {
    let isKnown = index.position < count
    writer.write(isKnown)
    if !isKnown { writer.write(index) }
    return isKnown
  }

  private mutating func write(_ index: ConstantIndex) {
    guard writeIsKnown(index, in: program.constants.count) else { return }
    if case .function(let callee) = program.constants[index.position] {
      writer.write(ConstantCode.function.rawValue)
      write(callee)
    } else {
      writer.write(program.constants[index.position])
    }
  }

  private mutating func write(_ index: FunctionIndex) {
    guard writeIsKnown(index, in: program.functions.count) else { return }
    writer.write(program[index].name)
    writeSignature(of: program[index])
  }

  private mutating func write(_ index: BindingIndex) {
    guard writeIsKnown(index, in: program.bindings.count) else { return }
    writer.write(program.bindings[index.position].name)
    write(program.bindings[index.position].kind)
  }

  private mutating func write(_ index: ForeignIndex) {
    guard writeIsKnown(index, in: program.foreignFunctions.count) else { return }
    let function = program.foreignFunctions[index.position]
    writer.write(function.name)
    writer.write(function.library)
    writer.write(function.symbol)
    writer.write(function.parameters.count)
    for type in function.parameters { write(type) }
    write(function.result)
  }

  private mutating func write(_ index: StringIndex) {
    guard writeIsKnown(index, in: program.strings.count) else { return }
    writer.write(program.strings[index.position])
  }

  private mutating func write(_ instruction: Instruction) {
    switch instruction.operand {
    case .constant(let index):
      writer.write(instruction.opcode.rawValue)
      write(index)
    case .binding(let index):
      writer.write(instruction.opcode.rawValue)
      write(index)
    case .function(let index):
      writer.write(instruction.opcode.rawValue)
      write(index)
    case .foreign(let index):
      writer.write(instruction.opcode.rawValue)
      write(index)
    case .schema(let index):
      writer.write(instruction.opcode.rawValue)
      writer.write(number(of: index))
    case .field(let schema, let field):
      writer.write(instruction.opcode.rawValue)
      writer.write(number(of: schema))
      writer.write(field)
    case .method(let name, let count):
      writer.write(instruction.opcode.rawValue)
      write(name)
      writer.write(count)
    case .property(let name):
      writer.write(instruction.opcode.rawValue)
      writer.write(name != nil)
      if let name { write(name) }
    case .none, .local, .localWidth, .width, .capture, .jump, .loop, .count, .builtin:
      writer.write(instruction)
    }
  }
}
