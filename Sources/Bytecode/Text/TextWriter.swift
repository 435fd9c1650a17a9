/// Writes the pieces of a program's text.
///
/// What has no name is written as an index, `#N`, so that every program has a text.
struct TextWriter {
  let program: Program
  private(set) var bytes: [UInt8] = []

  init(_ program: Program) { self.program = program }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ number: Int) { write(String(number)) }

  mutating func write(_ number: UInt64) { write(String(number)) }

  mutating func writeIndex(_ position: Int) {
    bytes.append(UInt8(ascii: "#"))
    write(position)
  }

  /// Writes elements with `, ` between them.
  mutating func writeList<Element>(
    _ elements: [Element], _ write: (inout TextWriter, Element) -> Void
  ) {
    for (position, element) in elements.enumerated() {
      if position > 0 { self.write(", ") }
      write(&self, element)
    }
  }
}

// MARK: - Names

extension TextWriter {
  mutating func write(_ index: FunctionIndex) {
    if index.position < program.functions.count {
      write(program.functions[index.position].name)
    } else {
      writeIndex(index.position)
    }
  }

  mutating func write(_ index: ForeignIndex) {
    if index.position < program.foreignFunctions.count {
      write(program.foreignFunctions[index.position].name)
    } else {
      writeIndex(index.position)
    }
  }

  mutating func write(_ index: BindingIndex) {
    if index.position < program.bindings.count {
      write(program.bindings[index.position].name)
    } else {
      writeIndex(index.position)
    }
  }

  mutating func write(_ index: SchemaIndex) {
    if index.position < program.schemas.count {
      write(program.schemas[index.position].name)
    } else {
      writeIndex(index.position)
    }
  }

  /// Writes a property or method name, quoted if it is no name.
  mutating func write(_ index: StringIndex) {
    if index.position < program.strings.count {
      write(property: program.strings[index.position])
    } else {
      writeIndex(index.position)
    }
  }

  /// Writes a property behind a dot that another dot must not follow.
  mutating func writeDotless(_ index: StringIndex) {
    if index.position < program.strings.count,
      program.strings[index.position].utf8.contains(UInt8(ascii: "."))
    {
      write(quoted: program.strings[index.position])
    } else {
      write(index)
    }
  }

  mutating func write(property: Literal) {
    if Names.isName(property.utf8) {
      bytes.append(contentsOf: property.utf8)
    } else {
      write(quoted: property)
    }
  }
}

// MARK: - Constants and kinds

extension TextWriter {
  mutating func write(_ constant: Constant) {
    switch constant {
    case .null: write("null")
    case .unit: write("unit")
    case .bool(let value): write(value ? "true" : "false")
    case .int(let value): write(String(value))
    case .number(let bits): write(NumberText.constantText(Double(bitPattern: bits)))
    case .string(let literal): write(quoted: literal)
    case .function(let index):
      write("@")
      write(index)
    }
  }

  mutating func write(quoted literal: Literal) {
    bytes.append(UInt8(ascii: "\""))
    for byte in literal.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write(#"\""#)
      case UInt8(ascii: "\\"): write(#"\\"#)
      case UInt8(ascii: "\n"): write(#"\n"#)
      case UInt8(ascii: "\r"): write(#"\r"#)
      case UInt8(ascii: "\t"): write(#"\t"#)
      case 0..<0x20, 0x7F: write("\\u{\(String(byte, radix: 16))}")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes `: KIND` if there is one.
  mutating func writeOptional(_ kind: SlotKind?) {
    guard let kind else { return }
    write(": ")
    if case .schema(let index) = kind.base {
      write(index)
      if kind.isNullable { write("?") }
    } else {
      write(program.description(of: kind))
    }
  }

  mutating func write(_ type: ForeignType) {
    switch type {
    case .structure(let index): write(index)
    case .callback(let parameters, let result):
      write("(")
      writeList(parameters) { writer, type in writer.write(type) }
      write(") -> ")
      write(result)
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64, .bool, .pointer, .cString:
      guard let named = ForeignType.named.first(where: { $0.type == type }) else {
        preconditionFailure("every C type but structs and callbacks has a name")
      }
      write(named.name)
    }
  }
}
