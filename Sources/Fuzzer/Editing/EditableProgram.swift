import Bytecode

/// A program in the form the generator builds and the mutators edit.
///
/// Constants and names stand in the instructions; the pools are made anew, in order of first use,
/// by `program()`. Labels and source lines are not kept: they are no part of what a program does.
public struct EditableProgram: Sendable {
  public var name: String?
  /// The names the schedule's directives count by.
  public var strings: [Literal]
  public var bindings: [Slot]
  public var schemas: [Schema]
  public var foreignFunctions: [ForeignFunction]
  public var functions: [EditableFunction]
  public var mainIndex: FunctionIndex
  public var schedule: Schedule
  private var nextTag = 0

  /// Starts an empty program.
  init() {
    name = nil
    strings = []
    bindings = []
    schemas = []
    foreignFunctions = []
    functions = []
    mainIndex = FunctionIndex(0)
    schedule = Schedule()
  }

  /// Takes a program apart.
  ///
  /// - Precondition: the program is well formed: every operand index and jump target exists.
  public init(_ program: Program) {
    name = program.name
    strings = program.strings
    bindings = program.bindings
    schemas = program.schemas
    foreignFunctions = program.foreignFunctions
    functions = []
    mainIndex = program.mainIndex
    schedule = program.schedule ?? Schedule()
    for function in program.functions {
      functions.append(
        EditableFunction(
          name: function.name, parameters: function.parameters, locals: function.locals,
          captures: function.captures, code: takeApart(function, of: program)))
    }
  }

  public var instructionCount: Int { functions.reduce(0) { $0 + $1.code.count } }

  /// A tag no instruction has yet.
  mutating func makeTag() -> Tag {
    defer { nextTag += 1 }
    return Tag(rawValue: nextTag)
  }

  /// Gives instructions new tags; jumps between them follow, jumps out of them stay.
  mutating func copy(
    _ instructions: some Collection<EditableInstruction>
  ) -> [EditableInstruction] {
    var renamed: [Tag: Tag] = [:]
    for instruction in instructions { renamed[instruction.tag] = makeTag() }
    return instructions.map { instruction in
      var copy = instruction
      copy.tag = renamed[instruction.tag] ?? instruction.tag
      copy.retarget { renamed[$0] ?? $0 }
      return copy
    }
  }

  private mutating func takeApart(
    _ function: Function, of program: Program
  ) -> [EditableInstruction] {
    let tags = (0..<function.bodyLength).map { _ in makeTag() }
    return function.range.map { pointer in
      let instruction = program.instructions[pointer]
      let offset = pointer - function.entryPoint
      let operand: EditableOperand
      switch instruction.operand {
      case .constant(let index):
        operand = .constant(program.constants[index.position])
      case .jump(let distance):
        operand = .jump(tags[offset + 1 + distance])
      case .loop(let end, let continueAt):
        operand = .loop(
          end: tags[offset + 1 + end], continueAt: continueAt.map { tags[offset + 1 + $0] })
      case .property(let name?):
        operand = .property(program.strings[name.position])
      case .method(let name, let count):
        operand = .method(program.strings[name.position], argumentCount: count)
      case .none, .local, .localWidth, .width, .binding, .capture, .function, .foreign, .schema,
        .field, .count, .builtin, .property(nil):
        operand = .plain(instruction.operand)
      }
      return EditableInstruction(tag: tags[offset], opcode: instruction.opcode, operand: operand)
    }
  }

  /// Puts the program together; nil if a jump names an instruction that is not in its function.
  public func program() -> Program? {
    var pool = ConstantPool()
    var instructions: [Instruction] = []
    var assembled: [Function] = []
    for function in functions {
      let entry = instructions.count
      guard let body = assemble(function, pool: &pool) else { return nil }
      instructions += body
      assembled.append(
        Function(
          name: function.name, parameters: function.parameters, locals: function.locals,
          captures: function.captures, entryPoint: entry, bodyLength: body.count))
    }
    var schedule = schedule.mapNames { pool.index(of: strings[$0.position]) }
    schedule.directives = schedule.directives.map { $0.clamped(to: assembled) }
    var program = Program(
      name: name, instructions: instructions, constants: pool.constants, strings: pool.strings,
      bindings: bindings, schemas: schemas, foreignFunctions: foreignFunctions,
      functions: assembled, mainIndex: mainIndex, schedule: nil)
    schedule.directives.removeAll { $0.claimsWhatCannotBeSeen(in: program) }
    if schedule != Schedule() { program.schedule = schedule }
    return program
  }

  private func assemble(
    _ function: EditableFunction, pool: inout ConstantPool
  ) -> [Instruction]? {
    var offsets: [Tag: Int] = [:]
    for (offset, instruction) in function.code.enumerated() { offsets[instruction.tag] = offset }
    var body: [Instruction] = []
    for (offset, instruction) in function.code.enumerated() {
      let operand: Operand
      switch instruction.operand {
      case .plain(let plain): operand = plain
      case .constant(let constant): operand = .constant(pool.index(of: constant))
      case .property(let name): operand = .property(pool.index(of: name))
      case .method(let name, let count):
        operand = .method(pool.index(of: name), argumentCount: count)
      case .jump(let tag):
        guard let target = offsets[tag] else { return nil }
        operand = .jump(target - offset - 1)
      case .loop(let endTag, let continueTag):
        guard let end = offsets[endTag] else { return nil }
        var continueAt: Int?
        if let continueTag {
          guard let target = offsets[continueTag] else { return nil }
          continueAt = target - offset - 1
        }
        operand = .loop(end: end - offset - 1, continueAt: continueAt)
      }
      body.append(Instruction(instruction.opcode, operand))
    }
    return body
  }
}

/// Constants and names in order of first use, each once.
private struct ConstantPool {
  private(set) var constants: [Constant] = []
  private(set) var strings: [Literal] = []
  private var constantPositions: [Constant: Int] = [:]
  private var stringPositions: [Literal: Int] = [:]

  mutating func index(of constant: Constant) -> ConstantIndex {
    if let position = constantPositions[constant] { return ConstantIndex(position) }
    constantPositions[constant] = constants.count
    constants.append(constant)
    return ConstantIndex(constants.count - 1)
  }

  mutating func index(of name: Literal) -> StringIndex {
    if let position = stringPositions[name] { return StringIndex(position) }
    stringPositions[name] = strings.count
    strings.append(name)
    return StringIndex(strings.count - 1)
  }
}
