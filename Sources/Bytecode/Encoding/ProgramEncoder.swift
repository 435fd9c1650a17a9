/// Encodes the sections of one program.
struct ProgramEncoder {
  let program: Program

  /// Whether the section has content.
  func has(_ section: BinaryCodec.Section) -> Bool {
    switch section {
    case .name: program.name != nil
    case .constants: !program.constants.isEmpty
    case .strings: !program.strings.isEmpty
    case .schemas: !program.schemas.isEmpty
    case .foreignFunctions: !program.foreignFunctions.isEmpty
    case .bindings: !program.bindings.isEmpty
    case .functions, .code: true
    case .labels: program.functions.contains { !$0.labels.isEmpty }
    case .lines: program.functions.contains { !$0.lines.isEmpty }
    case .schedule: program.schedule != nil
    }
  }

  func encode(_ section: BinaryCodec.Section, into writer: inout BinaryWriter) {
    switch section {
    case .name: writer.write(program.name ?? "")
    case .constants:
      writer.write(program.constants) { writer, constant in writer.write(constant) }
    case .strings: writer.write(program.strings) { writer, literal in writer.write(literal) }
    case .schemas: writer.write(program.schemas) { writer, schema in writer.write(schema) }
    case .foreignFunctions:
      writer.write(program.foreignFunctions) { writer, function in writer.write(function) }
    case .bindings: writer.write(program.bindings) { writer, slot in writer.write(slot) }
    case .functions: encodeFunctions(into: &writer)
    case .code: encodeCode(into: &writer)
    case .labels: encodeLabels(into: &writer)
    case .lines: encodeLines(into: &writer)
    case .schedule:
      if let schedule = program.schedule { writer.write(schedule) }
    }
  }

  private func encodeFunctions(into writer: inout BinaryWriter) {
    writer.write(program.functions.count)
    writer.write(program.mainIndex)
    for function in program.functions {
      writer.write(function.name)
      writer.write(function.parameters) { writer, parameter in
        writer.write(parameter.name)
        writer.write(parameter.isReference)
        writer.write(parameter.kind)
      }
      writer.write(function.locals) { writer, slot in writer.write(slot) }
      writer.write(function.captures) { writer, capture in
        writer.write(capture.name)
        writer.write(capture.isMutable)
        writer.write(capture.kind)
      }
    }
  }

  private func encodeCode(into writer: inout BinaryWriter) {
    var entryPoint = 0
    for function in program.functions {
      precondition(function.entryPoint == entryPoint, "functions tile the instructions")
      entryPoint += function.bodyLength
      writer.write(function.bodyLength)
      for instruction in program.instructions[function.range] { writer.write(instruction) }
    }
    precondition(entryPoint == program.instructions.count, "functions tile the instructions")
  }

  private func encodeLabels(into writer: inout BinaryWriter) {
    for function in program.functions {
      writer.write(function.labels.count)
      var previous = 0
      for label in function.labels {
        writer.write(label.name)
        writer.write(label.offset - previous)
        previous = label.offset
      }
    }
  }

  private func encodeLines(into writer: inout BinaryWriter) {
    for function in program.functions {
      precondition(
        function.lines.isEmpty || function.lines.count == function.bodyLength,
        "lines are none or one for each instruction")
      writer.write(!function.lines.isEmpty)
      var previous = 0
      for line in function.lines {
        writer.write(signed: Int64(line - previous))
        previous = line
      }
    }
  }
}

extension BinaryWriter {
  mutating func write(_ constant: Constant) {
    switch constant {
    case .null: write(ConstantCode.null.rawValue)
    case .unit: write(ConstantCode.unit.rawValue)
    case .bool(let value): write((value ? ConstantCode.true : .false).rawValue)
    case .int(let value):
      write(ConstantCode.int.rawValue)
      write(signed: value)
    case .number(let bits):
      write(ConstantCode.number.rawValue)
      write(fixed: bits)
    case .string(let literal):
      write(ConstantCode.string.rawValue)
      write(literal)
    case .function(let index):
      write(ConstantCode.function.rawValue)
      write(index)
    }
  }

  /// One byte for all kinds but schemas: 0 none, else twice the base's code and 1 if nullable.
  mutating func write(_ kind: SlotKind?) {
    guard let kind else { return write(UInt8(0)) }
    let code = SlotKindCode(kind.base)
    write(code.rawValue << 1 | (kind.isNullable ? 1 : 0))
    if case .schema(let index) = kind.base { write(index) }
  }

  mutating func write(_ slot: Slot) {
    write(slot.name)
    write(slot.kind)
  }

  mutating func write(_ schema: Schema) {
    write(schema.name)
    write(schema.layout != nil)
    if let layout = schema.layout {
      precondition(
        layout.map(\.fieldKind) == schema.fields.map(\.kind),
        "a struct's field kinds are those of its layout")
      write(layout.count)
      for (field, type) in zip(schema.fields, layout) {
        write(field.name)
        write(type)
      }
    } else {
      write(schema.fields) { writer, slot in writer.write(slot) }
    }
  }

  mutating func write(_ function: ForeignFunction) {
    write(function.name)
    write(function.library)
    write(function.symbol)
    write(function.parameters) { writer, type in writer.write(type) }
    write(function.result)
  }

  mutating func write(_ type: ForeignType) {
    write(ForeignTypeCode(type).rawValue)
    switch type {
    case .structure(let index): write(index)
    case .callback(let parameters, let result):
      write(parameters) { writer, type in writer.write(type) }
      write(result)
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString: break
    }
  }

  mutating func write(_ instruction: Instruction) {
    write(instruction.opcode.rawValue)
    switch instruction.operand {
    case .none: break
    case .constant(let index): write(index)
    case .local(let index): write(index)
    case .localWidth(let index, let width):
      write(index)
      write(width.rawValue)
    case .width(let width): write(width.rawValue)
    case .binding(let index): write(index)
    case .capture(let index): write(index)
    case .function(let index): write(index)
    case .foreign(let index): write(index)
    case .schema(let index): write(index)
    case .field(let schema, let field):
      write(schema)
      write(field)
    case .jump(let distance): write(signed: Int64(distance))
    case .loop(let end, let next):
      write(signed: Int64(end))
      write(optional: next) { writer, distance in writer.write(signed: Int64(distance)) }
    case .count(let count): write(count)
    case .builtin(let builtin, let count):
      write(builtin.rawValue)
      write(count)
    case .method(let name, let count):
      write(name)
      write(count)
    case .property(let name):
      write(optional: name) { writer, index in writer.write(index) }
    }
  }
}
