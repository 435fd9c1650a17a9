/// Decodes the sections of one program.
struct ProgramDecoder {
  var reader: BinaryReader
  private var program = Program()
  private var globalNames = NameScope()

  /// Makes the decoder of what follows magic and version.
  init(_ reader: BinaryReader) { self.reader = reader }

  mutating func decode() throws(FormatError) -> Program {
    var previous: UInt8 = 0
    while !reader.isAtEnd {
      let place = reader.offset
      let section: BinaryCodec.Section = try reader.readCode("a section")
      guard section.rawValue > previous else {
        throw reader.error("expected sections in ascending order, each once", at: place)
      }
      previous = section.rawValue
      let outerEnd = try reader.enterSection("bytes of a section")
      let isEmpty = try decode(section)
      try reader.leaveSection("the section", to: outerEnd)
      if isEmpty { throw reader.error("expected an empty section to be left out", at: place) }
    }
    guard previous >= BinaryCodec.Section.code.rawValue, hasCode else {
      throw reader.error("expected a section of functions and one of code")
    }
    return program
  }

  private var hasCode = false

  /// Decodes a section's content and tells whether there was none.
  private mutating func decode(_ section: BinaryCodec.Section) throws(FormatError) -> Bool {
    switch section {
    case .name:
      program.name = try reader.readName("the program's name")
      return false
    case .constants: try decodeConstants()
    case .strings: try decodeStrings()
    case .schemas: try decodeSchemas()
    case .foreignFunctions:
      program.foreignFunctions = try reader.readArray(
        "foreign functions", upTo: ProgramLimits.foreignFunctions, size: 5
      ) { reader throws(FormatError) in try reader.readForeignFunction() }
      for function in program.foreignFunctions { try declare(function.name) }
      return program.foreignFunctions.isEmpty
    case .bindings:
      program.bindings = try reader.readArray(
        "bindings", upTo: ProgramLimits.bindings, size: 3
      ) { reader throws(FormatError) in try reader.readSlot("a binding") }
      for binding in program.bindings { try declare(binding.name) }
      return program.bindings.isEmpty
    case .functions:
      try decodeFunctions()
      return false
    case .code:
      try decodeCode()
      return false
    case .labels: return try decodeLabels()
    case .lines: return try decodeLines()
    case .schedule:
      program.schedule = try reader.readSchedule()
      return false
    }
    return section == .constants
      ? program.constants.isEmpty
      : section == .strings ? program.strings.isEmpty : program.schemas.isEmpty
  }

  private mutating func declare(_ name: String) throws(FormatError) {
    guard globalNames.insert(name) else {
      throw reader.error("expected a new name, `\(name)` is declared twice")
    }
  }

  private mutating func decodeConstants() throws(FormatError) {
    var pool = ConstantPool()
    let count = try reader.readCount("constants", upTo: ProgramLimits.constants)
    for position in 0..<count {
      let place = reader.offset
      guard pool.index(of: try reader.readConstant()).position == position else {
        throw reader.error("expected each constant once", at: place)
      }
    }
    program.constants = pool.constants
  }

  private mutating func decodeStrings() throws(FormatError) {
    var pool = ConstantPool()
    let count = try reader.readCount("strings", upTo: ProgramLimits.strings)
    for position in 0..<count {
      let place = reader.offset
      guard pool.index(of: try reader.readLiteral("a string")).position == position else {
        throw reader.error("expected each string once", at: place)
      }
    }
    program.strings = pool.strings
  }

  private mutating func decodeSchemas() throws(FormatError) {
    let count = try reader.readCount("schemas", upTo: ProgramLimits.schemas, size: 4)
    for _ in 0..<count {
      let place = reader.offset
      let schema = try reader.readSchema()
      if Names.reservedForKinds.contains(schema.name) {
        throw reader.error("expected a name that is no kind, found `\(schema.name)`", at: place)
      }
      try declare(schema.name)
      program.schemas.append(schema)
    }
  }
}

// MARK: - Functions

extension ProgramDecoder {
  private mutating func decodeFunctions() throws(FormatError) {
    let count = try reader.readCount("functions", upTo: ProgramLimits.functions, size: 5)
    let place = reader.offset
    program.mainIndex = try reader.readIndex("the number of `main`")
    for _ in 0..<count {
      let start = reader.offset
      let function = try reader.readFunction()
      try declare(function.name)
      let isMain = program.functions.count == program.mainIndex.position
      guard isMain == (function.name == "main") else {
        throw reader.error("expected `main` to be the name of the main function", at: start)
      }
      program.functions.append(function)
    }
    guard program.mainIndex.position < count else {
      throw reader.error("expected the number of a function for `main`", at: place)
    }
  }

  private mutating func decodeCode() throws(FormatError) {
    guard !program.functions.isEmpty else {
      throw reader.error("expected the functions ahead of the code")
    }
    hasCode = true
    program.instructions.reserveCapacity(
      min(reader.remaining / 2 + 1, ProgramLimits.instructions))
    for position in program.functions.indices {
      let left = ProgramLimits.instructions - program.instructions.count
      let length = try reader.readCount("instructions", upTo: left)
      program.functions[position].entryPoint = program.instructions.count
      program.functions[position].bodyLength = length
      for _ in 0..<length { program.instructions.append(try reader.readInstruction()) }
    }
  }

  private mutating func decodeLabels() throws(FormatError) -> Bool {
    guard hasCode else { throw reader.error("expected the code ahead of the labels") }
    var total = 0
    for position in program.functions.indices {
      let count = try reader.readCount("labels", upTo: ProgramLimits.labels - total, size: 3)
      total += count
      var scope = NameScope()
      var offset = 0
      for _ in 0..<count {
        let place = reader.offset
        let name = try reader.readName("a label")
        guard scope.insert(name) else {
          throw reader.error("expected a new label, `\(name)` is declared twice", at: place)
        }
        offset += try reader.readOrdinal("a label's distance")
        guard offset < program.functions[position].bodyLength else {
          throw reader.error("expected a label inside its function", at: place)
        }
        program.functions[position].labels.append(Label(name, offset: offset))
      }
    }
    return total == 0
  }

  private mutating func decodeLines() throws(FormatError) -> Bool {
    guard hasCode else { throw reader.error("expected the code ahead of the lines") }
    var isEmpty = true
    for position in program.functions.indices {
      let place = reader.offset
      guard try reader.readFlag("whether a function has lines") else { continue }
      let length = program.functions[position].bodyLength
      guard length > 0 else { throw reader.error("expected no lines without code", at: place) }
      isEmpty = false
      var lines: [Int] = []
      lines.reserveCapacity(length)
      var line = 0
      for _ in 0..<length {
        let start = reader.offset
        let limit = Int64(ProgramLimits.ordinal)
        line += Int(try reader.readSigned("a distance of lines", within: limit))
        guard line >= 0, line <= ProgramLimits.ordinal else {
          throw reader.error("expected a line in 0 ... \(limit), found \(line)", at: start)
        }
        lines.append(line)
      }
      program.functions[position].lines = lines
    }
    return isEmpty
  }
}

/// A set of names, cheap while it is small.
struct NameScope {
  private var few: [String] = []
  private var many: Set<String> = []

  /// Adds a name; false if it is there already.
  mutating func insert(_ name: String) -> Bool {
    if many.isEmpty {
      if few.contains(name) { return false }
      few.append(name)
      if few.count > 8 { many = Set(few) }
      return true
    }
    return many.insert(name).inserted
  }
}
