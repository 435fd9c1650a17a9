/// Makes the canonical text of programs.
///
/// For every program that has a binary form, `assemble(print(p)) == p`: the text holds all of it,
/// so that `print(assemble(print(p))) == print(p)` too. Where the short form would lose something,
/// the text says more:
/// - a pool whose order is not that of first appearance is stated by `constants` and `strings`;
/// - instruction lines other than the text's own physical lines are stated by `lines`;
/// - a jump to an instruction without a label goes to a label that is a number, the target's
///   offset, which the program does not keep; one out of the function is written `#D`, by distance;
/// - an index out of its table is written `#N`.
public enum Printer {
  public static func print(_ program: Program) -> String {
    String(decoding: bytes(of: program), as: UTF8.self)
  }

  /// A line of a schedule, without indentation.
  public static func print(_ directive: Schedule.Directive, in program: Program) -> String {
    var writer = TextWriter(program)
    writer.write(directive)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The text as UTF-8.
  ///
  /// - Complexity: O(size of the program).
  public static func bytes(of program: Program) -> [UInt8] {
    var printer = ProgramPrinter(program)
    printer.printProgram()
    return printer.writer.bytes
  }
}

extension Program {
  /// The program with the physical lines of its canonical text as its instruction lines.
  ///
  /// - Complexity: O(size of the program).
  public func withTextLines() -> Program {
    var result = self
    for position in functions.indices { result.functions[position].lines = [] }
    var printer = ProgramPrinter(result)
    printer.printProgram(keepsTextLines: true)
    for (position, lines) in printer.textLines.enumerated() {
      result.functions[position].lines = lines
    }
    return result
  }
}

/// One printing of one program.
struct ProgramPrinter {
  let program: Program
  var writer: TextWriter
  /// The physical line the next byte is on.
  var line = 1
  /// The physical lines of each function's instructions, if they are asked for.
  var textLines: [[Int]] = []

  init(_ program: Program) {
    self.program = program
    writer = TextWriter(program)
    writer.reserve(24 * program.instructions.count + 256)
  }

  mutating func printProgram(keepsTextLines: Bool = false) {
    if let name = program.name {
      writer.write("program ")
      writer.write(name)
      endLine()
    }
    printPools()
    printSchemas()
    for function in program.foreignFunctions { print(function) }
    for binding in program.bindings {
      writer.write("binding ")
      print(slot: binding)
      endLine()
    }
    for (position, function) in program.functions.enumerated() {
      if line > 1 { endLine() }
      print(function, isMain: position == program.mainIndex.position, keepsTextLines)
    }
    if let schedule = program.schedule {
      if line > 1 { endLine() }
      print(schedule)
    }
  }

  mutating func endLine() {
    writer.write("\n")
    line += 1
  }

  mutating func print(slot: Slot) {
    writer.write(slot.name)
    writer.writeOptional(slot.kind)
  }

  private mutating func printPools() {
    let order = PoolOrder(of: program)
    if !order.constantsAreCanonical {
      writer.write("constants")
      for constant in program.constants {
        writer.write(" ")
        writer.write(constant)
      }
      endLine()
    }
    if !order.stringsAreCanonical {
      writer.write("strings")
      for string in program.strings {
        writer.write(" .")
        writer.write(property: string)
      }
      endLine()
    }
  }

  private mutating func printSchemas() {
    for schema in program.schemas {
      writer.write(schema.layout == nil ? "schema " : "struct ")
      writer.write(schema.name)
      writer.write(schema.fields.isEmpty ? " {" : " { ")
      for (position, field) in schema.fields.enumerated() {
        if position > 0 { writer.write(", ") }
        if let layout = schema.layout {
          writer.write(field.name)
          writer.write(": ")
          writer.write(layout[position])
        } else {
          print(slot: field)
        }
      }
      writer.write(schema.fields.isEmpty ? "}" : " }")
      endLine()
    }
  }

  private mutating func print(_ function: ForeignFunction) {
    writer.write("foreign ")
    writer.write(function.name)
    writer.write(" = ")
    writer.write(quoted: function.library)
    writer.write(" ")
    writer.write(function.symbol)
    writer.write("(")
    writer.writeList(function.parameters) { writer, type in writer.write(type) }
    writer.write(") -> ")
    writer.write(function.result)
    endLine()
  }
}
