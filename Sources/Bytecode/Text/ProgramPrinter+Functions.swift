extension ProgramPrinter {
  mutating func print(_ function: Function, isMain: Bool, _ keepsTextLines: Bool) {
    printHeader(of: function, isMain: isMain)
    let targets = TargetNames(of: function, in: program)
    let lines = physicalLines(of: function, targets)
    if keepsTextLines {
      textLines.append(lines)
    } else if lines != function.lines {
      writer.write("    lines")
      write(lines: function.lines)
      endLine()
    }
    if !function.locals.isEmpty {
      writer.write("    local ")
      for (position, local) in function.locals.enumerated() {
        if position > 0 { writer.write(", ") }
        print(slot: local)
      }
      endLine()
    }
    var labels = function.labels[...]
    for offset in 0..<function.bodyLength {
      while let label = labels.first, label.offset == offset {
        writer.write(label.name)
        writer.write(":")
        endLine()
        labels.removeFirst()
      }
      if targets.isAnonymous(offset) {
        writer.write(offset)
        writer.write(":")
        endLine()
      }
      writer.write("    ")
      print(program.instructions[function.entryPoint + offset], at: offset, function, targets)
      endLine()
    }
    writer.write("}")
    endLine()
  }

  private mutating func printHeader(of function: Function, isMain: Bool) {
    if !isMain { writer.write("func ") }
    writer.write(function.name)
    if !function.captures.isEmpty {
      writer.write("[")
      writer.writeList(function.captures) { writer, capture in
        if capture.isMutable { writer.write("mut ") }
        writer.write(capture.name)
        writer.writeOptional(capture.kind)
      }
      writer.write("]")
    }
    writer.write("(")
    writer.writeList(function.parameters) { writer, parameter in
      if parameter.isReference { writer.write("ref ") }
      writer.write(parameter.name)
      writer.writeOptional(parameter.kind)
    }
    writer.write(") {")
    endLine()
  }

  /// The lines the instructions will stand on if the function states none.
  private func physicalLines(of function: Function, _ targets: TargetNames) -> [Int] {
    var lines: [Int] = []
    lines.reserveCapacity(function.bodyLength)
    var line = line + (function.locals.isEmpty ? 0 : 1)
    var label = 0
    for offset in 0..<function.bodyLength {
      while label < function.labels.count, function.labels[label].offset == offset {
        line += 1
        label += 1
      }
      if targets.isAnonymous(offset) { line += 1 }
      lines.append(line)
      line += 1
    }
    return lines
  }

  private mutating func write(lines: [Int]) {
    if lines.isEmpty { writer.write(" none") }
    var position = 0
    while position < lines.count {
      let first = lines[position]
      var end = position + 1
      let step = end < lines.count ? lines[end] - first : 0
      let isRun = step == 0 || (step == 1 && first > 0)
      while isRun, end < lines.count, lines[end] == lines[end - 1] + step { end += 1 }
      writer.write(" ")
      if first == 0 { writer.write("-") } else { writer.write(first) }
      if end - position > 1 {
        writer.write(step == 0 ? "*" : "..")
        writer.write(step == 0 ? end - position : lines[end - 1])
      }
      position = end
    }
  }
}

// MARK: - Instructions

extension ProgramPrinter {
  private mutating func print(
    _ instruction: Instruction, at offset: Int, _ function: Function, _ targets: TargetNames
  ) {
    writer.write(instruction.opcode.facts.name)
    if instruction.operand == .none || instruction.operand == .property(nil) { return }
    writer.write(" ")
    switch instruction.operand {
    case .none: break
    case .constant(let index):
      if index.position < program.constants.count {
        writer.write(program.constants[index.position])
      } else {
        writer.writeIndex(index.position)
      }
    case .local(let index): print(index, function)
    case .localWidth(let index, let width):
      print(index, function)
      writer.write(" ")
      writer.write(width.name)
    case .width(let width): writer.write(width.name)
    case .binding(let index): writer.write(index)
    case .capture(let index):
      if index.position < function.captures.count {
        writer.write(function.captures[index.position].name)
      } else {
        writer.writeIndex(index.position)
      }
    case .function(let index): writer.write(index)
    case .foreign(let index): writer.write(index)
    case .schema(let index): writer.write(index)
    case .field(let schema, let field): print(schema, field)
    case .jump(let distance): print(distance, at: offset, targets)
    case .loop(let end, let next):
      print(end, at: offset, targets)
      if let next {
        writer.write(" ")
        print(next, at: offset, targets)
      }
    case .count(let count): writer.write(count)
    case .builtin(let builtin, let count):
      writer.write(builtin.facts.name)
      writer.write(" ")
      writer.write(count)
    case .method(let name, let count):
      writer.write(name)
      writer.write(" ")
      writer.write(count)
    case .property(let name):
      guard let name else { return }
      writer.write(".")
      writer.write(name)
    }
  }

  private mutating func print(_ index: LocalIndex, _ function: Function) {
    if index.position < function.slotCount {
      writer.write(function.name(of: index))
    } else {
      writer.writeIndex(index.position)
    }
  }

  private mutating func print(_ schema: SchemaIndex, _ field: Int) {
    writer.write(schema)
    writer.write(".")
    if schema.position < program.schemas.count,
      field < program.schemas[schema.position].fields.count
    {
      writer.write(program.schemas[schema.position].fields[field].name)
    } else {
      writer.writeIndex(field)
    }
  }

  private mutating func print(_ distance: Int, at offset: Int, _ targets: TargetNames) {
    let target = offset + 1 + distance
    if let name = targets.name(of: target) {
      writer.write(name)
    } else if targets.isAnonymous(target) {
      writer.write(target)
    } else {
      writer.writeIndex(distance)
    }
  }
}

/// How a function's text names its instructions.
struct TargetNames {
  private enum Name {
    case none, anonymous
    case label(Int)
  }
  private let labels: [Label]
  private var names: [Name] = []

  init(of function: Function, in program: Program) {
    labels = function.labels
    names = Array(repeating: .none, count: function.bodyLength)
    for (position, label) in labels.enumerated().reversed() {
      names[label.offset] = .label(position)
    }
    for offset in 0..<function.bodyLength {
      switch program.instructions[function.entryPoint + offset].operand {
      case .jump(let distance): mark(offset + 1 + distance)
      case .loop(let end, let next):
        mark(offset + 1 + end)
        if let next { mark(offset + 1 + next) }
      case .none, .constant, .local, .localWidth, .width, .binding, .capture, .function, .foreign,
        .schema, .field, .count, .builtin, .method, .property:
        break
      }
    }
  }

  private mutating func mark(_ target: Int) {
    guard names.indices.contains(target), case .none = names[target] else { return }
    names[target] = .anonymous
  }

  /// The first label at an offset.
  func name(of offset: Int) -> String? {
    guard names.indices.contains(offset), case .label(let position) = names[offset] else {
      return nil
    }
    return labels[position].name
  }

  func isAnonymous(_ offset: Int) -> Bool {
    guard names.indices.contains(offset), case .anonymous = names[offset] else { return false }
    return true
  }
}
